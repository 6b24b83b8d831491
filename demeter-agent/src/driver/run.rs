//! Running until told to stop.

use std::future::Future;
use std::pin::pin;

use futures_timer::Delay;
use futures_util::future::{Either, select};

use super::{Driver, DriverError, Round};
use crate::Agent;

impl<A: Agent> Driver<A> {
    /// Does round after round until `shutdown` is over, and tells `tell` of each, and of each time that the head could
    /// not be asked. Between rounds it waits for something to happen, or for the time at which the agent has something
    /// to do.
    ///
    /// It stops between two rounds, not within one.
    pub async fn run<S: Future>(
        &mut self,
        shutdown: S,
        mut tell: impl FnMut(Result<&Round, &DriverError>),
    ) -> S::Output {
        let mut shutdown = pin!(shutdown);
        loop {
            let round = self.step().await;
            tell(round.as_ref());
            let at_once = round.as_ref().is_ok_and(Round::made_progress);
            let next_wake = round.ok().map(|round| round.next_wake);
            let mut nap = if at_once { std::time::Duration::ZERO } else { self.options.nap };
            loop {
                let waiting = async {
                    // A head that tells nothing any more is looked at now and then.
                    let mut timer = Delay::new(nap);
                    let told = match select(pin!(self.live.next()), &mut timer).await {
                        Either::Left((news, _)) => matches!(news, Ok(Some(_))),
                        Either::Right(_) => return false,
                    };
                    if !told {
                        timer.await;
                    }
                    true
                };
                let happened = match select(&mut shutdown, pin!(waiting)).await {
                    Either::Left((output, _)) => return output,
                    Either::Right((happened, _)) => happened,
                };
                if at_once || happened {
                    break;
                }
                // Nothing happened but that time went by: it is worth a look only if it has come to where it matters.
                nap = self.options.nap;
                match (next_wake, self.now().await) {
                    (Some(Some(wake)), Ok(now)) if now < wake => {}
                    (Some(None), Ok(_)) => {}
                    _ => break,
                }
            }
        }
    }
}
