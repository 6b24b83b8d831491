//! Other data in the place of what was there.

use pallas_primitives::PlutusData as Data;

use super::Dice;
use crate::{machine, tree};

/// Other data in one node: spoiled, or another value of the same kind.
pub(super) fn changed(data: &Data, dice: &mut Dice) -> Data {
    let paths = tree::paths(data);
    let path = dice.pick(&paths);
    let node = tree::at(data, path);
    let mut others: Vec<Data> = tree::spoiled(node).into_iter().map(|(_, node)| node).collect();
    others.extend(siblings(node));
    tree::replaced(data, path, dice.pick(&others).clone())
}

/// Other values of the same kind.
pub(super) fn siblings(node: &Data) -> Vec<Data> {
    match node {
        Data::BigInt(_) => {
            let integer = small(node);
            let others = [integer + 1, (integer - 1).max(0), 0, integer * 1000, (1 << 63) - 1];
            others.into_iter().map(machine::integer).collect()
        }
        Data::BoundedBytes(bytes) => {
            let (mut flipped, mut longer) = (bytes.to_vec(), bytes.to_vec());
            longer.push(0);
            flipped.iter_mut().last().into_iter().for_each(|byte| *byte ^= 1);
            vec![machine::bytes(&flipped), machine::bytes(&longer)]
        }
        Data::Constr(_) => {
            let (index, fields) = (tree::index(node), tree::fields(node));
            vec![
                tree::constructor(index + 1, fields.clone()),
                tree::constructor(index.saturating_sub(1), fields),
            ]
        }
        Data::Array(_) => {
            let mut fewer = tree::fields(node);
            let mut more = fewer.clone();
            more.extend(fewer.last().cloned());
            fewer.pop();
            vec![tree::list(fewer), tree::list(more)]
        }
        Data::Map(pairs) => {
            let pairs = pairs.clone().to_vec();
            let (mut fewer, mut reversed, mut more) = (pairs.clone(), pairs.clone(), pairs.clone());
            fewer.pop();
            reversed.reverse();
            more.extend(pairs.first().cloned());
            vec![tree::map(fewer), tree::map(reversed), tree::map(more)]
        }
    }
}

fn small(node: &Data) -> i128 {
    match node {
        Data::BigInt(pallas_primitives::BigInt::Int(integer)) => i128::from(*integer),
        _ => 1 << 65,
    }
}

/// The first of some tries that can be read: most changes are no state or redeemer any more.
pub(super) fn until_read(
    mut make: impl FnMut() -> Vec<u8>,
    is_read: impl Fn(&[u8]) -> bool,
) -> Option<Vec<u8>> {
    (0..100).map(|_| make()).find(|bytes| is_read(bytes))
}
