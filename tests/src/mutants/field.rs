//! The fields of states, by the names that the contract's published schema gives them.

use pallas_primitives::PlutusData as Data;

use crate::machine;
use crate::schema::Blueprint;
use crate::tree::{self, Path};

/// One field of a state, and another value for it.
pub(super) struct FieldChange {
    /// Which field and how it differs: `terms.window.opens, one more`.
    pub(super) name: String,
    /// The way to it.
    pub(super) path: Path,
    /// What stands there instead.
    pub(super) node: Data,
}

/// Each field of a state with a neighbouring value: integers one more and one less, other bytes, a list or map shorter
/// or longer by one, another constructor of as many fields.
pub(super) fn changes(state: &Data) -> Vec<FieldChange> {
    let blueprint = Blueprint::committed();
    let mut changes = Vec::new();
    for (path, name) in blueprint.named_nodes(blueprint.definition("demeter/state/State"), state) {
        if path.is_empty() {
            continue;
        }
        for (how, node) in neighbours(tree::at(state, &path)) {
            changes.push(FieldChange { name: format!("{name}, {how}"), path: path.clone(), node });
        }
    }
    changes
}

fn neighbours(node: &Data) -> Vec<(&'static str, Data)> {
    match node {
        Data::BigInt(_) => {
            let integer = small(node);
            let mut all = vec![("one more", machine::integer(integer + 1))];
            if integer > 0 {
                all.push(("one less", machine::integer(integer - 1)));
            }
            all
        }
        Data::BoundedBytes(bytes) => {
            let mut other = bytes.to_vec();
            match other.last_mut() {
                Some(last) => *last ^= 1,
                None => other.push(0),
            }
            vec![("other bytes", machine::bytes(&other))]
        }
        Data::Array(_) => {
            let mut elements = tree::fields(node);
            match elements.pop() {
                Some(_) => vec![("one fewer", tree::list(elements))],
                None => vec![("one from nowhere", tree::list(vec![machine::integer(0)]))],
            }
        }
        Data::Map(pairs) => {
            let mut pairs = pairs.clone().to_vec();
            match pairs.pop() {
                Some(_) => vec![("one fewer", tree::map(pairs))],
                None => {
                    vec![("one from nowhere", tree::map(vec![(machine::bytes(b"a"), machine::bytes(b"b"))]))]
                }
            }
        }
        Data::Constr(_) => {
            let other = tree::index(node) ^ 1;
            vec![("another constructor", tree::constructor(other, tree::fields(node)))]
        }
    }
}

/// The integer of a node.
///
/// # Panics
/// It is none, or has more than 64 bits.
pub(super) fn small(node: &Data) -> i128 {
    match node {
        Data::BigInt(pallas_primitives::BigInt::Int(integer)) => i128::from(*integer),
        other => panic!("no small integer: {other:?}"),
    }
}
