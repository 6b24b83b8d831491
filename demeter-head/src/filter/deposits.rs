//! Which outputs may enter the head.
//!
//! A deposit says under which references its outputs appear. hydra-node 2.3.0 does not look whether the head holds others
//! by these references already, which are then gone, as we read its `HeadLogic.hs`. So what goes through this filter is
//! looked at. Whoever submits a deposit to L1 in another way is not seen here.

use demeter_core::{Credential, OutputReference};
use demeter_tx::SignedTransaction;
use demeter_tx::head::{HYDRA_DEPOSIT, recreated};
use demeter_tx::hydra::CommitRequest;

use super::judge::{Held, effect, read};
use super::refusal::Refusal;

/// The references under which what is asked for would enter.
pub(crate) fn requested(request: &CommitRequest) -> Result<Vec<OutputReference>, Refusal> {
    let utxo = match request {
        CommitRequest::Simple(commit) => &commit.utxo,
        CommitRequest::Direct(utxo) => utxo,
        CommitRequest::Blueprint(commit) => {
            let made = effect(&read(&commit.blueprint)?)?.made;
            if !made.is_empty() {
                return Ok(made.into_iter().map(|(reference, _)| reference).collect());
            }
            // Without outputs it stands for all that it was given.
            &commit.utxo
        }
    };
    Ok(utxo.0.keys().copied().collect())
}

/// The references under which what a transaction of L1 deposits would enter.
pub(crate) fn declared(transaction: &SignedTransaction) -> Result<Vec<OutputReference>, Refusal> {
    let mut references = Vec::new();
    for (reference, output) in effect(transaction)?.made {
        let known = output.address().payment == Credential::Script(HYDRA_DEPOSIT);
        match recreated(&output) {
            // Of other versions, too: what looks like a deposit may be one.
            Ok(outputs) => references.extend(outputs.into_keys()),
            Err(error) if known => return Err(Refusal::Deposit { index: reference.index, error }),
            Err(_) => {}
        }
    }
    Ok(references)
}

/// Refuses references that the head holds already.
pub(crate) fn check(references: &[OutputReference], held: &Held) -> Result<(), Refusal> {
    match references.iter().find(|reference| held.0.contains_key(reference)) {
        Some(reference) => Err(Refusal::InUse { reference: *reference }),
        None => Ok(()),
    }
}
