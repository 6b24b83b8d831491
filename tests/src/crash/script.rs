//! What a head has to do: signed payments, and transactions of a market.

use std::fs;
use std::path::Path;

use demeter_core::{Address, OutputReference, Time, TransactionId, Value};
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{Output, OutputDraft, SignedTransaction, UtxoSet};
use futures_executor::block_on;

use crate::drt::Dice;
use crate::history::{Choice, Ground, Walk};
use crate::make::{amount, time};

/// The seed of the key that makes the payments, and of the one that gets them.
const PAYER: u8 = 0xa1;
const PAYEE: u8 = 0xa2;
/// How many purses the payer has, and how much is in each, in ada.
const PURSES: u64 = 4;
const PURSE: u64 = 500_000;

/// Transactions that a head accepts, one after the other.
#[derive(Clone, Debug)]
pub struct Script {
    /// What there is in the beginning.
    pub opening: UtxoSet,
    /// The transactions, and when each was made.
    pub transactions: Vec<(Time, SignedTransaction)>,
}

impl Script {
    /// A history of so many steps on a market, and two payments for each of its transactions.
    ///
    /// # Panics
    /// The history breaks a promise.
    pub fn draw(seed: u64, steps: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut walk = Walk::new(Ground::recorded(seed.is_multiple_of(2)), None);
        while walk.tally.steps < steps {
            walk.step(&Choice::draw(&mut dice)).unwrap();
        }
        let mut record = walk.ground.into_record().unwrap();
        let mut payer = Payer::new();
        record.opening.extend(payer.purses.iter().cloned());
        let mut transactions = Vec::new();
        for (made, transaction) in record.accepted {
            transactions.push((made, transaction));
            transactions.extend([payer.pay(), payer.pay()].map(|payment| (made, payment)));
        }
        Self { opening: record.opening, transactions }
    }

    /// Writes it: a line for each output, then one for each transaction.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn save(&self, path: &Path) {
        let outputs = self.opening.iter().map(|(reference, output)| {
            format!("{} {} {}\n", reference.transaction, reference.index, hex::encode(output.as_bytes()))
        });
        let transactions =
            self.transactions.iter().map(|(made, transaction)| format!("{made} {}\n", transaction.to_hex()));
        fs::write(path, outputs.chain(transactions).collect::<String>()).unwrap();
    }

    /// Reads what [`Script::save`] wrote.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn load(path: &Path) -> Self {
        let mut script = Self { opening: UtxoSet::new(), transactions: Vec::new() };
        for line in fs::read_to_string(path).unwrap().lines() {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                [id, index, output] => {
                    let transaction: TransactionId = id.parse().unwrap();
                    let reference = OutputReference { transaction, index: index.parse().unwrap() };
                    let output = Output::from_cbor(&hex::decode(output).unwrap()).unwrap();
                    script.opening.insert(reference, output);
                }
                [made, transaction] => {
                    script.transactions.push((time(made.parse().unwrap()), transaction.parse().unwrap()));
                }
                _ => panic!("found {line}"),
            }
        }
        script
    }
}

/// Somebody who pays out of purses, in turn.
struct Payer {
    key: PaymentKey,
    purses: Vec<(OutputReference, Output)>,
    payments: usize,
}

impl Payer {
    fn new() -> Self {
        let key = PaymentKey::from_seed(&[PAYER; 32]);
        let purse =
            OutputDraft::new(Address::of_key(key.key_hash()), Value::of_lovelace(amount(PURSE * 1_000_000)))
                .finish(Ground::settings().network);
        let purses = (0..PURSES)
            .map(|index| {
                let transaction = TransactionId::from_bytes([PAYER; 32]);
                (OutputReference { transaction, index }, purse.clone())
            })
            .collect();
        Self { key, purses, payments: 0 }
    }

    /// Pays an ada, out of the change of an earlier payment.
    fn pay(&mut self) -> SignedTransaction {
        let turn = self.payments % self.purses.len();
        self.payments += 1;
        let (reference, output) = self.purses[turn].clone();
        let payee = Address::of_key(PaymentKey::from_seed(&[PAYEE; 32]).key_hash());
        let settings = Ground::settings();
        let unsigned = TransactionBuilder::new(settings.clone(), Address::of_key(self.key.key_hash()))
            .spend(reference, output)
            .pay(OutputDraft::new(payee, Value::of_lovelace(amount(1_000_000))))
            .build()
            .unwrap();
        let mut transaction = unsigned.transaction().clone();
        let witness = block_on(self.key.sign_body(transaction.body())).unwrap();
        transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
        let change = demeter_tx::ledger::validate(
            &transaction,
            &[self.purses[turn].clone()].into(),
            &settings,
            settings.clock.zero_slot(),
        );
        // The payment is first, the change last.
        self.purses[turn] = change.unwrap().effect.made.pop().unwrap();
        transaction
    }
}
