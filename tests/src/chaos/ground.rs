//! What the clients have, and what they pay with it.

use demeter_core::{Address, OutputReference, Time, TransactionId, Value};
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{
    LedgerSettings, Network, Output, OutputDraft, ProtocolParameters, SignedTransaction, SlotClock, UtxoSet,
};
use futures_executor::block_on;

use crate::make::amount;

/// When the heads begin, as the genesis of [`super::Program`] says it too.
pub(super) const START: u64 = 1_767_225_600_000;
/// The same as text.
pub(super) const GENESIS: &str = r#"{"systemStart":"2026-01-01T00:00:00Z","slotLength":1}"#;
/// How many purses there are.
const PURSES: u64 = 64;
/// Who pays, and at whose address the shared state is.
const PAYER: u8 = 0xc1;
const STATE: u8 = 0xc2;
/// The purse that is the shared state in the beginning.
const FIRST: u64 = 1_000;

/// What everybody builds with.
#[derive(Debug)]
pub struct Ground {
    /// What a builder needs.
    pub settings: LedgerSettings,
    payer: PaymentKey,
    state: PaymentKey,
}

impl Default for Ground {
    fn default() -> Self {
        Self::new()
    }
}

impl Ground {
    /// The same for everybody.
    ///
    /// # Panics
    /// Never.
    pub fn new() -> Self {
        let start = Time::from_milliseconds(START).unwrap();
        Self {
            settings: LedgerSettings {
                network: Network::Testnet,
                parameters: ProtocolParameters::hydra_l2().unwrap(),
                clock: SlotClock::of_seconds(start).unwrap(),
            },
            payer: PaymentKey::from_seed(&[PAYER; 32]),
            state: PaymentKey::from_seed(&[STATE; 32]),
        }
    }

    /// What there is in the beginning.
    pub fn opening(&self) -> UtxoSet {
        let purse = self.output(self.payers(), 100);
        let mut opening: UtxoSet = (0..PURSES).map(|number| (Self::purse(number), purse.clone())).collect();
        opening.insert(Self::purse(FIRST), self.output(self.states(), 10));
        opening
    }

    fn output(&self, address: Address, ada: u64) -> Output {
        OutputDraft::new(address, Value::of_lovelace(amount(ada * 1_000_000))).finish(self.settings.network)
    }

    fn purse(number: u64) -> OutputReference {
        OutputReference { transaction: TransactionId::from_bytes([0x77; 32]), index: number }
    }

    fn payers(&self) -> Address {
        Address::of_key(self.payer.key_hash())
    }

    /// Where the shared state is.
    pub(super) fn states(&self) -> Address {
        Address::of_key(self.state.key_hash())
    }

    /// A purse of the beginning.
    ///
    /// # Panics
    /// There are not so many.
    pub fn held(&self, number: u64) -> (OutputReference, Output) {
        assert!(number < PURSES, "there are so many purses");
        (Self::purse(number), self.output(self.payers(), 100))
    }

    /// A payment of 5 ada out of purses. The change is its last output.
    ///
    /// # Panics
    /// The purses hold less.
    pub fn pay(&self, purses: &[(OutputReference, Output)], to: u8) -> SignedTransaction {
        let payee = Address::of_key(PaymentKey::from_seed(&[to; 32]).key_hash());
        self.signed(self.build(purses, payee, 5), &[&self.payer])
    }

    /// One that nobody has signed.
    ///
    /// # Panics
    /// The purses hold less than 6 ada.
    pub fn unsigned(&self, purses: &[(OutputReference, Output)]) -> SignedTransaction {
        self.build(purses, self.states(), 6)
    }

    /// The shared state, with an ada more out of a purse.
    pub(super) fn push(
        &self,
        state: (OutputReference, Output),
        purse: (OutputReference, Output),
    ) -> SignedTransaction {
        let ada = state.1.value().lovelace().to_units() / 1_000_000 + 1;
        let states = self.states();
        self.signed(self.build(&[state, purse], states, ada), &[&self.payer, &self.state])
    }

    fn build(&self, purses: &[(OutputReference, Output)], to: Address, ada: u64) -> SignedTransaction {
        let mut builder = TransactionBuilder::new(self.settings.clone(), self.payers())
            .pay(OutputDraft::new(to, Value::of_lovelace(amount(ada * 1_000_000))));
        for (reference, output) in purses {
            builder = builder.spend(*reference, output.clone());
        }
        builder.build().unwrap().transaction().clone()
    }

    fn signed(&self, mut transaction: SignedTransaction, keys: &[&PaymentKey]) -> SignedTransaction {
        for key in keys {
            let witness = block_on(key.sign_body(transaction.body())).unwrap();
            transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
        }
        transaction
    }
}
