//! What can be wrong with a manifest. Every error prints as one line.

use std::fmt;
use std::path::PathBuf;

use demeter_core::ResourceName;

use crate::quantity::QuantityError;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A manifest could not be had from a file. The message begins with the file's name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be read.
    #[error("{}: {fault}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        fault: std::io::Error,
    },
    /// The file was read, but is no manifest.
    #[error("{}: {fault}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: Box<ManifestError>,
    },
}

/// A text is not a manifest, or not one whose needs can be counted. Documents are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file is too large.
    #[error("the manifest has more than {limit} bytes")]
    TooLarge {
        /// The most bytes it may have.
        limit: usize,
    },
    /// The bytes are not text.
    #[error("the manifest is not UTF-8 text from byte {position} on")]
    NotText {
        /// How many bytes before it are text.
        position: usize,
    },
    /// The text is not YAML, or not YAML that Kubernetes takes.
    #[error("document {document} ({at}): {fault}")]
    Yaml {
        /// The document.
        document: usize,
        /// Where in the file.
        at: Location,
        /// What is wrong.
        fault: YamlFault,
    },
    /// A field of an object is missing or wrong.
    #[error("document {document} ({at}), {object}{}{field}: {fault}", if field.is_empty() { "" } else { ", " })]
    Field {
        /// The document.
        document: usize,
        /// Where in the file.
        at: Location,
        /// Kind and name of the object, or as much as is known of them.
        object: String,
        /// The path to the field; empty for the object as a whole.
        field: String,
        /// What is wrong.
        fault: FieldFault,
    },
    /// There is no object in the manifest.
    #[error("the manifest holds no object")]
    Empty,
    /// All objects together need more of a resource than can be counted.
    #[error("the needs of all objects add up to more than 9223372036854775807 units of {resource}")]
    NeedsTooLarge {
        /// The resource.
        resource: ResourceName,
    },
}

/// A text is not YAML that Kubernetes takes, or is built to exhaust its reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum YamlFault {
    /// The YAML parser refuses it.
    #[error("not YAML: {reason}")]
    Syntax {
        /// What the parser says.
        reason: String,
    },
    /// The nesting is too deep.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The most levels there may be.
        limit: usize,
    },
    /// With all aliases replaced by what they stand for, the documents are too large.
    #[error("too large once its aliases are expanded")]
    TooLarge,
    /// An alias stands inside what it stands for.
    #[error("an alias refers to the value that contains it")]
    Cycle,
    /// A key occurs twice in a mapping.
    #[error("the key {key:?} occurs twice")]
    DuplicateKey {
        /// The key, or its beginning.
        key: String,
    },
    /// A key is a sequence or mapping.
    #[error("a key is not a scalar")]
    CompoundKey,
    /// What is merged into a mapping is no mapping.
    #[error("only mappings can be merged with <<")]
    BadMerge,
}

/// A field of an object is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldFault {
    /// The field must be there.
    #[error("missing")]
    Missing,
    /// The value is of another type.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// The type that Kubernetes wants.
        expected: &'static str,
        /// The type that is there.
        found: &'static str,
    },
    /// The value is not one of those that Kubernetes knows.
    #[error("expected {expected}, found {found:?}")]
    UnknownValue {
        /// What Kubernetes knows.
        expected: &'static str,
        /// The value, or its beginning.
        found: String,
    },
    /// The value is no name that Kubernetes takes.
    #[error("{found:?} is not a valid name here")]
    BadName {
        /// The value, or its beginning.
        found: String,
    },
    /// The value is not an integer from 0 to 2^31 - 1.
    #[error("expected an integer from 0 to 2147483647, found {found:?}")]
    NotACount {
        /// The value, or its beginning.
        found: String,
    },
    /// The number means one thing in YAML 1.1, which Kubernetes reads, and another to everyone else.
    #[error("a leading zero can make a number octal: write {found} without it")]
    LeadingZero {
        /// The value, or its beginning.
        found: String,
    },
    /// The value is not a quantity.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The quantity must not be zero.
    #[error("must be more than zero")]
    Zero,
    /// Such a resource cannot be requested here.
    #[error("such a resource cannot be requested here")]
    UnknownResource,
    /// More is requested than the limit allows.
    #[error("the request is above the limit")]
    AboveLimit,
    /// For a resource that cannot be overcommitted, request and limit are not the same.
    #[error("this resource needs a limit, and a request equal to it")]
    UnequalLimit,
    /// The pod as a whole requests less than its containers.
    #[error("the pod requests less than its containers do together")]
    BelowContainers,
    /// The needs are too large.
    #[error("adds up to more than 9223372036854775807 units of {resource}")]
    TooLarge {
        /// The resource.
        resource: ResourceName,
    },
    /// Another object has the same group, kind, namespace and name.
    #[error("document {first} holds the same object")]
    Duplicate {
        /// The first of the two documents.
        first: usize,
    },
}
