//! The contract's two scripts, and the tokens that make its states authentic.

use crate::{Address, Amount, Asset, AssetName, GridId, Script, ScriptHash, State, StateKind, Value};

/// The hashes of the contract's two scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Scripts {
    /// The policy of all tokens, and where the grid, its pool and its operators stand.
    pub registry: ScriptHash,
    /// Where slots and bids stand.
    pub market: ScriptHash,
}

/// Which token of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Token {
    /// The one of the grid.
    Grid,
    /// One for each operator; idle ones are in the pool.
    Operator,
    /// The one of the pool.
    Pool,
    /// One for each slot, idle ones are in the pool; a bid with a leader holds the leader's.
    Slot,
}

impl Token {
    /// The four letters with which its name begins.
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Grid => "GRID",
            Self::Operator => "OPER",
            Self::Pool => "POOL",
            Self::Slot => "SLOT",
        }
    }

    /// The name of the token: its letters and the grid's id.
    pub fn name(self, grid: &GridId) -> AssetName {
        let mut name = [0; 32];
        let bytes = self.letters().bytes().chain(grid.as_bytes().iter().copied());
        name.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        AssetName::from(name)
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.letters())
    }
}

impl Scripts {
    /// The hash of one of the two.
    pub const fn hash(&self, script: Script) -> ScriptHash {
        match script {
            Script::Registry => self.registry,
            Script::Market => self.market,
        }
    }

    /// The address at which states of one of the two stand.
    pub const fn address(&self, script: Script) -> Address {
        Address::of_script(self.hash(script))
    }

    /// A token of a grid as an asset.
    pub fn token(&self, token: Token, grid: &GridId) -> Asset {
        Asset::Token { policy: self.registry, name: token.name(grid) }
    }

    /// How many of a token of a grid a value holds.
    pub fn tokens_in(&self, value: &Value, token: Token, grid: &GridId) -> Amount {
        value.amount_of(&self.token(token, grid))
    }

    /// Whether a value holds any token of the registry's policy.
    pub fn any_token_in(&self, value: &Value) -> bool {
        value
            .iter()
            .any(|(asset, _)| matches!(asset, Asset::Token { policy, .. } if *policy == self.registry))
    }

    /// Whether money may be sent there: it is at neither of the two scripts.
    pub fn is_payable(&self, address: &Address) -> bool {
        [Script::Registry, Script::Market]
            .iter()
            .all(|script| address.payment != self.address(*script).payment)
    }

    /// Whether a state of this value is authentic: it holds the token of its kind and grid.
    ///
    /// An open bid has none, and needs none.
    pub fn is_authentic(&self, state: &State, value: &Value) -> bool {
        let (token, grid) = match state {
            State::Grid(grid) => (Token::Grid, &grid.id),
            State::Pool(pool) => (Token::Pool, &pool.grid),
            State::Operator(operator) => (Token::Operator, &operator.grid),
            State::Slot(slot) => (Token::Slot, &slot.grid),
            State::Bid(bid) => (Token::Slot, &bid.terms.grid),
        };
        let open = matches!(state, State::Bid(bid) if bid.leader.is_none());
        open || self.tokens_in(value, token, grid) > Amount::ZERO
    }
}

impl StateKind {
    /// The token that makes such a state authentic; a bid has one only with a leader.
    pub const fn token(self) -> Token {
        match self {
            Self::Grid => Token::Grid,
            Self::Pool => Token::Pool,
            Self::Operator => Token::Operator,
            Self::Slot | Self::Bid => Token::Slot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_named_by_letters_and_grid() {
        let name = Token::Operator.name(&GridId::from_bytes([7; 28]));
        assert_eq!(name.as_bytes(), [b"OPER".as_slice(), &[7; 28]].concat());
    }
}
