//! A client that takes what it hears at its word, and sends again what was not answered: the one that is wrong.

use std::net::SocketAddr;
use std::time::Duration;

use demeter_tx::SignedTransaction;
use demeter_tx::hydra::{ClientInput, ServerMessage, ServerOutput};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Told;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_millis(500);

/// Submits, and believes the first answer.
pub(super) async fn submit(address: SocketAddr, transaction: &SignedTransaction) -> Told {
    loop {
        if let Ok(Ok(told)) = timeout(ANSWER, ask(address, transaction)).await {
            return told;
        }
        sleep(Duration::from_millis(2)).await;
    }
}

async fn ask(address: SocketAddr, transaction: &SignedTransaction) -> Result<Told, Error> {
    let (mut stream, _) = connect_async(format!("ws://{address}/?history=no&snapshot-utxo=no")).await?;
    stream.send(Message::text(ClientInput::submit(transaction).to_json())).await?;
    while let Some(message) = stream.next().await {
        let Ok(ServerMessage::Output(timed)) = ServerMessage::from_json(message?.to_text()?) else {
            continue;
        };
        match timed.output {
            ServerOutput::TxValid(valid) if valid.transaction == transaction.id() => {
                return Ok(Told::Confirmed(None));
            }
            ServerOutput::TxInvalid(invalid)
                if invalid.transaction.transaction_id() == Ok(transaction.id()) =>
            {
                return Ok(Told::Rejected);
            }
            _ => {}
        }
    }
    Err(Error::ConnectionClosed)
}
