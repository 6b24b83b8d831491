//! A grid in this process, for tests, simulations and trying things out.
//!
//! A [`Sandbox`] is an embedded head that begins with a grid and the contract's scripts
//! ([`founding`](demeter_tx::founding)): every transaction is checked, and every script runs, as on any head. Time passes
//! when it is told to. Nothing of it is mocked but that nobody had to deposit what it begins with.

use std::sync::Arc;

use demeter_core::{
    Address, Amount, Count, GridId, KeyHash, Labels, Ppm, RangeError, Resources, Terms, Time, Value,
};
use demeter_tx::builder::{SigningError, UnsignedTransaction};
use demeter_tx::founding::{Founding, FoundingError, published, purses};
use demeter_tx::head::{AdvanceError, EmbeddedHead, Head, HeadError, SubmitError, UtxoQuery};
use demeter_tx::keys::{PaymentKey, SignError, Signer as _};
use demeter_tx::market::{
    BlueprintError, Candidate, ComposeError, Composer, Contract, Funds, Plan, SlotRange,
};
use demeter_tx::view::GridView;
use demeter_tx::{
    ClockError, LedgerSettings, Network, ParametersError, ProtocolParameters, Slot, SlotClock, UtxoSet,
};

use crate::driver::DriverOptions;

/// How long the sandbox's own transactions stay valid, in slots.
const VALIDITY: u64 = 60;

/// What a sandbox begins with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SandboxOptions {
    /// What time it is.
    pub start: Time,
    /// Who has how much lovelace.
    pub purses: Vec<(KeyHash, Amount)>,
    /// Who governs the grid: more than half of them decide, and one admits operators. With none, all may join.
    pub entities: Vec<KeyHash>,
    /// What is charged on prices.
    pub fee_ppm: Ppm,
    /// Where fees go, if not to an address of the sandbox's own.
    pub treasury: Option<Address>,
    /// How many operators there can be, each with 16 slots.
    pub operators: Count,
}

impl Default for SandboxOptions {
    /// The first of January 2026, nobody there, a fee of one percent, room for 64 operators.
    fn default() -> Self {
        Self {
            start: Time::from_milliseconds(1_767_225_600_000).unwrap_or(Time::ZERO),
            purses: Vec::new(),
            entities: Vec::new(),
            fee_ppm: Ppm::from_millionths(10_000).unwrap_or(Ppm::ZERO),
            treasury: None,
            operators: Count::from_number(64).unwrap_or(Count::ZERO),
        }
    }
}

impl SandboxOptions {
    /// With somebody who has so much lovelace.
    #[must_use]
    pub fn purse(mut self, key: KeyHash, lovelace: Amount) -> Self {
        self.purses.push((key, lovelace));
        self
    }

    /// With an entity.
    #[must_use]
    pub fn entity(mut self, key: KeyHash) -> Self {
        self.entities.push(key);
        self
    }

    /// With a treasury.
    #[must_use]
    pub const fn treasury(mut self, address: Address) -> Self {
        self.treasury = Some(address);
        self
    }
}

/// A founded grid on an embedded head.
#[derive(Clone, Debug)]
pub struct Sandbox {
    head: EmbeddedHead,
    composer: Composer,
    grid: GridId,
    publisher: Address,
    treasury: Address,
}

/// Something does not work in a sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The contract that this crate was made with cannot be read.
    #[error(transparent)]
    Contract(#[from] BlueprintError),
    /// The protocol parameters cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// A time is out of range.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// An amount is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// The grid cannot be founded.
    #[error(transparent)]
    Founding(#[from] FoundingError),
    /// A transaction cannot be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// Somebody does not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Others must sign as well.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The head finds a transaction invalid.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The head cannot be asked.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// Time cannot pass.
    #[error(transparent)]
    Advance(#[from] AdvanceError),
    /// Something that must be there is not.
    #[error("there is no {what}")]
    Missing {
        /// What.
        what: &'static str,
    },
}

impl Sandbox {
    /// Founds a grid, and opens a head that begins with it and the scripts.
    ///
    /// # Errors
    /// The options make no grid, or ask for more than the head's limits allow.
    pub async fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        let founder = PaymentKey::from_seed(b"demeter sandbox: the founder key");
        let publisher = Address::of_key(founder.key_hash());
        let own = PaymentKey::from_seed(b"demeter sandbox: a treasury, key");
        let treasury = options.treasury.unwrap_or_else(|| Address::of_key(own.key_hash()));
        let settings = LedgerSettings {
            network: Network::Testnet,
            parameters: ProtocolParameters::hydra_l2()?,
            clock: SlotClock::of_seconds(options.start)?,
        };
        let contract = Contract::embedded()?;
        let slots = Count::from_number(options.operators.to_number().saturating_mul(16))?;
        let mut founding = Founding::new(treasury)?.governed_by(options.entities)?;
        (founding.fee_ppm, founding.operators, founding.slots) = (options.fee_ppm, options.operators, slots);
        let grid = founding.plan(&contract, &settings.clock)?.grid.id;
        let mut utxos = founding.found(&contract, &settings, &founder).await?;
        utxos.extend(published(&contract, &settings, &founder).await?);
        let purse = |(key, lovelace)| (Address::of_key(key), Value::of_lovelace(lovelace));
        utxos.extend(purses(options.purses.into_iter().map(purse), settings.network));
        let composer = Composer::new(contract, settings.clone()).with_published(&publisher, &utxos);
        let head = EmbeddedHead::open(settings, utxos, options.start)?;
        Ok(Self { head, composer, grid, publisher, treasury })
    }

    /// The head.
    pub const fn head(&self) -> &EmbeddedHead {
        &self.head
    }

    /// The head as a driver wants it.
    pub fn shared_head(&self) -> Arc<dyn Head> {
        Arc::new(self.head.clone())
    }

    /// What composes for it, with the scripts published.
    pub const fn composer(&self) -> &Composer {
        &self.composer
    }

    /// The contract.
    pub fn contract(&self) -> Contract {
        self.composer.contract().clone()
    }

    /// The grid.
    pub const fn grid(&self) -> GridId {
        self.grid
    }

    /// Where fees go.
    pub const fn treasury(&self) -> Address {
        self.treasury
    }

    /// What a driver is to be told about it.
    pub fn driver_options(&self) -> DriverOptions {
        DriverOptions::default().publisher(self.publisher)
    }

    /// What time it is.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn now(&self) -> Result<Time, SandboxError> {
        Ok(self.head.now().await?.time)
    }

    /// Lets time pass until then; not at all, if it has passed.
    ///
    /// # Errors
    /// The time is out of range.
    pub async fn wait_until(&self, time: Time) -> Result<(), SandboxError> {
        let span = time.since(self.now().await?);
        self.head.advance(span)?;
        Ok(())
    }

    /// All outputs.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn utxos(&self) -> Result<UtxoSet, SandboxError> {
        Ok(self.head.utxos(&UtxoQuery::All).await?)
    }

    /// What somebody can pay with.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn funds(&self, address: Address) -> Result<Funds, SandboxError> {
        Ok(Funds::at(address, &self.utxos().await?))
    }

    /// The grid as it is now, with these addresses watched.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn view(&self, watched: &[Address]) -> Result<GridView, SandboxError> {
        let view = GridView::new(self.composer.contract().scripts(), self.grid);
        let view = watched.iter().copied().fold(view, GridView::watching);
        Ok(view.load(&self.utxos().await?))
    }

    /// Admits an operator, and returns its number. It pays, and signs with an entity where there is one.
    ///
    /// # Errors
    /// The pool is empty, a key does not govern the grid, or the operator cannot pay its reserves.
    pub async fn admit(
        &self,
        owner: &PaymentKey,
        entity: Option<&PaymentKey>,
        capacity: Resources,
        labels: Labels,
        slots: Count,
    ) -> Result<Count, SandboxError> {
        let view = self.view(&[]).await?;
        let pool = view.pool().ok_or(SandboxError::Missing { what: "pool" })?;
        let number = pool.state.next;
        let grid = view.grid().map_err(|_| SandboxError::Missing { what: "grid" })?.reference;
        let endpoint = format!("https://operator-{number}.example").as_str().into();
        let candidate = Candidate { owner: owner.key_hash(), endpoint, capacity, labels, slots };
        let signers: Vec<&PaymentKey> = std::iter::once(owner).chain(entity).collect();
        self.act(Plan::admit(pool.reference, grid, candidate), &signers).await?;
        Ok(number)
    }

    /// Places a bid at the expense of its application.
    ///
    /// # Errors
    /// The application cannot pay for it, or the terms are not for this grid.
    pub async fn place(&self, application: &PaymentKey, terms: &Terms) -> Result<(), SandboxError> {
        let funds = self.funds(Address::of_key(application.key_hash())).await?;
        let transaction = self.composer.place(terms, &funds)?;
        self.submit(transaction, &[application]).await
    }

    /// Makes a transition happen now, at the expense of the first of these, signed by all.
    ///
    /// # Errors
    /// The contract or the ledger refuses it, or somebody else must sign as well.
    pub async fn act(&self, plan: Plan, signers: &[&PaymentKey]) -> Result<(), SandboxError> {
        let plan = signers.iter().fold(plan, |plan, key| plan.signed_by(key.key_hash()));
        let payer = signers.first().ok_or(SandboxError::Missing { what: "payer" })?;
        let funds = self.funds(Address::of_key(payer.key_hash())).await?;
        let transaction =
            self.composer.compose(&plan.within(self.range().await?), &self.utxos().await?, &funds)?;
        self.submit(transaction, signers).await
    }

    async fn submit(
        &self,
        mut transaction: UnsignedTransaction,
        signers: &[&PaymentKey],
    ) -> Result<(), SandboxError> {
        for signer in signers {
            transaction.sign(*signer).await?;
        }
        self.head.submit(transaction.finish()?).await?;
        Ok(())
    }

    async fn range(&self) -> Result<SlotRange, SandboxError> {
        let from = self.head.now().await?.slot;
        Ok(SlotRange { from, before: Slot::from_number(from.to_number().saturating_add(VALIDITY)) })
    }
}
