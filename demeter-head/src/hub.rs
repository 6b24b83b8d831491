//! The clients on sockets: nobody waits for any of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::broadcast::Broadcast;
use crate::query::Wants;

/// The clients on sockets.
#[derive(Debug)]
pub(crate) struct Hub {
    clients: HashMap<u64, Client>,
    next: u64,
    /// How many bytes may wait for one client.
    queue_bytes: usize,
}

#[derive(Debug)]
struct Client {
    wants: Wants,
    queue: mpsc::UnboundedSender<Utf8Bytes>,
    /// How many bytes wait in the queue.
    queued: Arc<AtomicUsize>,
    /// Dropped with the client: whoever serves it stops at once.
    _alive: oneshot::Sender<()>,
}

/// The end of a client's queue that its socket reads.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) number: u64,
    pub(crate) messages: Messages,
    /// Ends when the client is no longer one.
    pub(crate) dropped: oneshot::Receiver<()>,
}

/// What waits for a client.
#[derive(Debug)]
pub(crate) struct Messages {
    queue: mpsc::UnboundedReceiver<Utf8Bytes>,
    queued: Arc<AtomicUsize>,
}

impl Messages {
    /// The next message; `None` when there will be no more.
    pub(crate) async fn next(&mut self) -> Option<Utf8Bytes> {
        let text = self.queue.recv().await?;
        Some(self.taken(text))
    }

    /// The next message, if one waits already.
    pub(crate) fn waiting(&mut self) -> Option<Utf8Bytes> {
        let text = self.queue.try_recv().ok()?;
        Some(self.taken(text))
    }

    fn taken(&self, text: Utf8Bytes) -> Utf8Bytes {
        self.queued.fetch_sub(text.len(), Ordering::Relaxed);
        text
    }
}

impl Hub {
    pub(crate) fn new(queue_bytes: usize) -> Self {
        Self { clients: HashMap::new(), next: 0, queue_bytes }
    }

    pub(crate) fn len(&self) -> usize {
        self.clients.len()
    }

    /// Takes a client in: it gets what is sent from now on.
    pub(crate) fn join(&mut self, wants: Wants) -> Inbox {
        let (queue, inbox) = mpsc::unbounded_channel();
        let (alive, dropped) = oneshot::channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let number = self.next;
        self.next = self.next.saturating_add(1);
        let client = Client { wants, queue, queued: Arc::clone(&queued), _alive: alive };
        self.clients.insert(number, client);
        Inbox { number, messages: Messages { queue: inbox, queued }, dropped }
    }

    /// Whether some client is told the outputs in snapshots.
    pub(crate) fn wants_outputs(&self) -> bool {
        self.clients.values().any(|client| client.wants.snapshot_utxo)
    }

    /// Lets a client go.
    pub(crate) fn leave(&mut self, number: u64) {
        self.clients.remove(&number);
    }

    /// Lets all clients go.
    pub(crate) fn clear(&mut self) {
        self.clients.clear();
    }

    /// Puts a message in line for every client that wants it. A client for which too much waits already is dropped.
    pub(crate) fn send(&mut self, mut message: Broadcast) {
        let most = self.queue_bytes;
        self.clients.retain(|_, client| {
            let Some(text) = message.text_for(&client.wants) else { return true };
            let waiting = client.queued.fetch_add(text.len(), Ordering::Relaxed);
            // One message always finds room, however long it is: outputs may be many.
            (waiting == 0 || waiting.saturating_add(text.len()) <= most) && client.queue.send(text).is_ok()
        });
    }

    /// Puts a message in line for one client.
    pub(crate) fn send_to(&mut self, number: u64, text: Utf8Bytes) {
        let most = self.queue_bytes;
        let Some(client) = self.clients.get(&number) else { return };
        let waiting = client.queued.fetch_add(text.len(), Ordering::Relaxed);
        if waiting.saturating_add(text.len()) > most || client.queue.send(text).is_err() {
            self.clients.remove(&number);
        }
    }
}

#[cfg(test)]
mod tests {
    use demeter_tx::hydra::{InvalidInput, ServerMessage, UnknownFields};

    use super::*;

    fn message(length: usize) -> Broadcast {
        let input = "x".repeat(length);
        let unknown = UnknownFields::new();
        Broadcast::new(ServerMessage::InvalidInput(InvalidInput { reason: String::new(), input, unknown }))
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_dropped_and_the_others_are_not() {
        let mut hub = Hub::new(1_000);
        let wants = Wants::of_query("");
        let (mut slow, mut quick) = (hub.join(wants.clone()), hub.join(wants));
        for _ in 0..20 {
            hub.send(message(100));
            assert!(quick.messages.next().await.is_some());
        }
        assert_eq!(hub.len(), 1);
        assert!(slow.dropped.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Closed));
        assert!(quick.dropped.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
    }

    #[tokio::test]
    async fn one_long_message_finds_room() {
        let mut hub = Hub::new(10);
        let mut inbox = hub.join(Wants::of_query(""));
        hub.send(message(1_000));
        assert!(inbox.messages.next().await.is_some());
        hub.send(message(1_000));
        hub.send(message(0));
        assert_eq!(hub.len(), 0);
    }
}
