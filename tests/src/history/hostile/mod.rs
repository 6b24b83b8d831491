//! What somebody tries that it has no right to: the composer would refuse, so it is lied to, or its work tampered
//! with; the head must refuse.

mod desert;
mod lie;
mod time;

use demeter_core::{Address, Leader, Merit, Offered, OutputReference, Slot, Stage, State, Token, Value};
use demeter_tx::SignedTransaction;
use demeter_tx::ledger::LedgerError;

use super::act::act;
use super::act::market::leading;
use super::best::Seen;
use super::books::{Account, BidAccount};
use super::cast::{Party, Role};
use super::choice::{Action, Choice};
use super::deed::{Act, Step};
use super::fault::Fault;
use super::violation::{Promise, Violation};
use super::walk::Walk;
use crate::make::amount;
use lie::{End, Lie};

/// What is tried, with a transaction that must be refused.
struct Attempt {
    name: &'static str,
    by: Party,
    what: String,
    transaction: SignedTransaction,
}

/// Somebody tries something hostile, if there is anything to try it on.
pub(super) fn attempt(walk: &mut Walk, choice: &Choice) -> Result<(), Violation> {
    let attempt = match choice.action {
        Action::Steal => steal(walk, choice),
        Action::Hurry => time::hurry(walk, choice),
        Action::Spam => spam(walk, choice),
        Action::Divert => divert(walk, choice),
        Action::Replay => replay(walk, choice),
        Action::FrontRun => front_run(walk, choice)?,
        Action::Desert => desert::desert(walk, choice),
        Action::Forge => forge(walk, choice),
        _ => None,
    };
    match attempt {
        Some(attempt) => must_be_refused(walk, &attempt),
        None => Ok(()),
    }
}

fn must_be_refused(walk: &mut Walk, attempt: &Attempt) -> Result<(), Violation> {
    let Attempt { name, by, what, transaction } = attempt;
    let who = walk.ground.cast[*by].name.clone();
    match walk.ground.submit(transaction) {
        Ok(_) => {
            let seen = format!("{who} tries to {name} by {what}, and the head accepts");
            Err(Violation::new(Promise::StrangersGetNothing, seen))
        }
        Err(error) => {
            let by = if matches!(error, LedgerError::Script(_)) { "scripts" } else { "ledger" };
            walk.tally.refuse(name, by);
            walk.say(format!("{who} tries to {name}: {what}; refused by {by}"));
            walk.audit()
        }
    }
}

/// Those who try, but for those whose right it is.
fn thief(walk: &Walk, choice: &Choice, rightful: &[Party]) -> Option<Party> {
    let cast = &walk.ground.cast;
    let roles = [Role::Stranger, Role::Application];
    let thieves: Vec<_> = cast
        .all()
        .filter(|party| {
            !cast[*party].honest && roles.contains(&cast[*party].role) && !rightful.contains(party)
        })
        .collect();
    choice.actor(&thieves)
}

/// Whose signatures a step carries.
fn rightful(walk: &Walk, step: &Step) -> Vec<Party> {
    step.signers.iter().filter_map(|key| walk.ground.cast.of_key(key)).collect()
}

/// Somebody does what is another's right, with its own signature in the place of one of the other's.
fn steal(walk: &Walk, choice: &Choice) -> Option<Attempt> {
    const RIGHTS: [Action; 17] = [
        Action::Cancel,
        Action::Withdraw,
        Action::Claim,
        Action::Close,
        Action::Complete,
        Action::Resign,
        Action::Arbitrate,
        Action::Collect,
        Action::Update,
        Action::Endorse,
        Action::Rotate,
        Action::Retire,
        Action::Extend,
        Action::Offer,
        Action::Take,
        Action::Evict,
        Action::Admit,
    ];
    let mut digits = choice.digits();
    let action = digits.of(&RIGHTS);
    let meant = Choice { action, manner: choice.manner / 17, ..*choice };
    let mut act = act(walk, &meant)?;
    let step = act.step()?;
    let by = thief(walk, choice, &rightful(walk, step))?;
    // Of an operator that joins, the entities may be more than it takes.
    let signers = if action == Action::Admit { &step.signers[..1] } else { &step.signers[..] };
    let missing = *signers.get(digits.below(2) as usize % signers.len())?;
    let own = walk.ground.cast.key_hash(by, 0);
    act.payer = by;
    let lie = match walk.fault {
        Some(Fault::VictimsSign) => Lie::default(),
        _ => Lie::replaced(missing.as_bytes().to_vec(), own.as_bytes().to_vec(), End::Last),
    };
    let what = act.deed.name().to_owned();
    let transaction = lie.compose(walk, &act, &[own])?;
    Some(Attempt { name: "steal", by, what, transaction })
}

/// An offer is to lead that is no better than the leader, or that was ousted.
fn spam(walk: &Walk, choice: &Choice) -> Option<Attempt> {
    let ground = &walk.ground;
    let led: Vec<_> = ground
        .bids()
        .into_iter()
        .filter_map(|(reference, bid)| Some((reference, bid, bid.leader.as_ref()?)))
        .collect();
    let (reference, bid, leader) = *choice.pick(&led)?;
    let name = bid.name();
    let by = walk.anyone(choice)?;
    let slots = ground.slots();
    let worse = slots.iter().find(|(_, slot)| {
        Seen::of_slot(slot)
            .is_some_and(|(of, offer)| of == name && !offer.better(&Seen::of_leader(leader), &name))
    });
    let value = |reference: &OutputReference| Some(ground.utxos().get(reference)?.value().clone());
    let (lie, slot, what) = match worse {
        Some((slot, _)) => {
            let weak = Leader { merit: Merit::ZERO, price: amount(1 << 62), ..leader.clone() };
            let state = State::from(demeter_core::Bid { terms: bid.terms.clone(), leader: Some(weak) });
            (Lie::told(reference, state, value(&reference)?), *slot, "an offer that is no better")
        }
        None => {
            let idle: Vec<_> = slots.iter().filter(|(_, slot)| slot.stage == Stage::Idle).collect();
            let (at, slot) = *choice.pick(&idle)?;
            let offered = Offered {
                bid: name,
                price: bid.terms.price.floor,
                resources: leader.resources.clone(),
                merit: Merit::MAX,
                until: bid.terms.window.settles,
            };
            let state = State::from(Slot { stage: Stage::Offered(offered), ..(*slot).clone() });
            (Lie::told(*at, state, value(at)?), *at, "an offer that there is not")
        }
    };
    let act = Act::transition(by, leading(ground, (reference, bid), slot));
    let transaction = lie.compose(walk, &act, &[])?;
    Some(Attempt { name: "lead", by, what: what.into(), transaction })
}

/// A payment to a third party goes to whoever submits, who has the right to all else.
fn divert(walk: &Walk, choice: &Choice) -> Option<Attempt> {
    const PAYING: [Action; 6] =
        [Action::Award, Action::Take, Action::Resign, Action::Arbitrate, Action::Extend, Action::Evict];
    let ground = &walk.ground;
    let mut digits = choice.digits();
    let meant = Choice { action: digits.of(&PAYING), manner: choice.manner / 6, ..*choice };
    let mut act = act(walk, &meant)?;
    let by = thief(walk, choice, &rightful(walk, act.step()?))?;
    // All others collude; the thief pays.
    act.payer = by;
    let step = act.step()?;
    let primary = ground.states().find(|held| held.reference == step.primary)?;
    let refund = match &primary.state {
        State::Bid(bid) => bid.terms.refund,
        State::Slot(Slot { stage: Stage::Leased(lease), .. }) => lease.refund,
        _ => return None,
    };
    let extends = meant.action == Action::Extend;
    let victim = if extends || digits.below(3) == 2 { ground.grid().1.treasury } else { refund };
    if ground.cast.at(&victim) == Some(by) {
        return None;
    }
    let own = Address::of_key(ground.cast.key_hash(by, 0));
    let lie = Lie::replaced(in_body(&victim), in_body(&Address { stake: victim.stake, ..own }), End::First);
    let what = format!("{} with a payment to itself", act.deed.name());
    let transaction = lie.compose(walk, &act, &[])?;
    Some(Attempt { name: "divert", by, what, transaction })
}

/// The beginning of an address of a key on a test network, as it stands in an output.
fn in_body(address: &Address) -> Vec<u8> {
    let (length, header) = if address.stake.is_some() { (57, 0x00) } else { (29, 0x60) };
    let mut bytes = vec![0x58, length, header];
    bytes.extend(address.payment.hash_bytes());
    bytes
}

/// What was accepted is submitted once more.
fn replay(walk: &Walk, choice: &Choice) -> Option<Attempt> {
    let kept: Vec<_> = walk.accepted.iter().collect();
    let transaction = (*choice.pick(&kept)?).clone();
    let by = walk.anyone(choice)?;
    Some(Attempt { name: "replay", by, what: "an old transaction".into(), transaction })
}

/// Two do the same, and the second comes too late. The first has as much right to it.
fn front_run(walk: &mut Walk, choice: &Choice) -> Result<Option<Attempt>, Violation> {
    const FREE: [Action; 5] = [Action::Take, Action::Lead, Action::Award, Action::Report, Action::Rekey];
    let action = choice.digits().of(&FREE);
    let meant = Choice { action, manner: choice.manner / 5, ..*choice };
    let Some(slow) = act(walk, &meant) else { return Ok(None) };
    let mut quick = slow.clone();
    if action == Action::Take {
        let Some(other) = act(walk, &Choice { actor: choice.actor + 1, ..meant }) else { return Ok(None) };
        quick = other;
    } else {
        quick.payer = walk.ground.cast.of_role(Role::Stranger)[0];
    }
    let (Ok(before), Ok(first)) = (walk.compose(&slow), walk.compose(&quick)) else { return Ok(None) };
    let (before, first) = (walk.ground.signed(&before), walk.ground.signed(&first));
    if before.id() == first.id() {
        return Ok(None);
    }
    walk.submit(&quick, &first)?;
    let what = format!("{} what another has done", slow.deed.name());
    Ok(Some(Attempt { name: "come second", by: slow.payer, what, transaction: before }))
}

/// What was littered is used as if it were a state, or a bid with too little behind it as if there were enough.
fn forge(walk: &Walk, choice: &Choice) -> Option<Attempt> {
    let ground = &walk.ground;
    let scripts = ground.composer.contract().scripts();
    let mut digits = choice.digits();
    let kind = digits.below(3);
    let action = if kind == 1 { Action::Take } else { Action::Offer };
    let meant = Choice { action, manner: choice.manner / 3, ..*choice };
    if kind == 2 {
        let short: Vec<_> =
            walk.books.bids().iter().filter(|(_, bid)| !bid.is_funded(&ground.asset)).collect();
        let (number, bid) = *choice.pick(&short)?;
        let place = walk.books.place_of(Account::Bid(*number))?;
        let mut act = act(walk, &meant)?;
        let state = State::from(demeter_core::Bid::open(bid.terms.clone()));
        let whole = BidAccount::funding(&bid.terms, &ground.asset).to_value(&ground.asset);
        reread(&mut act, |read| matches!(walk.books.account_at(read), Some(Account::Bid(_))), place)?;
        let transaction = Lie::told(place, state, whole).compose(walk, &act, &[])?;
        return Some(Attempt {
            name: "forge",
            by: act.payer,
            what: "answering a bid without money".into(),
            transaction,
        });
    }
    // A record without a token, as if it had one: its maker's wishes are the operator's record.
    let mut act = act(walk, &meant)?;
    let (place, mut record) = ground.utxos().iter().find_map(|(reference, output)| {
        let held = demeter_tx::market::read_state(&scripts, *reference, output).ok()?;
        match held.state {
            State::Operator(operator) if !scripts.any_token_in(&held.value) => Some((*reference, *operator)),
            _ => None,
        }
    })?;
    let number = act.step()?.reads.iter().find_map(|read| match walk.books.account_at(read) {
        Some(Account::Operator(number)) => Some(number),
        _ => None,
    })?;
    record.number = crate::make::count(number);
    let token = scripts.token(Token::Operator, &ground.grid_id());
    let value: Value = ground.utxos().get(&place)?.value().clone().plus(&token, amount(1)).ok()?;
    reread(&mut act, |read| matches!(walk.books.account_at(read), Some(Account::Operator(_))), place)?;
    let transaction = Lie::told(place, State::from(record), value).compose(walk, &act, &[])?;
    Some(Attempt { name: "forge", by: act.payer, what: "a record that nobody gave".into(), transaction })
}

/// Reads another output in the place of one.
fn reread(act: &mut Act, found: impl Fn(&OutputReference) -> bool, other: OutputReference) -> Option<()> {
    let super::deed::Deed::Transition(step) = &mut act.deed else { return None };
    *step.reads.iter_mut().find(|read| found(read))? = other;
    Some(())
}
