//! What clients send over the socket, and what of it the node is told.

use demeter_tx::hydra::{ClientInput, Decommit, UnknownFields};

use super::refusal::Refusal;
use super::shared::Shared;

/// What the node shall be told in place of what a client sent.
pub(crate) async fn passed(shared: &Shared, text: &str) -> Result<String, Refusal> {
    let input = ClientInput::from_json(text).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let passed = match &input {
        ClientInput::NewTx(submitted) => ClientInput::submit(&shared.submitted(&submitted.transaction)?),
        ClientInput::Decommit(asked) => {
            let transaction = &shared.decommitted(&asked.transaction).await?;
            let unknown = UnknownFields::new();
            ClientInput::Decommit(Box::new(Decommit { transaction: transaction.into(), unknown }))
        }
        ClientInput::Unknown(unknown) => {
            let found = unknown.tag.clone().unwrap_or_else(|| "none".to_owned());
            return Err(Refusal::Unknown { found });
        }
        reserved => {
            return Err(Refusal::Reserved { what: reserved.tag().unwrap_or_default().to_owned() });
        }
    };
    Ok(passed.to_json())
}
