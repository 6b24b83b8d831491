//! Who could have won a race.

use demeter_core::rule::{entry, ramped, score};
use demeter_core::{Method, State, Terms, Time, eligibility};

use super::Entrant;
use super::states::States;

/// What each operator of the grid could have done about a race at a time: those that could enter first first.
pub(super) fn entrants(states: &States, terms: &Terms, at: Time) -> Vec<Entrant> {
    let Method::Race { head_start, ramp } = terms.method else { return Vec::new() };
    let grids = states.iter().filter_map(|held| match &held.state {
        State::Grid(grid) => Some(grid.as_ref()),
        _ => None,
    });
    let Some(grid) = grids.into_iter().next() else { return Vec::new() };
    let required: Vec<_> = terms.request.needs.iter().map(|need| need.required).collect();
    let idle = states.operators_with_idle_slots();
    let entrant = |held: &demeter_core::transition::Held<State>| {
        let State::Operator(operator) = &held.state else { return None };
        let score = score(grid, &operator.reputation, terms.window.opens);
        let entry = entry(terms.window.opens, head_start, score).unwrap_or(Time::MAX);
        let may = eligibility(terms, operator, grid, terms.price.floor, &required);
        Some(Entrant {
            operator: operator.number,
            score,
            entry,
            limit: (entry <= at).then(|| ramped(&terms.price, ramp, at.since(entry))),
            idle: idle.contains(&operator.number),
            ineligible: may.err().map(Box::new),
        })
    };
    let mut entrants: Vec<_> = states.iter().filter_map(entrant).collect();
    entrants.sort_by_key(|entrant| (entrant.entry, entrant.operator));
    entrants
}
