//! How transactions get to the head: one after the other, in the order in which they came.

use std::io;
use std::sync::Arc;
use std::thread;

use demeter_core::TransactionId;
use demeter_tx::SignedTransaction;
use demeter_tx::head::{Head as _, SubmitError};
use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::shared::{Shared, Verdict};

/// How many transactions may be in line. Clients who send more are not read from until there is room.
pub(crate) const LINE: usize = 1_024;

/// What stands in line.
#[derive(Debug)]
pub(crate) enum Submission {
    /// A transaction.
    Of(Arc<SignedTransaction>),
    /// Nothing comes after this.
    End,
}

/// Submits what stands in line, on a thread of its own: validating takes the processor, and no client's messages shall
/// wait for that.
pub(crate) fn start(
    shared: Arc<Shared>,
    mut line: mpsc::Receiver<Submission>,
    runtime: Handle,
) -> io::Result<()> {
    let run = move || {
        while let Some(Submission::Of(transaction)) = line.blocking_recv() {
            submit(&shared, &runtime, &transaction);
        }
    };
    thread::Builder::new().name("demeter-head-inputs".to_owned()).spawn(run).map(drop)
}

fn submit(shared: &Arc<Shared>, runtime: &Handle, transaction: &Arc<SignedTransaction>) {
    let id = transaction.id();
    shared.metrics.requested(id);
    // Before it is submitted: the events that follow name its id alone.
    shared.lock().book.submitted.add(transaction);
    let (head, transaction) = (shared.head.clone(), SignedTransaction::clone(transaction));
    let mut answer = async move { head.submit(transaction).await }.boxed();
    // The head validates at once, and what remains is to wait, for the disk or a slot, which others need not.
    match (&mut answer).now_or_never() {
        Some(answer) => settle(shared, id, answer),
        None => {
            let shared = Arc::clone(shared);
            runtime.spawn(async move {
                tokio::select! {
                    answer = answer => settle(&shared, id, answer),
                    // What still waits for its slot is not waited for.
                    () = shared.ended() => {}
                }
            });
        }
    }
}

/// Notes an answer to which there is no event.
fn settle(shared: &Shared, id: TransactionId, answer: Result<TransactionId, SubmitError>) {
    let Err(SubmitError::Head(error)) = answer else { return };
    shared.metrics.refused(&id);
    let mut state = shared.lock();
    drop(state.book.submitted.take(&id));
    state.tell(&id, &Verdict::Rejected(error.to_string()));
}
