//! A market on a head, at random, with everything that its parties sign.

use demeter_tx::evaluate::{Ending, Machine, ScriptCall, script_calls};
use demeter_tx::{ProtocolParameters, ledger};

use super::Tally;
use crate::drt::Dice;
use crate::history::{Choice, Ground, Walk};

/// Every transaction that a walk of so many steps has accepted: as a ledger judges it with either machine, and each of
/// its scripts; of those that the fast machine does not finish, what they call is counted.
///
/// # Panics
/// The walk breaks a promise, or the reference refuses what the head accepted.
pub fn walk(tally: &mut Tally, steps: u64, seed: u64) {
    let mut dice = Dice::new(seed);
    let mut walk = Walk::new(Ground::recorded(false), None);
    while walk.tally.steps < steps {
        walk.step(&Choice::draw(&mut dice)).expect("a walk that keeps all promises");
    }
    let settings = Ground::settings();
    let record = walk.ground.into_record().expect("a recorded walk");
    let mut utxos = record.opening;
    for (made, transaction) in &record.accepted {
        let case = format!("the transaction {}", transaction.id());
        let parameters = &settings.parameters;
        for (pointer, call, _) in
            script_calls(&transaction.to_cbor(), &utxos, &settings).expect("our scripts")
        {
            tally.compare("walk", &format!("{case}, {pointer}"), &call, parameters, &mut dice);
            *tally.causes.entry(cause(&call, parameters)).or_default() += 1;
        }
        let slot = settings.clock.slot_at(*made).expect("a slot");
        let judge = |machine| ledger::validate_on(machine, transaction, &utxos, &settings, slot);
        let (reference, fast) = (judge(Machine::Reference).expect("it was accepted"), judge(Machine::Fast));
        if fast.as_ref() != Ok(&reference) {
            let (reference, fast) = (format!("{reference:?}"), format!("{fast:?}"));
            tally.differ(&case, settings.parameters.max_transaction_units, &reference, &fast);
        }
        reference.effect.apply_to(&mut utxos);
    }
}

/// Where among the costs of Plutus V3 the memory of a builtin stands: `serialiseData`, and the divisions.
const SERIALISES: &[usize] = &[153];
const DIVIDES: &[usize] = &[57, 122, 138, 149];

/// Why the fast machine does not finish a script that succeeds.
fn cause(call: &ScriptCall, parameters: &ProtocolParameters) -> &'static str {
    let finished = Machine::Fast.run_alone(call, parameters.max_transaction_units, parameters);
    if finished.is_some() {
        return "finished";
    }
    match [SERIALISES, DIVIDES].map(|positions| calls(call, parameters, positions)) {
        [true, false] => "serialiseData",
        [false, true] => "divisions",
        [true, true] => "serialiseData and divisions",
        [false, false] => "neither",
    }
}

/// Whether a script calls one of these builtins: it ends over budget when they cost more than it may use.
fn calls(call: &ScriptCall, parameters: &ProtocolParameters, positions: &[usize]) -> bool {
    let mut dear = parameters.clone();
    for position in positions {
        dear.cost_models.plutus_v3[*position] = 1 << 50;
    }
    let ending = Machine::Reference.run(call, parameters.max_transaction_units, &dear);
    matches!(ending, Ending::OverBudget { .. })
}

#[cfg(test)]
mod tests {
    use demeter_tx::{Data, PlutusScript};

    use super::*;

    #[test]
    fn each_builtin_that_is_handed_over_is_told_by_its_cost() {
        let parameters = ProtocolParameters::hydra_l2().unwrap();
        let of = |text: &str| {
            let program =
                uplc::parser::program(&format!("(program 1.1.0 (lam c [(lam r (con unit ())) {text}]))"));
            let bytes = program.unwrap().to_debruijn().unwrap().to_cbor().unwrap();
            cause(&ScriptCall::new(PlutusScript::new(bytes), [Data::unit()]).unwrap(), &parameters)
        };
        assert_eq!(of("[(builtin serialiseData) c]"), "serialiseData");
        for division in ["divideInteger", "modInteger", "quotientInteger", "remainderInteger"] {
            assert_eq!(of(&format!("[[(builtin {division}) (con integer 7)] (con integer 2)]")), "divisions");
        }
        assert_eq!(of("[[(builtin multiplyInteger) (con integer 7)] (con integer 2)]"), "finished");
    }
}
