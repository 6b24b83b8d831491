//! The leaves: integers, byte strings, lists, options, addresses, assets, references.

use super::{Codec, DecodeError, DecodeFault, PlutusData, Reader, Writer, record};
use crate::{
    Address, Amount, Asset, AssetName, BidName, Count, Credential, GridId, KeyHash, Merit, OutputReference,
    Ppm, Quantity, ResourceName, ScriptHash, Span, Text, Time, TransactionId, WorkloadHash,
};

macro_rules! integers {
    ($($type:ident $from:ident $to:ident $name:literal),* $(,)?) => {
        $(impl Codec for $type {
            const NAME: &'static str = $name;

            fn write(&self, writer: &mut Writer) {
                writer.integer(self.$to());
            }

            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let integer = reader.integer()?;
                $type::$from(integer).map_err(|_| reader.fault(DecodeFault::TooLarge))
            }
        })*
    };
}

integers! {
    Amount from_units to_units "amount",
    Quantity from_units to_units "quantity",
    Time from_milliseconds to_milliseconds "time",
    Span from_milliseconds to_milliseconds "span",
    Ppm from_millionths to_millionths "ppm",
    Count from_number to_number "count",
    Merit from_points to_points "merit",
}

macro_rules! hashes {
    ($($type:ident $name:literal),* $(,)?) => {
        $(impl Codec for $type {
            const NAME: &'static str = $name;

            fn write(&self, writer: &mut Writer) {
                writer.bytes(self.as_bytes());
            }

            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.fixed().map(Self::from_bytes)
            }
        })*
    };
}

hashes! {
    KeyHash "key_hash",
    ScriptHash "script_hash",
    GridId "grid_id",
    BidName "bid_name",
    WorkloadHash "workload",
    TransactionId "transaction",
}

macro_rules! byte_strings {
    ($($type:ident $name:literal),* $(,)?) => {
        $(impl Codec for $type {
            const NAME: &'static str = $name;

            fn write(&self, writer: &mut Writer) {
                writer.bytes(self.as_bytes());
            }

            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.bytes().map(Self::from_bytes)
            }
        })*
    };
}

byte_strings! {
    ResourceName "resource",
    Text "text",
}

/// Lists; a map is a list of types that write and read a pair.
impl<T: Codec> Codec for Vec<T> {
    const NAME: &'static str = "list";

    fn write(&self, writer: &mut Writer) {
        writer.list(self.len());
        self.iter().for_each(|element| element.write(writer));
        writer.end(self.len());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut sequence = reader.array()?;
        let mut elements = Vec::new();
        while reader.more(&mut sequence)? {
            let element = T::read(reader).map_err(|error| error.element(elements.len()))?;
            elements.push(element);
        }
        Ok(elements)
    }
}

impl<T: Codec> Codec for Option<T> {
    const NAME: &'static str = "option";

    fn write(&self, writer: &mut Writer) {
        match self {
            Some(value) => {
                writer.constructor(0, 1);
                value.write(writer);
                writer.end(1);
            }
            None => writer.constructor(1, 0),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (found, mut fields) = reader.constructor()?;
        match found {
            0 => {
                let value = reader.field(&mut fields, "", 0, 1)?;
                reader.no_more_fields(&mut fields, 1)?;
                Ok(Some(value))
            }
            1 => reader.no_more_fields(&mut fields, 0).map(|()| None),
            _ => Err(reader.fault(DecodeFault::Constructor { expected: "0 or 1", found })),
        }
    }
}

impl Codec for Credential {
    const NAME: &'static str = "credential";

    fn write(&self, writer: &mut Writer) {
        let index = match self {
            Self::Key(_) => 0,
            Self::Script(_) => 1,
        };
        writer.constructor(index, 1);
        writer.bytes(self.hash_bytes());
        writer.end(1);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (found, mut fields) = reader.constructor()?;
        let credential = match found {
            0 => Self::Key(reader.field(&mut fields, "", 0, 1)?),
            1 => Self::Script(reader.field(&mut fields, "", 0, 1)?),
            _ => return Err(reader.fault(DecodeFault::Constructor { expected: "0 or 1", found })),
        };
        reader.no_more_fields(&mut fields, 1)?;
        Ok(credential)
    }
}

/// The staking part as the ledger wraps it: constructor 0 of what may also be a pointer.
struct Stake {
    credential: Credential,
}

record! { 0 Stake as "stake" { credential } }

impl Codec for Address {
    const NAME: &'static str = "address";

    fn write(&self, writer: &mut Writer) {
        writer.constructor(0, 2);
        self.payment.write(writer);
        self.stake.map(|credential| Stake { credential }).write(writer);
        writer.end(2);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (found, mut fields) = reader.constructor()?;
        if found != 0 {
            return Err(reader.fault(DecodeFault::Constructor { expected: "0", found }));
        }
        let payment = reader.field(&mut fields, "payment", 0, 2)?;
        let stake: Option<Stake> = reader.field(&mut fields, "stake", 1, 2)?;
        reader.no_more_fields(&mut fields, 2)?;
        Ok(Self { payment, stake: stake.map(|stake| stake.credential) })
    }
}

impl PlutusData for Address {}

impl Codec for Asset {
    const NAME: &'static str = "asset";

    fn write(&self, writer: &mut Writer) {
        writer.constructor(0, 2);
        match self {
            Self::Lovelace => {
                writer.bytes(&[]);
                writer.bytes(&[]);
            }
            Self::Token { policy, name } => {
                writer.bytes(policy.as_bytes());
                writer.bytes(name.as_bytes());
            }
        }
        writer.end(2);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (found, mut fields) = reader.constructor()?;
        if found != 0 {
            return Err(reader.fault(DecodeFault::Constructor { expected: "0", found }));
        }
        let policy: Text = reader.field(&mut fields, "policy", 0, 2)?;
        let name: Text = reader.field(&mut fields, "name", 1, 2)?;
        reader.no_more_fields(&mut fields, 2)?;
        let (policy, name) = (policy.as_bytes(), name.as_bytes());
        if policy.is_empty() {
            return if name.is_empty() {
                Ok(Self::Lovelace)
            } else {
                Err(reader.fault(DecodeFault::AdaName { found: name.len() }).inside("name"))
            };
        }
        let policy = ScriptHash::try_from(policy).map_err(|_| {
            reader
                .fault(DecodeFault::Length { expected: ScriptHash::LENGTH, found: policy.len() })
                .inside("policy")
        })?;
        let name = AssetName::from_bytes(name).map_err(|error| {
            reader.fault(DecodeFault::TooLong { limit: 32, found: error.found }).inside("name")
        })?;
        Ok(Self::Token { policy, name })
    }
}

impl PlutusData for Asset {}

impl Codec for OutputReference {
    const NAME: &'static str = "output_reference";

    fn write(&self, writer: &mut Writer) {
        writer.constructor(0, 2);
        self.transaction.write(writer);
        writer.integer(self.index);
        writer.end(2);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (found, mut fields) = reader.constructor()?;
        if found != 0 {
            return Err(reader.fault(DecodeFault::Constructor { expected: "0", found }));
        }
        let transaction = reader.field(&mut fields, "transaction", 0, 2)?;
        let index: Count = reader.field(&mut fields, "index", 1, 2)?;
        reader.no_more_fields(&mut fields, 2)?;
        Ok(Self { transaction, index: index.to_number() })
    }
}

impl PlutusData for OutputReference {}
