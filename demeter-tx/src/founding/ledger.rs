//! The ledgers on which a grid is founded and its scripts are published, before there is a head.

use demeter_core::{Address, Amount, OutputReference, RangeError, Script, Value};

use super::{BEFORE, Founding, FoundingError, SEED};
use crate::builder::UnsignedTransaction;
use crate::head::{EmbeddedHead, Head as _, UtxoQuery};
use crate::keys::{PaymentKey, Signer as _};
use crate::market::{Composer, Contract, Funds};
use crate::{LedgerSettings, Network, OutputDraft, ParametersError, ProtocolParameters, UtxoSet};

/// What the founder has on each of these ledgers, in lovelace.
const PURSE: u64 = 1_000_000_000;

impl Founding {
    /// Founds the grid, and gives what a head with these settings then holds of it: Grid and Pool.
    ///
    /// # Errors
    /// The grid is not well formed, or the contract refuses it.
    pub async fn found(
        &self,
        contract: &Contract,
        head: &LedgerSettings,
        founder: &PaymentKey,
    ) -> Result<UtxoSet, FoundingError> {
        let plan = self.plan(contract, &head.clock)?;
        let ledger = Ledger::open(contract, main_chain(head)?, founder)?;
        let funds = ledger.funds().await?;
        ledger.submit(ledger.composer.genesis(&plan, &funds)?).await?;
        let registry = Address::of_script(contract.scripts().registry);
        Ok(ledger.head.utxos(&UtxoQuery::Address(registry)).await?)
    }
}

/// The ledger beside a head that a grid is founded on: with the head's clock, and with figures like those of L1.
///
/// # Errors
/// None in practice: the figures can be read.
pub fn main_chain(head: &LedgerSettings) -> Result<LedgerSettings, ParametersError> {
    Ok(LedgerSettings {
        network: head.network,
        parameters: ProtocolParameters::mainnet()?,
        clock: head.clock,
    })
}

/// The contract's scripts in outputs at the address of a key, as transactions under these settings put them there: a
/// head can be opened with them, where otherwise they would be published as its first transactions.
///
/// # Errors
/// The scripts do not fit into transactions under these settings.
pub async fn published(
    contract: &Contract,
    settings: &LedgerSettings,
    publisher: &PaymentKey,
) -> Result<UtxoSet, FoundingError> {
    let ledger = Ledger::open(contract, settings.clone(), publisher)?;
    for script in [Script::Registry, Script::Market] {
        let funds = ledger.funds().await?;
        ledger.submit(ledger.composer.publish(script, ledger.address(), &funds)?).await?;
    }
    let mut outputs = ledger.head.utxos(&UtxoQuery::Address(ledger.address())).await?;
    outputs.retain(|_, output| output.reference_script().is_some());
    Ok(outputs)
}

/// What there is on L1 before the grid: the founder's purse, which is its seed.
///
/// # Errors
/// None in practice: it is in range.
pub fn founders_purse(founder: Address, network: Network) -> Result<UtxoSet, RangeError> {
    let value = Value::of_lovelace(Amount::from_units(PURSE)?);
    Ok(UtxoSet::from([(SEED, OutputDraft::new(founder, value).finish(network))]))
}

/// What people have when a head is opened, each in an output of its own. None of them stands where the seed stood.
pub fn purses(holders: impl IntoIterator<Item = (Address, Value)>, network: Network) -> UtxoSet {
    (SEED.index + 1..)
        .zip(holders)
        .map(|(index, (address, value))| {
            let reference = OutputReference { transaction: BEFORE, index };
            (reference, OutputDraft::new(address, value).finish(network))
        })
        .collect()
}

/// A ledger in which somebody has a purse and nobody else anything.
struct Ledger<'k> {
    head: EmbeddedHead,
    composer: Composer,
    key: &'k PaymentKey,
}

impl<'k> Ledger<'k> {
    fn open(
        contract: &Contract,
        settings: LedgerSettings,
        key: &'k PaymentKey,
    ) -> Result<Self, FoundingError> {
        let outputs = founders_purse(Address::of_key(key.key_hash()), settings.network)?;
        let start = settings.clock.zero_time();
        let composer = Composer::new(contract.clone(), settings.clone());
        Ok(Self { head: EmbeddedHead::open(settings, outputs, start)?, composer, key })
    }

    fn address(&self) -> Address {
        Address::of_key(self.key.key_hash())
    }

    async fn funds(&self) -> Result<Funds, FoundingError> {
        Ok(Funds::at(self.address(), &self.head.utxos(&UtxoQuery::All).await?))
    }

    async fn submit(&self, mut transaction: UnsignedTransaction) -> Result<(), FoundingError> {
        transaction.sign(self.key).await?;
        self.head.submit(transaction.finish()?).await?;
        Ok(())
    }
}
