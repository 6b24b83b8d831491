//! CIP-1852 paths: which key of a wallet.

use std::fmt;
use std::str::FromStr;

/// An account's or a key's number within its parent: below 2^31, since the upper half of the numbers are the
/// hardened ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct KeyIndex(u32);

impl KeyIndex {
    /// The first account or key.
    pub const ZERO: Self = Self(0);

    /// Wraps the number.
    ///
    /// # Errors
    ///
    /// [`PathError::Index`] from 2^31 on.
    pub const fn new(number: u32) -> Result<Self, PathError> {
        if number < HARDENED { Ok(Self(number)) } else { Err(PathError::Index { found: number }) }
    }

    /// The number.
    pub const fn to_number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for KeyIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Addresses given out to be paid at (0).
    External,
    /// Addresses for change (1).
    Internal,
    /// Staking keys (2).
    Staking,
    /// Keys of delegated representatives, CIP-105 (3).
    Representative,
}

impl Role {
    const ALL: [Self; 4] = [Self::External, Self::Internal, Self::Staking, Self::Representative];

    /// The role's number in a path.
    pub const fn to_number(self) -> u32 {
        match self {
            Self::External => 0,
            Self::Internal => 1,
            Self::Staking => 2,
            Self::Representative => 3,
        }
    }
}

/// The path of a key in a CIP-1852 wallet: `m/1852'/1815'/account'/role/index`.
///
/// It is printed like that. When it is parsed, a hardened step may be marked `'`, `h` or `H`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DerivationPath {
    /// Which account of the wallet.
    pub account: KeyIndex,
    /// What the key is for.
    pub role: Role,
    /// Which of the keys for that.
    pub index: KeyIndex,
}

const HARDENED: u32 = 0x8000_0000;
const PURPOSE: u32 = 1852;
const COIN: u32 = 1815;

impl DerivationPath {
    /// The path of an account's payment key.
    pub const fn payment(account: KeyIndex, index: KeyIndex) -> Self {
        Self { account, role: Role::External, index }
    }

    /// The path of an account's staking key.
    pub const fn staking(account: KeyIndex) -> Self {
        Self { account, role: Role::Staking, index: KeyIndex::ZERO }
    }

    /// The steps down from the root, the hardened ones with their highest bit set.
    pub(super) const fn steps(&self) -> [u32; 5] {
        [PURPOSE | HARDENED, COIN | HARDENED, self.account.0 | HARDENED, self.role.to_number(), self.index.0]
    }
}

impl fmt::Display for DerivationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m/{PURPOSE}'/{COIN}'/{}'/{}/{}", self.account, self.role.to_number(), self.index)
    }
}

impl FromStr for DerivationPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let shape = || PathError::Shape { found: text.to_owned() };
        let hardened = |step: &str| step.strip_suffix(['\'', 'h', 'H']).and_then(number).ok_or_else(shape);
        let soft = |step: &str| number(step).ok_or_else(shape);

        let steps: Vec<&str> = text.split('/').collect();
        let ["m", purpose, coin, account, role, index] = steps.as_slice() else {
            return Err(shape());
        };
        if (hardened(purpose)?, hardened(coin)?) != (PURPOSE, COIN) {
            return Err(shape());
        }
        let role = soft(role)?;
        Ok(Self {
            account: KeyIndex::new(hardened(account)?)?,
            role: Role::ALL
                .into_iter()
                .find(|known| known.to_number() == role)
                .ok_or(PathError::Role { found: role })?,
            index: KeyIndex::new(soft(index)?)?,
        })
    }
}

/// Digits alone: `u32::from_str` would take a sign too.
fn number(step: &str) -> Option<u32> {
    step.bytes().all(|byte| byte.is_ascii_digit()).then(|| step.parse().ok()).flatten()
}

/// A text or number is no place in a CIP-1852 wallet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The text has another form.
    #[error("a key's path is written m/1852'/1815'/account'/role/index, found {found:?}")]
    Shape {
        /// The text found.
        found: String,
    },
    /// No keys are known to have this role.
    #[error("the role of a key is 0 to 3, found {found}")]
    Role {
        /// The role found.
        found: u32,
    },
    /// The number is one of the hardened ones.
    #[error("the number of an account or key is below 2147483648, found {found}")]
    Index {
        /// The number found.
        found: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_printed_and_parsed() {
        for text in ["m/1852'/1815'/0'/0/0", "m/1852'/1815'/7'/1/2147483647", "m/1852'/1815'/0'/2/0"] {
            assert_eq!(text.parse::<DerivationPath>().unwrap().to_string(), text);
        }
        let marked: DerivationPath = "m/1852H/1815h/100'/3/0".parse().unwrap();
        assert_eq!(marked.to_string(), "m/1852'/1815'/100'/3/0");
        assert_eq!(DerivationPath::staking(KeyIndex::ZERO).to_string(), "m/1852'/1815'/0'/2/0");
    }

    #[test]
    fn other_paths_are_refused() {
        for text in [
            "",
            "m",
            "1852'/1815'/0'/0/0",
            "m/44'/1815'/0'/0/0",
            "m/1852'/1815'/0'/0",
            "m/1852'/1815'/0/0/0",
            "m/1852'/1815'/0'/0'/0",
            "m/1852'/1815'/0'/0/+1",
            "m/1852'/1815'/0'/0/",
            "m/1852'/1815'/0'/0/4294967296",
        ] {
            let error = text.parse::<DerivationPath>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("a key's path is written m/1852'/1815'/account'/role/index, found {text:?}")
            );
        }
        let message = |text: &str| text.parse::<DerivationPath>().unwrap_err().to_string();
        assert_eq!(message("m/1852'/1815'/0'/9/0"), "the role of a key is 0 to 3, found 9");
        assert_eq!(
            message("m/1852'/1815'/2147483648'/0/0"),
            "the number of an account or key is below 2147483648, found 2147483648"
        );
    }
}
