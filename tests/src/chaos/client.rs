//! A client that comes back.

use std::net::SocketAddr;
use std::time::Duration;

use demeter_core::TransactionId;
use demeter_tx::head::{ConfirmError, Head as _, HeadError, SubmitError};
use demeter_tx::hydra::session::SessionOptions;
use demeter_tx::hydra::{HydraHead, HydraOptions};
use demeter_tx::{SignedTransaction, SlotClock};
use tokio::time::sleep;

use super::Told;

/// Connects behind connections that fail, perhaps before it is known how things are: until it works.
///
/// The node may take so long to answer, which is how long a connection that carries nothing is believed; what becomes of a
/// transaction is awaited a hundred times as long.
pub async fn connect(address: SocketAddr, clock: SlotClock, seed: u64, answer: Duration) -> HydraHead {
    let fate = answer.saturating_mul(100);
    let session = SessionOptions {
        answer,
        snapshot: answer,
        fate,
        ask_time: Duration::from_millis(20),
        first_pause: Duration::from_millis(2),
        last_pause: Duration::from_millis(30),
        seed: Some(seed),
        ..SessionOptions::default()
    };
    let options = HydraOptions::default().session(session).clock(clock);
    loop {
        match HydraHead::connect(&address.to_string(), options.clone()).await {
            Ok(head) => return head,
            Err(_) => sleep(Duration::from_millis(1)).await,
        }
    }
}

/// Submits, and waits for what becomes of it.
pub(super) async fn submit(head: &HydraHead, transaction: SignedTransaction) -> Told {
    match head.submit(transaction).await {
        Ok(id) => confirm(head, id).await,
        Err(SubmitError::Invalid { .. }) => Told::Rejected,
        Err(SubmitError::Head(HeadError::Undecided { .. })) => Told::Undecided,
        Err(error) => Told::Nothing(error.to_string()),
    }
}

async fn confirm(head: &HydraHead, id: TransactionId) -> Told {
    loop {
        return match head.confirm(id).await {
            Ok(number) => Told::Confirmed(Some(number.to_number())),
            Err(ConfirmError::Invalid { .. }) => Told::Rejected,
            Err(ConfirmError::Head(HeadError::Undecided { .. })) => Told::Undecided,
            // The number of the last snapshot could not be read: what became of the transaction is known all the same.
            Err(ConfirmError::Head(HeadError::Unreachable { .. } | HeadError::Nonsense { .. })) => {
                sleep(Duration::from_millis(5)).await;
                continue;
            }
            Err(error) => Told::Nothing(error.to_string()),
        };
    }
}
