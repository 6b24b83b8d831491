//! The script-data hash: how a body commits to the redeemers, data and cost models beside it.

use minicbor::Encoder;
use pallas_crypto::hash::Hasher;

use crate::CostModels;

/// The hash that a body must carry: blake2b-256 of the redeemers, the data if there are any, and the cost
/// models of the languages used. `None` where there is nothing to commit to.
///
/// Redeemers and data are given as the bytes that stand in the witness set.
///
/// Source: ledger `mkScriptIntegrity`, `ScriptIntegrity`; Conway CDDL, `script_data_hash`.
pub(crate) fn script_data_hash(
    redeemers: Option<&[u8]>,
    data: Option<&[u8]>,
    plutus_v3_used: bool,
    cost_models: &CostModels,
) -> Option<[u8; 32]> {
    if redeemers.is_none() && data.is_none() && !plutus_v3_used {
        return None;
    }
    let mut preimage = redeemers.unwrap_or(&[0xa0]).to_vec();
    preimage.extend(data.unwrap_or_default());
    preimage.extend(language_views(plutus_v3_used, cost_models));
    Some(*Hasher::<256>::hash(&preimage))
}

/// A map from the language's number to its costs as a list of definite length.
fn language_views(plutus_v3_used: bool, cost_models: &CostModels) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    // NOTE: writing to memory does not fail.
    let written = (|| {
        encoder.map(u64::from(plutus_v3_used))?;
        if plutus_v3_used {
            encoder.u8(2)?.array(cost_models.plutus_v3.len() as u64)?;
            for cost in &cost_models.plutus_v3 {
                encoder.i64(*cost)?;
            }
        }
        Ok::<(), minicbor::encode::Error<std::convert::Infallible>>(())
    })();
    written.map(|()| encoder.into_writer()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProtocolParameters;

    fn hash(redeemers: Option<&str>, data: Option<&str>, plutus_v3_used: bool) -> Option<String> {
        let cost_models = ProtocolParameters::hydra_l2().unwrap().cost_models;
        let bytes = |text: Option<&str>| text.map(|text| hex::decode(text).unwrap());
        script_data_hash(bytes(redeemers).as_deref(), bytes(data).as_deref(), plutus_v3_used, &cost_models)
            .map(hex::encode)
    }

    /// The expected values come from a few lines of Python over `hashlib.blake2b`, which were first checked to
    /// give the hash in the body of a mainnet transaction with scripts in all three Plutus languages,
    /// `fcaa431d492db613dd7568732889ba12952507a1ea7abab1838c5c4a869ea22f`.
    #[test]
    fn known_hashes() {
        let redeemers = Some("a182000082d87980821901f419fa64");
        let expected = "c8a95df91d8158fca6096510d12de913d510a7f2ef0fa206430c9f055a915359";
        assert_eq!(hash(redeemers, None, true).unwrap(), expected);
        let expected = "264ea21d9904cd72ce5038fa60e0ddd0859383f7fbf60ecec6df22e4c4e34a1f";
        assert_eq!(hash(None, Some("d9010281d87980"), false).unwrap(), expected);
        assert_eq!(hash(None, None, false), None);
    }
}
