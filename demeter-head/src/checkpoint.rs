//! From where the history is told.

use std::fs;
use std::io;
use std::path::Path;

use demeter_core::Time;
use demeter_tx::Slot;
use demeter_tx::head::{EmbeddedHead, Head as _, HeadError, HeadTime, UtxoQuery};
use demeter_tx::hydra::UtxoJson;
use serde::{Deserialize, Serialize};

use crate::view::View;

/// What the head was before the first event of the history.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    pub(crate) view: View,
    /// The head's number of the event that comes next.
    pub(crate) event: u64,
    /// When that was.
    pub(crate) at: HeadTime,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    event: u64,
    time: Time,
    slot: u64,
    snapshot: u64,
    deposited: bool,
    utxo: UtxoJson,
}

impl Checkpoint {
    /// What a head is now.
    pub(crate) async fn of(head: &EmbeddedHead) -> Result<Self, HeadError> {
        loop {
            let event = head.next_event().to_number();
            let mut view = View::opened(&head.utxos(&UtxoQuery::All).await?);
            view.snapshot = view.snapshot.saturating_add(head.last_snapshot().to_number());
            let checkpoint = Self { view, event, at: head.tick() };
            // NOTE: the head is asked three times. What it does in between shows in its events.
            if head.next_event().to_number() == event {
                return Ok(checkpoint);
            }
        }
    }

    /// Whether nothing had happened yet.
    pub(crate) const fn is_opening(&self) -> bool {
        self.event == 0
    }

    /// Reads the file, if there is one that makes sense.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let Written { event, time, slot, snapshot, deposited, utxo } =
            serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
        let view = View { utxo, snapshot, confirmed: Vec::new(), deposited };
        Some(Self { view, event, at: HeadTime { time, slot: Slot::from_number(slot) } })
    }

    /// Writes the file: all of it or nothing.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let written = Written {
            event: self.event,
            time: self.at.time,
            slot: self.at.slot.to_number(),
            snapshot: self.view.snapshot,
            deposited: self.view.deposited,
            utxo: self.view.utxo.clone(),
        };
        let beside = path.with_extension("new");
        fs::write(&beside, serde_json::to_vec(&written)?)?;
        fs::rename(&beside, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.json");
        assert!(Checkpoint::read(&path).is_none());
        let view = View { utxo: UtxoJson::default(), snapshot: 7, confirmed: Vec::new(), deposited: true };
        let time = Time::from_milliseconds(5_000).unwrap();
        let at = HeadTime { time, slot: Slot::from_number(5) };
        Checkpoint { view, event: 12, at }.write(&path).unwrap();
        let read = Checkpoint::read(&path).unwrap();
        assert_eq!((read.event, read.at, read.view.snapshot, read.view.deposited), (12, at, 7, true));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 1]).unwrap();
        assert!(Checkpoint::read(&path).is_none());
    }
}
