//! What clients send, and what an offline hydra-node makes of it.

use std::sync::Arc;

use demeter_tx::SignedTransaction;
use demeter_tx::head::{Head as _, UtxoQuery};
use demeter_tx::hydra::{
    ClientInput, ClientMessage, CommandFailed, Decommit, DecommitInvalid, DecommitInvalidReason,
    DecommitTransactionInvalid, InvalidInput, ServerMessage, ServerOutput, SideLoad, SideLoadRejected,
    UnknownFields, ValidationError,
};
use demeter_tx::ledger::validate;

use crate::shared::Shared;
use crate::side_load::Outcome;
use crate::submit::Submission;

/// Why nothing leaves this head.
const NO_MAIN_CHAIN: &str = "this head has no main chain: nothing can leave it";

/// Does what a client wants, and gives what that client alone is told.
pub(crate) async fn handle(shared: &Shared, text: &str) -> Option<ServerMessage> {
    let invalid = |reason: String| {
        let unknown = UnknownFields::new();
        Some(ServerMessage::InvalidInput(InvalidInput { reason, input: text.to_owned(), unknown }))
    };
    let input = match ClientInput::from_json(text) {
        Ok(ClientInput::Unknown(unknown)) => {
            let tag = unknown.tag.as_deref().unwrap_or("none");
            return invalid(format!("expected one of the tags {:?}, found {tag}", ClientInput::TAGS));
        }
        Ok(input) => input,
        Err(error) => return invalid(error.to_string()),
    };
    match &input {
        ClientInput::NewTx(submitted) => match submitted.transaction.transaction() {
            Ok(transaction) => submit(shared, transaction).await,
            Err(error) => return invalid(error.to_string()),
        },
        ClientInput::Decommit(asked) => match asked.transaction.transaction() {
            Ok(transaction) => decommit(shared, asked, &transaction).await,
            Err(error) => return invalid(error.to_string()),
        },
        ClientInput::SideLoadSnapshot(asked) => drop(side_load(shared, asked)),
        ClientInput::SafeClose(_) => {
            if let Some(reason) = unsafe_to_close(shared) {
                return invalid(reason);
            }
        }
        // An offline hydra-node hands a closing to a chain that ignores it, and finds no deposit to recover.
        ClientInput::Close(_) | ClientInput::Recover(_) => {}
        _ => failed(shared, &input),
    }
    shared.metrics.input();
    None
}

/// Puts a transaction in line.
pub(crate) async fn submit(shared: &Shared, transaction: SignedTransaction) {
    // The line is gone only when the server is about to end.
    drop(shared.submissions.send(Submission::Of(Arc::new(transaction))).await);
}

/// Refuses that outputs leave: the ledger's reason comes first.
///
/// NOTE: an offline hydra-node takes them out of the head for ever, as the chain that would pay them is not there.
pub(crate) async fn decommit(shared: &Shared, asked: &Decommit, transaction: &SignedTransaction) {
    let head = &shared.head;
    let judged = async {
        let (settings, utxos) = (head.settings().await?, head.utxos(&UtxoQuery::All).await?);
        let verdict = validate(transaction, &utxos, &settings, head.tick().slot);
        Ok::<_, demeter_tx::head::HeadError>(verdict.err().map(|error| error.to_string()))
    };
    let reason = match judged.await {
        Ok(broken) => broken.unwrap_or_else(|| NO_MAIN_CHAIN.to_owned()),
        Err(error) => error.to_string(),
    };
    let mut state = shared.lock();
    let reason = DecommitInvalidReason::Invalid(DecommitTransactionInvalid {
        utxo: state.book.view.utxo.clone(),
        validation_error: ValidationError { reason, unknown: UnknownFields::new() },
        unknown: UnknownFields::new(),
    });
    let invalid = ServerOutput::DecommitInvalid(Box::new(DecommitInvalid {
        head_id: state.book.scribe.identity.head().clone(),
        transaction: asked.transaction.clone(),
        reason,
        unknown: UnknownFields::new(),
    }));
    state.tell_aside([invalid]);
}

/// Takes over a snapshot, or says why not.
pub(crate) fn side_load(shared: &Shared, asked: &SideLoad) -> Outcome {
    let mut state = shared.lock();
    let outcome = Outcome::of(&state.book.scribe, &state.book.view, asked);
    match &outcome {
        Outcome::Taken(outputs) => state.tell_aside(outputs.iter().cloned()),
        Outcome::Refused(failure) => {
            let input = ClientInput::SideLoadSnapshot(Box::new(asked.clone()));
            let (failure, unknown) = (failure.clone(), UnknownFields::new());
            let rejected = SideLoadRejected { input, failure, unknown };
            state.tell_all(ClientMessage::SideLoadSnapshotRejected(Box::new(rejected)));
        }
        Outcome::Ignored => {}
    }
    outcome
}

/// Tells all clients that something cannot be done in an open head.
fn failed(shared: &Shared, input: &ClientInput) {
    let mut state = shared.lock();
    let failed = CommandFailed {
        input: input.clone(),
        state: state.book.scribe.state(&state.book.view),
        unknown: UnknownFields::new(),
    };
    state.tell_all(ClientMessage::CommandFailed(Box::new(failed)));
}

/// Why hydra would not close the head without being asked twice.
fn unsafe_to_close(shared: &Shared) -> Option<String> {
    let state = shared.lock();
    let mut tokens = state.book.view.utxo.0.values().flat_map(|output| output.value.tokens.keys());
    let policy = tokens.next()?;
    Some(format!("Cannot SafeClose with non-ADA assets present: policy {policy}, and possibly others"))
}
