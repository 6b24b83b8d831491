//! What must hold of every codec, whatever bytes it is given.

use std::fmt::Debug;

use demeter_core::PlutusData;
use demeter_tests::machine;
use pallas_primitives::{BigInt, MaybeIndefArray, PlutusData as Tree};

/// Reads the bytes as a value. What is read is the data that another decoder reads there, and is written as the
/// ledger writes it; what is refused is refused in words.
pub fn check<T: PlutusData + PartialEq + Debug>(bytes: &[u8]) {
    let value = match T::decode(bytes) {
        Ok(value) => value,
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error}");
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
            return;
        }
    };
    let canonical = value.encode();
    assert_eq!(T::decode(&canonical).as_ref(), Ok(&value), "what is written is read as another value");
    let theirs = plain(minicbor::decode(bytes).expect("what we read is plutus data"));
    assert_eq!(machine::encoded(&theirs), canonical, "what was read is other data, or is written otherwise");
}

/// The same data in one form: several encodings of an integer are one integer.
fn plain(data: Tree) -> Tree {
    let all = |items: MaybeIndefArray<Tree>| {
        MaybeIndefArray::Indef(items.to_vec().into_iter().map(plain).collect())
    };
    match data {
        Tree::Constr(mut constructor) => {
            constructor.fields = all(constructor.fields);
            // The general form of a constructor that has a tag of its own.
            if let (102, Some(index)) = (constructor.tag, constructor.any_constructor) {
                let tag = match index {
                    0..7 => 121 + index,
                    7..128 => 1280 + index - 7,
                    _ => return Tree::Constr(constructor),
                };
                (constructor.tag, constructor.any_constructor) = (tag, None);
            }
            Tree::Constr(constructor)
        }
        Tree::Array(items) => Tree::Array(all(items)),
        Tree::Map(pairs) => {
            let pairs: Vec<_> =
                pairs.to_vec().into_iter().map(|(key, value)| (plain(key), plain(value))).collect();
            Tree::Map(pairs.into())
        }
        Tree::BigInt(BigInt::BigUInt(bytes)) => {
            let digits = bytes.iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
            let wide = bytes.iter().rev().skip(8).any(|byte| *byte > 0);
            assert!(!wide, "no integer of ours is wider than 64 bits");
            machine::integer(digits)
        }
        other => other,
    }
}
