//! Plutus data as JSON in cardano's *detailed schema*: `{"constructor": 0, "fields": [..]}`, `{"int": ..}`,
//! `{"bytes": ".."}`, `{"list": [..]}`, `{"map": [{"k": .., "v": ..}]}`.
//!
//! It says what data mean, not how they are encoded: what is read from it is encoded as the ledger does, and so may
//! have another hash than the data that it was written of.

use num_bigint::{BigInt, Sign};
use pallas_primitives::{BigInt as Number, BoundedBytes, Constr, MaybeIndefArray, PlutusData};
use serde::Deserialize;

use super::Raw;
use super::number::Decimal;
use crate::data::{DataError, check_nesting};
use crate::{Data, MAX_NESTING};

/// The JSON is not Plutus data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DataJsonError {
    /// It is not of the schema.
    #[error("not plutus data in the detailed schema: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// A number has a fraction or an exponent.
    #[error("an integer is written in digits, found {found}")]
    Integer {
        /// The text found.
        found: String,
    },
    /// The data have no encoding.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// One node of the tree, of which exactly one kind is there.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Node {
    constructor: Option<u64>,
    fields: Option<Vec<Self>>,
    int: Option<Decimal>,
    bytes: Option<String>,
    list: Option<Vec<Self>>,
    map: Option<Vec<Pair>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    k: Node,
    v: Node,
}

/// Reads data.
///
/// # Errors
/// They are not of the schema, or nest deeper than about sixty levels, where the reader of JSON stops.
pub fn data_of_json(raw: &Raw) -> Result<Data, DataJsonError> {
    let node: Node = raw.decode().map_err(|error| malformed(&error.to_string()))?;
    let data = Data::from(&node.into_data()?);
    check_nesting(data.as_bytes())?;
    Ok(data)
}

/// Writes data.
///
/// # Errors
/// None in practice: data have been read already.
pub fn data_to_json(data: &Data) -> Result<Raw, DataJsonError> {
    let mut text = String::new();
    write(&data.decode()?, &mut text, 0)?;
    Raw::from_text(text).map_err(|error| malformed(&error.to_string()))
}

fn malformed(reason: &str) -> DataJsonError {
    DataJsonError::Malformed { reason: reason.to_owned() }
}

impl Node {
    /// NOTE: recursion is bounded, as the reader of JSON bounds its own.
    fn into_data(self) -> Result<PlutusData, DataJsonError> {
        let all = |nodes: Vec<Self>| nodes.into_iter().map(Self::into_data).collect::<Result<Vec<_>, _>>();
        match self {
            Self {
                constructor: Some(index),
                fields: Some(fields),
                int: None,
                bytes: None,
                list: None,
                map: None,
            } => Ok(constructor(index, list(all(fields)?))),
            Self {
                constructor: None,
                fields: None,
                int: Some(number),
                bytes: None,
                list: None,
                map: None,
            } => integer(&number).map(PlutusData::BigInt),
            Self {
                constructor: None,
                fields: None,
                int: None,
                bytes: Some(digits),
                list: None,
                map: None,
            } => {
                let bytes = hex::decode(digits).map_err(|_| malformed("bytes are hexadecimal digits"))?;
                Ok(PlutusData::BoundedBytes(bytes.into()))
            }
            Self {
                constructor: None,
                fields: None,
                int: None,
                bytes: None,
                list: Some(items),
                map: None,
            } => Ok(PlutusData::Array(list(all(items)?))),
            Self {
                constructor: None,
                fields: None,
                int: None,
                bytes: None,
                list: None,
                map: Some(pairs),
            } => {
                let pairs = pairs.into_iter().map(|Pair { k, v }| Ok((k.into_data()?, v.into_data()?)));
                Ok(PlutusData::Map(pairs.collect::<Result<Vec<_>, DataJsonError>>()?.into()))
            }
            _ => Err(malformed("expected one of constructor with fields, int, bytes, list and map")),
        }
    }
}

/// As the ledger encodes lists: open-ended, unless empty.
fn list(items: Vec<PlutusData>) -> MaybeIndefArray<PlutusData> {
    if items.is_empty() { MaybeIndefArray::Def(items) } else { MaybeIndefArray::Indef(items) }
}

/// Source: Conway CDDL, `constr`: seven tags, 121 more, and one for all others.
fn constructor(index: u64, fields: MaybeIndefArray<PlutusData>) -> PlutusData {
    let (tag, any_constructor) = match index {
        0..=6 => (121 + index, None),
        7..=127 => (1280 + index - 7, None),
        _ => (102, Some(index)),
    };
    PlutusData::Constr(Constr { tag, any_constructor, fields })
}

/// Which constructor a tag stands for.
fn index_of(constructor: &Constr<PlutusData>) -> Option<u64> {
    match constructor.tag {
        tag @ 121..=127 => Some(tag - 121),
        tag @ 1280..=1400 => Some(tag - 1280 + 7),
        _ => constructor.any_constructor,
    }
}

fn integer(number: &Decimal) -> Result<Number, DataJsonError> {
    let found = || DataJsonError::Integer { found: number.as_text().to_owned() };
    let whole: BigInt = number.as_text().parse().map_err(|_| found())?;
    if let Some(small) = i128::try_from(&whole).ok().and_then(|whole| whole.try_into().ok()) {
        return Ok(Number::Int(small));
    }
    // A negative number is written as the distance from -1.
    Ok(match whole.sign() {
        Sign::Minus => Number::BigNInt(magnitude(&(-whole - 1))),
        _ => Number::BigUInt(magnitude(&whole)),
    })
}

fn magnitude(number: &BigInt) -> BoundedBytes {
    number.to_bytes_be().1.into()
}

/// NOTE: recursion is bounded, as data nest no deeper than [`MAX_NESTING`].
fn write(data: &PlutusData, text: &mut String, depth: usize) -> Result<(), DataJsonError> {
    if depth > MAX_NESTING {
        return Err(DataError::TooDeep.into());
    }
    let all = |text: &mut String, open: &str, items: &[PlutusData], close: &str| {
        text.push_str(open);
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                text.push(',');
            }
            write(item, text, depth + 1)?;
        }
        text.push_str(close);
        Ok(())
    };
    match data {
        PlutusData::Constr(constructor) => {
            let index = index_of(constructor).ok_or_else(|| malformed("a constructor has a number"))?;
            let open = format!("{{\"constructor\":{index},\"fields\":[");
            all(text, &open, &constructor.fields, "]}")
        }
        PlutusData::Array(items) => all(text, "{\"list\":[", items, "]}"),
        PlutusData::Map(pairs) => {
            text.push_str("{\"map\":[");
            for (position, (key, value)) in pairs.iter().enumerate() {
                text.push_str(if position > 0 { ",{\"k\":" } else { "{\"k\":" });
                write(key, text, depth + 1)?;
                text.push_str(",\"v\":");
                write(value, text, depth + 1)?;
                text.push('}');
            }
            text.push_str("]}");
            Ok(())
        }
        PlutusData::BigInt(number) => {
            let whole = match number {
                Number::Int(small) => BigInt::from(i128::from(*small)),
                Number::BigUInt(bytes) => BigInt::from_bytes_be(Sign::Plus, bytes),
                Number::BigNInt(bytes) => -BigInt::from_bytes_be(Sign::Plus, bytes) - 1,
            };
            text.push_str(&format!("{{\"int\":{whole}}}"));
            Ok(())
        }
        PlutusData::BoundedBytes(bytes) => {
            text.push_str(&format!("{{\"bytes\":\"{}\"}}", hex::encode(&**bytes)));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Raw {
        Raw::from_text(text.to_owned()).unwrap()
    }

    /// What stands for what, each way, in the ledger's own encoding.
    #[test]
    fn data_are_written_and_read() {
        let bytes = "ab".repeat(65);
        let long = format!("5f5840{}41abff", "ab".repeat(64));
        let long_json = format!(r#"{{"bytes":"{bytes}"}}"#);
        for (cbor, text) in [
            ("d87980", r#"{"constructor":0,"fields":[]}"#),
            ("d87e9f01ff", r#"{"constructor":5,"fields":[{"int":1}]}"#),
            ("d9050080", r#"{"constructor":7,"fields":[]}"#),
            ("d9057880", r#"{"constructor":127,"fields":[]}"#),
            ("d866821880 80", r#"{"constructor":128,"fields":[]}"#),
            ("20", r#"{"int":-1}"#),
            ("1bffffffffffffffff", r#"{"int":18446744073709551615}"#),
            ("c249010000000000000000", r#"{"int":18446744073709551616}"#),
            ("3bffffffffffffffff", r#"{"int":-18446744073709551616}"#),
            ("c349010000000000000000", r#"{"int":-18446744073709551617}"#),
            ("40", r#"{"bytes":""}"#),
            (long.as_str(), long_json.as_str()),
            ("80", r#"{"list":[]}"#),
            ("9f0102ff", r#"{"list":[{"int":1},{"int":2}]}"#),
            ("a0", r#"{"map":[]}"#),
            ("a1014102", r#"{"map":[{"k":{"int":1},"v":{"bytes":"02"}}]}"#),
        ] {
            let data = Data::from_cbor(hex::decode(cbor.replace(' ', "")).unwrap()).unwrap();
            assert_eq!(data_to_json(&data).unwrap().as_text(), text);
            assert_eq!(data_of_json(&json(text)).unwrap(), data, "{text}");
        }
    }

    #[test]
    fn what_is_not_data_is_refused() {
        for text in [
            "1",
            "null",
            "{}",
            r#"{"int":1,"bytes":""}"#,
            r#"{"constructor":0}"#,
            r#"{"fields":[]}"#,
            r#"{"constructor":-1,"fields":[]}"#,
            r#"{"int":"1"}"#,
            r#"{"bytes":"0"}"#,
            r#"{"string":""}"#,
            r#"{"map":[{"k":{"int":1}}]}"#,
        ] {
            assert!(matches!(data_of_json(&json(text)), Err(DataJsonError::Malformed { .. })), "{text}");
        }
        let error = data_of_json(&json(r#"{"int":1.5}"#)).unwrap_err();
        assert_eq!(error.to_string(), "an integer is written in digits, found 1.5");
        let deep = format!("{}{{\"int\":1}}{}", "{\"list\":[".repeat(100), "]}".repeat(100));
        assert!(matches!(data_of_json(&json(&deep)), Err(DataJsonError::Malformed { .. })));
    }

    #[test]
    fn the_deepest_data_are_written() {
        let mut bytes = vec![0x81; MAX_NESTING];
        bytes.push(1);
        let data = Data::from_cbor(bytes).unwrap();
        assert_eq!(data_to_json(&data).unwrap().as_text().matches("list").count(), MAX_NESTING);
    }
}
