//! For each transition, a transaction that is healthy: made from a world by what the mirror yields.

use demeter_core::transition::{
    Datum, Held, InputView, Outcome, OutputView, Range, Refusal, Step, TransactionView, apply, genesis,
};
use demeter_core::{
    Address, Amount, Asset, Genesis, Grid, KeyHash, Leader, Leased, MarketRedeemer, MarketTransition, Method,
    OutputReference, PlutusData, Redeemer, RegistryTransition, Script, Scripts, Stage, State, Time,
    Transition, Value,
};

use super::Dice;
use super::world::{APPLICATION, OWNER, STRANGER, World, address, slot_from, slot_until};
use crate::make::{amount, count, key, span, time};

/// Every row of the table of transitions.
pub const TRANSITIONS: [&str; 22] = [
    "genesis",
    "deposit",
    "admit",
    "update",
    "endorse",
    "rotate",
    "report",
    "retire",
    "offer",
    "lead",
    "award",
    "take",
    "withdraw",
    "cancel",
    "claim",
    "extend",
    "close",
    "complete",
    "resign",
    "arbitrate",
    "collect",
    "rekey",
];

/// A healthy transaction.
#[derive(Clone, Debug)]
pub struct Healthy {
    /// The transaction.
    pub transaction: TransactionView,
    /// What it must yield.
    pub outcome: Outcome,
    /// The world in which it happens.
    pub world: World,
}

/// A healthy transaction of this kind; an error where the dice made one that the mirror refuses.
///
/// # Errors
/// What the mirror says.
///
/// # Panics
/// There is no such transition.
pub fn healthy(scripts: Scripts, transition: &str, dice: &mut Dice) -> Result<Healthy, Box<Refusal>> {
    let race = match transition {
        "take" => true,
        "offer" | "lead" => false,
        _ => dice.once_in(2),
    };
    let mut world = World::new(scripts, dice, race);
    if transition == "genesis" {
        return founding(world, dice);
    }
    let mut step = step(&mut world, transition, dice);
    step.references.sort_by_key(|held| held.reference);
    let outcome = apply(&scripts, &step).map_err(Box::new)?;
    let transaction = carried_out(&world, &step, &outcome, dice);
    Ok(Healthy { transaction, outcome, world })
}

fn act(transition: impl Into<Transition>, inputs: Vec<Held<State>>) -> Step {
    Step {
        transition: transition.into(),
        inputs,
        references: Vec::new(),
        range: None,
        signers: std::iter::empty::<KeyHash>().collect(),
    }
}

/// A range of some slots from this one on.
fn range(dice: &mut Dice, lower: u64) -> Option<Range> {
    let length = dice.of(&[1000, 20_000, 299_000, 300_000]);
    Some(Range { lower: time(lower), upper: time(lower + length) })
}

/// A range that ends by this moment, often just then, and does not begin before another.
fn range_within(dice: &mut Dice, from: Time, until: Time) -> Option<Range> {
    let (first, last) = (slot_from(from), slot_until(until));
    let most = last.saturating_sub(first).min(300_000) / 1000;
    let length = dice.between(1, most.max(1)) * 1000;
    let lower = match dice.position(3) {
        0 => first,
        1 => last.saturating_sub(length),
        _ => first + dice.between(0, last.saturating_sub(first).saturating_sub(length) / 1000) * 1000,
    };
    Some(Range { lower: time(lower), upper: time(lower + length) })
}

/// A range at or some time after a moment.
fn range_from(dice: &mut Dice, from: Time) -> Option<Range> {
    let later = dice.of(&[0, 0, 1000, 3_600_000, 700_000_000]);
    range(dice, slot_from(from) + later)
}

fn step(world: &mut World, transition: &str, dice: &mut Dice) -> Step {
    match transition {
        "deposit" | "admit" | "update" | "endorse" | "rotate" | "report" | "retire" => {
            of_registry(world, transition, dice)
        }
        "offer" | "lead" | "award" | "take" | "withdraw" | "cancel" => of_bidding(world, transition, dice),
        _ => of_slot(world, transition, dice),
    }
}

fn of_registry(world: &mut World, transition: &str, dice: &mut Dice) -> Step {
    let threshold = world.grid.threshold.to_number();
    let quorum: Vec<_> = world.entities(threshold).collect();
    let operator = world.operator.clone();
    let grid = world.held_grid(dice);
    match transition {
        "deposit" => {
            let deposit = RegistryTransition::Deposit {
                head: crate::make::script(0xd1),
                deadline: dice.of(&[Time::ZERO, time(1_800_000_000_000), Time::MAX]),
            };
            let pool = world.held_pool(dice, dice.clone().of(&[0, 4]), dice.clone().of(&[0, 9]));
            Step { signers: quorum.into_iter().collect(), ..act(deposit, vec![grid, pool]) }
        }
        "admit" => {
            let slots = dice.of(&[1, 2, 5, 16]);
            let (spare_operators, spare_slots) = (dice.of(&[0, 1, 9]), dice.of(&[0, 1, 9]));
            let pool = world.held_pool(dice, 1 + spare_operators, slots + spare_slots);
            let admit = RegistryTransition::Admit {
                owner: OWNER,
                endpoint: operator.endpoint,
                capacity: operator.capacity,
                labels: operator.labels,
                slots: count(slots),
            };
            let admission = world.grid.admission.to_number();
            let signers = world.entities(admission).chain([OWNER]).collect();
            Step { references: vec![grid], signers, ..act(admit, vec![pool]) }
        }
        "update" => {
            let owner = dice.of(&[OWNER, key(0x22)]);
            let update = RegistryTransition::Update {
                owner,
                endpoint: "https://elsewhere.example".into(),
                capacity: operator.capacity,
                labels: operator.endorsed,
            };
            let range = range_from(dice, operator.updated.after(span(600_000)).unwrap());
            let held = world.held_operator(dice);
            Step { range, signers: [OWNER, owner].into_iter().collect(), ..act(update, vec![held]) }
        }
        "endorse" => {
            let endorse = RegistryTransition::Endorse { endorsed: operator.labels };
            let held = world.held_operator(dice);
            Step { references: vec![grid], signers: quorum.into_iter().collect(), ..act(endorse, vec![held]) }
        }
        "rotate" => {
            let next = World::new(world.scripts, dice, false).grid;
            let rotate = RegistryTransition::Rotate {
                deposit: next.deposit,
                entities: next.entities.clone(),
                admission: next.admission,
                threshold: next.threshold,
                fee_ppm: next.fee_ppm,
                treasury: next.treasury,
                prior: next.prior,
                penalty: next.penalty,
                half_life: next.half_life,
            };
            Step { signers: quorum.into_iter().collect(), ..act(rotate, vec![grid]) }
        }
        "report" => {
            let held = world.held_operator(dice);
            let (stage, holding) = (Stage::Settled(world.settled(dice)), amount(dice.of(&[0, 5, 7_000_000])));
            let slot = world.held_slot(dice, 0, stage, holding);
            Step { references: vec![grid], ..act(RegistryTransition::Report, vec![held, slot]) }
        }
        _ => {
            let pool = world.held_pool(dice, dice.clone().of(&[0, 4]), dice.clone().of(&[0, 9]));
            let mut inputs = vec![pool, world.held_operator(dice)];
            for index in 0..operator.slots.to_number() {
                let holding = amount(dice.of(&[0, 0, 7_000_000]));
                inputs.push(world.held_slot(dice, index, Stage::Idle, holding));
            }
            let signers = if dice.once_in(2) { vec![OWNER] } else { quorum };
            Step {
                references: vec![grid],
                signers: signers.into_iter().collect(),
                ..act(RegistryTransition::Retire, inputs)
            }
        }
    }
}

fn of_bidding(world: &mut World, transition: &str, dice: &mut Dice) -> Step {
    let window = world.terms.window;
    let grid = world.held_grid(dice);
    match transition {
        "offer" => {
            let slot = world.held_slot(dice, 1, Stage::Idle, amount(dice.clone().of(&[0, 3_000_000])));
            let offer =
                MarketTransition::Offer { price: world.price(dice), resources: world.resources(dice) };
            let references = vec![grid, world.held_operator(dice), world.open_bid(dice)];
            let range = range_within(dice, window.opens, window.closes);
            Step { references, range, signers: [OWNER].into_iter().collect(), ..act(offer, vec![slot]) }
        }
        "lead" => {
            let offered = world.offered(dice);
            let bid = if dice.once_in(2) {
                world.open_bid(dice)
            } else {
                let leader = ousted(world, dice, world.leader(1, offered.clone()));
                world.led_bid(dice, leader)
            };
            let slot = world.held_slot(dice, 1, Stage::Offered(offered), world.terms.bond);
            let range = range_within(dice, window.closes, window.settles);
            Step { range, ..act(MarketTransition::Lead, vec![bid, slot]) }
        }
        "award" => {
            let leader = world.leader(1, world.offered(&mut dice.clone()));
            let bid = world.led_bid(dice, leader);
            let range = range_from(dice, window.settles);
            let late =
                range.is_some_and(|range| range.lower >= window.settles.after(span(604_800_000)).unwrap());
            let references = if late && dice.once_in(2) { Vec::new() } else { vec![grid] };
            Step { references, range, ..act(MarketTransition::Award, vec![bid]) }
        }
        "take" => {
            let (bid, slot) = (world.open_bid(dice), world.held_slot(dice, 1, Stage::Idle, amount(0)));
            let take = MarketTransition::Take { price: world.price(dice), resources: world.resources(dice) };
            let references = vec![grid, world.held_operator(dice)];
            let range = range_within(dice, window.opens, window.closes);
            Step { references, range, signers: [OWNER].into_iter().collect(), ..act(take, vec![bid, slot]) }
        }
        "withdraw" => {
            let offered = world.offered(dice);
            let slot = world.held_slot(dice, 1, Stage::Offered(offered), world.terms.bond);
            let range = range_from(dice, window.settles);
            Step {
                range,
                signers: [OWNER].into_iter().collect(),
                ..act(MarketTransition::Withdraw, vec![slot])
            }
        }
        _ => {
            let range = match world.terms.method {
                Method::Race { .. } => {
                    dice.once_in(2).then(|| range(dice, slot_from(window.opens))).flatten()
                }
                Method::Auction { .. } if dice.once_in(2) => {
                    let lower = slot_until(window.opens) - dice.between(1, 300) * 1000;
                    range_within(dice, time(lower), window.opens)
                }
                Method::Auction { .. } => range_from(dice, window.settles),
            };
            let bid = world.open_bid(dice);
            Step {
                range,
                signers: [APPLICATION].into_iter().collect(),
                ..act(MarketTransition::Cancel, vec![bid])
            }
        }
    }
}

/// A leader that this one may oust, if the dice are kind: near to it in rank.
fn ousted(world: &World, dice: &mut Dice, better: Leader) -> Leader {
    let mut leader = better;
    match dice.position(4) {
        0 => leader.merit = crate::make::merit(leader.merit.to_points().saturating_sub(dice.between(1, 5))),
        1 => leader.price = amount(leader.price.to_units() + 1),
        2 => leader.operator = count(leader.operator.to_number() + dice.between(1, 9)),
        _ => leader.index = count(2),
    }
    if leader.operator != world.operator.number {
        leader.owner = key(0x23);
    }
    leader
}

fn of_slot(world: &mut World, transition: &str, dice: &mut Dice) -> Step {
    match transition {
        "collect" => {
            let stage = if dice.once_in(2) { Stage::Idle } else { Stage::Settled(world.settled(dice)) };
            let slot = world.held_slot(dice, 1, stage, amount(dice.clone().of(&[0, 1, 9_000_000])));
            Step { signers: [OWNER].into_iter().collect(), ..act(MarketTransition::Collect, vec![slot]) }
        }
        "rekey" => {
            let leased = world.leased(dice);
            let slot = match dice.position(4) {
                0 => world.held_slot(dice, 1, Stage::Idle, amount(7)),
                1 => {
                    let offered = Stage::Offered(world.offered(dice));
                    world.held_slot(dice, 1, offered, world.terms.bond)
                }
                2 => world.held_slot(dice, 1, Stage::Settled(world.settled(&mut dice.clone())), amount(0)),
                _ => world.leased_slot(dice, leased),
            };
            world.operator.owner = key(0x22);
            let operator = world.held_operator(dice);
            Step { references: vec![operator], ..act(MarketTransition::Rekey, vec![slot]) }
        }
        _ => of_lease(world, transition, dice),
    }
}

fn of_lease(world: &mut World, transition: &str, dice: &mut Dice) -> Step {
    let leased = world.leased(dice);
    let grid = world.held_grid(dice);
    let during = during(&leased, dice);
    let quorum: Vec<_> = world.entities(world.grid.threshold.to_number()).collect();
    let (owner, application) = ([OWNER].into_iter().collect(), [APPLICATION].into_iter().collect());
    let unclaimed = leased.price.to_units() * (leased.periods.to_number() - leased.claimed.to_number());
    let whole = leased.price.to_units() * leased.periods.to_number();
    let (bond, claimed) = (leased.bond.to_units(), leased.claimed.to_number());
    let elapsed = during.map_or(0, |range| leased.whole_periods(range.lower).to_number());
    let end = leased.end_of_grace().unwrap();
    let slot = vec![world.leased_slot(dice, leased.clone())];
    match transition {
        "claim" => {
            let most = elapsed.min(leased.periods.to_number());
            let claimed = if most > claimed { dice.between(claimed + 1, most) } else { most };
            let claim = MarketTransition::Claim { claimed: count(claimed) };
            Step { range: during, signers: owner, ..act(claim, slot) }
        }
        "extend" => {
            let extend = MarketTransition::Extend { periods: count(dice.between(1, 5)) };
            let signers = [OWNER, APPLICATION].into_iter().collect();
            Step { references: vec![grid], signers, ..act(extend, slot) }
        }
        "close" => Step { range: during, signers: application, ..act(MarketTransition::Close, slot) },
        "complete" => {
            let range = range_from(dice, end);
            Step { range, signers: owner, ..act(MarketTransition::Complete, slot) }
        }
        "resign" => Step { range: during, signers: owner, ..act(MarketTransition::Resign, slot) },
        _ => {
            let up_to = |dice: &mut Dice, most: u64| {
                let inside = dice.between(0, most);
                amount(dice.of(&[0, most, inside]))
            };
            let ruling = MarketTransition::Arbitrate {
                paid: up_to(dice, unclaimed),
                slashed: up_to(dice, bond),
                broken: up_to(dice, whole),
            };
            let signers = quorum.into_iter().collect();
            Step { references: vec![grid], range: during, signers, ..act(ruling, slot) }
        }
    }
}

/// A range during a lease or around its ends.
fn during(leased: &Leased, dice: &mut Dice) -> Option<Range> {
    let (start, end) = (slot_from(leased.start), slot_from(leased.end().unwrap()));
    let grace = slot_from(leased.end_of_grace().unwrap());
    let period = leased.period.to_milliseconds();
    let inside = start + dice.between(0, (end - start) / 1000) * 1000;
    let edge = start + slot_from(time(period * dice.between(0, leased.periods.to_number() + 1)));
    let lower =
        dice.of(&[start, inside, inside, inside, edge, edge, end, grace, grace + 3_600_000, start - 5000]);
    let lower = if dice.once_in(3) { lower.saturating_sub(1000) } else { lower };
    range(dice, lower)
}

/// An output with a state.
pub(crate) fn state_output(scripts: Scripts, script: Script, value: Value, state: &State) -> OutputView {
    OutputView {
        address: scripts.address(script),
        value,
        datum: Datum::Inline(state.encode()),
        has_reference_script: false,
    }
}

/// An input with a state.
pub(crate) fn input(scripts: Scripts, held: &Held<State>, redeemer: Option<Vec<u8>>) -> InputView {
    let output = state_output(scripts, held.state.script(), held.value.clone(), &held.state);
    InputView { reference: held.reference, output, redeemer }
}

/// An input or output of somebody, with nothing of ours.
pub(crate) fn plain(reference: OutputReference, to: Address, value: Value) -> InputView {
    let output = OutputView { address: to, value, datum: Datum::None, has_reference_script: false };
    InputView { reference, output, redeemer: None }
}

/// The outputs that an outcome asks for.
pub(crate) fn outputs(scripts: Scripts, outcome: &Outcome) -> Vec<OutputView> {
    let states = outcome
        .states
        .iter()
        .map(|expected| state_output(scripts, expected.script, expected.value.clone(), &expected.state));
    let deposit = outcome.deposit.iter().map(|expected| OutputView {
        address: expected.address,
        value: expected.value.clone(),
        datum: Datum::Inline(expected.datum.encode()),
        has_reference_script: false,
    });
    let payments = outcome.payments.iter().map(|payment| OutputView {
        address: payment.address,
        value: payment.value.clone(),
        datum: Datum::Inline(payment.tag.encode()),
        has_reference_script: false,
    });
    states.chain(deposit).chain(payments).collect()
}

/// The transaction of a step, with what the mirror yields, and somebody's wallet.
fn carried_out(world: &World, step: &Step, outcome: &Outcome, dice: &mut Dice) -> TransactionView {
    let mut world = world.clone();
    let act = match &step.transition {
        Transition::Registry(transition) => Redeemer::Act(transition.clone()).encode(),
        Transition::Market(transition) => Redeemer::Act(transition.clone()).encode(),
    };
    let follow = MarketRedeemer::Follow.encode();
    let mut inputs: Vec<_> = step
        .inputs
        .iter()
        .enumerate()
        .map(|(position, held)| {
            input(world.scripts, held, Some(if position == 0 { &act } else { &follow }.clone()))
        })
        .collect();
    let wallet = plain(world.fresh(dice), address(dice, 0x66), Value::of_lovelace(amount(99_000_000)));
    let change = wallet.output.clone();
    inputs.push(wallet);
    inputs.sort_by_key(|input| input.reference);
    let mut outputs = outputs(world.scripts, outcome);
    outputs.push(change);
    TransactionView {
        inputs,
        references: step.references.iter().map(|held| input(world.scripts, held, None)).collect(),
        outputs,
        minted: Vec::new(),
        policy_redeemer: None,
        lower: step.range.map(|range| range.lower),
        upper: step.range.map(|range| range.upper),
        signatories: step.signers.clone(),
    }
}

/// The genesis of the world's grid.
fn founding(mut world: World, dice: &mut Dice) -> Result<Healthy, Box<Refusal>> {
    let seed = world.fresh(dice);
    let range = range(dice, 1_800_000_000_000).unwrap();
    let deadline = dice.of(&[range.upper, range.upper.after(span(500)).unwrap(), Time::MAX]);
    let (operators, slots) = (dice.of(&[1, 40]), dice.of(&[1, 400]));
    let redeemer = Genesis { seed, deadline, operators: count(operators), slots: count(slots) };
    let mut draft = world.grid.into_draft();
    draft.id = demeter_core::codec::grid_id(&seed, deadline);
    world.grid = Grid::new(draft).unwrap();
    let founding = genesis(&world.scripts, &redeemer, &world.grid, &[seed], Some(range)).map_err(Box::new)?;
    let minted = founding
        .minted
        .iter()
        .map(|(asset, count)| (asset.clone(), i64::try_from(count.to_units()).unwrap()))
        .collect::<Vec<(Asset, i64)>>();
    let inputs = vec![plain(seed, Address::of_key(STRANGER), Value::of_lovelace(Amount::MAX))];
    let transaction = TransactionView {
        inputs,
        references: Vec::new(),
        outputs: outputs(world.scripts, &founding.outcome),
        minted,
        policy_redeemer: Some(redeemer.encode()),
        lower: Some(range.lower),
        upper: Some(range.upper),
        signatories: std::iter::empty::<KeyHash>().collect(),
    };
    Ok(Healthy { transaction, outcome: founding.outcome, world })
}
