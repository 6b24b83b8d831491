//! Addresses as people exchange them: bech32 text, with the network.

use std::fmt;
use std::str::FromStr;

use demeter_core::{Address, Credential, KeyHash, ScriptHash};
use pallas_addresses::byron::ByronAddress;
use pallas_addresses::{self as pallas, ShelleyAddress, ShelleyDelegationPart, ShelleyPaymentPart};

use super::bech;
use crate::Network;

/// How addresses of a network start.
const fn prefix_of(network: Network) -> &'static str {
    match network {
        Network::Mainnet => "addr",
        Network::Testnet => "addr_test",
    }
}

/// An address on a network: what is printed and parsed as bech32, and what stands in transaction outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkAddress {
    network: Network,
    address: Address,
}

impl NetworkAddress {
    /// Puts an address on a network.
    pub const fn new(network: Network, address: Address) -> Self {
        Self { network, address }
    }

    /// The network.
    pub const fn network(&self) -> Network {
        self.network
    }

    /// The address, as scripts see it.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The address, if it is on the network that is wanted.
    ///
    /// # Errors
    ///
    /// [`AddressError::WrongNetwork`] if it is on the other.
    pub fn on(&self, expected: Network) -> Result<Address, AddressError> {
        if self.network == expected {
            Ok(self.address)
        } else {
            Err(AddressError::WrongNetwork { expected, found: self.network })
        }
    }

    /// The bytes that stand in a transaction output: the header, then one hash or two (CIP-19).
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_pallas().to_vec()
    }

    /// Reads the bytes of a transaction output's address.
    ///
    /// # Errors
    ///
    /// An [`AddressError`] if they are no address, or one of a kind that has no place here.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AddressError> {
        let header = *bytes.first().ok_or(AddressError::Empty)?;
        let expected = match header >> 4 {
            0..=3 => 57,
            4 | 5 => return Err(AddressError::Pointer),
            6 | 7 => 29,
            8 => return Err(AddressError::Byron),
            14 | 15 => return Err(AddressError::Stake),
            _ => return Err(AddressError::Header { found: header }),
        };
        // Pallas takes longer ones too, and would forget the rest.
        if bytes.len() != expected {
            return Err(AddressError::Length { expected, found: bytes.len() });
        }
        match pallas::Address::from_bytes(bytes) {
            Ok(pallas::Address::Shelley(shelley)) => Self::from_pallas(&shelley),
            _ => Err(AddressError::Header { found: header }),
        }
    }

    fn to_pallas(self) -> ShelleyAddress {
        let network = match self.network {
            Network::Mainnet => pallas::Network::Mainnet,
            Network::Testnet => pallas::Network::Testnet,
        };
        let payment = match self.address.payment {
            Credential::Key(hash) => ShelleyPaymentPart::Key((*hash.as_bytes()).into()),
            Credential::Script(hash) => ShelleyPaymentPart::Script((*hash.as_bytes()).into()),
        };
        let delegation = match self.address.stake {
            None => ShelleyDelegationPart::Null,
            Some(Credential::Key(hash)) => ShelleyDelegationPart::Key((*hash.as_bytes()).into()),
            Some(Credential::Script(hash)) => ShelleyDelegationPart::Script((*hash.as_bytes()).into()),
        };
        ShelleyAddress::new(network, payment, delegation)
    }

    fn from_pallas(shelley: &ShelleyAddress) -> Result<Self, AddressError> {
        let network = match shelley.network() {
            pallas::Network::Mainnet => Network::Mainnet,
            pallas::Network::Testnet => Network::Testnet,
            pallas::Network::Other(id) => return Err(AddressError::UnknownNetwork { found: id }),
        };
        let payment = match shelley.payment() {
            ShelleyPaymentPart::Key(hash) => Credential::Key(KeyHash::from_bytes(**hash)),
            ShelleyPaymentPart::Script(hash) => Credential::Script(ScriptHash::from_bytes(**hash)),
        };
        let stake = match shelley.delegation() {
            ShelleyDelegationPart::Null => None,
            ShelleyDelegationPart::Key(hash) => Some(Credential::Key(KeyHash::from_bytes(**hash))),
            ShelleyDelegationPart::Script(hash) => Some(Credential::Script(ScriptHash::from_bytes(**hash))),
            ShelleyDelegationPart::Pointer(_) => return Err(AddressError::Pointer),
        };
        Ok(Self::new(network, Address { payment, stake }))
    }
}

impl fmt::Display for NetworkAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&bech::encode(prefix_of(self.network), &self.to_bytes())?)
    }
}

impl FromStr for NetworkAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (prefix, bytes) = bech::decode(text).map_err(|fault| match ByronAddress::from_base58(text) {
            Ok(_) => AddressError::Byron,
            Err(_) => AddressError::NotBech32 { fault },
        })?;
        let network = match prefix.as_str() {
            "addr" => Network::Mainnet,
            "addr_test" => Network::Testnet,
            "stake" | "stake_test" => return Err(AddressError::Stake),
            _ => return Err(AddressError::Prefix { found: prefix }),
        };
        let parsed = Self::from_bytes(&bytes)?;
        if parsed.network != network {
            return Err(AddressError::PrefixOfOtherNetwork {
                prefix: prefix_of(network),
                found: parsed.network,
            });
        }
        Ok(parsed)
    }
}

/// A text or byte string is no address, or none that can be used here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The text is not bech32.
    #[error("an address is bech32 text: {fault}")]
    NotBech32 {
        /// What is wrong with it.
        fault: String,
    },
    /// The text is bech32 of something else.
    #[error("an address starts with addr1 or addr_test1, found {found:?}")]
    Prefix {
        /// The prefix found.
        found: String,
    },
    /// The prefix names one network and the bytes the other.
    #[error("the address starts with {prefix:?} and is of {found}")]
    PrefixOfOtherNetwork {
        /// The prefix of the text.
        prefix: &'static str,
        /// The network in the bytes.
        found: Network,
    },
    /// The address is on the other network.
    #[error("the address is of {found}, expected one of {expected}")]
    WrongNetwork {
        /// The network that was wanted.
        expected: Network,
        /// The network of the address.
        found: Network,
    },
    /// The network id is neither 0 nor 1.
    #[error("the network id of an address is 0 or 1, found {found}")]
    UnknownNetwork {
        /// The id found.
        found: u8,
    },
    /// A Byron address: scripts cannot see it.
    #[error("byron addresses cannot be used, only addr1 and addr_test1 ones")]
    Byron,
    /// A stake address: nothing can be paid to it.
    #[error("stake addresses cannot be used, only addr1 and addr_test1 ones")]
    Stake,
    /// An address with a staking part by pointer: the ledger no longer makes them.
    #[error("pointer addresses cannot be used, only those with a staking hash or none")]
    Pointer,
    /// No bytes at all.
    #[error("an address has at least one byte, found none")]
    Empty,
    /// The header names no kind of address.
    #[error("no kind of address has the header {found:#04x}")]
    Header {
        /// The header found.
        found: u8,
    },
    /// The bytes are too many or too few for this kind of address.
    #[error("an address of this kind has {expected} bytes, found {found}")]
    Length {
        /// The bytes such an address has.
        expected: usize,
        /// The bytes found.
        found: usize,
    },
}

#[cfg(test)]
mod tests;
