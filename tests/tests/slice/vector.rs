//! The golden transactions: the first of each kind in the story told with lovelace.

use demeter_core::{Amount, Asset, TransactionId};
use demeter_tx::ExecutionUnits;
use serde::{Deserialize, Serialize};

use crate::fixture::Recorded;
use crate::story::Story;

/// The file, in the folder of the vectors.
pub(crate) const FILE: &str = "transactions.json";

/// What the transactions of each kind are.
const KINDS: [(&str, &str); 14] = [
    ("genesis", "founds a grid with 4 OPER and 8 SLOT tokens, the registry attached"),
    ("publish", "puts the registry into an output for others to refer to"),
    ("admit", "takes an operator in with 2 slots, signed by it and 2 of 3 entities"),
    ("place", "places a bid: an auction for 8 needs and a label"),
    ("cancel", "takes a bid back before it opens"),
    ("offer", "answers the bid from an idle slot, with the bond"),
    ("lead", "leads the open bid with an offer"),
    ("lead_taking_over", "leads the bid with a better offer; the slot ousted comes back idle with its bond"),
    ("award", "opens the lease of the leader; pays the refund and the fee"),
    ("withdraw", "makes the slot of an offer that lost idle"),
    ("claim", "draws the pay of 2 of 4 periods"),
    ("complete", "ends the lease after its grace"),
    ("report", "writes the lease into the operator's record; the slot becomes idle"),
    ("collect", "empties the purse of a slot"),
];

/// The file of vectors.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct File {
    pub(crate) description: String,
    pub(crate) vectors: Vec<Vector>,
}

/// A transaction.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Vector {
    pub(crate) kind: String,
    pub(crate) description: String,
    /// With all signatures, in hexadecimal.
    pub(crate) cbor: String,
    pub(crate) id: TransactionId,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) fee: Amount,
    /// What is declared for all scripts together.
    pub(crate) units: ExecutionUnits,
    /// What is declared for each.
    pub(crate) redeemers: Vec<Declared>,
}

/// What is declared for a script.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Declared {
    /// Purpose and position.
    pub(crate) redeemer: String,
    #[serde(flatten)]
    pub(crate) units: ExecutionUnits,
}

/// What the file should hold.
pub(crate) fn file() -> File {
    let story = Story::whole(Asset::Lovelace);
    let vector = |(kind, description): (&str, &str)| {
        let recorded = story.ledger.recorded.iter().find(|recorded| recorded.kind == kind);
        let Recorded { transaction, summary, .. } = recorded.unwrap();
        let declared = summary.units.iter();
        Vector {
            kind: kind.to_owned(),
            description: description.to_owned(),
            cbor: transaction.to_hex(),
            id: transaction.id(),
            size: summary.size,
            fee: summary.fee,
            units: summary.total_units(),
            redeemers: declared
                .map(|(pointer, units)| Declared { redeemer: pointer.to_string(), units: *units })
                .collect(),
        }
    };
    File {
        description: "Signed transactions of each kind, as the scenario of tests/tests/slice builds them: Ed25519 keys \
                      of constant seeds, hydra's parameters, times from 2026-01-01T00:00:00Z"
            .to_owned(),
        vectors: KINDS.into_iter().map(vector).collect(),
    }
}

/// The text of a file.
pub(crate) fn render(file: &File) -> String {
    let mut text = serde_json::to_string_pretty(file).unwrap();
    text.push('\n');
    text
}
