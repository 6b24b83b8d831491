//! The compiled contract: the two scripts and their hashes.

use demeter_core::ScriptHash;
use demeter_core::Scripts;
use serde::Deserialize;

use crate::PlutusScript;

/// The blueprint that this crate was made with.
const BLUEPRINT: &str = include_str!("../../../validators/plutus.json");

/// The compiled contract.
///
/// ```
/// let contract = demeter_tx::market::Contract::embedded()?;
/// assert_eq!(contract.scripts().market, contract.market().hash());
/// # Ok::<(), demeter_tx::market::BlueprintError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    registry: PlutusScript,
    market: PlutusScript,
}

/// A blueprint is not one of this contract.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlueprintError {
    /// It is not the JSON of a blueprint.
    #[error("the blueprint cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A validator is not in it.
    #[error("the blueprint has no validator {title}")]
    Missing {
        /// The title looked for.
        title: &'static str,
    },
    /// The code of a validator is not hexadecimal.
    #[error("the code of {title} is not hexadecimal")]
    Code {
        /// The validator.
        title: &'static str,
    },
    /// A validator's hash is not that of its code.
    #[error("the blueprint says that {title} has the hash {stated}, its code has {computed}")]
    Hash {
        /// The validator.
        title: &'static str,
        /// The hash in the blueprint.
        stated: String,
        /// The hash of the code.
        computed: ScriptHash,
    },
}

#[derive(Deserialize)]
struct Blueprint {
    validators: Vec<Validator>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Validator {
    title: String,
    compiled_code: String,
    hash: String,
}

impl Contract {
    /// The contract that this crate was made with.
    ///
    /// # Errors
    /// None, unless the crate was built with a damaged blueprint.
    pub fn embedded() -> Result<Self, BlueprintError> {
        Self::from_blueprint(BLUEPRINT)
    }

    /// The contract of a CIP-57 blueprint, its parameters applied.
    ///
    /// # Errors
    /// The text is no blueprint, lacks a validator, or states a hash that is not its code's.
    pub fn from_blueprint(text: &str) -> Result<Self, BlueprintError> {
        let blueprint: Blueprint = serde_json::from_str(text)?;
        Ok(Self {
            registry: blueprint.script("registry.registry.spend")?,
            market: blueprint.script("market.market.spend")?,
        })
    }

    /// The policy of all tokens and the guard of grid, pool and operators.
    pub const fn registry(&self) -> &PlutusScript {
        &self.registry
    }

    /// The guard of slots and bids.
    pub const fn market(&self) -> &PlutusScript {
        &self.market
    }

    /// The hashes of both.
    pub const fn scripts(&self) -> Scripts {
        Scripts { registry: self.registry.hash(), market: self.market.hash() }
    }
}

impl Blueprint {
    fn script(&self, title: &'static str) -> Result<PlutusScript, BlueprintError> {
        let validator = self
            .validators
            .iter()
            .find(|validator| validator.title == title)
            .ok_or(BlueprintError::Missing { title })?;
        let code = hex::decode(&validator.compiled_code).map_err(|_| BlueprintError::Code { title })?;
        let script = PlutusScript::new(code);
        if script.hash().to_string() != validator.hash {
            let stated = validator.hash.clone();
            return Err(BlueprintError::Hash { title, stated, computed: script.hash() });
        }
        Ok(script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_hash_is_named() {
        let text =
            BLUEPRINT.replace(&Contract::embedded().unwrap().market().hash().to_string(), &"00".repeat(28));
        let error = Contract::from_blueprint(&text).unwrap_err().to_string();
        assert!(
            error.starts_with("the blueprint says that market.market.spend has the hash 0000"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_validator_is_named() {
        assert_eq!(
            Contract::from_blueprint(r#"{"validators": []}"#).unwrap_err().to_string(),
            "the blueprint has no validator registry.registry.spend"
        );
    }
}
