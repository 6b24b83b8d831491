//! The process that works until it is killed.

use std::fmt;
use std::io::{Write, stdout};
use std::path::Path;
use std::str::FromStr;

use demeter_tx::head::{Durability, EmbeddedHead, Head as _, HeadOptions, OpenError};
use futures_executor::block_on;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::Script;
use crate::history::Ground;

/// How a child has its transactions stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// Each synced by itself.
    Each,
    /// Synced together.
    Grouped,
    /// Not synced: a killed process loses nothing by it.
    Unsynced,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Each, Self::Grouped, Self::Unsynced];

    /// What a head is opened with.
    pub fn options(self) -> HeadOptions {
        HeadOptions::default().durability(match self {
            Self::Each => Durability::EachTransaction,
            Self::Grouped => Durability::grouped(),
            Self::Unsynced => Durability::Unsynced,
        })
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Each => "each",
            Self::Grouped => "grouped",
            Self::Unsynced => "unsynced",
        })
    }
}

impl FromStr for Policy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|policy| policy.to_string() == text);
        named.ok_or_else(|| format!("there is no policy {text}"))
    }
}

/// Opens the head at `path`, or creates it, and submits what it has not done of the script. Writes the position of each
/// transaction that is acknowledged, from 0, to standard output.
///
/// # Panics
/// The head cannot be opened, or finds a transaction invalid.
pub fn work(script: &Script, path: &Path, policy: Policy) {
    let options = policy.options();
    let (settings, opening) = (Ground::settings(), script.opening.clone());
    let start = settings.clock.zero_time();
    let head = match EmbeddedHead::create(path, settings, opening, start, &options) {
        Err(OpenError::Exists { .. }) => EmbeddedHead::open_at(path, &options),
        created => created,
    };
    let head = head.unwrap();
    let done = usize::try_from(head.last_snapshot().to_number()).unwrap();
    let left: Vec<_> = script.transactions.iter().enumerate().skip(done).collect();
    for at_once in left.chunk_by(|(_, (before, _)), (_, (after, _))| before == after) {
        let made = at_once[0].1.0;
        head.advance(made.since(block_on(head.now()).unwrap().time)).unwrap();
        let submitted: FuturesUnordered<_> = at_once
            .iter()
            .map(|(position, (_, transaction))| {
                // Submitted in the order of the script, whatever is polled first.
                let mut submitted = head.submit(transaction.clone());
                let early = futures_util::FutureExt::now_or_never(&mut submitted);
                async move {
                    let answer = match early {
                        Some(answer) => answer,
                        None => submitted.await,
                    };
                    answer.map(|_| *position)
                }
            })
            .collect();
        block_on(submitted.for_each(|answer| {
            // In one piece: a line is in the pipe or not.
            let line = format!("{}\n", answer.unwrap());
            stdout().write_all(line.as_bytes()).and_then(|()| stdout().flush()).unwrap();
            std::future::ready(())
        }));
    }
}
