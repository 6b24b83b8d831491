//! A market on a head, at random, with everything that its parties sign.

use demeter_tx::ProtocolParameters;
use demeter_tx::evaluate::{Ending, Machine, ScriptCall};

use super::Tally;
use super::replay::Replay;
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
    let mut replay = Replay { settings: &settings, utxos: record.opening, group: "walk" };
    for (made, transaction) in &record.accepted {
        let slot = settings.clock.slot_at(*made).expect("a slot");
        for call in replay.next(tally, transaction, slot, &mut dice) {
            *tally.causes.entry(cause(&call, &settings.parameters)).or_default() += 1;
        }
    }
}

/// Where among the costs of Plutus V3 the memory of a builtin stands: `serialiseData`, and the divisions.
const SERIALISES: &[usize] = &[153];
const DIVIDES: &[usize] = &[57, 122, 138, 149];

/// Why the fast machine does not finish a script that succeeds: what it calls that is handed over, or `finished`.
pub fn cause(call: &ScriptCall, parameters: &ProtocolParameters) -> &'static str {
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
