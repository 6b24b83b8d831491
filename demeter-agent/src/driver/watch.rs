//! A view that follows its head.

use demeter_tx::head::{Event, EventStream, Head, HeadError, Lagged, UtxoQuery};
use demeter_tx::view::GridView;
use futures_util::{FutureExt as _, StreamExt as _};

/// A view and the events that say when it is old.
pub(super) struct Watch {
    view: GridView,
    events: EventStream,
    /// Whether something has happened that the view does not show yet.
    old: bool,
}

impl Watch {
    /// Listens first, then looks: nothing that happens between the two is missed.
    pub(super) async fn open(head: &dyn Head, view: GridView) -> Result<Self, HeadError> {
        let events = head.events();
        let view = view.load(&head.utxos(&UtxoQuery::All).await?);
        Ok(Self { view, events, old: false })
    }

    pub(super) const fn view(&self) -> &GridView {
        &self.view
    }

    /// Takes in what has happened.
    pub(super) async fn refresh(&mut self, head: &dyn Head) -> Result<(), HeadError> {
        while let Some(next) = self.events.next().now_or_never() {
            match next {
                Some(event) => self.take(&event),
                None => {
                    // It ended, as a connection does: what comes after is heard anew.
                    self.events = head.events();
                    self.old = true;
                    break;
                }
            }
        }
        if self.old { self.reload(head).await } else { Ok(()) }
    }

    /// Looks at everything anew.
    pub(super) async fn reload(&mut self, head: &dyn Head) -> Result<(), HeadError> {
        self.view = self.view.load(&head.utxos(&UtxoQuery::All).await?);
        self.old = false;
        Ok(())
    }

    /// Waits for something to happen. Says whether the head still tells.
    pub(super) async fn happened(&mut self) -> bool {
        match self.events.next().await {
            Some(event) => {
                self.take(&event);
                true
            }
            None => false,
        }
    }

    /// Follows the transactions of a confirmed snapshot, as far as they can be read.
    fn take(&mut self, event: &Result<Event, Lagged>) {
        match event {
            Ok(Event::SnapshotConfirmed { transactions, .. }) => {
                for transaction in transactions {
                    match transaction.effect() {
                        Ok(effect) => drop(self.view.apply(&effect.consumed, &effect.made)),
                        Err(_) => self.old = true,
                    }
                }
            }
            Ok(_) => {}
            Err(Lagged { .. }) => self.old = true,
        }
    }
}
