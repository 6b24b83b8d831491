//! Why bytes are not what they should be, and where.

use std::fmt;

use crate::{GridError, TermsError};

/// Bytes do not hold the value that was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The way to the bad field, innermost first while the error travels outwards.
    path: Vec<PathStep>,
    offset: usize,
    fault: DecodeFault,
}

/// One step on the way to a bad field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathStep {
    Field(&'static str),
    Index(usize),
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeFault {
    /// The bytes end in the middle.
    #[error("the bytes end too early")]
    Truncated,
    /// The bytes are not CBOR.
    #[error("not CBOR")]
    NotCbor,
    /// There is another kind of item.
    #[error("expected {expected}, found {found}")]
    Kind {
        /// The kind wanted.
        expected: &'static str,
        /// The kind found.
        found: &'static str,
    },
    /// The number of the constructor is another.
    #[error("expected constructor {expected}, found {found}")]
    Constructor {
        /// The numbers that are possible, in words.
        expected: &'static str,
        /// The number found.
        found: u64,
    },
    /// The constructor has more or fewer fields.
    #[error("expected {expected} fields, found {found}{}", if *.at_least { " or more" } else { "" })]
    Arity {
        /// The fields it has.
        expected: usize,
        /// The fields found.
        found: usize,
        /// Whether counting stopped there.
        at_least: bool,
    },
    /// The integer is below zero.
    #[error("expected an integer from 0, found a negative one")]
    Negative,
    /// The integer is `2^63` or more.
    #[error("expected an integer below 2^63, found a larger one")]
    TooLarge,
    /// The byte string has another length.
    #[error("expected {expected} bytes, found {found}")]
    Length {
        /// The bytes it has.
        expected: usize,
        /// The bytes found.
        found: usize,
    },
    /// The data or byte string is too long.
    #[error("expected at most {limit} bytes, found {found}")]
    TooLong {
        /// The most bytes.
        limit: usize,
        /// The bytes found.
        found: usize,
    },
    /// An asset without a policy has a name.
    #[error("ada has no name, found one of {found} bytes")]
    AdaName {
        /// The bytes of the name.
        found: usize,
    },
    /// There are bytes after the value.
    #[error("{found} bytes follow")]
    Trailing {
        /// How many.
        found: usize,
    },
    /// The terms are complete, but not well formed.
    #[error("{0}")]
    Terms(TermsError),
    /// The grid is complete, but not well formed.
    #[error("{0}")]
    Grid(GridError),
}

impl DecodeError {
    pub(crate) fn new(offset: usize, fault: DecodeFault) -> Self {
        Self { path: Vec::new(), offset, fault }
    }

    /// The same error, one field further in; a field without a name adds nothing.
    pub(crate) fn inside(mut self, field: &'static str) -> Self {
        if !field.is_empty() {
            self.path.push(PathStep::Field(field));
        }
        self
    }

    /// The same error, one element further in.
    pub(crate) fn element(mut self, index: usize) -> Self {
        self.path.push(PathStep::Index(index));
        self
    }

    /// The way to the bad field, such as `bid.terms.request.needs[2].name`.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.path.iter().rev() {
            match step {
                PathStep::Field(field) if path.is_empty() => path.push_str(field),
                PathStep::Field(field) => {
                    path.push('.');
                    path.push_str(field);
                }
                PathStep::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// How many bytes were read before the fault was seen.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong there.
    pub fn fault(&self) -> &DecodeFault {
        &self.fault
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{} ", self.path())?;
        }
        write!(f, "at byte {}: {}", self.offset, self.fault)
    }
}

impl std::error::Error for DecodeError {}
