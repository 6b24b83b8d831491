//! How proposals get from one party to the others.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

/// Something that carries texts between parties: a message queue, a shared folder, letters.
///
/// It may lose, repeat and delay them, and it is not trusted: whatever comes out is checked.
#[async_trait]
pub trait Mailbox: Send {
    /// Sends a text to all others.
    ///
    /// # Errors
    /// It cannot be sent.
    async fn post(&mut self, text: &str) -> Result<(), MailError>;

    /// What has come since this was asked for last.
    ///
    /// # Errors
    /// It cannot be fetched.
    async fn collect(&mut self) -> Result<Vec<String>, MailError>;
}

/// A mailbox does not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mailbox does not work: {reason}")]
pub struct MailError {
    /// What is wrong.
    pub reason: String,
}

/// A board within the process, on which everybody reads what the others post: for tests and simulations.
///
/// ```
/// use demeter_agent::cosign::{Exchange, Mailbox as _};
///
/// # futures_executor::block_on(async {
/// let exchange = Exchange::default();
/// let (mut one, mut other) = (exchange.mailbox(), exchange.mailbox());
/// one.post("hello").await?;
/// assert_eq!(other.collect().await?, ["hello"]);
/// assert!(other.collect().await?.is_empty() && one.collect().await?.is_empty());
/// # Ok::<(), demeter_agent::cosign::MailError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Exchange(Arc<Mutex<Board>>);

#[derive(Debug, Default)]
struct Board {
    mailboxes: usize,
    posted: Vec<(usize, String)>,
}

impl Exchange {
    /// A mailbox for one more party. It finds what is posted from now on.
    pub fn mailbox(&self) -> ExchangeMailbox {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.mailboxes = board.mailboxes.saturating_add(1);
        ExchangeMailbox { board: Arc::clone(&self.0), number: board.mailboxes, read: board.posted.len() }
    }

    /// All that was ever posted, in order.
    pub fn posted(&self) -> Vec<String> {
        let board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.posted.iter().map(|(_, text)| text.clone()).collect()
    }
}

/// A party's place at an [`Exchange`].
#[derive(Debug)]
pub struct ExchangeMailbox {
    board: Arc<Mutex<Board>>,
    number: usize,
    read: usize,
}

#[async_trait]
impl Mailbox for ExchangeMailbox {
    async fn post(&mut self, text: &str) -> Result<(), MailError> {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board.posted.push((self.number, text.to_owned()));
        Ok(())
    }

    async fn collect(&mut self) -> Result<Vec<String>, MailError> {
        let board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let new = board.posted.iter().skip(self.read).filter(|(from, _)| *from != self.number);
        let new = new.map(|(_, text)| text.clone()).collect();
        self.read = board.posted.len();
        Ok(new)
    }
}
