//! Small programs around each builtin, with ordinary, boundary and wrong arguments.

use std::rc::Rc;

use demeter_tx::evaluate::ScriptCall;
use demeter_tx::{Data, PlutusScript, PlutusVersion, ProtocolParameters};
use pallas_codec::utils::{Int, MaybeIndefArray};
use pallas_primitives::conway::Language;
use pallas_primitives::{BigInt, Constr, KeyValuePairs, PlutusData};
use uplc::ast::{Constant, DeBruijn, NamedDeBruijn, Program, Term, Type};
use uplc::builtins::DefaultFunction;
use uplc::machine::cost_model::ExBudget;

use super::Tally;
use crate::drt::Dice;
use crate::machine::{bytes, integer};

/// How the names of the groups of builtins begin.
pub(super) const GROUP: &str = "builtin: ";

/// What a builtin takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Bytes,
    Text,
    Bool,
    Unit,
    Data,
    /// A list of integers, data or pairs of data.
    List,
    /// A list of data.
    DataList,
    /// A list of pairs of data.
    PairList,
    Pair,
    Any,
}

/// So many programs around each builtin, in every version of Plutus: under hydra's parameters, under an earlier version
/// of the protocol, and under costs drawn at random, which tell one cost from another.
pub fn builtins(tally: &mut Tally, cases: u64, seed: u64) {
    let usual = ProtocolParameters::hydra_l2().expect("our own file");
    for tag in 0..=u8::MAX {
        let Ok(function) = DefaultFunction::try_from(tag) else { continue };
        let name = format!("{function:?}");
        let group = format!("{GROUP}{name}");
        for number in 0..cases {
            let mut dice = Dice::of_case(seed, &name, number);
            let parameters = drawn_parameters(&mut dice, &usual);
            let applied = drawn_application(&mut dice, function);
            let term = checked(applied, &parameters);
            let version = match dice.between(0, 9) {
                0 => PlutusVersion::V1,
                1 => PlutusVersion::V2,
                _ => PlutusVersion::V3,
            };
            let program = Program { version: (1, 1, 0), term };
            let script = PlutusScript::of(version, program.to_cbor().expect("memory"));
            let call = ScriptCall::new(script, [Data::unit()]).expect("plutus data");
            tally.compare(&group, &format!("{name}, {number}"), &call, &parameters, &mut dice);
        }
    }
}

fn drawn_parameters(dice: &mut Dice, usual: &ProtocolParameters) -> ProtocolParameters {
    let mut parameters = usual.clone();
    match dice.between(0, 9) {
        0 => parameters.protocol_version.major = 10,
        1..=3 => {
            for cost in &mut parameters.cost_models.plutus_v3 {
                *cost += i64::try_from(dice.between(0, 40)).unwrap();
            }
        }
        4 => parameters.cost_models.plutus_v3.extend([7; 30]),
        5 => parameters.cost_models.plutus_v3.truncate(251),
        _ => {}
    }
    parameters
}

/// A builtin with arguments: mostly of the right kind, and as many as it takes.
fn drawn_application(dice: &mut Dice, function: DefaultFunction) -> Term<DeBruijn> {
    let kinds = kinds(function);
    let mut term = Term::Builtin(function);
    for _ in 0..function.force_count() {
        term = Term::Force(Rc::new(term));
    }
    let count = if dice.once_in(20) { dice.position(kinds.len()) } else { kinds.len() };
    for kind in &kinds[..count] {
        let kind = if dice.once_in(16) { Kind::Any } else { *kind };
        term = apply(term, Term::Constant(Rc::new(drawn(dice, kind))));
    }
    term
}

/// `lam context` around a check that the application gives what it gives on the reference: a function that fails is
/// left as it is, and what cannot be compared is thrown away.
pub(super) fn checked(applied: Term<DeBruijn>, parameters: &ProtocolParameters) -> Term<DeBruijn> {
    let program: Program<NamedDeBruijn> = Program { version: (1, 1, 0), term: applied.clone() }.into();
    let protocol = parameters.protocol_version.major;
    let costs = &parameters.cost_models.plutus_v3;
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let budget = ExBudget::max();
        program.eval_as_with_protocol(&Language::PlutusV3, protocol, costs, Some(&budget)).result
    }));
    let body = match result {
        Ok(Ok(Term::Constant(expected))) => compared(applied, &expected),
        _ => applied,
    };
    lambda(body)
}

fn compared(applied: Term<DeBruijn>, expected: &Rc<Constant>) -> Term<DeBruijn> {
    use DefaultFunction as F;
    let two = |function, wrap: Option<DefaultFunction>| {
        let wrapped = |term| match wrap {
            Some(wrap) => apply(Term::Builtin(wrap), term),
            None => term,
        };
        let left = apply(Term::Builtin(function), wrapped(applied.clone()));
        apply(left, wrapped(Term::Constant(Rc::clone(expected))))
    };
    let answer = match expected.as_ref() {
        Constant::Integer(_) => two(F::EqualsInteger, None),
        Constant::ByteString(_) => two(F::EqualsByteString, None),
        Constant::String(_) => two(F::EqualsString, None),
        Constant::Data(_) => two(F::EqualsData, None),
        Constant::ProtoList(Type::Data, _) => two(F::EqualsData, Some(F::ListData)),
        Constant::ProtoList(Type::Pair(..), _) => two(F::EqualsData, Some(F::MapData)),
        Constant::Bool(_) => applied,
        // `(lam result (con unit ())) applied`
        _ => return apply(lambda(Term::Constant(Rc::new(Constant::Unit))), applied),
    };
    let is_false = matches!(expected.as_ref(), Constant::Bool(false));
    let delayed = |term| Term::Delay(Rc::new(term));
    let unit = || delayed(Term::Constant(Rc::new(Constant::Unit)));
    let error = || delayed(Term::Error);
    let (held, failed) = if is_false { (error(), unit()) } else { (unit(), error()) };
    let choice = Term::Force(Rc::new(Term::Builtin(F::IfThenElse)));
    Term::Force(Rc::new(apply(apply(apply(choice, answer), held), failed)))
}

pub(super) fn apply(function: Term<DeBruijn>, argument: Term<DeBruijn>) -> Term<DeBruijn> {
    Term::Apply { function: Rc::new(function), argument: Rc::new(argument) }
}

fn lambda(body: Term<DeBruijn>) -> Term<DeBruijn> {
    Term::Lambda { parameter_name: Rc::new(DeBruijn::new(0)), body: Rc::new(body) }
}

fn drawn(dice: &mut Dice, kind: Kind) -> Constant {
    let data = |dice: &mut Dice| Constant::Data(drawn_data(dice, 3));
    let list = |dice: &mut Dice, of: Type, item: &dyn Fn(&mut Dice) -> Constant| {
        let count = dice.between(0, 4);
        Constant::ProtoList(of, (0..count).map(|_| Rc::new(item(dice))).collect())
    };
    let pair = |dice: &mut Dice| {
        Constant::ProtoPair(Type::Data, Type::Data, Rc::new(data(dice)), Rc::new(data(dice)))
    };
    match kind {
        Kind::Integer => Constant::Integer(drawn_integer(dice)),
        Kind::Bytes => Constant::ByteString(drawn_bytes(dice)),
        Kind::Text => {
            Constant::String((*dice.pick(&["", "a", "abcd", "\u{e9}\u{20ac}\u{1f600}", "\0label"])).into())
        }
        Kind::Bool => Constant::Bool(dice.once_in(2)),
        Kind::Unit => Constant::Unit,
        Kind::Data => data(dice),
        Kind::DataList => list(dice, Type::Data, &data),
        Kind::PairList => list(dice, Type::Pair(Rc::new(Type::Data), Rc::new(Type::Data)), &pair),
        Kind::Pair => pair(dice),
        Kind::List => match dice.between(0, 2) {
            0 => list(dice, Type::Integer, &|dice| Constant::Integer(drawn_integer(dice))),
            1 => drawn(dice, Kind::DataList),
            _ => drawn(dice, Kind::PairList),
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

/// Data of every kind, nested at most so deep, in encodings of every kind.
pub(super) fn drawn_data(dice: &mut Dice, depth: u64) -> PlutusData {
    let kinds = if depth == 0 { 2 } else { 5 };
    let some = |dice: &mut Dice| -> Vec<PlutusData> {
        let count = dice.between(0, 3);
        (0..count).map(|_| drawn_data(dice, depth - 1)).collect()
    };
    let array = |dice: &mut Dice, items| {
        if dice.once_in(2) { MaybeIndefArray::Def(items) } else { MaybeIndefArray::Indef(items) }
    };
    match dice.between(0, kinds - 1) {
        0 => match dice.between(0, 3) {
            // A small number that is written as a big one.
            0 => PlutusData::BigInt(BigInt::BigUInt(vec![0, 5].into())),
            1 => PlutusData::BigInt(BigInt::Int(Int::from(5))),
            2 => integer(i128::from(dice.roll()) - i128::from(dice.roll())),
            _ => integer(i128::from(dice.roll()) * i128::from(dice.roll() >> 1)),
        },
        1 => bytes(&drawn_bytes(dice)[..]),
        2 => {
            let items = some(dice);
            PlutusData::Array(array(dice, items))
        }
        3 => {
            let keys = some(dice);
            let pairs: Vec<_> = keys.into_iter().map(|key| (key, drawn_data(dice, depth - 1))).collect();
            PlutusData::Map(if dice.once_in(2) {
                KeyValuePairs::Def(pairs)
            } else {
                KeyValuePairs::Indef(pairs)
            })
        }
        _ => {
            let constructor = *dice.pick(&[0, 1, 6, 7, 127, 128, 1 << 40]);
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

/// What a builtin takes, in order.
fn kinds(function: DefaultFunction) -> Vec<Kind> {
    use DefaultFunction as F;
    use Kind::{Any, Bool, Bytes, Data, DataList, Integer, List, Pair, PairList, Text, Unit};
    match function {
        F::AddInteger
        | F::SubtractInteger
        | F::MultiplyInteger
        | F::DivideInteger
        | F::QuotientInteger
        | F::RemainderInteger
        | F::ModInteger
        | F::EqualsInteger
        | F::LessThanInteger
        | F::LessThanEqualsInteger => vec![Integer, Integer],
        F::AppendByteString | F::EqualsByteString | F::LessThanByteString | F::LessThanEqualsByteString => {
            vec![Bytes, Bytes]
        }
        F::ConsByteString => vec![Integer, Bytes],
        F::SliceByteString => vec![Integer, Integer, Bytes],
        F::IndexByteString => vec![Bytes, Integer],
        F::LengthOfByteString
        | F::Sha2_256
        | F::Sha3_256
        | F::Blake2b_256
        | F::Blake2b_224
        | F::Keccak_256
        | F::Ripemd_160
        | F::DecodeUtf8
        | F::BData => vec![Bytes],
        F::AppendString | F::EqualsString => vec![Text, Text],
        F::EncodeUtf8 => vec![Text],
        F::IfThenElse => vec![Bool, Any, Any],
        F::ChooseUnit => vec![Unit, Any],
        F::Trace => vec![Text, Any],
        F::FstPair | F::SndPair => vec![Pair],
        F::ChooseList => vec![List, Any, Any],
        F::MkCons => vec![Data, DataList],
        F::HeadList | F::TailList | F::NullList => vec![List],
        F::ChooseData => vec![Data, Any, Any, Any, Any, Any],
        F::ConstrData => vec![Integer, DataList],
        F::MapData => vec![PairList],
        F::ListData => vec![DataList],
        F::IData => vec![Integer],
        F::UnConstrData | F::UnMapData | F::UnListData | F::UnIData | F::UnBData | F::SerialiseData => {
            vec![Data]
        }
        F::EqualsData | F::MkPairData => vec![Data, Data],
        F::MkNilData | F::MkNilPairData => vec![Unit],
        F::IntegerToByteString => vec![Bool, Integer, Integer],
        F::ByteStringToInteger => vec![Bool, Bytes],
        other => vec![Any; other.arity()],
    }
}
