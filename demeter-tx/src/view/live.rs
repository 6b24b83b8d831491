//! A view that keeps up with a head.

use std::sync::Arc;

use demeter_core::TransactionId;
use futures_util::{FutureExt as _, StreamExt as _};

use super::{Changes, GridView};
use crate::evaluate::DecodeError;
use crate::head::{Event, EventStream, Head, HeadError, Lagged, UtxoQuery};

/// The most events that are taken up at once after loading.
const CATCHING_UP: usize = 4_096;

/// A transaction of a snapshot cannot be read, so that what it did is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("transaction {transaction} cannot be followed: {source}")]
pub struct FollowError {
    /// The transaction.
    pub transaction: TransactionId,
    /// What is wrong with it.
    pub source: DecodeError,
}

impl GridView {
    /// Follows an event: the transactions of a confirmed snapshot, all of them or none. Other events change nothing.
    ///
    /// # Errors
    /// A transaction cannot be read: the view is to be loaded anew.
    pub fn follow(&mut self, event: &Event) -> Result<Changes, FollowError> {
        let Event::SnapshotConfirmed { transactions, .. } = event else { return Ok(Changes::default()) };
        let effects = transactions.iter().map(|transaction| {
            let unreadable = |source| FollowError { transaction: transaction.id(), source };
            transaction.effect().map_err(unreadable)
        });
        let effects = effects.collect::<Result<Vec<_>, _>>()?;
        Ok(effects.iter().fold(Changes::default(), |changes, effect| changes.then(&self.apply(effect))))
    }
}

/// What a live view has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// A snapshot was confirmed that changed something.
    Followed(Changes),
    /// The view was loaded anew. What is different may be nothing.
    Reloaded {
        /// Why.
        reason: ReloadReason,
        /// What is different from before.
        changes: Changes,
    },
}

impl News {
    /// What must be looked at again.
    pub const fn changes(&self) -> &Changes {
        match self {
            Self::Followed(changes) | Self::Reloaded { changes, .. } => changes,
        }
    }
}

/// Why a view could not be kept current by events alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadReason {
    /// Events were missed.
    #[error(transparent)]
    Lagged(#[from] Lagged),
    /// A transaction could not be read.
    #[error(transparent)]
    Unreadable(#[from] FollowError),
}

/// A view that keeps up with a head: it is loaded from the head's outputs and then follows its events, and is loaded
/// anew where these do not suffice.
///
/// Events are asked for before the outputs, so none is missed. Those that the outputs show already are followed again,
/// which leaves the view as it is once all of them are; they are taken up before the view is shown, as far as the head
/// has told them. A head that shows outputs before it tells of the snapshot that confirms them (one on disk does) lets
/// a view show, for that moment, an output that is spent already: whoever uses it is told so by the head.
pub struct LiveView {
    head: Arc<dyn Head>,
    events: EventStream,
    view: GridView,
    stale: Option<ReloadReason>,
}

impl LiveView {
    /// Has a view keep up with a head. What the view holds is forgotten; what it watches is kept.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn open(head: Arc<dyn Head>, view: GridView) -> Result<Self, HeadError> {
        let (view, events, stale) = loaded(head.as_ref(), &view).await?;
        Ok(Self { head, events, view, stale })
    }

    /// The view as of the last news.
    pub const fn view(&self) -> &GridView {
        &self.view
    }

    /// The head.
    pub const fn head(&self) -> &Arc<dyn Head> {
        &self.head
    }

    /// Waits until something changes. None when the head has ended.
    ///
    /// Nothing is lost when the future is dropped.
    ///
    /// # Errors
    /// The view had to be loaded anew, and the head cannot be asked. The next call tries again.
    pub async fn next(&mut self) -> Result<Option<News>, HeadError> {
        loop {
            if let Some(reason) = self.stale.clone() {
                let changes = self.reload().await?;
                return Ok(Some(News::Reloaded { reason, changes }));
            }
            match self.events.next().await {
                None => return Ok(None),
                Some(told) => match heed(&mut self.view, told) {
                    Ok(changes) if changes.is_empty() => {}
                    Ok(changes) => return Ok(Some(News::Followed(changes))),
                    Err(reason) => self.stale = Some(reason),
                },
            }
        }
    }

    /// Takes up what the head has told so far, without waiting for more: for whoever decides what to do now.
    ///
    /// # Errors
    /// The view had to be loaded anew, and the head cannot be asked. The next call tries again.
    pub async fn catch_up(&mut self) -> Result<Changes, HeadError> {
        let mut changes = Changes::default();
        loop {
            if self.stale.is_some() {
                return Ok(changes.then(&self.reload().await?));
            }
            match self.events.next().now_or_never() {
                None => return Ok(changes),
                // The events ended, as a connection does: what comes after is heard anew.
                Some(None) => return Ok(changes.then(&self.reload().await?)),
                Some(Some(told)) => match heed(&mut self.view, told) {
                    Ok(followed) => changes = changes.then(&followed),
                    Err(reason) => self.stale = Some(reason),
                },
            }
        }
    }

    /// Loads the view anew: for whoever was told that an output is spent which the view still shows.
    ///
    /// # Errors
    /// The head cannot be asked. The view is as before.
    pub async fn reload(&mut self) -> Result<Changes, HeadError> {
        let (view, events, stale) = loaded(self.head.as_ref(), &self.view).await?;
        let changes = view.changes_since(&self.view);
        (self.view, self.events, self.stale) = (view, events, stale);
        Ok(changes)
    }
}

impl std::fmt::Debug for LiveView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveView")
            .field("view", &self.view)
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}

/// A view of what a head holds now, what happens from now on, and why that view is not current, if it is not.
async fn loaded(
    head: &dyn Head,
    view: &GridView,
) -> Result<(GridView, EventStream, Option<ReloadReason>), HeadError> {
    let mut events = head.events();
    let mut view = view.load(&head.utxos(&UtxoQuery::All).await?);
    for _ in 0..CATCHING_UP {
        let Some(Some(told)) = events.next().now_or_never() else { break };
        if let Err(reason) = heed(&mut view, told) {
            return Ok((view, events, Some(reason)));
        }
    }
    Ok((view, events, None))
}

/// Follows what a head has told, or says why the view is to be loaded anew.
fn heed(view: &mut GridView, told: Result<Event, Lagged>) -> Result<Changes, ReloadReason> {
    Ok(view.follow(&told?)?)
}

#[cfg(test)]
mod tests;
