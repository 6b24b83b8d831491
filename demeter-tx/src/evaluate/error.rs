//! Why scripts could not be run, or refused.

use demeter_core::{OutputReference, ScriptHash};

use crate::ClockError;
use crate::ExecutionUnits;
use crate::decoded::{DecodeError, RedeemerPointer};

/// The scripts of a transaction could not all be run to success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The transaction cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// An input or reference input is not known.
    #[error("input {reference} is not known")]
    UnknownInput {
        /// The input.
        reference: OutputReference,
    },
    /// A bound of the validity interval has no time.
    #[error("validity interval: {0}")]
    Validity(#[from] ClockError),
    /// A redeemer points at nothing.
    #[error("redeemer {pointer} points at nothing")]
    NothingThere {
        /// The redeemer.
        pointer: RedeemerPointer,
    },
    /// A redeemer points at what no script guards.
    #[error("redeemer {pointer} points at what no script guards")]
    NotAScript {
        /// The redeemer.
        pointer: RedeemerPointer,
    },
    /// A redeemer is for something that is not supported here.
    #[error("redeemer {pointer} is for something that is not supported here")]
    UnsupportedPurpose {
        /// The redeemer.
        pointer: RedeemerPointer,
    },
    /// A redeemer calls a native script, which takes none.
    #[error("redeemer {pointer} calls script {hash}, which is native and takes none")]
    NotAProgram {
        /// The redeemer.
        pointer: RedeemerPointer,
        /// The script.
        hash: ScriptHash,
    },
    /// A script of Plutus V1 or V2 is to let an output be spent that has no datum.
    #[error("redeemer {pointer} calls a script that needs a datum, and there is none")]
    NoDatum {
        /// The redeemer.
        pointer: RedeemerPointer,
    },
    /// Scripts of Plutus V1 cannot be told of inline data.
    #[error("plutus v1 knows no inline data, which {place} has")]
    InlineDatum {
        /// The input, reference input or output.
        place: String,
    },
    /// A script is neither attached nor on an input or reference input.
    #[error("redeemer {pointer} calls script {hash}, which is neither attached nor referred to")]
    ScriptMissing {
        /// The redeemer.
        pointer: RedeemerPointer,
        /// The script.
        hash: ScriptHash,
    },
    /// A script's bytes are not a program.
    #[error("script {hash} is not a program: {reason}")]
    MalformedScript {
        /// The script.
        hash: ScriptHash,
        /// What the decoder says.
        reason: String,
    },
    /// The datum of which an input names the hash is not attached.
    #[error("redeemer {pointer} needs the datum of hash {hash}, which is not attached")]
    DatumMissing {
        /// The redeemer.
        pointer: RedeemerPointer,
        /// The datum's hash, in hexadecimal digits.
        hash: String,
    },
    /// A datum cannot be read.
    #[error("the datum for redeemer {pointer}: {reason}")]
    Datum {
        /// The redeemer.
        pointer: RedeemerPointer,
        /// What the decoder says.
        reason: String,
    },
    /// What scripts are told about the transaction cannot be made.
    #[error("script context: {reason}")]
    Context {
        /// What the machine says.
        reason: String,
    },
    /// A script refused.
    #[error("script {hash} refused {pointer}: {reason}{}", listed(.traces))]
    Refused {
        /// The redeemer.
        pointer: RedeemerPointer,
        /// The script.
        hash: ScriptHash,
        /// How it ended.
        reason: String,
        /// What it traced until then, in order.
        traces: Vec<String>,
    },
    /// A script used more than it may.
    #[error("script {hash} used more than the {allowed} allowed for {pointer}{}", listed(.traces))]
    OverBudget {
        /// The redeemer.
        pointer: RedeemerPointer,
        /// The script.
        hash: ScriptHash,
        /// What it may use.
        allowed: ExecutionUnits,
        /// What it traced until then, in order.
        traces: Vec<String>,
    },
}

fn listed(traces: &[String]) -> String {
    if traces.is_empty() { String::new() } else { format!(", after tracing: {}", traces.join("; ")) }
}
