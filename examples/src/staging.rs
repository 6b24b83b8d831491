//! What the example agents play on: a grid in this process, somebody to deal with, and time that passes when all have
//! done what there was to do.
//!
//! Nothing of it is an agent's business. On a head of one's own there is no staging: the agent is opened on that head and
//! [`Driver::run`] does round after round.

use std::error::Error;

use async_trait::async_trait;
use demeter_agent::application::{Application, Prices, Wish};
use demeter_agent::driver::Driver;
use demeter_agent::operator::{Inventory, Operator};
use demeter_agent::pricing::{Fixed, Rate, Rates};
use demeter_agent::sandbox::{Sandbox, SandboxOptions};
use demeter_agent::{Agent, KeyRing};
use demeter_core::{
    Address, Amount, Count, Labels, Quantity, RangeError, Resource, Resources, Span, Stage, Time,
};
use demeter_kube::Workload;
use demeter_tx::keys::{PaymentKey, Signer as _};

/// What goes wrong in an example ends it.
pub type Fallible<T> = Result<T, Box<dyn Error>>;

/// The manifest of what shall run.
pub const MANIFEST: &[u8] = include_bytes!("../workloads/shop.yaml");
/// The most rounds that somebody does at once.
const ROUNDS: usize = 16;
/// How long to wait where nobody says how long.
const NAP: u64 = 60;

/// A grid that an operator has joined with two slots.
#[derive(Debug)]
pub struct Staging {
    /// The grid, and the head that it is in.
    pub sandbox: Sandbox,
    /// The operator's number.
    pub number: Count,
}

/// Somebody who looks at the head now and then.
#[async_trait(?Send)]
pub trait Player {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Does what there is to do now; says in a few words what it did, and when it wants to look again.
    ///
    /// # Errors
    /// The head cannot be asked.
    async fn play(&mut self) -> Fallible<Played>;
}

/// What somebody did.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// Each deed, in words.
    pub deeds: Vec<String>,
    /// When it wants to look again, if time alone gives it something to do.
    pub wake: Option<Time>,
}

/// An agent of the library, with the name that it plays under.
pub struct Named<A>(pub &'static str, pub Driver<A>);

#[async_trait(?Send)]
impl<A: Agent> Player for Named<A> {
    fn name(&self) -> &'static str {
        self.0
    }

    async fn play(&mut self) -> Fallible<Played> {
        let round = self.1.settle(ROUNDS).await?;
        let deeds =
            round.reports.iter().map(|report| format!("{}: {}", report.action, report.reason)).collect();
        Ok(Played { deeds, wake: round.next_wake })
    }
}

impl Staging {
    /// Founds a grid, and has the operator join it.
    ///
    /// # Errors
    /// Never: all of it fits together.
    pub async fn open() -> Fallible<Self> {
        let options = SandboxOptions::default()
            .purse(operator_key().key_hash(), ada(500)?)
            .purse(application_key().key_hash(), ada(500)?);
        let sandbox = Sandbox::open(options).await?;
        let slots = Count::from_number(2)?;
        let number = sandbox.admit(&operator_key(), None, capacity()?, Labels::default(), slots).await?;
        Ok(Self { sandbox, number })
    }

    /// An operator to bid to, which asks a third of an ada an hour for a core.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn some_operator(&self) -> Fallible<Named<Operator>> {
        let rate = Rate { price: Amount::from_units(333_000)?, per: Quantity::from_units(1_000)? };
        let free = Rate { price: Amount::ZERO, per: Quantity::from_units(1)? };
        let free_of_charge = ["memory", "ephemeral-storage", "requests.storage"];
        let rates = Rates::new().with("cpu", rate);
        let rates = free_of_charge.into_iter().fold(rates, |rates, name| rates.with(name, free));
        let (wallet, keys) = (Address::of_key(operator_key().key_hash()), [operator_key().key_hash()]);
        let clusters = Inventory::single("home", capacity()?);
        let operator = Operator::new(self.number, wallet, keys, clusters, Fixed::new(rates));
        Ok(Named("operator", self.drive(operator, operator_key()).await?))
    }

    /// An application to serve: a shop that runs for two hours, in leases of six times ten minutes.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn some_application(&self) -> Fallible<Named<Application>> {
        let prices = Prices::between(Amount::ZERO, ada(1)?);
        let wish = Wish::new(prices, Span::from_seconds(600)?, Count::from_number(6)?);
        let from = self.sandbox.now().await?;
        let until = from.after(Span::from_seconds(7_200)?)?;
        let order = Workload::parse(MANIFEST)?.order("shop", wish, from, until)?;
        let key = application_key().key_hash();
        let application = Application::new(key, Address::of_key(key), ada(100)?, [order])?;
        Ok(Named("application", self.drive(application, application_key()).await?))
    }

    async fn drive<A: Agent>(&self, agent: A, key: PaymentKey) -> Fallible<Driver<A>> {
        let (head, contract) = (self.sandbox.shared_head(), self.sandbox.contract());
        let (keys, options) = (KeyRing::new().with(key), self.sandbox.driver_options());
        Ok(Driver::open(head, contract, self.sandbox.grid(), agent, keys, options).await?)
    }

    /// Lets everybody do what there is to do, and time pass, for so many seconds; tells `tell` of each deed. Says how many
    /// leases were won, and how many were served to their end.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn play(
        &self,
        players: &mut [&mut dyn Player],
        seconds: u64,
        mut tell: impl FnMut(&str),
    ) -> Fallible<Served> {
        let start = self.sandbox.now().await?;
        let end = start.after(Span::from_seconds(seconds)?)?;
        let (mut served, mut leased) = (Served::default(), 0);
        loop {
            let now = self.sandbox.now().await?;
            let elapsed = now.since(start).to_milliseconds() / 1_000;
            let mut wake = now.after(Span::from_seconds(NAP)?)?;
            let mut moved = true;
            while moved {
                moved = false;
                for player in players.iter_mut() {
                    let played = player.play().await?;
                    for deed in &played.deeds {
                        tell(&format!("{elapsed:>5} s  {}: {deed}", player.name()));
                    }
                    moved |= !played.deeds.is_empty();
                    wake = played.wake.map_or(wake, |next| next.min(wake));
                    let before = std::mem::replace(&mut leased, self.leased().await?);
                    served.won += leased.saturating_sub(before);
                    served.ended += before.saturating_sub(leased);
                }
            }
            if now >= end {
                return Ok(served);
            }
            self.sandbox.wait_until(wake.after(Span::from_seconds(1)?)?).await?;
        }
    }

    async fn leased(&self) -> Fallible<usize> {
        let view = self.sandbox.view(&[]).await?;
        let stages = view.slots_of(self.number).map(|slot| &slot.state.stage);
        Ok(stages.filter(|stage| matches!(stage, Stage::Leased(_))).count())
    }
}

/// How many leases were won, and how many of them have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Won.
    pub won: usize,
    /// Ended.
    pub ended: usize,
}

/// The operator's key.
pub fn operator_key() -> PaymentKey {
    PaymentKey::from_seed(b"demeter examples: operator's key")
}

/// The application's key.
pub fn application_key() -> PaymentKey {
    PaymentKey::from_seed(b"demeter examples: customer's key")
}

/// What one slot of the operator carries at most.
///
/// # Errors
/// Never: the amounts are in range.
pub fn capacity() -> Result<Resources, RangeError> {
    const GIBIBYTE: u64 = 1 << 30;
    let storage = 200 * GIBIBYTE;
    [
        ("cpu", 16_000),
        ("memory", 64 * GIBIBYTE),
        ("ephemeral-storage", storage),
        ("requests.storage", storage),
    ]
    .into_iter()
    .map(|(name, amount)| Ok(Resource { name: name.into(), amount: Quantity::from_units(amount)? }))
    .collect()
}

/// So many ada.
///
/// # Errors
/// There are not as many.
pub fn ada(count: u64) -> Result<Amount, RangeError> {
    Amount::from_units(1_000_000)?.checked_mul(count)
}
