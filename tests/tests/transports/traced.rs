//! What a client of a node tells whoever traces it.

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use demeter_tx::head::Head as _;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::ground::*;

/// Writes down each span that is opened, with its fields, and the words of each event.
#[derive(Clone, Default)]
struct Notes {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Notes {
    fn note(&self, name: &str, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(name.to_owned());
        record(&mut fields);
        self.lines.lock().unwrap().push(fields.0);
    }

    /// How many lines begin so and hold this.
    fn count(&self, start: &str, part: &str) -> usize {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| line.starts_with(start) && line.contains(part)).count()
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("demeter_tx::hydra")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(span.metadata().name(), |fields| span.record(fields));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn event(&self, event: &Event<'_>) {
        self.note("event", |fields| event.record(fields));
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_calls_are_traced() {
    // For all threads, as a session has its own: of the other tests' spans none names this server or this transaction.
    let notes = Notes::default();
    tracing::subscriber::set_global_default(notes.clone()).unwrap();
    let head = embedded();
    let server = Server::start(&head).await;
    let client = connect(server.address).await;
    let payment = payment(&[0], 77, None);
    client.submit(payment.clone()).await.unwrap();
    client.confirm(payment.id()).await.unwrap();
    let (node, id) = (server.address.to_string(), payment.id().to_string());
    assert!(notes.count("hydra_session", &node) >= 1);
    assert_eq!((notes.count("submit", &id), notes.count("confirm", &id)), (1, 1));
    assert_eq!(notes.count("event", &id), 1, "{:?}", notes.lines);
    drop(client);
    server.stop().await;
}
