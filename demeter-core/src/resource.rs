//! Names of resources, as Kubernetes gives them.

use std::fmt;

/// The name of a resource: `cpu` (in millicores), `memory`, `ephemeral-storage`, `requests.storage` (in bytes)
/// or any extended resource such as `nvidia.com/gpu` (in pieces).
///
/// NOTE: the contract takes any bytes for a name, so this type does too; whoever makes names from text checks
/// Kubernetes' grammar.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceName(Vec<u8>);

impl ResourceName {
    /// Wraps the bytes of a name.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes of the name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for ResourceName {
    fn from(text: &str) -> Self {
        Self::from_bytes(text)
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceName({self})")
    }
}
