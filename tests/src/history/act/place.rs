//! What applications ask for, and what makes no sense.

use demeter_core::{
    Address, Credential, GridId, Label, Labels, Method, Operator, PlutusData as _, PriceRange, Reputation,
    Request, Script, Slot, Stage, State, Term, Terms, TermsDraft, Window,
};
use demeter_tx::{Data, OutputDraft};

use crate::history::books::BidAccount;
use crate::history::cast::Role;
use crate::history::choice::{Choice, Digits};
use crate::history::deed::{Act, Deed};
use crate::history::ground::Ground;
use crate::history::money::Money;
use crate::history::walk::Walk;
use crate::make::{amount, count, need, ppm, quantity, span, time, workload};

/// The least ada that somebody keeps, for collateral and for what payments lack.
const KEPT: i128 = 30_000_000;

/// What bids ask for, and what they would rather have.
pub(super) fn needs() -> Vec<demeter_core::Need> {
    vec![need("cpu", 1_000, 4_000), need("memory", 1 << 30, 1 << 30), need("nvidia.com/gpu", 0, 2)]
}

/// A label that operators have, and entities vouch for.
pub(super) fn gold() -> Labels {
    [Label::new("tier", "gold")].into_iter().collect()
}

/// An application makes a bid.
pub(super) fn place(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let application = choice.actor(&ground.cast.of_role(Role::Application))?;
    let mut digits = choice.digits();
    let method = method(&mut digits);
    let (_, grid) = ground.grid();
    let fee_ppm = grid.fee_ppm.to_millionths() + digits.of(&[0, 0, 5_000]);
    let (floor, ceiling) =
        digits.of(&[(100_000, 500_000), (300_000, 300_000), (0, 1_000_000), (0, 0), (1_234_567, 2_345_678)]);
    let (period, periods) = digits.of(&[(60_000, 1), (60_000, 5), (600_000, 3), (3_600_000, 4), (61_001, 7)]);
    let opens = ground.now().time.to_milliseconds() + digits.of(&[60_000, 0, 61_007, 600_000]);
    let closes = opens + digits.of(&[120_000, 600_000, 90_003]);
    let settles = closes + digits.of(&[300_000, 600_000, 3_600_001]);
    let grace = digits.of(&[0, 300_000, 86_400_000]);
    let fee = u128::from(ceiling * periods) * u128::from(fee_ppm) / 1_000_000;
    let bond = u64::try_from(fee).ok()? + digits.of(&[500_000, 0, 1, 2_000_000]);
    let endorsed = if digits.below(5) == 4 { gold() } else { Labels::default() };
    let own = ground.cast.address(application);
    let refund = match digits.below(4) {
        3 => Address { stake: Some(Credential::Key(ground.cast.key_hash(application, 0))), ..own },
        _ => own,
    };
    let terms = Terms::new(TermsDraft {
        grid: grid.id,
        nonce: count(walk.books.made() as u64),
        application: ground.cast.key_hash(application, 0),
        refund,
        asset: ground.asset.clone(),
        fee_ppm: ppm(fee_ppm),
        request: Request { needs: needs(), labels: Labels::default(), endorsed },
        price: PriceRange { floor: amount(floor), ceiling: amount(ceiling) },
        term: Term { period: span(period), periods: count(periods), grace: span(grace) },
        bond: amount(bond),
        window: Window { opens: time(opens), closes: time(closes), settles: time(settles) },
        method,
        workload: workload(0xab),
    });
    funded(walk, terms.ok()?, false)
}

/// An application makes a bid again.
pub(super) fn twin(walk: &Walk, choice: &Choice) -> Option<Act> {
    let bids: Vec<_> = walk.books.bids().values().collect();
    let bid = choice.pick(&bids)?;
    funded(walk, bid.terms.clone(), choice.digits().below(3) == 2)
}

/// A bid with the money behind it, or with less.
fn funded(walk: &Walk, terms: Terms, short: bool) -> Option<Act> {
    let ground = &walk.ground;
    let payer = ground.cast.of_key(&terms.application)?;
    let whole = BidAccount::funding(&terms, &ground.asset);
    let funded = if short { whole - Money::of(&ground.asset, 1) } else { whole };
    if short && terms.price.ceiling.to_units() == 0 {
        return None;
    }
    let left = walk.books.purse(payer) - funded;
    let enough = left.lovelace >= KEPT && left.tokens >= 0;
    enough.then(|| Act { payer, deed: Deed::Place { terms: Box::new(terms), funded } })
}

fn method(digits: &mut Digits) -> Method {
    let weights = |price, fit, reputation| Method::auction(ppm(price), ppm(fit), ppm(reputation));
    match digits.below(8) {
        0 => weights(500_000, 400_000, 100_000),
        1 => Method::race(span(0)),
        2 => weights(1_000_000, 0, 0),
        3 => Method::reputation(span(120_000), span(60_000)),
        4 => weights(0, 1_000_000, 0),
        5 => weights(0, 0, 1_000_000),
        6 => Method::race(span(60_000)),
        _ => weights(0, 0, 0),
    }
}

/// Somebody sends what makes no sense to the contract.
pub(super) fn litter(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let payer =
        choice.actor(&ground.cast.all().filter(|party| !ground.cast[*party].honest).collect::<Vec<_>>())?;
    let scripts = ground.composer.contract().scripts();
    let value = Money::ada(5_000_000).to_value(&ground.asset);
    let at = |script| OutputDraft::new(scripts.address(script), value.clone());
    let draft = match choice.digits().below(7) {
        0 | 5 | 6 => at(Script::Registry).with_inline_datum(state(State::from(record(ground, choice)))),
        1 => at(Script::Market),
        2 => at(Script::Market).with_inline_datum(Data::unit()),
        3 => at(Script::Market).with_datum_hash(Data::unit().hash()),
        _ => at(Script::Market).with_inline_datum(state(State::from(idle(ground.grid_id(), walk, choice)))),
    };
    let left = walk.books.purse(payer) - Money::ada(5_000_000);
    let lost = Money::in_value(draft.value(), &ground.asset);
    (left.lovelace >= KEPT).then(|| Act { payer, deed: Deed::Litter { draft: Box::new(draft), lost } })
}

/// A record that nobody gave: all that one could wish.
fn record(ground: &Ground, choice: &Choice) -> Operator {
    let numbers: Vec<_> = ground.operators();
    let number = choice.pick(&numbers).map_or(count(0), |(_, operator)| operator.number);
    let eve = ground.cast.of_role(Role::Operator).into_iter().find(|party| !ground.cast[*party].honest);
    let capacity = needs().into_iter().map(|need| (need.name, quantity(1 << 40))).collect();
    Operator {
        grid: ground.grid_id(),
        number,
        owner: ground.cast.key_hash(eve.unwrap(), 0),
        endpoint: "https://eve.example".into(),
        capacity,
        labels: gold(),
        endorsed: gold(),
        reputation: Reputation { fulfilled: amount(1 << 60), breached: amount(0), as_of: ground.now().time },
        slots: count(1),
        updated: time(0),
    }
}

/// A slot that nobody gave.
fn idle(grid: GridId, walk: &Walk, choice: &Choice) -> Slot {
    let (operator, index) = walk.books.slots().keys().next().copied().unwrap_or_default();
    let eve = walk.ground.cast.of_role(Role::Stranger)[0];
    Slot {
        grid,
        operator: count(operator),
        index: count(index + u64::from(choice.object % 2)),
        owner: walk.ground.cast.key_hash(eve, 0),
        stage: Stage::Idle,
    }
}

fn state(state: State) -> Data {
    Data::from_cbor(state.encode()).unwrap()
}
