//! Payments among more and more other outputs.

use demeter_tx::evaluate::Machine;

use super::{Effort, Growth, Story, play, shortest};
use crate::Outcome;
use crate::payments::others;

/// Plays the same payments among each number of other outputs.
///
/// Each size has rounds of its own, since a million outputs are too much memory to be held beside others.
pub(super) fn measure(effort: &Effort) -> Outcome<Vec<Growth>> {
    let payments = Story::of_payments(effort.payments)?;
    let count = payments.transactions.len();
    let mut found: Vec<Growth> = Vec::new();
    for &outputs in &effort.sizes {
        let mut story = payments.clone();
        story.opening.extend(others(outputs, story.settings.network)?);
        let mut rounds = Vec::new();
        for round in 0..=effort.rounds {
            let played = play::in_memory(&story, Machine::default())?;
            if round > 0 {
                rounds.push(played);
            }
        }
        let growth = Growth::new(outputs, shortest(rounds), count, found.first());
        found.push(growth);
    }
    Ok(found)
}
