//! A head's settings, as JSON in its file.

use demeter_core::{Span, Time};
use serde::{Deserialize, Serialize};

use super::StoreFault;
use crate::head::ClockMode;
use crate::{LedgerSettings, Network, ProtocolParameters, Slot, SlotClock};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    network: u8,
    parameters: ProtocolParameters,
    zero_time: Time,
    zero_slot: u64,
    slot_length: Span,
    clock: ClockMode,
}

pub(super) fn write(settings: &LedgerSettings, clock: ClockMode) -> Result<Vec<u8>, StoreFault> {
    let slots = settings.clock;
    let written = Written {
        network: settings.network.id(),
        parameters: settings.parameters.clone(),
        zero_time: slots.zero_time(),
        zero_slot: slots.zero_slot().to_number(),
        slot_length: slots.slot_length(),
        clock,
    };
    serde_json::to_vec(&written).map_err(damaged)
}

pub(super) fn read(bytes: &[u8]) -> Result<(LedgerSettings, ClockMode), StoreFault> {
    let written: Written = serde_json::from_slice(bytes).map_err(damaged)?;
    let network = match written.network {
        0 => Network::Testnet,
        1 => Network::Mainnet,
        found => return Err(damaged(format!("network {found} does not exist"))),
    };
    let zero_slot = Slot::from_number(written.zero_slot);
    let clock = SlotClock::new(written.zero_time, zero_slot, written.slot_length).map_err(damaged)?;
    Ok((LedgerSettings { network, parameters: written.parameters, clock }, written.clock))
}

fn damaged(reason: impl ToString) -> StoreFault {
    StoreFault::Damaged { reason: format!("its settings: {}", reason.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_as_they_were() {
        let slots = Span::from_milliseconds(250).unwrap();
        let clock = SlotClock::new(Time::from_milliseconds(7).unwrap(), Slot::from_number(9), slots).unwrap();
        let of = |network, parameters| LedgerSettings { network, parameters, clock };
        let every = Span::from_seconds(20).unwrap();
        let cases = [
            (of(Network::Testnet, ProtocolParameters::hydra_l2().unwrap()), ClockMode::Virtual),
            (of(Network::Mainnet, ProtocolParameters::mainnet().unwrap()), ClockMode::Real),
            (of(Network::Mainnet, ProtocolParameters::mainnet().unwrap()), ClockMode::Ticks { every }),
        ];
        for (settings, mode) in cases {
            let bytes = write(&settings, mode).unwrap();
            assert_eq!(read(&bytes).unwrap(), (settings, mode));
        }
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let settings = crate::testing::settings();
        let text = String::from_utf8(write(&settings, ClockMode::Virtual).unwrap()).unwrap();
        let fault = read(text.replace("\"network\":0", "\"network\":2").as_bytes()).unwrap_err();
        assert_eq!(fault.to_string(), "its settings: network 2 does not exist");
        assert!(read(text.replace("zero_slot", "zeroslot").as_bytes()).is_err());
    }
}
