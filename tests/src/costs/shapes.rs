//! The shapes: for each transition what it is carried out on, and by whom.

use demeter_core::codec::grid_id;
use demeter_core::{Genesis, Grid, Method, OutputReference, Stage, Time};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::{Candidate, Declaration, GenesisPlan, Plan, Rotation, Ruling};

use super::file::Shape;
use super::ground::{
    CLOSES, GRACE, Ground, OPENS, PERIOD, PERIODS, SETTLES, START, application, auction, before_all, owner,
    quorum, stranger,
};
use crate::make::{amount, count, key, script, span, time};

/// How much of the limits Admit and Retire may take with 16 slots, in millionths.
const HALF: u64 = 500_000;

/// Every shape, in the order of the table of transitions; before those of bids, the payment that places one.
pub(super) fn shapes() -> Vec<Shape> {
    let mut shapes = vec![genesis(), deposit()];
    shapes.extend([1, 16].map(admit));
    shapes.extend([update(), rekey(), endorse(), rotate(), report()]);
    shapes.extend([1, 16].map(|slots| retire(slots, "by its owner", vec![owner()])));
    shapes.extend([1, 16].map(|slots| retire(slots, "by the entities", quorum().collect())));
    shapes.push(place());
    shapes.extend([4, 8, 16].map(offer));
    shapes.extend([lead(false), lead(true), award(), take(), withdraw(), cancel()]);
    shapes.extend([claim(), extend(), close(), complete(), resign(), arbitrate(), collect()]);
    shapes
}

fn genesis() -> Shape {
    let ground = Ground::of_auction();
    let funds = ground.funds(owner().key_hash());
    let (seed, _) = funds.utxos.first_key_value().unwrap();
    let deadline = time(OPENS);
    let mut draft = ground.grid.clone().into_draft();
    draft.id = grid_id(seed, deadline);
    let genesis = Genesis { seed: *seed, deadline, operators: count(1_000), slots: count(10_000) };
    let plan = GenesisPlan { genesis, grid: Grid::new(draft).unwrap(), range: ground.range(before_all()) };
    let transaction = ground.composer.genesis(&plan, &funds).unwrap();
    ground.measure("the registry referred to", "genesis", transaction, before_all(), &[owner()])
}

fn deposit() -> Shape {
    let mut ground = Ground::of_auction();
    let (grid, pool) = (ground.held_grid(), ground.held_pool());
    let plan = Plan::deposit(grid, pool, script(0xd1), time(START));
    ground.carry_out("grid and pool", "deposit", plan, before_all(), &quorum().collect::<Vec<_>>())
}

fn admit(slots: u64) -> Shape {
    let mut ground = Ground::of_auction();
    let (grid, pool) = (ground.held_grid(), ground.held_pool());
    let candidate = Candidate {
        owner: owner().key_hash(),
        endpoint: ground.operator.endpoint.clone(),
        capacity: ground.operator.capacity.clone(),
        labels: ground.operator.labels.clone(),
        slots: count(slots),
    };
    let plan = Plan::admit(pool, grid, candidate);
    let signers: Vec<_> = [owner()].into_iter().chain(quorum()).collect();
    let shape = ground.carry_out(&slots_of(slots), "admit", plan, before_all(), &signers);
    Shape { aim_ppm: Some(HALF), ..shape }
}

fn slots_of(slots: u64) -> String {
    if slots == 1 { "1 slot".to_owned() } else { format!("{slots} slots") }
}

fn update() -> Shape {
    let mut ground = Ground::of_auction();
    let operator = ground.held_operator();
    let declaration = Declaration {
        owner: stranger().key_hash(),
        endpoint: "https://elsewhere.operator.example:8443".into(),
        ..Declaration::of(&ground.operator)
    };
    let plan = Plan::update(operator, declaration);
    ground.carry_out("to another owner", "update", plan, before_all(), &[owner(), stranger()])
}

fn rekey() -> Shape {
    let mut ground = Ground::of_auction();
    let slot = ground.leased_slot();
    ground.operator.owner = key(0x45);
    let operator = ground.held_operator();
    let plan = Plan::rekey(slot, operator);
    ground.carry_out("a leased slot", "rekey", plan, time(START), &[stranger()])
}

fn endorse() -> Shape {
    let mut ground = Ground::of_auction();
    let grid = ground.held_grid();
    let endorsed = ground.operator.labels.clone();
    let operator = ground.held_operator();
    let plan = Plan::endorse(operator, grid, endorsed);
    ground.carry_out("8 labels", "endorse", plan, before_all(), &quorum().collect::<Vec<_>>())
}

fn rotate() -> Shape {
    let mut ground = Ground::of_auction();
    let grid = ground.held_grid();
    let entities = ground.grid.entities.iter().rev().copied().collect();
    let plan = Plan::rotate(grid, Rotation { entities, ..Rotation::of(&ground.grid) });
    ground.carry_out("7 entities", "rotate", plan, before_all(), &quorum().collect::<Vec<_>>())
}

fn report() -> Shape {
    let mut ground = Ground::of_auction();
    let (slot, operator, grid) = (ground.settled_slot(), ground.held_operator(), ground.held_grid());
    let plan = Plan::report(operator, slot, grid);
    ground.carry_out("kept and broken", "report", plan, time(START), &[stranger()])
}

fn retire(slots: u64, by: &str, signers: Vec<PaymentKey>) -> Shape {
    let mut ground = Ground::of_auction();
    ground.operator.slots = count(slots);
    let grid = ground.held_grid();
    let slots_held: Vec<_> =
        (0..slots).map(|index| ground.held_slot(index, Stage::Idle, 7_000_000)).collect();
    let (operator, pool) = (ground.held_operator(), ground.held_pool());
    let plan = Plan::retire(pool, operator, slots_held, grid);
    let name = format!("{} {by}", slots_of(slots));
    let shape = ground.carry_out(&name, "retire", plan, before_all(), &signers);
    Shape { aim_ppm: Some(HALF), ..shape }
}

fn place() -> Shape {
    let ground = Ground::of_auction();
    let funds = ground.funds(application().key_hash());
    let transaction = ground.composer.place(&ground.terms, &funds).unwrap();
    ground.measure("8 needs", "place", transaction, before_all(), &[application()])
}

fn offer(needs: usize) -> Shape {
    let mut ground = Ground::new(needs, auction());
    let (slot, bid) = (ground.held_slot(0, Stage::Idle, 7_000_000), ground.open_bid());
    let (operator, grid) = (ground.held_operator(), ground.held_grid());
    let plan = Plan::offer(slot, bid, operator, grid, ground.price(), ground.resources());
    let shape = ground.carry_out(&format!("{needs} needs"), "offer", plan, time(OPENS), &[owner()]);
    Shape { aim_ppm: shape.aim_ppm.filter(|_| needs <= 8), ..shape }
}

fn lead(incumbent: bool) -> Shape {
    let mut ground = Ground::of_auction();
    let slot = ground.offered_slot();
    let (name, bid) = if incumbent {
        let outdone = ground.outdone();
        ("8 needs, a leader ousted by a tie", ground.led_bid(outdone))
    } else {
        ("8 needs", ground.open_bid())
    };
    ground.carry_out(name, "lead", Plan::lead(bid, slot), time(CLOSES), &[owner()])
}

fn award() -> Shape {
    let mut ground = Ground::of_auction();
    let leader = ground.leader();
    let (bid, grid) = (ground.led_bid(leader), ground.held_grid());
    let plan = Plan::award(bid, grid);
    ground.carry_out("8 needs, with a fee", "award", plan, time(SETTLES), &[application()])
}

fn take() -> Shape {
    let mut ground = Ground::new(8, Method::reputation(span(60_000), span(120_000)));
    let (slot, bid) = (ground.held_slot(0, Stage::Idle, 0), ground.open_bid());
    let (operator, grid) = (ground.held_operator(), ground.held_grid());
    let plan = Plan::take(bid, slot, operator, grid, ground.price(), ground.resources());
    ground.carry_out("8 needs, with a fee", "take", plan, time(OPENS + 150_000), &[owner()])
}

fn withdraw() -> Shape {
    let mut ground = Ground::of_auction();
    let slot = ground.offered_slot();
    ground.carry_out("8 needs", "withdraw", Plan::withdraw(slot), time(SETTLES), &[owner()])
}

fn cancel() -> Shape {
    let mut ground = Ground::of_auction();
    let bid = ground.open_bid();
    ground.carry_out("an auction that settled", "cancel", Plan::cancel(bid), time(SETTLES), &[application()])
}

/// A transition of a lease that reads no other state.
fn of_lease(
    shape: &str,
    transition: &'static str,
    act: impl Fn(OutputReference) -> Plan,
    from: Time,
    signers: &[PaymentKey],
) -> Shape {
    let mut ground = Ground::of_auction();
    let slot = ground.leased_slot();
    ground.carry_out(shape, transition, act(slot), from, signers)
}

/// A transition of a lease that reads the grid.
fn of_lease_and_grid(
    shape: &str,
    transition: &'static str,
    act: impl Fn(OutputReference, OutputReference) -> Plan,
    signers: &[PaymentKey],
) -> Shape {
    let mut ground = Ground::of_auction();
    let (slot, grid) = (ground.leased_slot(), ground.held_grid());
    ground.carry_out(shape, transition, act(slot, grid), after(5), signers)
}

/// A while after so many periods of the lease.
fn after(periods: u64) -> Time {
    time(START + periods * PERIOD + PERIOD / 2)
}

fn claim() -> Shape {
    of_lease("3 of 24 periods", "claim", |slot| Plan::claim(slot, count(5)), after(5), &[owner()])
}

fn extend() -> Shape {
    let extend = |slot, grid| Plan::extend(slot, grid, count(24));
    of_lease_and_grid("24 periods, with a fee", "extend", extend, &[owner(), application()])
}

fn close() -> Shape {
    of_lease("within a period", "close", Plan::close, after(5), &[application()])
}

fn complete() -> Shape {
    let end = time(START + PERIODS * PERIOD + GRACE);
    of_lease("8 resources", "complete", Plan::complete, end, &[owner()])
}

fn resign() -> Shape {
    of_lease("with a refund", "resign", Plan::resign, after(5), &[owner()])
}

fn arbitrate() -> Shape {
    let ruling = Ruling { paid: amount(3_000_000), slashed: amount(1_000_000), broken: amount(9_000_000) };
    let arbitrate = |slot, grid| Plan::arbitrate(slot, grid, ruling);
    of_lease_and_grid("with a refund", "arbitrate", arbitrate, &quorum().collect::<Vec<_>>())
}

fn collect() -> Shape {
    let mut ground = Ground::of_auction();
    let slot = ground.settled_slot();
    ground.carry_out("a settled slot", "collect", Plan::collect(slot), time(START), &[owner()])
}
