//! A story on a head, in memory or on disk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use demeter_core::Time;
use demeter_tx::SignedTransaction;
use demeter_tx::evaluate::Machine;
use demeter_tx::head::{ClockMode, EmbeddedHead, Head as _, HeadOptions, ManualTime};
use futures_executor::block_on;
use futures_util::FutureExt as _;

use super::Story;
use crate::Outcome;

/// A head whose time is set by hand: unlike a virtual clock's, such time is not stored by itself, which would end
/// every group.
struct Stage {
    head: EmbeddedHead,
    time: Arc<ManualTime>,
}

/// How long a head in memory takes, with the scripts on this machine.
pub(super) fn in_memory(story: &Story, machine: Machine) -> Outcome<Duration> {
    let (start, time, options) = surroundings(story);
    let options = options.machine(machine);
    let head = EmbeddedHead::open_with(story.settings.clone(), story.opening.clone(), start, &options)?;
    Stage { head, time }.play(story.transactions.clone())
}

/// How long a head on disk takes that groups its commits: until the last transaction is stored.
pub(super) fn on_disk(story: &Story) -> Outcome<Duration> {
    let folder = tempfile::tempdir()?;
    let (start, time, options) = surroundings(story);
    let (path, settings) = (folder.path().join("story.head"), story.settings.clone());
    let head = EmbeddedHead::create(path, settings, story.opening.clone(), start, &options)?;
    Stage { head, time }.play(story.transactions.clone())
}

fn surroundings(story: &Story) -> (Time, Arc<ManualTime>, HeadOptions) {
    let start = story.settings.clock.zero_time();
    let time = Arc::new(ManualTime::new(start));
    let options = HeadOptions::default().clock(ClockMode::Real).time_source(Arc::clone(&time));
    (start, time, options)
}

impl Stage {
    /// Submits all, then waits for the answers.
    fn play(&self, transactions: Vec<(Time, SignedTransaction)>) -> Outcome<Duration> {
        let mut unanswered = Vec::with_capacity(transactions.len());
        let begun = Instant::now();
        for (made, transaction) in transactions {
            self.time.set(made);
            let mut submitted = self.head.submit(transaction);
            // The first look at it is what submits: they are taken up in the order of the story.
            match (&mut submitted).now_or_never() {
                Some(answer) => drop(answer?),
                None => unanswered.push(submitted),
            }
        }
        for submitted in unanswered {
            block_on(submitted)?;
        }
        Ok(begun.elapsed())
    }
}
