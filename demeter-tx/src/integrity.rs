//! The script-data hash: how a body commits to the redeemers, data and cost models beside it.

use std::collections::BTreeSet;

use minicbor::Encoder;
use pallas_crypto::hash::Hasher;

use crate::{CostModels, PlutusVersion};

/// The hash that a body must carry: blake2b-256 of the redeemers, the data if there are any, and the cost
/// models of the languages used. `None` where there is nothing to commit to.
///
/// Redeemers and data are given as the bytes that stand in the witness set.
///
/// Source: ledger `mkScriptIntegrity`, `ScriptIntegrity`; Conway CDDL, `script_data_hash`.
pub(crate) fn script_data_hash(
    redeemers: Option<&[u8]>,
    data: Option<&[u8]>,
    used: &BTreeSet<PlutusVersion>,
    cost_models: &CostModels,
) -> Option<[u8; 32]> {
    if redeemers.is_none() && data.is_none() && used.is_empty() {
        return None;
    }
    let mut preimage = redeemers.unwrap_or(&[0xa0]).to_vec();
    preimage.extend(data.unwrap_or_default());
    preimage.extend(language_views(used, cost_models));
    Some(*Hasher::<256>::hash(&preimage))
}

/// A map from the languages used to their costs, the shortest key first.
///
/// NOTE: of Plutus V1 key and costs are wrapped in byte strings and the costs end with a break, a mistake of the
/// Alonzo era that stays for ever; so its key is the longest.
fn language_views(used: &BTreeSet<PlutusVersion>, cost_models: &CostModels) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    // NOTE: writing to memory does not fail.
    let written = (|| {
        encoder.map(used.len() as u64)?;
        for (version, number) in [(PlutusVersion::V2, 1), (PlutusVersion::V3, 2)] {
            if used.contains(&version) {
                let costs = cost_models.of(version);
                encoder.u8(number)?.array(costs.len() as u64)?;
                for cost in costs {
                    encoder.i64(*cost)?;
                }
            }
        }
        if used.contains(&PlutusVersion::V1) {
            let mut costs = Encoder::new(Vec::new());
            costs.begin_array()?;
            for cost in cost_models.of(PlutusVersion::V1) {
                costs.i64(*cost)?;
            }
            costs.end()?;
            encoder.bytes(&[0x00])?.bytes(&costs.into_writer())?;
        }
        Ok::<(), minicbor::encode::Error<std::convert::Infallible>>(())
    })();
    written.map(|()| encoder.into_writer()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProtocolParameters;

    fn hash(redeemers: Option<&str>, data: Option<&str>, used: &[PlutusVersion]) -> Option<String> {
        let cost_models = ProtocolParameters::hydra_l2().unwrap().cost_models;
        let used = used.iter().copied().collect();
        let bytes = |text: Option<&str>| text.map(|text| hex::decode(text).unwrap());
        script_data_hash(bytes(redeemers).as_deref(), bytes(data).as_deref(), &used, &cost_models)
            .map(hex::encode)
    }

    /// The expected values come from a few lines of Python over `hashlib.blake2b`, which were first checked to
    /// give the hash in the body of a mainnet transaction with scripts in all three Plutus languages,
    /// `fcaa431d492db613dd7568732889ba12952507a1ea7abab1838c5c4a869ea22f`.
    #[test]
    fn known_hashes() {
        let redeemers = Some("a182000082d87980821901f419fa64");
        let expected = "c8a95df91d8158fca6096510d12de913d510a7f2ef0fa206430c9f055a915359";
        assert_eq!(hash(redeemers, None, &[PlutusVersion::V3]).unwrap(), expected);
        let expected = "264ea21d9904cd72ce5038fa60e0ddd0859383f7fbf60ecec6df22e4c4e34a1f";
        assert_eq!(hash(None, Some("d9010281d87980"), &[]).unwrap(), expected);
        assert_eq!(hash(None, None, &[]), None);
        let expected = "9ef40bc34cc2d349547b61f6f3681f28b830231fa9c30f8d0c27ed9dcbf41f23";
        assert_eq!(hash(redeemers, None, &[PlutusVersion::V1]).unwrap(), expected);
        let expected = "e6a1cec24e30ab68ef72738d73977b8c46e6643381dcb3f9021298f58915407c";
        assert_eq!(hash(redeemers, None, &PlutusVersion::ALL).unwrap(), expected);
    }
}
