//! A message as the clients who want it get it.

use std::collections::BTreeSet;

use axum::extract::ws::Utf8Bytes;
use demeter_tx::hydra::{ServerMessage, ServerOutput, TimedOutput};

use crate::query::Wants;

/// A message for all clients, in the forms that they asked for.
#[derive(Debug)]
pub(crate) struct Broadcast {
    message: ServerMessage,
    /// The addresses that it pays to, where clients may be interested in some only.
    addresses: Option<BTreeSet<String>>,
    whole: Option<Utf8Bytes>,
    short: Option<Utf8Bytes>,
}

impl Broadcast {
    /// For every client.
    pub(crate) const fn new(message: ServerMessage) -> Self {
        Self { message, addresses: None, whole: None, short: None }
    }

    /// For those who named one of these addresses, or none at all.
    pub(crate) const fn paying(message: ServerMessage, addresses: BTreeSet<String>) -> Self {
        Self { message, addresses: Some(addresses), whole: None, short: None }
    }

    /// The text that a client with such wishes gets, if it gets one. Each is written once.
    pub(crate) fn text_for(&mut self, wants: &Wants) -> Option<Utf8Bytes> {
        let addresses = self.addresses.as_ref();
        if let (Some(address), Some(addresses)) = (&wants.address, addresses)
            && !addresses.contains(address)
        {
            return None;
        }
        if wants.snapshot_utxo || !has_utxo(&self.message) {
            Some(self.whole.get_or_insert_with(|| self.message.to_json().into()).clone())
        } else {
            Some(self.short.get_or_insert_with(|| without_utxo(&self.message).to_json().into()).clone())
        }
    }
}

/// Whether there are outputs in a message that a client can ask not to be sent.
fn has_utxo(message: &ServerMessage) -> bool {
    match message {
        ServerMessage::Greetings(_) => true,
        ServerMessage::Output(timed) => matches!(timed.output, ServerOutput::SnapshotConfirmed(_)),
        _ => false,
    }
}

fn without_utxo(message: &ServerMessage) -> ServerMessage {
    let mut message = message.clone();
    match &mut message {
        ServerMessage::Greetings(greetings) => {
            greetings.snapshot_utxo = None;
            greetings.unknown.remove("snapshotUtxo");
        }
        ServerMessage::Output(timed) => {
            if let TimedOutput { output: ServerOutput::SnapshotConfirmed(confirmed), .. } = &mut **timed {
                confirmed.snapshot.utxo = None;
                confirmed.snapshot.unknown.remove("utxo");
            }
        }
        _ => {}
    }
    message
}
