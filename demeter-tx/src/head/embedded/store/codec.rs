//! Keys and records of a head's file, in CBOR where they are more than a number.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use demeter_core::{OutputReference, Time, TransactionId};
use minicbor::{Decoder, Encoder};

use super::StoreFault;
use crate::SignedTransaction;
use crate::head::{Event, InvalidReason, SnapshotNumber};

/// The length of the key of an output: its transaction's id, then its index, the highest byte first, so that keys
/// sort as references do.
pub(super) const KEY_LENGTH: usize = 40;

const VALID: u8 = 0;
const INVALID: u8 = 1;
const SNAPSHOT: u8 = 2;

pub(super) fn key(reference: &OutputReference) -> [u8; KEY_LENGTH] {
    let mut key = [0; KEY_LENGTH];
    let bytes = reference.transaction.as_bytes().iter().copied().chain(reference.index.to_be_bytes());
    key.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    key
}

pub(super) fn reference(key: &[u8; KEY_LENGTH]) -> Result<OutputReference, StoreFault> {
    let parts = key.split_first_chunk::<32>().and_then(|(id, index)| Some((id, index.first_chunk::<8>()?)));
    let (id, index) = parts.ok_or_else(|| damaged("a key", "it is too short"))?;
    Ok(OutputReference { transaction: TransactionId::from_bytes(*id), index: u64::from_be_bytes(*index) })
}

/// Events that were stored together, each with its time.
pub(super) fn write_events(events: &[(Time, Event)]) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    // NOTE: writing to memory does not fail.
    encode_events(&mut encoder, events).map(|()| encoder.into_writer()).unwrap_or_default()
}

pub(super) fn read_events(bytes: &[u8]) -> Result<Vec<(Time, Event)>, StoreFault> {
    let mut decoder = Decoder::new(bytes);
    decode_events(&mut decoder).map_err(|error| damaged("an event", error))
}

fn encode_events(
    encoder: &mut Encoder<Vec<u8>>,
    events: &[(Time, Event)],
) -> Result<(), minicbor::encode::Error<Infallible>> {
    encoder.array(events.len() as u64)?;
    for (time, event) in events {
        encoder.array(4)?.u64(time.to_milliseconds())?;
        match event {
            Event::TxValid { transaction } => {
                encoder.u8(VALID)?.bytes(transaction.as_bytes())?.null()?;
            }
            Event::TxInvalid { transaction, reason } => {
                encoder.u8(INVALID)?.bytes(transaction.as_bytes())?.str(&reason.to_string())?;
            }
            Event::SnapshotConfirmed { number, transactions } => {
                encoder.u8(SNAPSHOT)?.u64(number.to_number())?.array(transactions.len() as u64)?;
                for transaction in transactions {
                    encoder.bytes(&transaction.to_cbor())?;
                }
            }
        }
    }
    Ok(())
}

fn decode_events(decoder: &mut Decoder<'_>) -> Result<Vec<(Time, Event)>, minicbor::decode::Error> {
    let count = length(decoder)?;
    (0..count)
        .map(|_| {
            if length(decoder)? != 4 {
                return Err(message("an event has four parts"));
            }
            let time = Time::from_milliseconds(decoder.u64()?).map_err(message)?;
            let event = match decoder.u8()? {
                VALID => {
                    let transaction = id(decoder)?;
                    decoder.null()?;
                    Event::TxValid { transaction }
                }
                INVALID => {
                    let transaction = id(decoder)?;
                    let reason = InvalidReason::Reported(decoder.str()?.to_owned());
                    Event::TxInvalid { transaction, reason }
                }
                SNAPSHOT => {
                    let number = SnapshotNumber::from_number(decoder.u64()?);
                    let count = length(decoder)?;
                    let transactions = (0..count).map(|_| transaction(decoder)).collect::<Result<_, _>>()?;
                    Event::SnapshotConfirmed { number, transactions }
                }
                kind => return Err(message(format!("there is no kind {kind}"))),
            };
            Ok((time, event))
        })
        .collect()
}

fn length(decoder: &mut Decoder<'_>) -> Result<u64, minicbor::decode::Error> {
    decoder.array()?.ok_or_else(|| message("a list has a length"))
}

fn id(decoder: &mut Decoder<'_>) -> Result<TransactionId, minicbor::decode::Error> {
    let bytes: [u8; 32] = decoder.bytes()?.try_into().map_err(message)?;
    Ok(TransactionId::from_bytes(bytes))
}

fn transaction(decoder: &mut Decoder<'_>) -> Result<Arc<SignedTransaction>, minicbor::decode::Error> {
    SignedTransaction::from_cbor(decoder.bytes()?).map(Arc::new).map_err(message)
}

fn message(reason: impl fmt::Display) -> minicbor::decode::Error {
    minicbor::decode::Error::message(reason)
}

pub(super) fn damaged(what: &str, reason: impl ToString) -> StoreFault {
    StoreFault::Damaged { reason: format!("{what}: {}", reason.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A transaction of this body; nothing of it is read.
    fn carried(body: &str) -> Arc<SignedTransaction> {
        Arc::new(format!("84{body}a0f5f6").parse().unwrap())
    }

    #[test]
    fn keys_sort_as_references_do() {
        let at = |seed, index| OutputReference { transaction: TransactionId::from_bytes([seed; 32]), index };
        let sorted = [at(0, 0), at(0, 1), at(0, 256), at(1, 0), at(255, u64::MAX)];
        assert!(sorted.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
        assert!(sorted.iter().all(|at| reference(&key(at)).unwrap() == *at));
    }

    #[test]
    fn events_come_back_but_for_the_rule_behind_a_reason() {
        let transaction = TransactionId::from_bytes([7; 32]);
        let time = Time::from_milliseconds(5).unwrap();
        let reason = InvalidReason::from(crate::ledger::LedgerError::NoInputs);
        let confirmed = Event::SnapshotConfirmed {
            number: SnapshotNumber::from_number(3),
            transactions: ["a300d9010280018002182a", "a0"].map(carried).into(),
        };
        let valid = Event::TxValid { transaction };
        let events = [valid.clone(), Event::TxInvalid { transaction, reason }, confirmed.clone()]
            .map(|event| (time, event));
        let reason = InvalidReason::Reported("the transaction has no inputs".to_owned());
        let expected =
            [valid, Event::TxInvalid { transaction, reason }, confirmed].map(|event| (time, event));
        let bytes = write_events(&events);
        assert_eq!(read_events(&bytes).unwrap(), expected);
        for length in 0..bytes.len() {
            assert!(read_events(&bytes[..length]).is_err(), "{length}");
        }
        assert_eq!(
            read_events(&[0x81, 0x84, 0x05, 0x09]).unwrap_err().to_string(),
            "an event: decode error: there is no kind 9"
        );
    }
}
