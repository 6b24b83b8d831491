//! Plutus data as a tree whose nodes can be changed.

use pallas_codec::utils::{KeyValuePairs, MaybeIndefArray};
use pallas_primitives::{BigInt, Constr, PlutusData};

use crate::machine;

/// The way from a root to a node: of a constructor or list the position, of a map twice the pair's position, plus
/// one for the value.
pub type Path = Vec<usize>;

/// How many nodes are directly below.
pub fn children(data: &PlutusData) -> usize {
    match data {
        PlutusData::Constr(constr) => constr.fields.len(),
        PlutusData::Array(elements) => elements.len(),
        PlutusData::Map(pairs) => 2 * pairs.len(),
        PlutusData::BigInt(_) | PlutusData::BoundedBytes(_) => 0,
    }
}

/// One node directly below.
pub fn child(data: &PlutusData, position: usize) -> &PlutusData {
    match data {
        PlutusData::Constr(constr) => &constr.fields[position],
        PlutusData::Array(elements) => &elements[position],
        PlutusData::Map(pairs) => {
            let (key, value) = &pairs[position / 2];
            if position.is_multiple_of(2) { key } else { value }
        }
        PlutusData::BigInt(_) | PlutusData::BoundedBytes(_) => panic!("a leaf has nothing below it"),
    }
}

/// The ways to all nodes, the root's (empty) first.
pub fn paths(data: &PlutusData) -> Vec<Path> {
    let mut paths = vec![Vec::new()];
    for position in 0..children(data) {
        paths.extend(self::paths(child(data, position)).into_iter().map(|mut path| {
            path.insert(0, position);
            path
        }));
    }
    paths
}

/// The node at the end of a way.
pub fn at<'d>(data: &'d PlutusData, path: &[usize]) -> &'d PlutusData {
    path.iter().fold(data, |data, position| child(data, *position))
}

/// The same tree with another node at the end of a way.
pub fn replaced(data: &PlutusData, path: &[usize], node: PlutusData) -> PlutusData {
    let Some((first, rest)) = path.split_first() else {
        return node;
    };
    let inner = replaced(child(data, *first), rest, node);
    match data.clone() {
        PlutusData::Constr(constr) => {
            let mut fields = constr.fields.to_vec();
            fields[*first] = inner;
            constructor(
                index(&PlutusData::Constr(Constr { fields: MaybeIndefArray::Def(vec![]), ..constr })),
                fields,
            )
        }
        PlutusData::Array(elements) => {
            let mut elements = elements.to_vec();
            elements[*first] = inner;
            list(elements)
        }
        PlutusData::Map(pairs) => {
            let mut pairs = pairs.to_vec();
            let pair = &mut pairs[first / 2];
            *(if first.is_multiple_of(2) { &mut pair.0 } else { &mut pair.1 }) = inner;
            map(pairs)
        }
        PlutusData::BigInt(_) | PlutusData::BoundedBytes(_) => panic!("a leaf has nothing below it"),
    }
}

/// The number of a constructor.
///
/// # Panics
/// It is something else.
pub fn index(data: &PlutusData) -> u64 {
    match data {
        PlutusData::Constr(constr) => constr.constr_index(),
        _ => panic!("not a constructor"),
    }
}

/// The fields of a constructor, or the elements of a list.
///
/// # Panics
/// It is something else.
pub fn fields(data: &PlutusData) -> Vec<PlutusData> {
    match data {
        PlutusData::Constr(constr) => constr.fields.clone().to_vec(),
        PlutusData::Array(elements) => elements.clone().to_vec(),
        _ => panic!("neither a constructor nor a list"),
    }
}

/// A constructor.
pub fn constructor(index: u64, fields: Vec<PlutusData>) -> PlutusData {
    let (tag, any_constructor) = match index {
        0..7 => (121 + index, None),
        7..128 => (1280 + index - 7, None),
        _ => (102, Some(index)),
    };
    PlutusData::Constr(Constr { tag, any_constructor, fields: MaybeIndefArray::Indef(fields) })
}

/// A list.
pub fn list(elements: Vec<PlutusData>) -> PlutusData {
    PlutusData::Array(MaybeIndefArray::Indef(elements))
}

/// A map.
pub fn map(pairs: Vec<(PlutusData, PlutusData)>) -> PlutusData {
    PlutusData::Map(KeyValuePairs::Def(pairs))
}

/// Whether it is an integer.
pub const fn is_integer(data: &PlutusData) -> bool {
    matches!(data, PlutusData::BigInt(BigInt::Int(_) | BigInt::BigUInt(_) | BigInt::BigNInt(_)))
}

/// Whether it is a constructor.
pub const fn is_constructor(data: &PlutusData) -> bool {
    matches!(data, PlutusData::Constr(_))
}

/// Ways to spoil one node, such that no type that took the node takes it still; each with its description.
///
/// A byte string may be one of any length, so its length is left alone.
pub fn spoiled(node: &PlutusData) -> Vec<(&'static str, PlutusData)> {
    match node {
        PlutusData::BigInt(_) => vec![
            ("minus one", machine::integer(-1)),
            ("2^63", machine::integer(1_i128 << 63)),
            ("2^64", machine::integer(1_i128 << 64)),
            ("bytes for an integer", machine::bytes(b"")),
        ],
        PlutusData::BoundedBytes(_) => {
            vec![("an integer for bytes", machine::integer(0)), ("a list for bytes", list(Vec::new()))]
        }
        PlutusData::Array(_) => {
            vec![
                ("a map for a list", map(Vec::new())),
                ("a constructor for a list", constructor(0, Vec::new())),
            ]
        }
        PlutusData::Map(_) => {
            vec![("a list for a map", list(Vec::new())), ("bytes for a map", machine::bytes(b""))]
        }
        PlutusData::Constr(_) => {
            let (index, fields) = (index(node), fields(node));
            let mut more = fields.clone();
            more.push(machine::integer(0));
            let mut spoiled = vec![
                ("no such constructor", constructor(99, fields.clone())),
                ("a field too many", constructor(index, more)),
                ("a list for a constructor", list(fields.clone())),
            ];
            if let Some((_, fewer)) = fields.split_last() {
                spoiled.push(("a field too few", constructor(index, fewer.to_vec())));
            }
            spoiled
        }
    }
}
