//! Assets and values: what an output holds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{Amount, RangeError, ScriptHash};

/// The name of an asset within its policy: up to 32 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AssetName(Vec<u8>);

/// An asset name is longer than 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an asset name has at most 32 bytes, found {found}")]
pub struct AssetNameError {
    /// The bytes found.
    pub found: usize,
}

impl AssetName {
    /// Wraps the bytes of a name.
    ///
    /// # Errors
    /// There are more than 32.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, AssetNameError> {
        let bytes = bytes.into();
        if bytes.len() > 32 { Err(AssetNameError { found: bytes.len() }) } else { Ok(Self(bytes)) }
    }

    /// The bytes of the name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 32]> for AssetName {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec())
    }
}

impl fmt::Display for AssetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for AssetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssetName({self})")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for AssetName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for AssetName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        let bytes = hex::decode(text).map_err(serde::de::Error::custom)?;
        Self::from_bytes(bytes).map_err(serde::de::Error::custom)
    }
}

/// An asset: ada, counted in lovelace, or a token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Asset {
    /// Ada, counted in lovelace.
    Lovelace,
    /// A token.
    Token {
        /// The hash of the policy that mints it.
        policy: ScriptHash,
        /// Its name within the policy.
        name: AssetName,
    },
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lovelace => f.write_str("lovelace"),
            Self::Token { policy, name } => write!(f, "{policy}.{name}"),
        }
    }
}

/// What an output holds: an amount of each asset, never a zero. Copies share it until one of them changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Value {
    amounts: Arc<BTreeMap<Asset, Amount>>,
}

impl Value {
    /// Only ada.
    pub fn of_lovelace(amount: Amount) -> Self {
        Self::of(Asset::Lovelace, amount)
    }

    /// Only this asset.
    pub fn of(asset: Asset, amount: Amount) -> Self {
        let mut value = Self::default();
        value.set(asset, amount);
        value
    }

    /// How much of this asset there is.
    pub fn amount_of(&self, asset: &Asset) -> Amount {
        self.amounts.get(asset).copied().unwrap_or(Amount::ZERO)
    }

    /// How much ada there is, in lovelace.
    pub fn lovelace(&self) -> Amount {
        self.amount_of(&Asset::Lovelace)
    }

    /// The assets with their amounts: ada first, then by policy and name.
    pub fn iter(&self) -> impl Iterator<Item = (&Asset, Amount)> {
        self.amounts.iter().map(|(asset, amount)| (asset, *amount))
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// The value with this much more of an asset.
    ///
    /// # Errors
    /// The sum leaves the range of an amount.
    pub fn plus(mut self, asset: &Asset, amount: Amount) -> Result<Self, RangeError> {
        let sum = self.amount_of(asset).checked_add(amount)?;
        self.set(asset.clone(), sum);
        Ok(self)
    }

    /// The value with this much less of an asset.
    ///
    /// # Errors
    /// There is less than that.
    pub fn minus(mut self, asset: &Asset, amount: Amount) -> Result<Self, RangeError> {
        let difference = self.amount_of(asset).checked_sub(amount)?;
        self.set(asset.clone(), difference);
        Ok(self)
    }

    /// The sum of two values.
    ///
    /// # Errors
    /// A sum leaves the range of an amount.
    pub fn checked_add(&self, other: &Self) -> Result<Self, RangeError> {
        other.iter().try_fold(self.clone(), |sum, (asset, amount)| sum.plus(asset, amount))
    }

    /// What remains when another value is taken out.
    ///
    /// # Errors
    /// The other holds more of some asset.
    pub fn checked_sub(&self, other: &Self) -> Result<Self, RangeError> {
        other.iter().try_fold(self.clone(), |rest, (asset, amount)| rest.minus(asset, amount))
    }

    /// Whether there is at least as much of every asset as in the other.
    pub fn covers(&self, other: &Self) -> bool {
        other.iter().all(|(asset, amount)| self.amount_of(asset) >= amount)
    }

    fn set(&mut self, asset: Asset, amount: Amount) {
        let amounts = Arc::make_mut(&mut self.amounts);
        if amount == Amount::ZERO {
            amounts.remove(&asset);
        } else {
            amounts.insert(asset, amount);
        }
    }
}

/// In JSON a value is an object: amounts by `lovelace` and `<policy>.<name>`.
#[cfg(feature = "serde")]
mod json {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Asset, AssetName, Value};
    use crate::Amount;

    impl Serialize for Value {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.iter().map(|(asset, amount)| (asset.to_string(), amount)))
        }
    }

    impl<'de> Deserialize<'de> for Value {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let mut value = Self::default();
            for (text, amount) in BTreeMap::<String, Amount>::deserialize(deserializer)? {
                let asset = parse(&text).map_err(D::Error::custom)?;
                value = value.plus(&asset, amount).map_err(D::Error::custom)?;
            }
            Ok(value)
        }
    }

    fn parse(text: &str) -> Result<Asset, String> {
        if text == "lovelace" {
            return Ok(Asset::Lovelace);
        }
        let wrong = || format!("an asset is written lovelace or <policy>.<name>, found {text:?}");
        let (policy, name) = text.split_once('.').ok_or_else(wrong)?;
        let policy = policy.parse().map_err(|_| wrong())?;
        let name = AssetName::from_bytes(hex::decode(name).map_err(|_| wrong())?);
        Ok(Asset::Token { policy, name: name.map_err(|error| error.to_string())? })
    }
}

/// Generates an asset.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_asset() -> impl proptest::strategy::Strategy<Value = Asset> {
    use proptest::prelude::*;
    let name = proptest::collection::vec(any::<u8>(), 0..=32).prop_map(AssetName);
    prop_oneof![
        Just(Asset::Lovelace),
        (crate::id::any_script_hash(), name).prop_map(|(policy, name)| Asset::Token { policy, name }),
    ]
}
