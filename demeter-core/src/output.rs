//! References to outputs.

use std::fmt;
use std::str::FromStr;

use crate::{IdError, TransactionId};

/// Which output: the transaction that made it and its position there.
///
/// NOTE: in a head a reference is not unique for all time (a deposit declares its own, a fan-out gives new
/// ones), so nothing lasting is named by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutputReference {
    /// The transaction.
    pub transaction: TransactionId,
    /// The position among its outputs, from 0.
    pub index: u64,
}

/// A text is not an output reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputReferenceError {
    /// There is no `#` between id and index.
    #[error("an output reference is written <transaction id>#<index>, found {found:?}")]
    NoIndex {
        /// The text found.
        found: String,
    },
    /// The index is not a number.
    #[error("the index of an output reference is a number, found {found:?}")]
    Index {
        /// The text found.
        found: String,
    },
    /// The id is not one.
    #[error(transparent)]
    Transaction(#[from] IdError),
}

impl fmt::Display for OutputReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.transaction, self.index)
    }
}

impl FromStr for OutputReference {
    type Err = OutputReferenceError;

    fn from_str(text: &str) -> Result<Self, OutputReferenceError> {
        let (transaction, index) =
            text.split_once('#').ok_or_else(|| OutputReferenceError::NoIndex { found: text.to_owned() })?;
        let transaction = transaction.parse()?;
        let index = index.parse().map_err(|_| OutputReferenceError::Index { found: index.to_owned() })?;
        Ok(Self { transaction, index })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for OutputReference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for OutputReference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Generates a reference to an output.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_output_reference() -> impl proptest::strategy::Strategy<Value = OutputReference> {
    use proptest::prelude::*;
    (crate::id::any_transaction_id(), 0..u64::from(u16::MAX))
        .prop_map(|(transaction, index)| OutputReference { transaction, index })
}
