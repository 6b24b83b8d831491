//! What a party pays with.

use std::cmp::Reverse;

use demeter_core::{Address, Amount, Asset, OutputReference};

use crate::UtxoSet;

/// The outputs that a party can spend, and where its change goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funds {
    /// Outputs that the party's key locks. As many are spent as it takes, those with most ada first.
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
