//! Founding a grid in a head that nobody deposits anything into: a sandbox, a demo, a head for development.
//!
//! A real grid is founded on L1 and deposited. Here Genesis happens on a ledger of its own with figures like L1's, all
//! its scripts run, and what it made is what a head is then opened with: a deposit records grid and pool unchanged, under
//! the references that they have. So such a head holds what it would hold after the crossing.
//!
//! ```
//! use demeter_core::{Address, Amount, Time, Value};
//! use demeter_tx::founding::{Founding, opening, published, purses};
//! use demeter_tx::head::EmbeddedHead;
//! use demeter_tx::keys::{PaymentKey, Signer as _};
//! use demeter_tx::market::Contract;
//! use demeter_tx::{LedgerSettings, Network, ProtocolParameters, SlotClock};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures_executor::block_on(async {
//! let (founder, alice) = (PaymentKey::from_seed(&[1; 32]), PaymentKey::from_seed(&[2; 32]));
//! let settings = LedgerSettings {
//!     network: Network::Testnet,
//!     parameters: ProtocolParameters::hydra_l2()?,
//!     clock: SlotClock::of_seconds(Time::ZERO)?,
//! };
//! let contract = Contract::embedded()?;
//! let founding = Founding::new(Address::of_key(founder.key_hash()))?;
//!
//! let mut outputs = founding.found(&contract, &settings, &founder).await?;
//! outputs.extend(published(&contract, &settings, &founder).await?);
//! let hundred = Value::of_lovelace(Amount::from_units(100_000_000)?);
//! outputs.extend(purses([(Address::of_key(alice.key_hash()), hundred)], settings.network));
//!
//! let opened = opening(&settings.clock)?;
//! let head = EmbeddedHead::open(settings, outputs, opened)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })
//! # }
//! ```

mod error;
mod ledger;

use demeter_core::codec::grid_id;
use demeter_core::{
    Address, Amount, Asset, Count, Genesis, Grid, GridDraft, KeyHash, OutputReference, Ppm, RangeError, Span,
    Time, TransactionId,
};

use crate::SlotClock;
use crate::head::HYDRA_DEPOSIT;
use crate::market::{Contract, GenesisPlan, SlotRange};

pub use error::FoundingError;
pub use ledger::{founders_purse, main_chain, published, purses};

/// What is on the ledger before anything happens stands under this transaction. Its first output is the founder's.
const BEFORE: TransactionId = TransactionId::from_bytes([0; 32]);
/// The output that Genesis consumes.
pub const SEED: OutputReference = OutputReference { transaction: BEFORE, index: 0 };
/// After how many seconds of the clock the grid can no longer be founded.
const DEADLINE: u64 = 3_600;
/// After how many seconds of the clock the head is opened.
const OPENING: u64 = 7_200;
/// For how many seconds Genesis is valid.
const VALIDITY: u64 = 60;

/// A grid to be founded: all that its founder chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Founding {
    /// What is paid with.
    pub asset: Asset,
    /// Who governs it.
    pub entities: Vec<KeyHash>,
    /// How many entities admit an operator.
    pub admission: Count,
    /// How many entities decide everything else.
    pub threshold: Count,
    /// What is charged on a price.
    pub fee_ppm: Ppm,
    /// Where fees go.
    pub treasury: Address,
    /// The sum of prices that a newcomer's record starts with on either side.
    pub prior: Amount,
    /// How many times what is broken weighs as much as what is kept.
    pub penalty: Count,
    /// In which time a record counts half.
    pub half_life: Span,
    /// How many operators there can be.
    pub operators: Count,
    /// How many slots they can have together.
    pub slots: Count,
}

impl Founding {
    /// A grid that is paid in lovelace and that nobody governs: all may join. One percent is charged, a newcomer's record
    /// starts with 50,000,000 on either side, what is broken weighs four times, records count half in thirty days, and
    /// there is room for 64 operators with 16 slots each.
    ///
    /// # Errors
    /// None in practice: these figures are in range.
    pub fn new(treasury: Address) -> Result<Self, RangeError> {
        Ok(Self {
            asset: Asset::Lovelace,
            entities: Vec::new(),
            admission: Count::ZERO,
            threshold: Count::from_number(1)?,
            fee_ppm: Ppm::from_millionths(10_000)?,
            treasury,
            prior: Amount::from_units(50_000_000)?,
            penalty: Count::from_number(4)?,
            half_life: Span::from_seconds(30 * 86_400)?,
            operators: Count::from_number(64)?,
            slots: Count::from_number(64 * 16)?,
        })
    }

    /// With these entities, of whom one admits and more than half decide everything else.
    ///
    /// # Errors
    /// There are more than can be counted.
    pub fn governed_by(mut self, entities: impl Into<Vec<KeyHash>>) -> Result<Self, RangeError> {
        self.entities = entities.into();
        let count = self.entities.len() as u64;
        self.admission = Count::from_number(count.min(1))?;
        self.threshold = Count::from_number(count / 2 + 1)?;
        Ok(self)
    }

    /// What Genesis is to mint and make, in the clock's first minute.
    ///
    /// # Errors
    /// The grid is not well formed, or the clock begins too late.
    pub fn plan(&self, contract: &Contract, clock: &SlotClock) -> Result<GenesisPlan, FoundingError> {
        let deadline = after(clock, DEADLINE)?;
        let grid = Grid::new(GridDraft {
            id: grid_id(&SEED, deadline),
            market: contract.scripts().market,
            deposit: HYDRA_DEPOSIT,
            asset: self.asset.clone(),
            entities: self.entities.clone(),
            admission: self.admission,
            threshold: self.threshold,
            fee_ppm: self.fee_ppm,
            treasury: self.treasury,
            prior: self.prior,
            penalty: self.penalty,
            half_life: self.half_life,
        })?;
        let genesis = Genesis { seed: SEED, deadline, operators: self.operators, slots: self.slots };
        let before = clock.first_slot_from(after(clock, VALIDITY)?)?;
        let range = SlotRange { from: clock.zero_slot(), before };
        Ok(GenesisPlan { genesis, grid, range })
    }
}

/// When a head is opened whose grid was founded by this clock: two hours after its first slot, an hour after the deadline
/// for Genesis.
///
/// # Errors
/// The clock begins too late.
pub fn opening(clock: &SlotClock) -> Result<Time, RangeError> {
    after(clock, OPENING)
}

fn after(clock: &SlotClock, seconds: u64) -> Result<Time, RangeError> {
    clock.zero_time().after(Span::from_seconds(seconds)?)
}

#[cfg(test)]
mod tests;
