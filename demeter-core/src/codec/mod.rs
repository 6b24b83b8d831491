//! States and redeemers as Plutus data, and their names.
//!
//! What is written is what the ledger writes: names are hashes of what scripts serialise, so every byte counts.
//! Constructors are tagged 121 to 127, then 1280 to 1400; lists and fields have no length in front unless they
//! are empty; maps have one; byte strings longer than 64 bytes come in chunks of 64.
//!
//! What is read may be written in any way that the ledger accepts (with or without lengths, in chunks or not),
//! but must be exactly the type that is wanted: a [`DecodeError`] names the bad field.
//!
//! ```
//! use demeter_core::{Count, GridId, Pool, PlutusData, State};
//!
//! let pool = State::from(Pool { grid: GridId::from_bytes([7; 28]), next: Count::ZERO });
//! assert_eq!(State::decode(&pool.encode()), Ok(pool));
//!
//! let error = State::decode(&[0xd8, 0x7a, 0x9f, 0x00, 0xff]).unwrap_err();
//! assert_eq!(error.to_string(), "pool.grid at byte 3: expected a byte string, found an integer");
//! ```

mod error;
mod name;
mod primitive;
mod reader;
mod record;
mod writer;

pub use error::{DecodeError, DecodeFault};
pub use name::{bid_name, grid_id};
pub(crate) use reader::Reader;
pub(crate) use record::{choice, record};
pub(crate) use writer::Writer;

use crate::limits::MAX_DATA_SIZE;

/// How a type is written and read in the middle of others.
pub trait Codec: Sized {
    /// The root of the path in errors; empty where the type itself adds one.
    const NAME: &'static str;

    /// Writes the value.
    fn write(&self, writer: &mut Writer);

    /// Reads a value.
    ///
    /// # Errors
    /// The next item is not such a value.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// A type that is Plutus data by itself.
pub trait PlutusData: Codec {
    /// The bytes, as the ledger writes them.
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.finish()
    }

    /// Reads the value from exactly these bytes.
    ///
    /// # Errors
    /// They are not such a value, or there are more than [`MAX_DATA_SIZE`].
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let inside = |error: DecodeError| error.inside(Self::NAME);
        let mut reader = Reader::new(bytes);
        if bytes.len() > MAX_DATA_SIZE {
            let fault = DecodeFault::TooLong { limit: MAX_DATA_SIZE, found: bytes.len() };
            return Err(inside(reader.fault(fault)));
        }
        let value = Self::read(&mut reader).map_err(inside)?;
        reader.finish().map_err(inside)?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests;
