//! The edges that the transitions make: what stands in a state before is compared with what stands there after.
//!
//! Each transition is run on worlds in which it is healthy; and, so that none is overlooked, on the worlds of every
//! other transition, at several times, with everybody's signature.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::transition::{Datum, Held, InputView, Outcome, Range, Signers, Step, apply};
use demeter_core::{
    BidName, Count, GridId, MarketRedeemer, PlutusData as _, Redeemer, RegistryRedeemer, Scripts, Stage,
    State, Time, Transition,
};
use demeter_tests::drt::{Dice, Healthy, TRANSITIONS, World, healthy};
use demeter_tests::make::span;
use demeter_tx::market::Contract;

use crate::edge::{Edge, NOWHERE};

/// How many worlds of each transition are looked at.
const WORLDS: usize = 60;
/// On so many of them every transition is tried.
const TRIED: usize = 12;
/// Placing a bid is a payment to `market`, which no script sees.
const PLACE: &str = "Place";

/// What goes from state to state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Grid(GridId),
    Pool(GridId),
    Operator(GridId, Count),
    Slot(GridId, Count, Count),
    Bid(BidName),
}

/// Every edge.
pub(crate) fn edges() -> BTreeSet<Edge> {
    let scripts = Contract::embedded().unwrap().scripts();
    let mut dice = Dice::new(1);
    let mut edges = BTreeSet::from([Edge::new(NOWHERE, "Open", PLACE)]);
    let mut steps = Vec::new();
    for transition in TRANSITIONS {
        let worlds: Vec<_> = (0..WORLDS).map(|_| next(scripts, transition, &mut dice)).collect();
        for Healthy { transaction, outcome, .. } in &worlds {
            let inputs: Vec<_> = transaction.inputs.iter().filter_map(held).collect();
            collect(&mut edges, transition, &inputs, outcome);
        }
        steps.extend(worlds.iter().take(TRIED).filter_map(|healthy| step(healthy, &mut dice)));
    }
    let transitions: Vec<_> = steps.iter().map(|(step, _)| step.transition.clone()).collect();
    for (step, ranges) in &steps {
        for transition in transitions.iter().step_by(TRIED / 3) {
            for range in ranges {
                let step = Step { transition: transition.clone(), range: Some(*range), ..step.clone() };
                if let Ok(outcome) = apply(&scripts, &step) {
                    collect(&mut edges, transition.name(), &step.inputs, &outcome);
                }
            }
        }
    }
    edges
}

/// The next healthy transaction of these dice.
fn next(scripts: Scripts, transition: &str, dice: &mut Dice) -> Healthy {
    let mut tries = (0..200).map(|_| healthy(scripts, transition, dice));
    tries.find_map(Result::ok).unwrap_or_else(|| panic!("no healthy {transition} in 200 tries"))
}

fn held(input: &InputView) -> Option<Held<State>> {
    let Datum::Inline(bytes) = &input.output.datum else { return None };
    let state = State::decode(bytes).ok()?;
    Some(Held { reference: input.reference, value: input.output.value.clone(), state })
}

/// A healthy transaction as a step that reads all there is to read, signed by everybody, and several times for it.
/// Genesis, which consumes no state, is none.
fn step(healthy: &Healthy, dice: &mut Dice) -> Option<(Step, Vec<Range>)> {
    let Healthy { transaction, world, .. } = healthy;
    let primary = transaction.inputs.iter().position(|input| act(input).is_some())?;
    let transition = act(&transaction.inputs[primary])?;
    let mut inputs: Vec<_> = transaction.inputs.iter().filter_map(held).collect();
    inputs.sort_by_key(|held| held.reference != transaction.inputs[primary].reference);
    let mut references: Vec<_> = transaction.references.iter().filter_map(held).collect();
    let mut known = world.clone();
    references.extend([known.held_grid(dice), known.held_operator(dice), known.open_bid(dice)]);

    let everybody = world.grid.entities.iter().copied();
    let signers: Signers = everybody
        .chain(transaction.signatories.iter().copied())
        .chain([world.operator.owner, world.terms.application])
        .collect();
    let own = transaction.lower.zip(transaction.upper).map(|(lower, upper)| Range { lower, upper });
    let ranges = own.into_iter().chain(
        moments(world).into_iter().map(|lower| Range { lower, upper: lower.after(span(1_000)).unwrap() }),
    );
    Some((Step { transition, inputs, references, range: None, signers }, ranges.collect()))
}

/// Before, during and after the bid and the lease of a world.
fn moments(world: &World) -> [Time; 6] {
    let window = world.terms.window;
    let later = |milliseconds| window.settles.after(span(milliseconds)).unwrap();
    let before = Time::from_milliseconds(window.opens.to_milliseconds() - 60_000).unwrap();
    [before, window.opens, window.closes, window.settles, later(3_600_000), later(86_400_000)]
}

/// The transition of a primary input.
fn act(input: &InputView) -> Option<Transition> {
    let bytes = input.redeemer.as_ref()?;
    match held(input)?.state {
        State::Slot(_) | State::Bid(_) => match MarketRedeemer::decode(bytes).unwrap() {
            Redeemer::Act(transition) => Some(transition.into()),
            Redeemer::Follow => None,
        },
        State::Grid(_) | State::Pool(_) | State::Operator(_) => {
            match RegistryRedeemer::decode(bytes).unwrap() {
                Redeemer::Act(transition) => Some(transition.into()),
                Redeemer::Follow => None,
            }
        }
    }
}

/// Adds the edges of one step; none where one thing stands twice, as dice have it and no ledger.
fn collect(edges: &mut BTreeSet<Edge>, transition: &str, inputs: &[Held<State>], outcome: &Outcome) {
    let before = standing(inputs.iter().map(|held| &held.state));
    let after = standing(outcome.states.iter().map(|output| &output.state));
    let Some((before, after)) = before.zip(after) else { return };
    let by = capital(transition);
    for thing in before.keys().chain(after.keys()) {
        let (from, to) = (before.get(thing), after.get(thing));
        edges.insert(Edge::new(from.unwrap_or(&NOWHERE), to.unwrap_or(&NOWHERE), &by));
    }
}

fn capital(transition: &str) -> String {
    let (first, rest) = transition.split_at(1);
    first.to_uppercase() + rest
}

/// Where each thing stands, by the names of the diagrams; nothing where one stands twice.
fn standing<'a>(states: impl Iterator<Item = &'a State>) -> Option<BTreeMap<Thing, &'static str>> {
    let places: Vec<_> = states.flat_map(places).collect();
    let standing: BTreeMap<_, _> = places.iter().copied().collect();
    (standing.len() == places.len()).then_some(standing)
}

/// What a state says of where things stand: a bid also of its leader's slot.
fn places(state: &State) -> Vec<(Thing, &'static str)> {
    match state {
        State::Grid(grid) => vec![(Thing::Grid(grid.id), "Grid")],
        State::Pool(pool) => vec![(Thing::Pool(pool.grid), "Pool")],
        State::Operator(operator) => vec![(Thing::Operator(operator.grid, operator.number), "Operator")],
        State::Slot(slot) => {
            let stage = match slot.stage {
                Stage::Idle => "Idle",
                Stage::Offered(_) => "Offered",
                Stage::Leased(_) => "Leased",
                Stage::Settled(_) => "Settled",
            };
            vec![(Thing::Slot(slot.grid, slot.operator, slot.index), stage)]
        }
        State::Bid(bid) => match &bid.leader {
            None => vec![(Thing::Bid(bid.name()), "Open")],
            Some(leader) => {
                let slot = Thing::Slot(bid.terms.grid, leader.operator, leader.index);
                vec![(Thing::Bid(bid.name()), "Led"), (slot, "Leading")]
            }
        },
    }
}
