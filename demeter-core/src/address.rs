//! Addresses as scripts see them: a payment credential and perhaps a staking credential, without a network.

use crate::{KeyHash, ScriptHash};

/// Who may spend, or who is staked with: a key or a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Credential {
    /// Whoever signs with the key of this hash.
    Key(KeyHash),
    /// Whatever the script of this hash allows.
    Script(ScriptHash),
}

impl Credential {
    /// The 28 bytes of the hash, of whichever kind.
    pub const fn hash_bytes(&self) -> &[u8; 28] {
        match self {
            Self::Key(hash) => hash.as_bytes(),
            Self::Script(hash) => hash.as_bytes(),
        }
    }
}

/// An address. Staking parts by pointer do not exist here: the ledger no longer makes them and the contract
/// refuses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Address {
    /// Who may spend.
    pub payment: Credential,
    /// Who is staked with; states never have one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub stake: Option<Credential>,
}

impl Address {
    /// The address of a key, without staking part.
    pub const fn of_key(hash: KeyHash) -> Self {
        Self { payment: Credential::Key(hash), stake: None }
    }

    /// The address of a script, without staking part.
    pub const fn of_script(hash: ScriptHash) -> Self {
        Self { payment: Credential::Script(hash), stake: None }
    }
}

/// Generates a credential.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_credential() -> impl proptest::strategy::Strategy<Value = Credential> {
    use crate::id::{any_key_hash, any_script_hash};
    use proptest::prelude::*;
    prop_oneof![any_key_hash().prop_map(Credential::Key), any_script_hash().prop_map(Credential::Script)]
}

/// Generates an address.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_address() -> impl proptest::strategy::Strategy<Value = Address> {
    use proptest::prelude::*;
    (any_credential(), proptest::option::of(any_credential()))
        .prop_map(|(payment, stake)| Address { payment, stake })
}
