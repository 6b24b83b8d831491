//! What a session is told and what it wants.

use std::sync::Arc;
use std::time::Duration;

use demeter_core::TransactionId;

use super::Fate;
use crate::SignedTransaction;
use crate::head::Event;
use crate::hydra::{ClientInput, Greetings, ServerMessage, TimedOutput, UtxoJson};

/// What has come.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// Time has passed.
    Tick,
    /// The connection that was asked for is there.
    Opened,
    /// The connection is gone, or could not be made.
    Closed,
    /// A message came over the connection.
    Message(Box<ServerMessage>),
    /// What a node says first came over another connection, as was asked for with [`Output::AskTime`].
    Greetings(Box<Greetings>),
    /// The answer to [`Output::AskUtxo`], of a question asked since.
    Utxo(UtxoJson),
    /// The answer to [`Output::AskUtxo`] did not come, or was none.
    NoUtxo,
    /// The whole answer to [`Output::AskHistory`], of a question asked since: what the node told before it greeted.
    History(Vec<TimedOutput>),
    /// The answer to [`Output::AskHistory`] did not come, or not all of it.
    NoHistory,
    /// A transaction shall be submitted. One that is under way already is not submitted twice.
    Submit(Arc<SignedTransaction>),
}

/// What shall be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Connect, without history.
    Open,
    /// Give the connection up: it is useless. [`Input::Closed`] need not be said.
    Close,
    /// Send this over the connection.
    Send(Box<ClientInput>),
    /// Read the outputs of the last confirmed snapshot, from `/snapshot/utxo`.
    AskUtxo,
    /// Read what the node says first, over another connection: it tells the head's time.
    AskTime,
    /// Read what has happened, over another connection, until the node greets.
    AskHistory,
    /// The session begins, or begins again after a gap in which events were missed: these are the outputs now.
    Rebuilt(Box<UtxoJson>),
    /// Something happened.
    Event(Event),
    /// What became of a transaction. Of what was confirmed there may be no event: it was missed, or is still to come.
    Fate(TransactionId, Fate),
}

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Connection {
    /// There is none, and none is tried before this time.
    Waiting {
        /// The time.
        until: Duration,
    },
    /// It was asked for.
    Opening,
    /// It is there; the node has said nothing yet.
    Opened {
        /// Since when.
        since: Duration,
    },
    /// The node has said how things are; the outputs are being read.
    Rebuilding,
    /// Everything is known.
    Live,
}
