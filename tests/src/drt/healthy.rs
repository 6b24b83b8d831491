//! For each transition, a transaction that is healthy: made from a world by what the mirror yields.

use demeter_core::limits::{LATE_AWARD, MAX_TERM, UPDATE_INTERVAL};
use demeter_core::transition::{Held, Outcome, Range, Refusal, Step, TransactionView, apply, genesis};
use demeter_core::{
    Address, Amount, Asset, Genesis, Grid, KeyHash, Labels, Leader, Leased, MarketTransition, Method,
    Operator, PlutusData, RegistryTransition, Reputation, Script, Scripts, Stage, State, Text, Time,
    Transition, Value,
};

use super::Dice;
use super::carry::{carried_out, outputs, plain};
use super::world::{APPLICATION, OWNER, RIVAL, STRANGER, World, slot_from, slot_until};
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

/// A healthy transaction of this kind, after as many tries as that takes.
///
/// # Panics
/// The dice make none in many tries.
pub fn any_healthy(scripts: Scripts, transition: &str, dice: &mut Dice) -> Healthy {
    for _ in 0..200 {
        if let Ok(healthy) = healthy(scripts, transition, dice) {
            return healthy;
        }
    }
    panic!("no healthy {transition} in 200 tries");
}

/// A healthy transaction of this kind; an error where the dice made one that the mirror refuses.
///
/// # Errors
/// What the mirror says.
///
/// # Panics
/// There is no such transition.
pub fn healthy(scripts: Scripts, transition: &str, dice: &mut Dice) -> Result<Healthy, Box<Refusal>> {
    let mut world = world_for(scripts, transition, dice);
    if transition == "genesis" {
        return founding(world, dice);
    }
    let mut step = step(&mut world, transition, dice);
    let bystanders = bystanders(&mut world, dice);
    step.references.extend(bystanders);
    step.references.sort_by_key(|held| held.reference);
    let outcome = apply(&scripts, &step).map_err(Box::new)?;
    let transaction = carried_out(&mut world, &step, &outcome, dice);
    Ok(Healthy { transaction, outcome, world })
}

/// A world in which such a transition can mostly happen.
pub(super) fn world_for(scripts: Scripts, transition: &str, dice: &mut Dice) -> World {
    let race = match transition {
        "take" => !dice.once_in(12),
        "offer" => dice.once_in(12),
        "lead" => false,
        _ => dice.once_in(2),
    };
    World::new(scripts, dice, race)
}

/// What is read without being needed: mostly nothing.
fn bystanders(world: &mut World, dice: &mut Dice) -> Vec<Held<State>> {
    let mut bystanders = Vec::new();
    let mut elsewhere = world.elsewhere().after(world);
    for _ in 0..dice.of(&[0, 0, 1, 2]) {
        bystanders.push(match dice.position(5) {
            0 => elsewhere.held_grid(dice),
            1 => elsewhere.held_operator(dice),
            2 => elsewhere.held_slot(dice, 1, Stage::Idle, Amount::ZERO),
            3 => elsewhere.held_pool(dice, 1, 1),
            _ => {
                let mut rival = world.of_the_rival().after(&elsewhere);
                let held = rival.held_operator(dice);
                elsewhere = elsewhere.after(&rival);
                held
            }
        });
    }
    *world = world.clone().after(&elsewhere);
    bystanders
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

/// A step of this kind, with what the transition needs; not always one that is allowed.
pub(super) fn step(world: &mut World, transition: &str, dice: &mut Dice) -> Step {
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
            let slots = dice.of(&[1, 1, 2, 2, 5, 5, 16, 16, 16, 17]);
            let (operators, spare_slots) = (dice.of(&[0, 1, 1, 2, 10]), dice.of(&[0, 1, 9]));
            let held = if dice.once_in(12) { slots - 1 } else { slots + spare_slots };
            let pool = world.held_pool(dice, operators, held);
            let number = count(operator.number.to_number() + 1);
            let newcomer = Operator {
                number,
                slots: count(slots),
                endorsed: Labels::default(),
                reputation: Reputation::default(),
                updated: Time::ZERO,
                ..operator.clone()
            };
            let admit = RegistryTransition::Admit {
                owner: OWNER,
                endpoint: endpoint(newcomer, dice),
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
            let range = range_from(dice, operator.updated.after(UPDATE_INTERVAL).unwrap());
            let updated = range.map_or(Time::ZERO, |range| range.upper);
            let labels = operator.endorsed.clone();
            let after = Operator { owner, updated, labels: labels.clone(), ..operator.clone() };
            let update = RegistryTransition::Update {
                owner,
                endpoint: endpoint(after, dice),
                capacity: operator.capacity,
                labels,
            };
            let held = world.held_operator(dice);
            Step { range, signers: [OWNER, owner].into_iter().collect(), ..act(update, vec![held]) }
        }
        "endorse" => {
            let endorse = RegistryTransition::Endorse { endorsed: operator.labels };
            let held = world.held_operator(dice);
            Step { references: vec![grid], signers: quorum.into_iter().collect(), ..act(endorse, vec![held]) }
        }
        "rotate" => {
            let world = World::new(world.scripts, dice, false);
            let treasury = treasury(&world, dice);
            let next = world.grid;
            let rotate = RegistryTransition::Rotate {
                deposit: next.deposit,
                entities: next.entities.clone(),
                admission: next.admission,
                threshold: next.threshold,
                fee_ppm: next.fee_ppm,
                treasury,
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
            let (price, resources) = world.answer(dice);
            let offer = MarketTransition::Offer { price, resources };
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
            let late = range.is_some_and(|range| range.lower >= window.settles.after(LATE_AWARD).unwrap());
            let references = if late && dice.once_in(2) { Vec::new() } else { vec![grid] };
            Step { references, range, ..act(MarketTransition::Award, vec![bid]) }
        }
        "take" => {
            let (bid, slot) = (world.open_bid(dice), world.held_slot(dice, 1, Stage::Idle, amount(0)));
            let (price, resources) = world.answer(dice);
            let take = MarketTransition::Take { price, resources };
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

/// Something that fills the operator's record, now and then, to its last byte or over it.
fn endpoint(mut operator: Operator, dice: &mut Dice) -> Text {
    let endpoint = dice.of(&["", "https://elsewhere.example"]).to_owned();
    if !dice.once_in(5) {
        return endpoint.as_str().into();
    }
    operator.endpoint = endpoint.as_str().into();
    let least = Operator::MAX_WRITTEN_SIZE.saturating_sub(operator.size_when_new());
    let mut longest = endpoint;
    // NOTE: the heads of long byte strings take a few bytes, more with each chunk of 64.
    for length in least.saturating_sub(70)..=least {
        operator.endpoint = "e".repeat(length).as_str().into();
        if operator.size_when_new() <= Operator::MAX_WRITTEN_SIZE {
            longest = "e".repeat(length);
        }
    }
    if dice.once_in(4) {
        longest.push('e');
    }
    longest.as_str().into()
}

/// Where the fees of a grid go: now and then where they may not.
fn treasury(world: &World, dice: &mut Dice) -> Address {
    if dice.once_in(30) { world.scripts.address(Script::Registry) } else { world.grid.treasury }
}

/// A leader that this one may oust, if the dice are kind: near to it in rank.
fn ousted(world: &World, dice: &mut Dice, better: Leader) -> Leader {
    let mut leader = better;
    match dice.position(8) {
        0..3 => {
            leader.merit = crate::make::merit(leader.merit.to_points().saturating_sub(dice.between(1, 5)))
        }
        3..5 => leader.price = amount(leader.price.to_units() + 1),
        5..7 => leader.operator = count(leader.operator.to_number() + dice.between(1, 9)),
        _ => leader.index = count(2),
    }
    if leader.operator != world.operator.number {
        leader.owner = RIVAL;
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
            if !dice.once_in(8) {
                world.operator.owner = key(0x22);
            }
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
            let claimed = if dice.once_in(8) { claimed + 1 } else { claimed };
            let claim = MarketTransition::Claim { claimed: count(claimed) };
            Step { range: during, signers: owner, ..act(claim, slot) }
        }
        "extend" => {
            // As many as fit, or one more.
            let term = MAX_TERM.to_milliseconds().saturating_sub(leased.grace.to_milliseconds());
            let most = (term / leased.period.to_milliseconds()).saturating_sub(leased.periods.to_number());
            let more = if dice.once_in(3) { most + dice.between(0, 1) } else { dice.between(0, 5) };
            let extend = MarketTransition::Extend { periods: count(more) };
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
                let above = if dice.once_in(4) { most + 1 } else { most };
                amount(dice.of(&[0, most, inside, above]))
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

/// The genesis of the world's grid.
fn founding(mut world: World, dice: &mut Dice) -> Result<Healthy, Box<Refusal>> {
    let seed = world.fresh(dice);
    let range = range(dice, 1_800_000_000_000).unwrap();
    let deadline = dice.of(&[range.upper, range.upper.after(span(500)).unwrap(), Time::MAX]);
    // NOTE: what is minted is counted in 64 bits, one of them for the sign.
    let (operators, slots) = (dice.of(&[0, 1, 40, 1 << 62]), dice.of(&[0, 1, 400, 1 << 62]));
    let redeemer = Genesis { seed, deadline, operators: count(operators), slots: count(slots) };
    let mut draft = world.grid.clone().into_draft();
    draft.id = demeter_core::codec::grid_id(&seed, deadline);
    if dice.once_in(12) {
        draft.treasury = treasury(&world, dice);
    }
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
