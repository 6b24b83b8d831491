//! Changes of CBOR that leave it CBOR.

use demeter_tests::drt::Dice;
use libfuzzer_sys::fuzzer_mutate;

use super::{BIG, Item};

/// Changes the first `size` bytes in place, to at most `most`, and returns how many there are then. Where they are
/// CBOR, some of its items are changed, or, every third time, its bytes; anything else is left to the fuzzer.
pub fn mutate(bytes: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    let mut dice = Dice::new(u64::from(seed));
    let tree = if dice.once_in(3) { None } else { Item::read(&bytes[..size]) };
    if let Some(mut tree) = tree {
        for _ in 0..dice.between(1, 3) {
            change(&mut tree, &mut dice);
        }
        let changed = tree.write();
        if changed.len() <= most {
            bytes[..changed.len()].copy_from_slice(&changed);
            return changed.len();
        }
    }
    fuzzer_mutate(bytes, size, most)
}

/// Integers next to which something changes.
const EDGES: [u64; 16] = [
    0,
    1,
    23,
    24,
    255,
    65_536,
    1_000_000,
    300_000,
    1 << 31,
    1 << 32,
    i64::MAX as u64 - 1,
    i64::MAX as u64,
    1 << 63,
    (1 << 63) + 1,
    u64::MAX - 1,
    u64::MAX,
];

fn change(tree: &mut Item, dice: &mut Dice) {
    let count = tree.count();
    let donor = tree.node(dice.position(count)).expect("one of those counted").clone();
    let number = chosen(tree, count, dice);
    let node = tree.node(number).expect("one of those counted");
    if dice.once_in(16) {
        *node = donor;
        return;
    }
    match node {
        Item::Unsigned(integer) | Item::Negative(integer) => match dice.position(8) {
            0 => *integer = integer.wrapping_add(1),
            1 => *integer = integer.wrapping_sub(1),
            2 => *integer = dice.of(&EDGES),
            3 => *integer = dice.roll() >> dice.between(0, 63),
            4 => *integer ^= 1 << dice.between(0, 63),
            5 => *integer = integer.wrapping_add(dice.between(0, 200_000)),
            6 => *integer = integer.wrapping_sub(dice.between(0, 200_000)),
            _ => *node = other_integer(*integer, dice),
        },
        Item::Bytes(content) | Item::Chunks(content) | Item::Text(content) => match dice.position(6) {
            0 => content.push(dice.roll() as u8),
            1 => drop(content.pop()),
            2 => content.resize(dice.of(&[0, 28, 32, 64, 65, 128, 129]), 0x61),
            3 => {
                *node =
                    if dice.once_in(2) { Item::Chunks(content.clone()) } else { Item::Bytes(content.clone()) }
            }
            _ if !content.is_empty() => {
                let at = dice.position(content.len());
                content[at] ^= 1 << dice.between(0, 7);
            }
            _ => {}
        },
        Item::Collection { is_map, is_definite, items } => {
            let step = if *is_map { 2 } else { 1 };
            let places = items.len() / step;
            match dice.position(6) {
                0 => *is_definite = !*is_definite,
                1 if places > 0 => {
                    let at = dice.position(places) * step;
                    items.drain(at..at + step);
                }
                2 if places > 0 => {
                    let at = dice.position(places) * step;
                    let again = items[at..at + step].to_vec();
                    items.splice(at..at, again);
                }
                3 if places > 1 => {
                    let (one, other) = (dice.position(places) * step, dice.position(places) * step);
                    (0..step).for_each(|part| items.swap(one + part, other + part));
                }
                4 if !*is_map => items.insert(dice.position(items.len() + 1), donor),
                5 if items.len() % 2 == 0 && dice.once_in(8) => *is_map = !*is_map,
                _ => {}
            }
        }
        Item::Tagged(tag, item) => match dice.position(4) {
            0 => *tag = dice.of(&[2, 3, 24, 30, 102, 121, 122, 127, 128, 258, 1280, 1400, 1401]),
            1 => *tag = tag.wrapping_add(1),
            2 => *tag = tag.wrapping_sub(1),
            _ => *node = (**item).clone(),
        },
        Item::Wrapped(item) => *node = (**item).clone(),
        Item::Other(raw) => *raw = vec![dice.of(&[0xf4, 0xf5, 0xf6, 0xf7])],
    }
}

/// An item to change: rarely one that gives others their shape, without which nothing is read any more.
fn chosen(tree: &mut Item, count: usize, dice: &mut Dice) -> usize {
    let mut number = dice.position(count);
    for _ in 0..8 {
        let is_leaf = tree.node(number).is_some_and(|node| node.count() == 1);
        if is_leaf || dice.once_in(4) {
            break;
        }
        number = dice.position(count);
    }
    number
}

/// The same integer, or its opposite, in another form.
fn other_integer(integer: u64, dice: &mut Dice) -> Item {
    let digits = integer.to_be_bytes();
    let zeros = if dice.once_in(2) { 0 } else { digits.iter().take_while(|digit| **digit == 0).count() };
    match dice.position(4) {
        0 => Item::Negative(integer),
        1 => Item::Unsigned(integer),
        2 => Item::Tagged(BIG, Box::new(Item::Bytes(digits[zeros..].to_vec()))),
        _ => Item::Tagged(BIG + 1, Box::new(Item::Bytes(digits[zeros..].to_vec()))),
    }
}
