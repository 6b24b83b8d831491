//! Turns: many do something at the same time, in an order that a seed gives, and some are stopped midway.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::street::{Phase, PhaseOf};
use crate::drt::Dice;

/// Lets others go first.
pub(super) fn pause() -> impl Future<Output = ()> + Send {
    let mut paused = false;
    std::future::poll_fn(move |_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending })
}

/// Somebody's turn.
pub(super) struct Turn<T> {
    /// Whose.
    pub(super) who: usize,
    pub(super) work: Pin<Box<dyn Future<Output = T>>>,
    /// How often it is let go on before it is stopped for good, if it is.
    pub(super) stopped_after: Option<u64>,
    pub(super) phase: PhaseOf,
}

/// What came of a turn.
pub(super) enum Ended<T> {
    /// It came to its end.
    Done(T),
    /// It was stopped midway.
    Stopped(Phase),
}

/// Lets all of these go on in turn, each until it has to wait, until every one has ended. Whose turn is next the dice say.
pub(super) fn take_turns<T>(mut turns: Vec<Turn<T>>, dice: &mut Dice) -> Vec<(usize, Ended<T>)> {
    let mut ended = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    while !turns.is_empty() {
        let position = dice.position(turns.len());
        let turn = &mut turns[position];
        let end = match (turn.work.as_mut().poll(&mut context), turn.stopped_after.as_mut()) {
            (Poll::Ready(value), _) => Ended::Done(value),
            (Poll::Pending, Some(0)) => Ended::Stopped(turn.phase.now()),
            (Poll::Pending, Some(left)) => {
                *left -= 1;
                continue;
            }
            (Poll::Pending, None) => continue,
        };
        let turn = turns.swap_remove(position);
        // What was stopped ends here, before anybody else goes on.
        drop(turn.work);
        turn.phase.set(Phase::Idle);
        ended.push((turn.who, end));
    }
    ended
}
