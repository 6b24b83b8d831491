//! What outputs hold as JSON.

use std::collections::BTreeMap;

use demeter_core::{Amount, Asset, AssetName, RangeError, ScriptHash, Value};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Raw;

/// What an output holds: lovelace, and tokens by policy and name, both in hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueJson {
    /// The lovelace. What hydra-node writes lacks it where there is none.
    pub lovelace: Option<u64>,
    /// The tokens.
    pub tokens: BTreeMap<String, BTreeMap<String, u64>>,
}

/// A value is out of range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueJsonError {
    /// A policy is not one.
    #[error("a policy has 28 bytes in hexadecimal digits, found {found:?}")]
    Policy {
        /// The text found.
        found: String,
    },
    /// A name is not one.
    #[error("an asset name has at most 32 bytes in hexadecimal digits, found {found:?}")]
    Name {
        /// The text found.
        found: String,
    },
    /// An amount is `2^63` or more.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl ValueJson {
    /// The value.
    ///
    /// # Errors
    /// An amount is `2^63` or more, or a policy or a name is none.
    pub fn value(&self) -> Result<Value, ValueJsonError> {
        let mut value = Value::of_lovelace(Amount::from_units(self.lovelace.unwrap_or(0))?);
        for (policy, tokens) in &self.tokens {
            let found = policy;
            let policy: ScriptHash =
                found.parse().map_err(|_| ValueJsonError::Policy { found: found.clone() })?;
            for (found, units) in tokens {
                let name = hex::decode(found).ok().and_then(|name| AssetName::from_bytes(name).ok());
                let name = name.ok_or_else(|| ValueJsonError::Name { found: found.clone() })?;
                // Digits in another case name the same asset: amounts add up.
                value = value.plus(&Asset::Token { policy, name }, Amount::from_units(*units)?)?;
            }
        }
        Ok(value)
    }
}

impl From<&Value> for ValueJson {
    fn from(value: &Value) -> Self {
        let mut this = Self::default();
        for (asset, amount) in value.iter() {
            match asset {
                Asset::Lovelace => this.lovelace = Some(amount.to_units()),
                Asset::Token { policy, name } => {
                    let tokens = this.tokens.entry(policy.to_string()).or_default();
                    tokens.insert(name.to_string(), amount.to_units());
                }
            }
        }
        this
    }
}

impl Serialize for ValueJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(lovelace) = self.lovelace {
            map.serialize_entry("lovelace", &lovelace)?;
        }
        for (policy, tokens) in &self.tokens {
            map.serialize_entry(policy, tokens)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for ValueJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut parts = BTreeMap::<String, Raw>::deserialize(deserializer)?;
        let lovelace = parts.remove("lovelace").map(|raw| raw.decode()).transpose();
        let lovelace = lovelace.map_err(serde::de::Error::custom)?;
        let tokens = parts.into_iter().map(|(policy, raw)| Ok((policy, raw.decode()?)));
        let tokens = tokens.collect::<Result<_, serde_json::Error>>().map_err(serde::de::Error::custom)?;
        Ok(Self { lovelace, tokens })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> ValueJson {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn amounts_beyond_floats_are_exact() {
        let policy = "aa".repeat(28);
        let text = format!(r#"{{"lovelace":9007199254740993,"{policy}":{{"":9223372036854775807}}}}"#);
        assert_eq!(serde_json::to_string(&value(&text)).unwrap(), text);
        assert_eq!(ValueJson::from(&value(&text).value().unwrap()), value(&text));
        assert_eq!(
            value(r#"{"lovelace":9007199254740993}"#).value().unwrap().lovelace().to_units(),
            (1 << 53) + 1
        );
    }

    #[test]
    fn lovelace_may_be_absent() {
        assert_eq!(value("{}").value().unwrap(), Value::default());
        assert_eq!(serde_json::to_string(&ValueJson::from(&Value::default())).unwrap(), "{}");
    }

    #[test]
    fn what_is_no_value_is_refused() {
        let fault = |text: &str| value(text).value().unwrap_err().to_string();
        assert_eq!(fault(r#"{"00":{"":1}}"#), "a policy has 28 bytes in hexadecimal digits, found \"00\"");
        let of = |name: &str| format!(r#"{{"{}":{{"{name}":1}}}}"#, "aa".repeat(28));
        assert_eq!(
            fault(&of("xy")),
            "an asset name has at most 32 bytes in hexadecimal digits, found \"xy\""
        );
        assert!(fault(&of(&"00".repeat(33))).starts_with("an asset name"));
        assert!(matches!(
            value(r#"{"lovelace":9223372036854775808}"#).value(),
            Err(ValueJsonError::Range(_))
        ));
        for text in [
            r#"{"lovelace":-1}"#,
            r#"{"lovelace":1.5}"#,
            r#"{"00":1}"#,
            r#"{"lovelace":18446744073709551616}"#,
        ] {
            assert!(serde_json::from_str::<ValueJson>(text).is_err(), "{text}");
        }
    }
}
