//! Keeping a wallet's outputs few and useful.
//!
//! A head holds 4,095 outputs for all. Every payment to an agent is an output of its own, so small ones are swept
//! together; and an agent may keep a few apart, so that one that is bound in a transaction does not keep it from paying
//! with another.

use std::collections::BTreeSet;

use demeter_core::{Address, Amount, Asset, OutputReference, Value};
use demeter_tx::market::Funds;

use crate::Tidy;
use crate::reason::reasons;

/// The most outputs that are swept at once: their references take 40 bytes each of a transaction's 10,000.
const MOST_AT_ONCE: usize = 60;

/// How a wallet is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalletPolicy {
    /// How many outputs there may be before the smallest are swept into one.
    pub most: usize,
    /// How many outputs of `apart` lovelace or more there shall be, where the wallet holds enough.
    pub least: usize,
    /// How much is put apart.
    pub apart: Amount,
}

impl Default for WalletPolicy {
    /// At most eight outputs, and nothing put apart.
    fn default() -> Self {
        Self { most: 8, least: 1, apart: Amount::from_units(20_000_000).unwrap_or(Amount::ZERO) }
    }
}

reasons! {
    /// Why a wallet is put in order.
    WalletReason {
        /// There are too many outputs.
        Sweeps {
            /// How many are made one.
            outputs: usize,
        } = "sweeps", "{outputs} small outputs become one";
        /// There are too few.
        Splits {
            /// How many are put apart.
            outputs: usize,
        } = "splits", "{outputs} outputs are put apart";
    }
}

/// The outputs that hold ada and the settlement asset alone. Anybody can send an output full of strange tokens, and what
/// is made one with it may be too big for the ledger.
pub(super) fn plain(mut funds: Funds, asset: &Asset) -> Funds {
    funds.utxos.retain(|_, output| {
        output.value().iter().all(|(found, _)| *found == Asset::Lovelace || found == asset)
    });
    funds
}

/// What puts a wallet in order, if it is not: the small outputs become one, or large ones several.
///
/// Outputs that are not to be touched are none of the `funds`.
pub fn tidy(policy: &WalletPolicy, address: Address, funds: &Funds) -> Option<(Tidy, WalletReason)> {
    let mut by_size: Vec<(Amount, OutputReference)> =
        funds.utxos.iter().map(|(reference, output)| (output.value().lovelace(), *reference)).collect();
    by_size.sort_unstable();
    let keep = policy.most.max(1);
    if by_size.len() > keep {
        // As many as it takes and as many again, so that it is not needed again at once.
        let excess = by_size.len().saturating_sub(keep).saturating_add(1);
        let count = excess.saturating_add(keep / 2).min(by_size.len()).min(MOST_AT_ONCE);
        let spend: BTreeSet<_> = by_size.iter().take(count).map(|(_, reference)| *reference).collect();
        let outputs = spend.len();
        return Some((Tidy { spend, pay: Vec::new() }, WalletReason::Sweeps { outputs }));
    }
    let large = by_size.iter().filter(|(amount, _)| *amount >= policy.apart).count();
    let lacking = policy.least.saturating_sub(large);
    let (richest, reference) = by_size.last().copied()?;
    // What is left is to be as large itself.
    let parts = richest.to_units().checked_div(policy.apart.to_units()).unwrap_or(0).saturating_sub(1);
    let parts =
        usize::try_from(parts).unwrap_or(usize::MAX).min(lacking).min(keep.saturating_sub(by_size.len()));
    if parts == 0 {
        return None;
    }
    let pay = vec![(address, Value::of_lovelace(policy.apart)); parts];
    Some((Tidy { spend: BTreeSet::from([reference]), pay }, WalletReason::Splits { outputs: parts }))
}

#[cfg(test)]
mod tests {
    use demeter_core::{AssetName, KeyHash, ScriptHash, TransactionId};
    use demeter_tx::{Network, OutputDraft};

    use super::*;

    const WALLET: Address = Address::of_key(KeyHash::from_bytes([1; 28]));

    fn ada(count: u64) -> Amount {
        Amount::from_units(count * 1_000_000).unwrap()
    }

    fn token(policy: u8) -> Asset {
        Asset::Token { policy: ScriptHash::from_bytes([policy; 28]), name: AssetName::default() }
    }

    fn reference(index: u64) -> OutputReference {
        OutputReference { transaction: TransactionId::from_bytes([2; 32]), index }
    }

    /// Outputs of so many ada.
    fn funds(outputs: &[u64]) -> Funds {
        let output = |count: &u64| OutputDraft::new(WALLET, Value::of_lovelace(ada(*count)));
        let outputs = outputs.iter().map(|count| output(count).finish(Network::Testnet));
        Funds { utxos: (0..).map(reference).zip(outputs).collect(), change: WALLET }
    }

    /// The sizes in ada of what is spent, and how many outputs are put apart.
    fn tidied(policy: &WalletPolicy, outputs: &[u64]) -> Option<(Vec<u64>, usize)> {
        let funds = funds(outputs);
        let (tidy, _) = tidy(policy, WALLET, &funds)?;
        let size = |reference| funds.utxos[reference].value().lovelace().to_units() / 1_000_000;
        let mut spent: Vec<u64> = tidy.spend.iter().map(size).collect();
        spent.sort_unstable();
        Some((spent, tidy.pay.len()))
    }

    #[test]
    fn the_smallest_are_swept_and_the_largest_is_split() {
        let policy = |most, least| WalletPolicy { most, least, apart: ada(20) };
        for (name, policy, outputs, expected) in [
            ("nothing", policy(2, 1), &[][..], None),
            ("as many as there may be", policy(2, 1), &[5, 7], None),
            ("one too many", policy(2, 1), &[9, 5, 7], Some((vec![5, 7, 9], 0))),
            ("two too many of four", policy(4, 1), &[9, 1, 5, 7, 3, 2], Some((vec![1, 2, 3, 5, 7], 0))),
            ("too few", policy(4, 3), &[100], Some((vec![100], 2))),
            ("too few, and one of them large", policy(4, 3), &[100, 20], Some((vec![100], 1))),
            ("no room for more", policy(2, 3), &[100, 20], None),
            ("too little to split", policy(4, 3), &[39], None),
            ("enough for one", policy(4, 3), &[59], Some((vec![59], 1))),
        ] {
            assert_eq!(tidied(&policy, outputs), expected, "{name}");
        }
        let many: Vec<u64> = (0..200).collect();
        assert_eq!(tidied(&policy(2, 1), &many).unwrap().0.len(), MOST_AT_ONCE);
    }

    #[test]
    fn strange_tokens_are_left_alone() {
        let with = |asset: &Asset| {
            let value = Value::of_lovelace(ada(2)).plus(asset, Amount::from_units(1).unwrap()).unwrap();
            OutputDraft::new(WALLET, value).finish(Network::Testnet)
        };
        let mut held = funds(&[5]);
        held.utxos.insert(reference(1), with(&token(3)));
        held.utxos.insert(reference(2), with(&token(4)));
        let kept = |asset: &Asset| plain(held.clone(), asset).utxos.into_keys().collect::<Vec<_>>();
        assert_eq!(kept(&token(3)), [reference(0), reference(1)]);
        assert_eq!(kept(&Asset::Lovelace), [reference(0)]);
    }
}
