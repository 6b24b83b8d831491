//! Which transactions are passed on.

use std::collections::BTreeMap;

use demeter_core::{Credential, OutputReference, Scripts};
use demeter_tx::head::{FanoutError, check_fanout};
use demeter_tx::hydra::TransactionEnvelope;
use demeter_tx::keys::NetworkAddress;
use demeter_tx::{Effect, ProtocolParameters, SignedTransaction};
use serde::Deserialize;

use super::refusal::Refusal;

/// What a head holds, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Held(pub(crate) BTreeMap<OutputReference, HeldOutput>);

#[derive(Debug, Deserialize)]
pub(crate) struct HeldOutput {
    address: String,
}

/// Reads a transaction.
pub(crate) fn read(envelope: &TransactionEnvelope) -> Result<SignedTransaction, Refusal> {
    let transaction = envelope.transaction()?;
    if transaction.is_marked_valid() { Ok(transaction) } else { Err(Refusal::MarkedInvalid) }
}

/// Reads a transaction for the head, which must not keep it from being finalised.
pub(crate) fn read_for_head(
    envelope: &TransactionEnvelope,
    main_chain: &ProtocolParameters,
) -> Result<SignedTransaction, Refusal> {
    let transaction = read(envelope)?;
    match check_fanout(&transaction, main_chain) {
        Ok(()) => Ok(transaction),
        Err(FanoutError::Unreadable(error)) => Err(Refusal::Unreadable(error.to_string())),
        Err(error) => Err(Refusal::Unfinalisable(error)),
    }
}

/// What a transaction consumes and makes.
pub(crate) fn effect(transaction: &SignedTransaction) -> Result<Effect, Refusal> {
    transaction.effect().map_err(|error| Refusal::Unreadable(error.to_string()))
}

/// The script at which something is, if it is one of the contract's.
fn script(scripts: &Scripts, credential: &Credential) -> Option<&'static str> {
    match credential {
        Credential::Script(hash) if *hash == scripts.registry => Some("registry"),
        Credential::Script(hash) if *hash == scripts.market => Some("market"),
        _ => None,
    }
}

/// Refuses that outputs at the contract leave: first what a transaction makes, which needs nothing else to be known.
pub(crate) fn check_made(effect: &Effect, scripts: &Scripts) -> Result<(), Refusal> {
    for (reference, output) in &effect.made {
        if let Some(script) = script(scripts, &output.address().payment) {
            return Err(Refusal::Makes { index: reference.index, script });
        }
    }
    Ok(())
}

/// Then what it consumes.
pub(crate) fn check_consumed(effect: &Effect, scripts: &Scripts, held: &Held) -> Result<(), Refusal> {
    for reference in &effect.consumed {
        let reference = *reference;
        let output = held.0.get(&reference).ok_or(Refusal::UnknownInput { reference })?;
        let address: NetworkAddress = output.address.parse().map_err(|error| {
            let reason = ToString::to_string(&error);
            Refusal::UnreadableInput { reference, reason }
        })?;
        if let Some(script) = script(scripts, &address.address().payment) {
            return Err(Refusal::Consumes { reference, script });
        }
    }
    Ok(())
}
