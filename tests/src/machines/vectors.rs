//! The transactions of the golden vectors.

use std::collections::BTreeSet;

use demeter_core::TransactionId;
use demeter_tx::{LedgerSettings, SignedTransaction, Slot, UtxoSet};
use pallas_primitives::conway::MintedTx;
use serde::Deserialize;

use super::Tally;
use super::contract::compare;
use super::replay::Replay;
use crate::drt::record::{DISAGREEMENTS, VERDICTS, committed};
use crate::drt::{Dice, Validator};
use crate::repository;
use crate::vector::FOLDER;

/// The golden transactions, in the folder of the vectors.
const TRANSACTIONS: &str = "transactions.json";

/// What is needed of the golden transactions.
#[derive(Debug, Deserialize)]
struct Golden {
    vectors: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: TransactionId,
}

/// The golden transactions, within the story that they are taken from: by themselves they do not say what they spend.
///
/// # Panics
/// One of them is not in the story, or the reference refuses a part of it.
pub fn transactions(
    tally: &mut Tally,
    settings: &LedgerSettings,
    opening: UtxoSet,
    story: &[SignedTransaction],
    seed: u64,
) {
    let golden: Golden = serde_json::from_str(&repository::text(&format!("{FOLDER}/{TRANSACTIONS}")))
        .expect("golden transactions");
    let told: BTreeSet<_> = story.iter().map(SignedTransaction::id).collect();
    let untold: Vec<_> = golden.vectors.iter().filter(|named| !told.contains(&named.id)).collect();
    assert!(untold.is_empty(), "not in the story: {untold:?}");
    let mut dice = Dice::new(seed);
    let mut replay = Replay { settings, utxos: opening, group: "vectors: transactions" };
    for transaction in story {
        replay.next(tally, transaction, first_slot(transaction), &mut dice);
    }
}

/// The first slot in which a transaction is valid.
fn first_slot(transaction: &SignedTransaction) -> Slot {
    let bytes = transaction.to_cbor();
    let decoded: MintedTx<'_> = minicbor::decode(&bytes).expect("a transaction");
    Slot::from_number(decoded.transaction_body.validity_interval_start.unwrap_or(0))
}

/// The transactions of the files of verdicts: of each transition, for each reason of refusal, and of whatever the
/// contract and its mirror ever differed on.
///
/// # Panics
/// A file is not one of verdicts.
pub fn verdicts(tally: &mut Tally, seed: u64) {
    let validator = Validator::committed();
    let mut dice = Dice::new(seed);
    for file in [VERDICTS, DISAGREEMENTS] {
        for vector in committed(&validator.scripts(), file) {
            let (case, view) = (&vector.description, vector.transaction.view());
            compare(tally, &validator, "vectors: verdicts", case, &view, &mut dice);
        }
    }
}
