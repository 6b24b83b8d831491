//! Payments among more and more other outputs.

use super::{Effort, Growth, Story, median, play};
use crate::Outcome;
use crate::payments::others;

/// Plays the same payments among each number of other outputs.
///
/// Each size has rounds of its own, since a million outputs are too much memory to be held beside others.
pub(super) fn measure(effort: &Effort) -> Outcome<Vec<Growth>> {
    let payments = Story::of_payments(effort.payments)?;
    let count = payments.transactions.len();
    let among = |size: &u64| {
        let mut story = payments.clone();
        story.opening.extend(others(*size, story.settings.network)?);
        let mut rounds = Vec::new();
        for round in 0..=effort.rounds.min(3) {
            let played = play::in_memory(&story)?;
            if round > 0 {
                rounds.push(played);
            }
        }
        Ok(Growth::new(*size, median(rounds), count))
    };
    effort.sizes.iter().map(among).collect()
}
