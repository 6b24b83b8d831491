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
