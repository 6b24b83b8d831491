//! What a party pays with, and which of it is chosen.
//!
//! The choice is that of CIP-2, *Largest-First*, without its random rival: as long as something is lacking, the output
//! with most of what is lacking is spent, of two with as much the one whose reference is smaller. CIP-2 speaks of ada
//! only; here each asset in turn is what is lacking, tokens before the ada that the change needs to carry what is left
//! of them. The same funds and the same wish thus always make the same transaction, which several parties can compose
//! for themselves and compare.
//!
//! Outputs with tokens of the contract's own policy are never chosen. None of its tokens is money: a payment out of a
//! grid that somebody runs by other rules may have brought them along, and what is spent with them in it is refused by
//! whoever counts such tokens.

use std::cmp::Reverse;

use demeter_core::{Address, Amount, Asset, OutputReference, ScriptHash};

use crate::UtxoSet;

/// The outputs that a party can spend, and where its change goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funds {
    /// Outputs that the party's key locks. As many are spent as it takes, those with most of what is lacking first.
    pub utxos: UtxoSet,
    /// Where the change goes.
    pub change: Address,
}

impl Funds {
    /// What can be spent of these outputs: those at the address, which is also where the change goes.
    ///
    /// Outputs that carry a script are left alone, as others may refer to them.
    pub fn at(address: Address, utxos: &UtxoSet) -> Self {
        let utxos = utxos
            .iter()
            .filter(|(_, output)| *output.address() == address && output.reference_script().is_none())
            .map(|(reference, output)| (*reference, output.clone()))
            .collect();
        Self { utxos, change: address }
    }

    /// Those without tokens of this policy.
    pub(super) fn without(&self, policy: ScriptHash) -> Self {
        let of_policy =
            |asset: &Asset| matches!(asset, Asset::Token { policy: found, .. } if *found == policy);
        let kept =
            self.utxos.iter().filter(|(_, output)| !output.value().iter().any(|(asset, _)| of_policy(asset)));
        Self {
            utxos: kept.map(|(reference, output)| (*reference, output.clone())).collect(),
            change: self.change,
        }
    }

    /// The output with most ada.
    pub(super) fn richest(&self) -> Option<OutputReference> {
        self.richest_in(&Asset::Lovelace, |_| true)
    }

    /// The wanted output with most of an asset, of those that have any; of two with as much, the first.
    pub(super) fn richest_in(
        &self,
        asset: &Asset,
        wanted: impl Fn(&OutputReference) -> bool,
    ) -> Option<OutputReference> {
        let holders = self.utxos.iter().filter_map(|(reference, output)| {
            let amount = output.value().amount_of(asset);
            (amount > Amount::ZERO && wanted(reference)).then_some((Reverse(amount), *reference))
        });
        holders.min().map(|(_, reference)| reference)
    }
}

#[cfg(test)]
mod tests {
    use demeter_core::{AssetName, Value};

    use super::*;
    use crate::testing::*;
    use crate::{Network, OutputDraft};

    fn token(policy: u8) -> Asset {
        Asset::Token { policy: ScriptHash::from_bytes([policy; 28]), name: AssetName::default() }
    }

    /// Outputs of so much ada, and of so many tokens of one policy, by their seeds.
    fn funds(held: &[(u8, u64, u64)]) -> Funds {
        let party = Party::new(1);
        let of = |&(seed, lovelace, tokens): &(u8, u64, u64)| {
            let tokens = Amount::from_units(tokens).unwrap();
            let value = Value::of_lovelace(ada(lovelace)).plus(&token(7), tokens).unwrap();
            (reference(seed), OutputDraft::new(party.address(), value).finish(Network::Testnet))
        };
        Funds::at(party.address(), &held.iter().map(of).collect())
    }

    fn order(funds: &Funds, asset: &Asset) -> Vec<OutputReference> {
        let mut chosen = Vec::new();
        while let Some(next) = funds.richest_in(asset, |reference| !chosen.contains(reference)) {
            chosen.push(next);
        }
        chosen
    }

    #[test]
    fn the_largest_come_first() {
        let funds = funds(&[(1, 5, 0), (2, 9, 3), (3, 9, 0), (4, 2, 8)]);
        assert_eq!(order(&funds, &Asset::Lovelace), [2, 3, 1, 4].map(reference));
        assert_eq!(order(&funds, &token(7)), [4, 2].map(reference));
        assert_eq!(order(&funds, &token(8)), []);
        assert_eq!(funds.richest(), Some(reference(2)));
    }

    #[test]
    fn tokens_of_the_contract_are_no_money() {
        let funds = funds(&[(1, 5, 0), (2, 9, 3)]);
        assert_eq!(order(&funds.without(ScriptHash::from_bytes([7; 28])), &Asset::Lovelace), [reference(1)]);
        assert_eq!(funds.without(ScriptHash::from_bytes([8; 28])), funds);
    }
}
