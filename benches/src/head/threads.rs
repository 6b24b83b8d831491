//! Payments that several threads submit at once.

use std::num::NonZeroUsize;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use demeter_tx::SignedTransaction;
use demeter_tx::head::{EmbeddedHead, SubmitError};

use super::{Effort, Story, Threads, shortest};
use crate::Outcome;

/// Has each number of threads submit the same payments to a head in memory, round after round.
pub(super) fn measure(effort: &Effort) -> Outcome<Vec<Threads>> {
    let story = Story::of_payments(effort.payments)?;
    let count = story.transactions.len();
    let mut rounds = vec![Vec::new(); effort.threads.len()];
    for round in 0..=effort.rounds {
        for (threads, durations) in effort.threads.iter().zip(&mut rounds) {
            let played = play(&story, NonZeroUsize::new(*threads).unwrap_or(NonZeroUsize::MIN))?;
            if round > 0 {
                durations.push(played);
            }
        }
    }
    let mut found: Vec<Threads> = Vec::new();
    for (threads, durations) in effort.threads.iter().zip(rounds) {
        let one = Threads::new(*threads, shortest(durations), count, found.first());
        found.push(one);
    }
    Ok(found)
}

/// How long it takes from when the first thread begins until the last is done.
fn play(story: &Story, threads: NonZeroUsize) -> Outcome<Duration> {
    let head =
        EmbeddedHead::open(story.settings.clone(), story.opening.clone(), story.settings.clock.zero_time())?;
    let share = story.transactions.len().div_ceil(threads.get()).max(1);
    let shares: Vec<_> = story.transactions.chunks(share).collect();
    let ready = Barrier::new(shares.len().saturating_add(1));
    thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let payments = share.iter().map(|(_, payment)| payment);
                scope.spawn(|| {
                    ready.wait();
                    submit(&head, payments)
                })
            })
            .collect();
        ready.wait();
        let (mut begun, mut ended) = (Vec::new(), Vec::new());
        for thread in running {
            let (first, last) = thread.join().map_err(|_| "a thread panicked")??;
            begun.push(first);
            ended.push(last);
        }
        // NOTE: the threads' own times, as this one may be woken when they are long under way.
        let (Some(begun), Some(ended)) = (begun.into_iter().min(), ended.into_iter().max()) else {
            return Ok(Duration::ZERO);
        };
        Ok(ended.duration_since(begun))
    })
}

/// Submits payments, and says when that began and ended.
fn submit<'p>(
    head: &EmbeddedHead,
    payments: impl Iterator<Item = &'p SignedTransaction>,
) -> Result<(Instant, Instant), SubmitError> {
    let begun = Instant::now();
    for payment in payments {
        head.apply(payment)?;
    }
    Ok((begun, Instant::now()))
}
