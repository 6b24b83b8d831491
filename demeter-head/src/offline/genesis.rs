//! What a Shelley genesis says of slots.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use demeter_core::{Span, Time};
use demeter_tx::hydra::{Decimal, Timestamp};
use demeter_tx::{Network, Slot, SlotClock};
use serde::Deserialize;

use super::OfflineError;
use super::files::{content, read};

/// What a Shelley genesis says of slots, and which network it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Genesis {
    pub(super) network: Network,
    pub(super) clock: SlotClock,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    system_start: Timestamp,
    /// In seconds.
    slot_length: Decimal,
    network_id: Option<NetworkId>,
}

#[derive(Deserialize)]
enum NetworkId {
    Testnet,
    Mainnet,
}

impl Genesis {
    /// A test network that begins now, in slots of a second.
    pub(super) fn now() -> Result<Self, OfflineError> {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let start = Span::from_seconds(seconds).and_then(|since| Time::ZERO.after(since));
        Self::of(start.unwrap_or(Time::ZERO))
    }

    /// A test network that begins then, in slots of a second.
    pub(super) fn of(start: Time) -> Result<Self, OfflineError> {
        Ok(Self { network: Network::Testnet, clock: SlotClock::of_seconds(start)? })
    }

    pub(super) fn read(path: &Path) -> Result<Self, OfflineError> {
        let written: Written = read(path)?;
        let start = written.system_start.to_time().map_err(|error| content(path, error))?;
        let length = written.slot_length.to_ratio().and_then(|seconds| {
            let milliseconds = u128::from(seconds.numerator()) * 1_000;
            let denominator = u128::from(seconds.denominator());
            let whole = milliseconds.is_multiple_of(denominator);
            u64::try_from(milliseconds / denominator).ok().filter(|_| whole)
        });
        let length = length.and_then(|milliseconds| Span::from_milliseconds(milliseconds).ok());
        let unusable = || format!("slotLength: expected whole milliseconds, found {}", written.slot_length);
        let length = length.ok_or_else(|| content(path, unusable()))?;
        let clock = SlotClock::new(start, Slot::default(), length).map_err(|error| content(path, error))?;
        let network = match written.network_id {
            Some(NetworkId::Mainnet) => Network::Mainnet,
            Some(NetworkId::Testnet) | None => Network::Testnet,
        };
        Ok(Self { network, clock })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genesis(text: &str) -> Result<Genesis, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genesis.json");
        std::fs::write(&path, text).unwrap();
        Genesis::read(&path).map_err(|error| error.to_string().replace(&format!("{}: ", path.display()), ""))
    }

    #[test]
    fn slots_are_as_the_genesis_says() {
        let read =
            genesis(r#"{"systemStart":"2026-01-01T00:00:00Z","slotLength":0.1,"networkId":"Mainnet","x":1}"#);
        let start = Time::from_milliseconds(1_767_225_600_000).unwrap();
        let length = Span::from_milliseconds(100).unwrap();
        let clock = SlotClock::new(start, Slot::default(), length).unwrap();
        assert_eq!(read, Ok(Genesis { network: Network::Mainnet, clock }));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let of = |start: &str, length: &str| {
            genesis(&format!(r#"{{"systemStart":"{start}","slotLength":{length}}}"#))
        };
        let start = "2026-01-01T00:00:00Z";
        assert_eq!(of(start, "0.0001").unwrap_err(), "slotLength: expected whole milliseconds, found 0.0001");
        assert_eq!(of(start, "0").unwrap_err(), "a slot lasts from 1 to 4294967295 milliseconds, found 0");
        assert!(of("yesterday", "1").unwrap_err().starts_with("expected a moment"));
        assert!(genesis("{}").unwrap_err().contains("systemStart"));
    }
}
