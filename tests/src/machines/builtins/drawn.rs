//! Constants and data at random.

use std::rc::Rc;

use pallas_codec::utils::{Int, MaybeIndefArray};
use pallas_primitives::{BigInt, Constr, KeyValuePairs, PlutusData};
use uplc::ast::{Constant, Type};

use super::kinds::Kind;
use crate::drt::Dice;
use crate::machine::{bytes, integer};

/// How many bytes there are at least where there must be some.
const SOME_BYTES: usize = 3;

const TEXTS: [&str; 5] = ["", "a", "abcd", "\u{e9}\u{20ac}\u{1f600}", "\0label"];

/// Numbers of constructors: the first and last that are written in each way.
const CONSTRUCTORS: [u64; 7] = [0, 1, 6, 7, 127, 128, 1 << 40];

/// A constant of a kind.
pub(super) fn drawn(dice: &mut Dice, kind: Kind) -> Constant {
    let data = |dice: &mut Dice| Constant::Data(drawn_data(dice, 3));
    let list = |dice: &mut Dice, of: Type, item: &dyn Fn(&mut Dice) -> Constant| {
        let count = dice.between(u64::from(kind == Kind::SomeList), 4);
        Constant::ProtoList(of, (0..count).map(|_| Rc::new(item(dice))).collect())
    };
    let pair = |dice: &mut Dice| {
        Constant::ProtoPair(Type::Data, Type::Data, Rc::new(data(dice)), Rc::new(data(dice)))
    };
    match kind {
        Kind::Integer => Constant::Integer(drawn_integer(dice)),
        Kind::Length => Constant::Integer(num_bigint::BigInt::from(dice.between(0, 300)) - 5),
        Kind::Octet => Constant::Integer(dice.between(0, 255).into()),
        Kind::Position => Constant::Integer(dice.position(SOME_BYTES).into()),
        Kind::Constructor => Constant::Integer((*dice.pick(&CONSTRUCTORS)).into()),
        Kind::Natural => {
            let power = dice.between(0, 200);
            Constant::Integer((num_bigint::BigInt::from(1) << power) - dice.between(0, 1))
        }
        Kind::Size => Constant::Integer((*dice.pick(&[0, 26, 32, 33, 8_000])).into()),
        Kind::Bytes => Constant::ByteString(drawn_bytes(dice)),
        Kind::SomeBytes => {
            let mut bytes = drawn_bytes(dice);
            bytes.resize(bytes.len().max(SOME_BYTES), 0x62);
            Constant::ByteString(bytes)
        }
        Kind::TextBytes => Constant::ByteString((*dice.pick(&TEXTS)).into()),
        Kind::Text => Constant::String((*dice.pick(&TEXTS)).into()),
        Kind::Bool => Constant::Bool(dice.once_in(2)),
        Kind::Unit => Constant::Unit,
        Kind::Data => data(dice),
        Kind::IntegerAsData => Constant::Data(data_of(dice, Shape::Integer, 0)),
        Kind::BytesAsData => Constant::Data(data_of(dice, Shape::Bytes, 0)),
        Kind::ListAsData => Constant::Data(data_of(dice, Shape::List, 3)),
        Kind::MapAsData => Constant::Data(data_of(dice, Shape::Map, 3)),
        Kind::ConstructorAsData => Constant::Data(data_of(dice, Shape::Constructor, 3)),
        Kind::DataList => list(dice, Type::Data, &data),
        Kind::PairList => list(dice, pairs(), &pair),
        Kind::Pair => pair(dice),
        Kind::List | Kind::SomeList => match dice.between(0, 2) {
            0 => list(dice, Type::Integer, &|dice| Constant::Integer(drawn_integer(dice))),
            1 => list(dice, Type::Data, &data),
            _ => list(dice, pairs(), &pair),
        },
        Kind::Any => {
            let kinds = [
                Kind::Integer,
                Kind::Bytes,
                Kind::Text,
                Kind::Bool,
                Kind::Unit,
                Kind::Data,
                Kind::List,
                Kind::Pair,
            ];
            let kind = *dice.pick(&kinds);
            drawn(dice, kind)
        }
    }
}

fn drawn_integer(dice: &mut Dice) -> num_bigint::BigInt {
    let near = num_bigint::BigInt::from(i64::try_from(dice.between(0, 4)).unwrap() - 2);
    let base = num_bigint::BigInt::from(1);
    let power = match dice.between(0, 5) {
        0 | 1 => return near,
        2 => return num_bigint::BigInt::from(dice.between(0, 300)),
        3 => *dice.pick(&[8, 31, 63, 64, 127, 128]),
        4 => dice.between(0, 200),
        _ => dice.between(0, 20_000),
    };
    let sign = if dice.once_in(2) { 1 } else { -1 };
    (base << power) * sign + near
}

fn drawn_bytes(dice: &mut Dice) -> Vec<u8> {
    let length = match dice.between(0, 4) {
        0 => dice.between(0, 2),
        1 => *dice.pick(&[7, 8, 9, 28, 32, 63, 64, 65]),
        2 | 3 => dice.between(0, 40),
        _ => dice.between(0, 5_000),
    };
    let same = dice.once_in(2);
    (0..length).map(|_| if same { 0x61 } else { u8::try_from(dice.between(0, 255)).unwrap() }).collect()
}

fn pairs() -> Type {
    Type::Pair(Rc::new(Type::Data), Rc::new(Type::Data))
}

/// What data are.
#[derive(Clone, Copy)]
enum Shape {
    Integer,
    Bytes,
    List,
    Map,
    Constructor,
}

/// Data of every kind, nested at most so deep, in encodings of every kind.
pub(in super::super) fn drawn_data(dice: &mut Dice, depth: u64) -> PlutusData {
    const SHAPES: [Shape; 5] = [Shape::Integer, Shape::Bytes, Shape::List, Shape::Map, Shape::Constructor];
    let shapes = if depth == 0 { &SHAPES[..2] } else { &SHAPES };
    let shape = *dice.pick(shapes);
    data_of(dice, shape, depth)
}

fn data_of(dice: &mut Dice, shape: Shape, depth: u64) -> PlutusData {
    let some = |dice: &mut Dice| -> Vec<PlutusData> {
        let count = dice.between(0, 3);
        (0..count).map(|_| drawn_data(dice, depth - 1)).collect()
    };
    let array = |dice: &mut Dice, items| {
        if dice.once_in(2) { MaybeIndefArray::Def(items) } else { MaybeIndefArray::Indef(items) }
    };
    match shape {
        Shape::Integer => match dice.between(0, 3) {
            // A small number that is written as a big one.
            0 => PlutusData::BigInt(BigInt::BigUInt(vec![0, 5].into())),
            1 => PlutusData::BigInt(BigInt::Int(Int::from(5))),
            2 => integer(i128::from(dice.roll()) - i128::from(dice.roll())),
            _ => integer(i128::from(dice.roll()) * i128::from(dice.roll() >> 1)),
        },
        Shape::Bytes => bytes(&drawn_bytes(dice)[..]),
        Shape::List => {
            let items = some(dice);
            PlutusData::Array(array(dice, items))
        }
        Shape::Map => {
            let keys = some(dice);
            let pairs: Vec<_> = keys.into_iter().map(|key| (key, drawn_data(dice, depth - 1))).collect();
            PlutusData::Map(if dice.once_in(2) {
                KeyValuePairs::Def(pairs)
            } else {
                KeyValuePairs::Indef(pairs)
            })
        }
        Shape::Constructor => {
            let constructor = *dice.pick(&CONSTRUCTORS);
            let fields = some(dice);
            let fields = array(dice, fields);
            let (tag, any_constructor) = match constructor {
                0..=6 => (121 + constructor, None),
                7..=127 => (1280 + constructor - 7, None),
                _ => (102, Some(constructor)),
            };
            PlutusData::Constr(Constr { tag, any_constructor, fields })
        }
    }
}
