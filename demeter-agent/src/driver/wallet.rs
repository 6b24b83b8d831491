//! Keeping a wallet's outputs few and useful.
//!
//! A head holds 4,095 outputs for all. Every payment to an agent is an output of its own, so small ones are swept
//! together; and an agent may keep a few apart, so that one that is bound in a transaction does not keep it from paying
//! with another.

use std::collections::BTreeSet;

use demeter_core::{Address, Amount, OutputReference, Value};
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
