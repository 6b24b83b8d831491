//! Turns: many do something at the same time, in an order that a seed gives, and some are stopped midway.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::street::{Phase, PhaseOf};
use crate::drt::Dice;

/// Lets others go first.
pub(super) fn pause() -> impl Future<Output = ()> + Send {
    let mut paused = false;
    std::future::poll_fn(
        move |_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending },
    )
}

/// Somebody's turn.
pub(super) struct Turn<T> {
    /// Whose.
    pub(super) who: usize,
    pub(super) work: Pin<Box<dyn Future<Output = T>>>,
    /// Where it is stopped for good, if it comes there.
    pub(super) stop: Option<Stop>,
    pub(super) phase: PhaseOf,
}

/// Where a turn is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// When it waits for the so many and first time.
    After(u64),
    /// When it waits with a transaction that is so far.
    At(Phase),
}

impl Stop {
    pub(super) fn draw(dice: &mut Dice) -> Self {
        match dice.between(0, 4) {
            0 | 1 => Self::At(Phase::BeforeSubmission),
            2 | 3 => Self::At(Phase::BeforeConfirmation),
            _ => Self::After(dice.between(0, 4)),
        }
    }

    /// Whether it is here.
    fn is_met(&mut self, phase: Phase) -> bool {
        match self {
            Self::At(stop) => *stop == phase,
            Self::After(0) => true,
            Self::After(left) => {
                *left -= 1;
                false
            }
        }
    }
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
        let end = match turn.work.as_mut().poll(&mut context) {
            Poll::Ready(value) => Ended::Done(value),
            Poll::Pending => {
                let phase = turn.phase.now();
                if !turn.stop.as_mut().is_some_and(|stop| stop.is_met(phase)) {
                    continue;
                }
                Ended::Stopped(phase)
            }
        };
        let turn = turns.swap_remove(position);
        // What was stopped ends here, before anybody else goes on.
        drop(turn.work);
        turn.phase.set(Phase::Idle);
        ended.push((turn.who, end));
    }
    ended
}
