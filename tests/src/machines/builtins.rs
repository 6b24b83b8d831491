//! Small programs around each builtin, with ordinary, boundary and wrong arguments.

mod drawn;
mod kinds;

use std::rc::Rc;

use demeter_tx::evaluate::ScriptCall;
use demeter_tx::{Data, PlutusScript, PlutusVersion, ProtocolParameters};
use pallas_primitives::conway::Language;
use uplc::ast::{Constant, DeBruijn, NamedDeBruijn, Program, Term, Type};
use uplc::builtins::DefaultFunction;
use uplc::machine::cost_model::ExBudget;

use super::Tally;
use crate::drt::Dice;
use drawn::drawn;
use kinds::{Kind, kinds};

pub(super) use drawn::drawn_data;

/// How the names of the groups of builtins begin.
pub(super) const GROUP: &str = "builtin: ";

/// So many programs around each builtin. Every other is plain: Plutus V3 with hydra's parameters or costs drawn at random,
/// which tell one cost from another, and arguments that the builtin succeeds with, so that each that the fast machine
/// can finish is seen to succeed whatever the seed. The others may be in every version of Plutus, under an earlier
/// version of the protocol, with other costs than are known, or with arguments of the wrong kind.
pub fn builtins(tally: &mut Tally, cases: u64, seed: u64) {
    let usual = ProtocolParameters::hydra_l2().expect("our own file");
    for tag in 0..=u8::MAX {
        let Ok(function) = DefaultFunction::try_from(tag) else { continue };
        let name = format!("{function:?}");
        let group = format!("{GROUP}{name}");
        for number in 0..cases {
            let mut dice = Dice::of_case(seed, &name, number);
            let is_plain = number % 2 == 0;
            let parameters = drawn_parameters(&mut dice, &usual, is_plain);
            let applied = drawn_application(&mut dice, function, is_plain);
            let term = checked(applied, &parameters);
            let version = match dice.between(0, 9) {
                0 if !is_plain => PlutusVersion::V1,
                1 if !is_plain => PlutusVersion::V2,
                _ => PlutusVersion::V3,
            };
            let program = Program { version: (1, 1, 0), term };
            let script = PlutusScript::of(version, program.to_cbor().expect("memory"));
            let call = ScriptCall::new(script, [Data::unit()]).expect("plutus data");
            tally.compare(&group, &format!("{name}, {number}"), &call, &parameters, &mut dice);
        }
    }
}

fn drawn_parameters(dice: &mut Dice, usual: &ProtocolParameters, is_plain: bool) -> ProtocolParameters {
    let mut parameters = usual.clone();
    match dice.between(0, 9) {
        0..=2 => {
            for cost in &mut parameters.cost_models.plutus_v3 {
                *cost += i64::try_from(dice.between(0, 40)).unwrap();
            }
        }
        _ if is_plain => {}
        3 => parameters.protocol_version.major = 10,
        4 => parameters.cost_models.plutus_v3.extend([7; 30]),
        5 => parameters.cost_models.plutus_v3.truncate(251),
        _ => {}
    }
    parameters
}

/// A builtin with arguments: those that it succeeds with, or now and then of another kind or too few.
fn drawn_application(dice: &mut Dice, function: DefaultFunction, is_plain: bool) -> Term<DeBruijn> {
    let kinds = kinds(function);
    let mut term = Term::Builtin(function);
    for _ in 0..function.force_count() {
        term = Term::Force(Rc::new(term));
    }
    let lacks_some = !is_plain && dice.once_in(20);
    let count = if lacks_some { dice.position(kinds.len()) } else { kinds.len() };
    for kind in &kinds[..count] {
        let kind = match dice.between(0, 15) {
            _ if is_plain => *kind,
            0 => Kind::Any,
            1..=5 => *kind,
            _ => kind.of_its_type(),
        };
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
