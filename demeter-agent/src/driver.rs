//! Running an agent over a head.
//!
//! A [`Driver`] keeps a view of the grid current, asks its [`Agent`] what to do, and does it: it composes each action's
//! transaction, signs, submits, and waits until it is final. It remembers nothing that matters: what is to be done
//! follows from what stands on the head, so an agent that is killed at any point and started with an empty disk goes on
//! where it was.
//!
//! What another transaction has made stale is decided anew from the head as it is then. An action that fails again and
//! again rests, longer each time. While a transaction may still become valid, nothing that it consumes is used again.

mod act;
mod error;
mod failures;
mod flight;
mod options;
mod report;
mod round;
mod run;
mod wallet;

use std::collections::BTreeSet;
use std::sync::Arc;

use demeter_core::{GridId, OutputReference, Time};
use demeter_tx::UtxoSet;
use demeter_tx::head::Head;
use demeter_tx::market::{Composer, Contract};
use demeter_tx::view::{GridView, LiveView};

use crate::{Agent, KeyRing};
use failures::Failures;
use flight::Flights;

pub use error::DriverError;
pub use options::DriverOptions;
pub use report::{Deferral, Deferred, Outcome, Report, Round};
pub use wallet::{WalletPolicy, WalletReason, tidy};

/// An agent at work on a head.
pub struct Driver<A> {
    agent: A,
    keys: KeyRing,
    composer: Composer,
    /// What the publisher holds, among it the scripts that the composer refers to.
    published: BTreeSet<OutputReference>,
    options: DriverOptions,
    live: LiveView,
    flights: Flights,
    failures: Failures,
}

impl<A: Agent> Driver<A> {
    /// Puts an agent with its keys to work on a grid.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn open(
        head: Arc<dyn Head>,
        contract: Contract,
        grid: GridId,
        agent: A,
        keys: KeyRing,
        options: DriverOptions,
    ) -> Result<Self, DriverError> {
        let composer = Composer::new(contract, head.settings().await?);
        let view = GridView::new(composer.contract().scripts(), grid).watching(agent.wallet());
        let view = options.publisher.into_iter().fold(view, GridView::watching);
        let live = LiveView::open(head, view).await?;
        let (flights, failures, published) = (Flights::default(), Failures::default(), BTreeSet::new());
        let mut driver = Self { agent, keys, composer, published, options, live, flights, failures };
        driver.refer_to_published();
        Ok(driver)
    }

    /// Refers to the scripts where they are published now: somebody may publish them later, or elsewhere.
    fn refer_to_published(&mut self) {
        let Some(publisher) = &self.options.publisher else { return };
        let view = self.live.view();
        if view.wallet(publisher).map(|(reference, _)| reference).eq(&self.published) {
            return;
        }
        let published = view.wallet(publisher).map(|(reference, output)| (*reference, output.clone()));
        let published: UtxoSet = published.collect();
        let composer = Composer::new(self.composer.contract().clone(), self.composer.settings().clone());
        self.composer = composer.with_published(publisher, &published);
        self.published = published.into_keys().collect();
    }

    /// The agent.
    pub const fn agent(&self) -> &A {
        &self.agent
    }

    /// The agent, to be told something.
    pub const fn agent_mut(&mut self) -> &mut A {
        &mut self.agent
    }

    /// The grid as it was when the driver last looked.
    pub const fn view(&self) -> &GridView {
        self.live.view()
    }

    /// The head's time, as agents decide by it: when the slot began that the head is in.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn now(&self) -> Result<Time, DriverError> {
        Ok(self.composer.settings().clock.time_of(self.live.head().now().await?.slot)?)
    }
}
