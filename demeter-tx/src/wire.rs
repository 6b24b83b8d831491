//! Between our types and the ledger's encoding.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::{
    Address, Amount, Asset, AssetName, Credential, KeyHash, OutputReference, ScriptHash, TransactionId, Value,
};
use minicbor::data::Type;
use minicbor::encode::{Error, Write};
use minicbor::{Decoder, Encode, Encoder};
use pallas_addresses::{ShelleyAddress, ShelleyDelegationPart, ShelleyPaymentPart};
use pallas_crypto::hash::Hash;
use pallas_primitives::conway;
use pallas_primitives::{Bytes, NonEmptyKeyValuePairs, PositiveCoin, TransactionInput};

use crate::Network;

/// Something in the ledger's encoding has no counterpart here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The bytes are not what they should be.
    #[error("not a {what}: {reason}")]
    Malformed {
        /// What was wanted.
        what: &'static str,
        /// What the decoder says.
        reason: String,
    },
    /// More bytes follow.
    #[error("{count} bytes follow the {what}")]
    Trailing {
        /// What was wanted.
        what: &'static str,
        /// How many.
        count: usize,
    },
    /// A field is not one that there is, or is there twice.
    #[error("field {key} of the {what} {fault}")]
    Field {
        /// What has the field.
        what: &'static str,
        /// The field's number.
        key: u64,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// An address is of a kind that is not supported: Byron, a pointer, a stake address.
    #[error("a {kind} address is not supported")]
    AddressKind {
        /// The kind.
        kind: &'static str,
    },
    /// An address names a network that does not exist.
    #[error("an address is on network 0 or 1, found {found}")]
    Network {
        /// The network's number.
        found: u8,
    },
    /// A value is out of range: an amount of `2^63` or more, a zero, or an asset named twice.
    #[error("value: {reason}")]
    Value {
        /// What is wrong with it.
        reason: String,
    },
}

/// Bytes that are CBOR already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verbatim<'a>(pub(crate) &'a [u8]);

impl<C> Encode<C> for Verbatim<'_> {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), Error<W::Error>> {
        encoder.writer_mut().write_all(self.0).map_err(Error::write)
    }
}

/// The CBOR of something. Writing to memory does not fail.
pub(crate) fn encode(item: impl Encode<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(item, &mut bytes) {
        Ok(()) => bytes,
        // NOTE: only an `Encode` that reports an error of its own comes here; none that we use does.
        Err(_) => Vec::new(),
    }
}

/// Refuses fields of a map that are unknown or appear twice: the decoder skips the former and keeps the last of the
/// latter, so what is checked would not be all that is signed.
pub(crate) fn check_keys(what: &'static str, bytes: &[u8], allowed: &[u64]) -> Result<(), WireError> {
    let malformed = |error: minicbor::decode::Error| WireError::Malformed { what, reason: error.to_string() };
    let mut decoder = Decoder::new(bytes);
    let mut left = decoder.map().map_err(malformed)?;
    let mut seen = BTreeSet::new();
    while left != Some(0) {
        if left.is_none() && decoder.datatype().map_err(malformed)? == Type::Break {
            break;
        }
        let key = decoder.u64().map_err(malformed)?;
        decoder.skip().map_err(malformed)?;
        if !allowed.contains(&key) {
            return Err(WireError::Field { what, key, fault: "is unknown" });
        }
        if !seen.insert(key) {
            return Err(WireError::Field { what, key, fault: "appears twice" });
        }
        left = left.map(|count| count.saturating_sub(1));
    }
    Ok(())
}

pub(crate) fn input(reference: &OutputReference) -> TransactionInput {
    TransactionInput { transaction_id: Hash::from(*reference.transaction.as_bytes()), index: reference.index }
}

pub(crate) fn output_reference(input: &TransactionInput) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes(*input.transaction_id), index: input.index }
}

pub(crate) fn address_bytes(network: Network, address: &Address) -> Vec<u8> {
    let network = pallas_addresses::Network::from(network.id());
    let payment = match address.payment {
        Credential::Key(hash) => ShelleyPaymentPart::Key(Hash::from(*hash.as_bytes())),
        Credential::Script(hash) => ShelleyPaymentPart::Script(Hash::from(*hash.as_bytes())),
    };
    let stake = match address.stake {
        None => ShelleyDelegationPart::Null,
        Some(Credential::Key(hash)) => ShelleyDelegationPart::Key(Hash::from(*hash.as_bytes())),
        Some(Credential::Script(hash)) => ShelleyDelegationPart::Script(Hash::from(*hash.as_bytes())),
    };
    ShelleyAddress::new(network, payment, stake).to_vec()
}

pub(crate) fn address(bytes: &[u8]) -> Result<(Network, Address), WireError> {
    // NOTE: checked here because the decoder ignores what follows the two hashes.
    let expected = match bytes.first().map(|header| header >> 4) {
        Some(0..=3) => 57,
        Some(6 | 7) => 29,
        Some(4 | 5) => return Err(WireError::AddressKind { kind: "pointer" }),
        Some(8) => return Err(WireError::AddressKind { kind: "byron" }),
        Some(14 | 15) => return Err(WireError::AddressKind { kind: "stake" }),
        _ => return Err(WireError::AddressKind { kind: "nameless" }),
    };
    let malformed = |reason: String| WireError::Malformed { what: "address", reason };
    if bytes.len() != expected {
        return Err(malformed(format!("expected {expected} bytes, found {}", bytes.len())));
    }
    let shelley = match pallas_addresses::Address::from_bytes(bytes) {
        Ok(pallas_addresses::Address::Shelley(shelley)) => shelley,
        Ok(_) => return Err(WireError::AddressKind { kind: "foreign" }),
        Err(error) => return Err(malformed(error.to_string())),
    };
    let network = network(shelley.network().value())?;
    let payment = match shelley.payment() {
        ShelleyPaymentPart::Key(hash) => Credential::Key(KeyHash::from_bytes(**hash)),
        ShelleyPaymentPart::Script(hash) => Credential::Script(ScriptHash::from_bytes(**hash)),
    };
    let stake = match shelley.delegation() {
        ShelleyDelegationPart::Null => None,
        ShelleyDelegationPart::Key(hash) => Some(Credential::Key(KeyHash::from_bytes(**hash))),
        ShelleyDelegationPart::Script(hash) => Some(Credential::Script(ScriptHash::from_bytes(**hash))),
        ShelleyDelegationPart::Pointer(_) => return Err(WireError::AddressKind { kind: "pointer" }),
    };
    Ok((network, Address { payment, stake }))
}

pub(crate) fn reward_account_bytes(network: Network, account: &Credential) -> Vec<u8> {
    let (kind, hash) = match account {
        Credential::Key(hash) => (0xe0, hash.as_bytes()),
        Credential::Script(hash) => (0xf0, hash.as_bytes()),
    };
    [&[kind | network.id()], hash.as_slice()].concat()
}

/// The network and the credential of a reward account.
pub(crate) fn reward_account(bytes: &[u8]) -> Result<(Network, Credential), WireError> {
    let what = "reward account";
    let malformed = |reason: String| WireError::Malformed { what, reason };
    let Some((header, hash)) = bytes.split_first() else { return Err(malformed("it is empty".to_owned())) };
    let hash: [u8; 28] =
        hash.try_into().map_err(|_| malformed(format!("expected 29 bytes, found {}", bytes.len())))?;
    let credential = match header >> 4 {
        14 => Credential::Key(KeyHash::from_bytes(hash)),
        15 => Credential::Script(ScriptHash::from_bytes(hash)),
        kind => return Err(malformed(format!("expected kind 14 or 15, found {kind}"))),
    };
    Ok((network(header & 0x0f)?, credential))
}

const fn network(id: u8) -> Result<Network, WireError> {
    match id {
        0 => Ok(Network::Testnet),
        1 => Ok(Network::Mainnet),
        found => Err(WireError::Network { found }),
    }
}

pub(crate) fn value(value: &Value) -> conway::Value {
    let lovelace = value.lovelace().to_units();
    let mut policies: BTreeMap<ScriptHash, Vec<(Bytes, PositiveCoin)>> = BTreeMap::new();
    for (asset, amount) in value.iter() {
        if let Asset::Token { policy, name } = asset
            && let Ok(amount) = PositiveCoin::try_from(amount.to_units())
        {
            policies.entry(*policy).or_default().push((name.as_bytes().to_vec().into(), amount));
        }
    }
    let assets = policies
        .into_iter()
        .filter_map(|(policy, names)| {
            Some((Hash::from(*policy.as_bytes()), NonEmptyKeyValuePairs::from_vec(names)?))
        })
        .collect();
    match NonEmptyKeyValuePairs::from_vec(assets) {
        None => conway::Value::Coin(lovelace),
        Some(assets) => conway::Value::Multiasset(lovelace, assets),
    }
}

pub(crate) fn value_of(wire: &conway::Value) -> Result<Value, WireError> {
    let faulty = |reason: String| WireError::Value { reason };
    let amount = |units: u64| Amount::from_units(units).map_err(|error| faulty(error.to_string()));
    let (lovelace, assets) = match wire {
        conway::Value::Coin(lovelace) => (lovelace, None),
        conway::Value::Multiasset(lovelace, assets) => (lovelace, Some(assets)),
    };
    let mut value = Value::of_lovelace(amount(*lovelace)?);
    for (policy, names) in assets.iter().flat_map(|assets| assets.iter()) {
        for (name, units) in names.iter() {
            let asset = token(policy, name)?;
            if value.amount_of(&asset) != Amount::ZERO {
                return Err(faulty(format!("{asset} appears twice")));
            }
            value = value.plus(&asset, amount(units.into())?).map_err(|error| faulty(error.to_string()))?;
        }
    }
    Ok(value)
}

pub(crate) fn token(policy: &Hash<28>, name: &Bytes) -> Result<Asset, WireError> {
    let name = AssetName::from_bytes(name.to_vec())
        .map_err(|error| WireError::Value { reason: error.to_string() })?;
    Ok(Asset::Token { policy: ScriptHash::from_bytes(**policy), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_round_trip() {
        let key = Credential::Key(KeyHash::from_bytes([1; 28]));
        let script = Credential::Script(ScriptHash::from_bytes([2; 28]));
        for network in [Network::Testnet, Network::Mainnet] {
            for payment in [key, script] {
                for stake in [None, Some(key), Some(script)] {
                    let expected = Address { payment, stake };
                    let bytes = address_bytes(network, &expected);
                    assert_eq!(address(&bytes).unwrap(), (network, expected));
                    assert!(address(bytes.get(1..).unwrap()).is_err());
                    let mut longer = bytes.clone();
                    longer.push(0);
                    assert!(matches!(address(&longer).unwrap_err(), WireError::Malformed { .. }));
                }
            }
        }
    }

    #[test]
    fn strange_addresses_are_named() {
        let mut pointer = vec![0x40];
        pointer.extend([0; 31]);
        assert_eq!(address(&pointer).unwrap_err().to_string(), "a pointer address is not supported");
        assert_eq!(address(&[0xe0; 29]).unwrap_err().to_string(), "a stake address is not supported");
        let mut third = vec![0x62];
        third.extend([0; 28]);
        assert_eq!(address(&third).unwrap_err(), WireError::Network { found: 2 });
    }

    #[test]
    fn reward_accounts_are_read() {
        let account = |header: u8| reward_account(&[vec![header], vec![5; 28]].concat());
        let (key, script) = (KeyHash::from_bytes([5; 28]), ScriptHash::from_bytes([5; 28]));
        assert_eq!(account(0xe0).unwrap(), (Network::Testnet, Credential::Key(key)));
        assert_eq!(account(0xf1).unwrap(), (Network::Mainnet, Credential::Script(script)));
        assert_eq!(account(0xe2).unwrap_err(), WireError::Network { found: 2 });
        assert!(matches!(account(0x60).unwrap_err(), WireError::Malformed { .. }));
        assert!(matches!(reward_account(&[0xe0; 28]).unwrap_err(), WireError::Malformed { .. }));
        assert!(matches!(reward_account(&[]).unwrap_err(), WireError::Malformed { .. }));
    }

    #[test]
    fn values_round_trip_in_one_order() {
        let token = |policy: u8, name: u8| Asset::Token {
            policy: ScriptHash::from_bytes([policy; 28]),
            name: AssetName::from_bytes([name]).unwrap(),
        };
        let units = |count| Amount::from_units(count).unwrap();
        let one = Value::of_lovelace(units(5)).plus(&token(2, 1), units(7)).unwrap();
        let one = one.plus(&token(1, 9), units(3)).unwrap().plus(&token(1, 2), units(1)).unwrap();
        let wire = value(&one);
        assert_eq!(value_of(&wire).unwrap(), one);
        let conway::Value::Multiasset(5, assets) = wire else { panic!("expected assets") };
        let policies: Vec<_> = assets.iter().map(|(policy, _)| policy.to_vec()).collect();
        assert_eq!(policies, [vec![1; 28], vec![2; 28]]);
    }

    #[test]
    fn amounts_stay_below_two_to_the_63() {
        assert!(value_of(&conway::Value::Coin(1 << 63)).is_err());
        assert!(value_of(&conway::Value::Coin((1 << 63) - 1)).is_ok());
    }
}
