//! A head full of money, and payments to apply to it.

use demeter_core::{Address, Amount, OutputReference, Time, TransactionId, Value};
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::head::EmbeddedHead;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{LedgerSettings, Network, Output, OutputDraft, SignedTransaction, UtxoSet};
use futures_executor::block_on;
use pallas_crypto::hash::Hasher;

use crate::head::Story;
use crate::{Outcome, market};

/// Payments that do not depend on each other, and the ledger that they are made on.
#[derive(Clone, Debug)]
pub struct Payments {
    /// The payments, signed.
    pub signed: Vec<SignedTransaction>,
    /// What is signed, by which key, and the signature: of each payment.
    pub signatures: Vec<([u8; 32], [u8; 32], [u8; 64])>,
    settings: LedgerSettings,
    utxos: UtxoSet,
}

impl Payments {
    /// So many payments of 5 ada, each from an output of 20 ada.
    ///
    /// # Errors
    /// A payment cannot be built.
    pub fn new(count: u64) -> Outcome<Self> {
        let key = PaymentKey::from_seed(&[8; 32]);
        let (from, to) =
            (Address::of_key(key.key_hash()), Address::of_key(PaymentKey::from_seed(&[9; 32]).key_hash()));
        let settings = market::settings()?;
        let mut this = Self {
            signed: Vec::new(),
            signatures: Vec::new(),
            settings: settings.clone(),
            utxos: UtxoSet::new(),
        };
        let paying = |address, lovelace| {
            Ok::<_, demeter_core::RangeError>(OutputDraft::new(
                address,
                Value::of_lovelace(Amount::from_units(lovelace)?),
            ))
        };
        for index in 0..count {
            let reference = scattered(PURSES, index);
            let purse = paying(from, 20_000_000)?.finish(settings.network);
            this.utxos.insert(reference, purse.clone());
            let payment = TransactionBuilder::new(settings.clone(), from).spend(reference, purse);
            let mut payment = payment.pay(paying(to, 5_000_000)?).build()?;
            let witness = block_on(key.sign_body(payment.body()))?;
            let (public_key, signature) = (*witness.key.as_bytes(), *witness.signature.as_bytes());
            this.signatures.push((payment.sign_hash(), public_key, signature));
            payment.add_witness(public_key, signature)?;
            this.signed.push(payment.finish()?);
        }
        Ok(this)
    }

    /// The payments as a story, all made at the beginning.
    pub fn into_story(self) -> Story {
        let start = self.settings.clock.zero_time();
        let mix = [("payment".to_owned(), self.signed.len() as u64)].into();
        let transactions = self.signed.into_iter().map(|payment| (start, payment)).collect();
        Story { settings: self.settings, opening: self.utxos, transactions, mix }
    }

    /// A head on which none of them was made yet.
    ///
    /// # Errors
    /// None: the clock begins at zero.
    pub fn head(&self) -> Outcome<EmbeddedHead> {
        Ok(EmbeddedHead::open(self.settings.clone(), self.utxos.clone(), Time::ZERO)?)
    }
}

/// So many outputs that nobody spends, scattered among the purses.
///
/// # Errors
/// Never: the amount is one.
pub(crate) fn others(count: u64, network: Network) -> Outcome<UtxoSet> {
    let holder = Address::of_key(PaymentKey::from_seed(&[9; 32]).key_hash());
    let output = OutputDraft::new(holder, Value::of_lovelace(Amount::from_units(2_000_000)?)).finish(network);
    // Read anew each time, so that no two share memory, as those of different transactions do not.
    let read = |index| Ok((scattered(OTHERS, index), Output::from_cbor(output.as_bytes())?));
    (0..count).map(read).collect()
}

/// What purses and other outputs are named after.
const PURSES: &[u8] = b"purse";
const OTHERS: &[u8] = b"other";

/// References are hashes: outputs that belong together are not neighbours.
fn scattered(kind: &[u8], index: u64) -> OutputReference {
    let name = Hasher::<256>::hash(&[kind, &index.to_be_bytes()].concat());
    OutputReference { transaction: TransactionId::from_bytes(*name), index: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_takes_every_payment_once() {
        let payments = Payments::new(3).unwrap();
        let head = payments.head().unwrap();
        for payment in &payments.signed {
            assert!(head.apply(payment).is_ok());
            assert!(head.apply(payment).is_err());
        }
    }
}
