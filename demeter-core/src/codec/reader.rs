//! The strict reader of Plutus data.
//!
//! It follows the shape of the type that is wanted, so the depth of what it reads is bounded by that type, and
//! it reserves memory only for bytes that are there.

use std::borrow::Cow;

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};

use super::{Codec, DecodeError, DecodeFault};
use crate::INTEGER_LIMIT;

/// The byte that ends what was begun without a length.
const BREAK: u8 = 0xff;

/// Reads Plutus data from a slice.
pub struct Reader<'b> {
    decoder: Decoder<'b>,
}

/// What is left of a list, of a map or of the fields of a constructor.
pub(crate) struct Sequence {
    /// How many more, when that was said at the beginning.
    left: Option<u64>,
    /// The general form of a constructor is a list around the list of fields; this is what ends it.
    outer: Outer,
}

#[derive(Clone, Copy)]
enum Outer {
    Nothing,
    Break,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { decoder: Decoder::new(bytes) }
    }

    /// How many bytes have been read.
    pub(crate) fn position(&self) -> usize {
        self.decoder.position()
    }

    pub(crate) fn fault(&self, fault: DecodeFault) -> DecodeError {
        DecodeError::new(self.position(), fault)
    }

    /// Refuses bytes that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), DecodeError> {
        match self.decoder.input().len().saturating_sub(self.position()) {
            0 => Ok(()),
            found => Err(self.fault(DecodeFault::Trailing { found })),
        }
    }

    /// The number of a constructor without reading it.
    pub(crate) fn peek_constructor(&self) -> Result<u64, DecodeError> {
        let mut ahead = Reader { decoder: self.decoder.clone() };
        ahead.constructor().map(|(index, _)| index)
    }

    /// The number of a constructor, and its fields.
    pub(crate) fn constructor(&mut self) -> Result<(u64, Sequence), DecodeError> {
        self.expect("a constructor", &[Type::Tag])?;
        let tag = self.decoder.tag().map_err(|error| self.not_cbor(&error))?.as_u64();
        let (index, outer) = match tag {
            121..128 => (tag - 121, Outer::Nothing),
            1280..1401 => (tag - 1280 + 7, Outer::Nothing),
            102 => {
                let pair = self.array()?;
                // NOTE: the ledger takes no big integer here, as it does elsewhere.
                self.expect("an integer", &[Type::U8, Type::U16, Type::U32, Type::U64])?;
                let index = self.decoder.u64().map_err(|error| self.not_cbor(&error))?;
                match pair.left {
                    Some(2) => (index, Outer::Nothing),
                    None => (index, Outer::Break),
                    Some(_) => {
                        return Err(
                            self.fault(DecodeFault::Kind { expected: "a constructor", found: "a list" })
                        );
                    }
                }
            }
            _ => return Err(self.fault(DecodeFault::Kind { expected: "a constructor", found: "a tag" })),
        };
        let fields = self.array()?;
        Ok((index, Sequence { outer, ..fields }))
    }

    /// Whether there is one more element. At the end, the end is read.
    pub(crate) fn more(&mut self, sequence: &mut Sequence) -> Result<bool, DecodeError> {
        let more = match &mut sequence.left {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => !self.at_break()?,
        };
        if !more && matches!(sequence.outer, Outer::Break) && !self.at_break()? {
            return Err(self.fault(DecodeFault::Kind { expected: "the end", found: "more items" }));
        }
        Ok(more)
    }

    /// One field of a constructor of so many.
    pub(crate) fn field<T: Codec>(
        &mut self,
        fields: &mut Sequence,
        name: &'static str,
        position: usize,
        arity: usize,
    ) -> Result<T, DecodeError> {
        if self.more(fields)? {
            T::read(self).map_err(|error| error.inside(name))
        } else {
            Err(self.fault(DecodeFault::Arity { expected: arity, found: position, at_least: false }))
        }
    }

    /// The end of a constructor of so many fields.
    pub(crate) fn no_more_fields(&mut self, fields: &mut Sequence, arity: usize) -> Result<(), DecodeError> {
        let declared = fields.left;
        if self.more(fields)? {
            let (found, at_least) = match declared {
                Some(left) => (arity.saturating_add(usize::try_from(left).unwrap_or(usize::MAX)), false),
                None => (arity + 1, true),
            };
            return Err(self.fault(DecodeFault::Arity { expected: arity, found, at_least }));
        }
        Ok(())
    }

    pub(crate) fn array(&mut self) -> Result<Sequence, DecodeError> {
        self.expect("a list", &[Type::Array, Type::ArrayIndef])?;
        let left = self.decoder.array().map_err(|error| self.not_cbor(&error))?;
        Ok(Sequence { left, outer: Outer::Nothing })
    }

    pub(crate) fn map(&mut self) -> Result<Sequence, DecodeError> {
        self.expect("a map", &[Type::Map, Type::MapIndef])?;
        let left = self.decoder.map().map_err(|error| self.not_cbor(&error))?;
        Ok(Sequence { left, outer: Outer::Nothing })
    }

    /// An integer in `0..2^63`, in whatever width.
    pub(crate) fn integer(&mut self) -> Result<u64, DecodeError> {
        let found = self.kind()?;
        let integer = match found {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => {
                self.decoder.u64().map_err(|error| self.not_cbor(&error))?
            }
            Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
                return Err(self.fault(DecodeFault::Negative));
            }
            Type::Tag => self.big_integer()?,
            _ => {
                return Err(self.fault(DecodeFault::Kind { expected: "an integer", found: kind_name(found) }));
            }
        };
        if integer < INTEGER_LIMIT { Ok(integer) } else { Err(self.fault(DecodeFault::TooLarge)) }
    }

    fn big_integer(&mut self) -> Result<u64, DecodeError> {
        match self.decoder.tag().map_err(|error| self.not_cbor(&error))?.as_u64() {
            2 => {}
            3 => return Err(self.fault(DecodeFault::Negative)),
            _ => return Err(self.fault(DecodeFault::Kind { expected: "an integer", found: "a tag" })),
        }
        let bytes = self.bytes()?;
        let significant = bytes.iter().skip_while(|byte| **byte == 0);
        if significant.clone().count() > 8 {
            return Err(self.fault(DecodeFault::TooLarge));
        }
        Ok(significant.fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
    }

    /// A byte string, in one piece or in chunks.
    pub(crate) fn bytes(&mut self) -> Result<Cow<'b, [u8]>, DecodeError> {
        if self.expect("a byte string", &[Type::Bytes, Type::BytesIndef])? == Type::Bytes {
            return self.decoder.bytes().map(Cow::Borrowed).map_err(|error| self.not_cbor(&error));
        }
        self.skip_byte();
        let mut bytes = Vec::new();
        while !self.at_break()? {
            self.expect("a chunk of a byte string", &[Type::Bytes])?;
            bytes.extend_from_slice(self.decoder.bytes().map_err(|error| self.not_cbor(&error))?);
        }
        Ok(Cow::Owned(bytes))
    }

    /// A byte string of a fixed length.
    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let bytes = self.bytes()?;
        <[u8; N]>::try_from(bytes.as_ref())
            .map_err(|_| self.fault(DecodeFault::Length { expected: N, found: bytes.len() }))
    }

    fn expect(&self, expected: &'static str, kinds: &[Type]) -> Result<Type, DecodeError> {
        let found = self.kind()?;
        if kinds.contains(&found) {
            Ok(found)
        } else {
            Err(self.fault(DecodeFault::Kind { expected, found: kind_name(found) }))
        }
    }

    fn kind(&self) -> Result<Type, DecodeError> {
        self.decoder.datatype().map_err(|error| self.not_cbor(&error))
    }

    /// Reads the end of what was begun without a length, if it is there.
    fn at_break(&mut self) -> Result<bool, DecodeError> {
        match self.decoder.input().get(self.position()) {
            Some(&BREAK) => {
                self.skip_byte();
                Ok(true)
            }
            Some(_) => Ok(false),
            None => Err(self.fault(DecodeFault::Truncated)),
        }
    }

    fn skip_byte(&mut self) {
        self.decoder.set_position(self.position() + 1);
    }

    fn not_cbor(&self, error: &Error) -> DecodeError {
        self.fault(if error.is_end_of_input() { DecodeFault::Truncated } else { DecodeFault::NotCbor })
    }
}

fn kind_name(kind: Type) -> &'static str {
    match kind {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => "an integer",
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => "a negative integer",
        Type::Bytes | Type::BytesIndef => "a byte string",
        Type::String | Type::StringIndef => "a text",
        Type::Array | Type::ArrayIndef => "a list",
        Type::Map | Type::MapIndef => "a map",
        Type::Tag => "a constructor",
        Type::Break => "the end of a list",
        _ => "something that data never holds",
    }
}
