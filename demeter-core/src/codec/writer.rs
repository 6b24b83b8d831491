//! The one way in which data is written: the ledger's own.

use std::convert::Infallible;

use minicbor::data::Tag;
use minicbor::encode::{Encoder, Error};

/// The longest byte string that is written in one piece.
const CHUNK: usize = 64;

/// Writes Plutus data into memory.
pub struct Writer {
    encoder: Encoder<Vec<u8>>,
}

/// NOTE: a vector takes whatever is written to it, so there is no failure to report.
fn written<T>(_: Result<T, Error<Infallible>>) {}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { encoder: Encoder::new(Vec::with_capacity(512)) }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.encoder.into_writer()
    }

    /// A constructor with fields that the caller writes next, then [`Writer::end`] if there are any.
    pub(crate) fn constructor(&mut self, index: u64, fields: usize) {
        match index {
            0..7 => written(self.encoder.tag(Tag::new(121 + index))),
            7..128 => written(self.encoder.tag(Tag::new(1280 + index - 7))),
            _ => {
                written(self.encoder.tag(Tag::new(102)));
                written(self.encoder.array(2));
                written(self.encoder.u64(index));
            }
        }
        self.list(fields);
    }

    /// A list of elements that the caller writes next, then [`Writer::end`] if there are any.
    pub(crate) fn list(&mut self, elements: usize) {
        if elements == 0 {
            written(self.encoder.array(0));
        } else {
            written(self.encoder.begin_array());
        }
    }

    /// Ends a list or constructor that is not empty.
    pub(crate) fn end(&mut self, elements: usize) {
        if elements > 0 {
            written(self.encoder.end());
        }
    }

    /// A map of pairs that the caller writes next.
    pub(crate) fn map(&mut self, pairs: usize) {
        written(self.encoder.map(pairs as u64));
    }

    pub(crate) fn integer(&mut self, integer: u64) {
        written(self.encoder.u64(integer));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if bytes.len() <= CHUNK {
            written(self.encoder.bytes(bytes));
        } else {
            written(self.encoder.begin_bytes());
            for chunk in bytes.chunks(CHUNK) {
                written(self.encoder.bytes(chunk));
            }
            written(self.encoder.end());
        }
    }
}
