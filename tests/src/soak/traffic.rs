//! What the head has to do: payments that keep its set of outputs at one size.

use std::sync::Arc;

use demeter_core::{Address, OutputReference, TransactionId, Value};
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{Data, LedgerSettings, Output, OutputDraft, SignedTransaction, UtxoSet};
use futures_executor::block_on;

use crate::drt::Dice;
use crate::history::Ground;
use crate::make::amount;

/// The seed of the key that pays and gets paid, and what its first outputs are named after.
const PAYER: u8 = 0xa3;
/// How many purses there are, each of two outputs: close to the 4,095 outputs that a real head can hold.
const PURSES: usize = 2_000;
/// What is in a purse, and the least and the most of it that a payment moves, in ada.
const PURSE: u64 = 200;
const LEAST: u64 = 50;
const MOST: u64 = 150;
/// One payment in so many carries a datum of so many pieces of 64 bytes, as large as the states of a market and larger.
const LARGE: u64 = 8;
const PIECES: (u64, u64) = (4, 60);

/// Payments out of purses: each spends both outputs of one and makes two new ones.
pub(super) struct Traffic {
    settings: Arc<LedgerSettings>,
    key: PaymentKey,
    purses: Vec<[(OutputReference, Output); 2]>,
    dice: Dice,
}

impl Traffic {
    pub(super) fn new(seed: u64) -> Self {
        let settings = Arc::new(Ground::settings());
        let key = PaymentKey::from_seed(&[PAYER; 32]);
        let output = paying(&key, PURSE / 2).finish(settings.network);
        let transaction = TransactionId::from_bytes([PAYER; 32]);
        let purses = (0..PURSES as u64)
            .map(|purse| {
                [2 * purse, 2 * purse + 1]
                    // Read anew, so that no two share memory, as those of different transactions do not.
                    .map(|index| (OutputReference { transaction, index }, reread(&output)))
            })
            .collect();
        Self { settings, key, purses, dice: Dice::new(seed) }
    }

    pub(super) fn settings(&self) -> Arc<LedgerSettings> {
        Arc::clone(&self.settings)
    }

    /// What there is once everything so far was applied.
    pub(super) fn utxos(&self) -> UtxoSet {
        self.purses.iter().flatten().cloned().collect()
    }

    /// The next payment.
    pub(super) fn pay(&mut self) -> SignedTransaction {
        let turn = self.dice.position(self.purses.len());
        let mut payment = paying(&self.key, self.dice.between(LEAST, MOST));
        if self.dice.once_in(LARGE) {
            payment = payment.with_inline_datum(datum(&mut self.dice));
        }
        let mut builder =
            TransactionBuilder::new(self.settings(), Address::of_key(self.key.key_hash())).pay(payment);
        for (reference, output) in &self.purses[turn] {
            builder = builder.spend(*reference, output.clone());
        }
        let mut transaction = builder.build().unwrap().transaction().clone();
        let witness = block_on(self.key.sign_body(transaction.body())).unwrap();
        transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
        self.purses[turn] = transaction.effect().unwrap().made.try_into().unwrap();
        transaction
    }
}

fn paying(key: &PaymentKey, ada: u64) -> OutputDraft {
    OutputDraft::new(Address::of_key(key.key_hash()), Value::of_lovelace(amount(ada * 1_000_000)))
}

fn reread(output: &Output) -> Output {
    Output::from_cbor(output.as_bytes()).unwrap()
}

/// A list of pieces of 64 bytes.
fn datum(dice: &mut Dice) -> Data {
    let pieces = (0..dice.between(PIECES.0, PIECES.1))
        .flat_map(|_| [vec![0x58, 64], (0..8).flat_map(|_| dice.roll().to_be_bytes()).collect()].concat());
    Data::from_cbor([vec![0x9f], pieces.collect(), vec![0xff]].concat()).unwrap()
}
