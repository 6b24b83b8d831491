//! The file that keeps the figures.

use demeter_core::Amount;
use demeter_tx::ProtocolParameters;
use serde::Serialize;

use super::shapes::shapes;

/// What every shape costs, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// What is in the file.
    pub description: &'static str,
    /// What a transaction of a head may take.
    pub limit: Figures,
    /// In the order of the table of transitions.
    pub shapes: Vec<Shape>,
}

/// A transition in one shape, and what its transaction costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// What tells it from the others.
    pub shape: String,
    /// Which transition, as core names it.
    pub transition: &'static str,
    /// What part of the limits of mem and cpu is aimed at, in millionths; none where only the limit counts.
    pub aim_ppm: Option<u64>,
    /// What the transaction takes, with all signatures.
    pub cost: Figures,
    /// The part of the limits that this is, in millionths, rounded up.
    pub share_ppm: Figures,
    /// What it makes, in order.
    pub outputs: Vec<OutputFigures>,
}

/// Three figures of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Bytes.
    pub size: u64,
    /// Units of memory of all its scripts.
    pub mem: u64,
    /// Units of processor time of all its scripts.
    pub cpu: u64,
}

impl Figures {
    /// What part this is of a limit, in millionths, rounded up.
    pub(super) fn share_of(self, limit: Self) -> Self {
        let part = |count: u64, limit: u64| (count * 1_000_000).div_ceil(limit);
        Self {
            size: part(self.size, limit.size),
            mem: part(self.mem, limit.mem),
            cpu: part(self.cpu, limit.cpu),
        }
    }

    /// The limits of a ledger.
    pub(super) const fn limits(parameters: &ProtocolParameters) -> Self {
        let units = parameters.max_transaction_units;
        Self { size: parameters.max_transaction_size, mem: units.memory, cpu: units.steps }
    }
}

/// An output, and the ada in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutputFigures {
    /// The state, or whom it pays.
    pub output: &'static str,
    /// The least lovelace that the ledger asks of it.
    pub minimum: Amount,
    /// The lovelace that it holds.
    pub held: Amount,
}

/// What the file should hold.
///
/// # Panics
/// A transaction cannot be built, or the head refuses it.
pub fn file() -> File {
    File {
        description: "What each transition costs under hydra's L2 parameters in its heaviest ordinary shape: see \
                      tests/src/costs. Shares are millionths of the limit.",
        limit: Figures::limits(&ProtocolParameters::hydra_l2().unwrap()),
        shapes: shapes(),
    }
}

/// The text of a file.
///
/// # Panics
/// Never: there is nothing in it that JSON has not.
pub fn render(file: &File) -> String {
    serde_json::to_string_pretty(file).unwrap() + "\n"
}
