//! What a node does not say of itself, and how it is learned all the same.

use demeter_core::{Span, Time};
use pallas_traverse::wellknown::GenesisValues;

use super::error::ConnectError;
use crate::hydra::{ChainBackend, ChainConfig, NodeState, ServerOutput, TimedOutput};
use crate::{Network, Slot, SlotClock};

/// What a node runs on: the magic number of its network, if it says so.
pub(super) fn magic(chain: &ChainConfig) -> Option<u64> {
    let ChainConfig::Cardano(chain) = chain else { return None };
    let ChainBackend::Direct(direct) = &chain.backend else { return None };
    match direct.testnet_magic {
        Some(magic) => Some(magic),
        None => direct.mainnet.filter(|mainnet| *mainnet).map(|_| MAINNET),
    }
}

const MAINNET: u64 = 764_824_073;

/// The network of a magic number.
pub(super) const fn network(magic: u64) -> Network {
    if magic == MAINNET { Network::Mainnet } else { Network::Testnet }
}

/// The clock of a network that everyone knows.
pub(super) fn known_clock(magic: u64) -> Option<SlotClock> {
    let known = GenesisValues::from_magic(magic)?;
    let start = Time::ZERO.after(Span::from_seconds(known.shelley_known_time).ok()?).ok()?;
    let length = Span::from_seconds(known.shelley_slot_length.into()).ok()?;
    SlotClock::new(start, Slot::from_number(known.shelley_known_slot), length).ok()
}

/// The clock that follows from the last slot whose time a node told, if slots last so long.
pub(super) fn told_clock(history: &[TimedOutput], length: Span) -> Result<SlotClock, ConnectError> {
    let told = history.iter().rev().find_map(|output| match &output.output {
        ServerOutput::NodeSynced(at) | ServerOutput::NodeUnsynced(at) => Some((at.slot, &at.time)),
        ServerOutput::EventLogRotated(rotated) => match &rotated.checkpoint {
            NodeState::InSync(known) | NodeState::CatchingUp(known) => {
                Some((known.chain_point_time.slot, &known.chain_point_time.time))
            }
            NodeState::Unknown(_) => None,
        },
        _ => None,
    });
    let (slot, time) = told.ok_or(ConnectError::NoClock)?;
    let time = time.to_time().map_err(|_| ConnectError::NoClock)?;
    // From slot 0 on, if that was after 1970: earlier slots have times, too.
    let since = length.to_milliseconds().checked_mul(slot);
    let start = since.and_then(|since| time.to_milliseconds().checked_sub(since));
    let clock = match start.and_then(|start| Time::from_milliseconds(start).ok()) {
        Some(start) => SlotClock::new(start, Slot::default(), length),
        None => SlotClock::new(time, Slot::from_number(slot), length),
    };
    Ok(clock?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(text: &str) -> ChainConfig {
        serde_json::from_str(text).unwrap()
    }

    fn direct(network: &str) -> ChainConfig {
        chain(&format!(
            r#"{{"mode":"cardano","cardano-signing-key":"","cardano-verification-keys":[],
            "contestation-period":1,"deposit-period":1,"unsynced-period":1,
            "backend":{{"mode":"direct","node-socket":"",{network}}}}}"#
        ))
    }

    #[test]
    fn the_networks_that_everyone_knows_have_clocks() {
        // A slot and its time from each network.
        for (chain, network_, slot, time) in [
            (direct(r#""mainnet":true"#), Network::Mainnet, 4_924_800, 1_596_491_091_000),
            (direct(r#""testnet-magic":1"#), Network::Testnet, 86_400, 1_655_769_600_000),
            (direct(r#""testnet-magic":2"#), Network::Testnet, 10, 1_666_656_010_000),
        ] {
            let magic = magic(&chain).unwrap();
            assert_eq!(network(magic), network_);
            let clock = known_clock(magic).unwrap();
            assert_eq!(clock.time_of(Slot::from_number(slot)).unwrap().to_milliseconds(), time);
        }
        assert_eq!(known_clock(magic(&direct(r#""testnet-magic":42"#)).unwrap()), None);
        let offline = chain(r#"{"mode":"offline","offline-head-seed":"00","initial-utxo":""}"#);
        assert_eq!(magic(&offline), None);
    }

    #[test]
    fn a_slot_with_its_time_makes_a_clock() {
        let second = Span::from_seconds(1).unwrap();
        let output = |slot: u64| -> TimedOutput {
            serde_json::from_str(&format!(
                r#"{{"tag":"NodeSynced","chainSlot":{slot},"chainTime":"2026-11-21T15:40:01Z","drift":0,
                "seq":1,"timestamp":"2026-11-21T15:40:01Z"}}"#
            ))
            .unwrap()
        };
        let clock = told_clock(&[output(7), output(100)], second).unwrap();
        let told = clock.time_of(Slot::from_number(100)).unwrap();
        assert_eq!(told.to_milliseconds(), 1_795_275_601_000);
        assert_eq!(clock.time_of(Slot::default()).unwrap().to_milliseconds(), 1_795_275_501_000);
        // A network whose slots were shorter once: what was before 1970 cannot be told.
        assert_eq!(told_clock(&[output(u64::MAX)], second).unwrap().zero_slot(), Slot::from_number(u64::MAX));
        let error = told_clock(&[], second).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the node does not tell how its slots relate to time: say so in the options"
        );
    }
}
