//! Integers of states, made from whatever bytes there are.

use libfuzzer_sys::arbitrary::{Result, Unstructured};

/// One above the greatest integer that a state may hold.
pub const LIMIT: u64 = 1 << 63;

/// Where integers come from.
pub struct Integers<'b>(Unstructured<'b>);

impl<'b> Integers<'b> {
    /// Integers out of these bytes.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    /// An integer of a state: small, middling, anything, or next to an edge.
    pub fn any(&mut self) -> Result<u64> {
        let source = &mut self.0;
        Ok(match source.int_in_range(0..=5u8)? {
            0 => u64::from(source.arbitrary::<u8>()?),
            1 => u64::from(source.arbitrary::<u32>()?),
            2 => source.int_in_range(0..=10_000_000_000)?,
            3 => {
                let (bit, near) = (source.int_in_range(0..=62u32)?, source.int_in_range(0..=2u64)?);
                (1u64 << bit) + near - 1
            }
            4 => LIMIT - source.int_in_range(1..=3u64)?,
            _ => source.int_in_range(0..=LIMIT - 1)?,
        })
    }

    /// An integer from the first to the last.
    pub fn within(&mut self, first: u64, last: u64) -> Result<u64> {
        self.0.int_in_range(first..=last)
    }

    /// One of these.
    pub fn of<T: Copy>(&mut self, items: &[T]) -> Result<T> {
        self.0.choose(items).copied()
    }

    /// Millionths, the ends more often than by chance.
    pub fn part(&mut self) -> Result<u64> {
        let any = self.within(0, 1_000_000)?;
        self.of(&[any, any, 0, 1, 999_999, 1_000_000])
    }

    /// So many bytes.
    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.0.arbitrary()
    }
}
