//! The fast machine: `amaru-uplc`.
//!
//! It runs what it is known to run as the reference does, and leaves the rest: see [`in_scope`] and
//! [`builtins`]. What it makes lives in an arena that is limited, and is gone when the script has ended.

mod builtins;
mod program;
mod translate;

use std::cell::Cell;

use amaru_uplc::arena::Arena;
use amaru_uplc::binder::DeBruijn;
use amaru_uplc::bumpalo::Bump;
use amaru_uplc::constant::Constant;
use amaru_uplc::machine::{EvalResult, ExBudget, MachineError, PlutusVersion as Version};
use amaru_uplc::program::Program;
use amaru_uplc::term::Term;

use super::call::{Ending, ScriptCall};
use super::machine::Engine;
use super::reference::{NOT_UNIT, signed, unsigned};
use super::stack::{guarded, one_line};
use crate::{ExecutionUnits, PlutusVersion, ProtocolParameters};
use builtins::{COSTS, HANDED_OVER, costs};
use program::program;
use translate::Ground;

/// The machine of the Amaru node.
pub(super) struct AmaruUplc;

impl Engine for AmaruUplc {
    fn run(
        &self,
        call: &ScriptCall,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Option<Ending> {
        if !in_scope(call, allowed, parameters) {
            return None;
        }
        let program = program(call.script())?;
        let costs = costs(parameters.cost_models.of(PlutusVersion::V3));
        // A fault in it is nothing to speak of: the reference runs the script then.
        guarded(|| run(program.get(), call, allowed, &costs)).ok().flatten()
    }
}

/// The protocol version since which builtins do and cost what they do on this machine, which knows no other.
const SINCE: u16 = 11;

/// More than any script uses, and less than what is asked for builtins that are left to the reference.
const UNITS: u64 = 1 << 50;

/// More than anything costs.
const COST: u64 = 1 << 40;

/// Whether this machine does as the reference under these circumstances.
fn in_scope(call: &ScriptCall, allowed: ExecutionUnits, parameters: &ProtocolParameters) -> bool {
    let costs = parameters.cost_models.of(PlutusVersion::V3);
    call.script().version() == PlutusVersion::V3
        && parameters.protocol_version.major >= SINCE
        && allowed.within(ExecutionUnits { memory: UNITS, steps: UNITS })
        && costs.len() >= COSTS
        && costs.iter().all(|cost| cost.unsigned_abs() < COST)
}

/// The most bytes that a script may have the machine allocate. Nothing is given back before it ends, and what some
/// builtins copy costs no units.
const ARENA_BYTES: usize = 128 << 20;

/// What a script may use for its arena to be used again: the arena keeps the largest of its chunks.
const SMALL: ExecutionUnits = ExecutionUnits { memory: 3_000_000, steps: u64::MAX };

thread_local! {
    static ARENA: Cell<Option<Arena>> = const { Cell::new(None) };
}

fn limited_arena() -> Arena {
    let bump = Bump::new();
    bump.set_allocation_limit(Some(ARENA_BYTES));
    Arena::from_bump(bump)
}

fn run(
    program: &Program<'_, DeBruijn>,
    call: &ScriptCall,
    allowed: ExecutionUnits,
    costs: &[i64],
) -> Option<Ending> {
    let mut ground = Ground { arena: ARENA.take().unwrap_or_else(limited_arena), slices: Bump::new() };
    let (ending, units) = run_on(&ground, program, call, allowed, costs)?;
    if units.within(SMALL) {
        ground.arena.reset();
        ARENA.set(Some(ground.arena));
    }
    ending
}

/// How a script ends, if that is this machine's to say, and what it used.
fn run_on<'g>(
    ground: &'g Ground,
    program: &'g Program<'g, DeBruijn>,
    call: &ScriptCall,
    allowed: ExecutionUnits,
    costs: &[i64],
) -> Option<(Option<Ending>, ExecutionUnits)> {
    let mut applied = program;
    for argument in call.arguments() {
        let argument = Term::constant(&ground.arena, ground.constant(argument)?);
        applied = applied.apply(&ground.arena, argument);
    }
    let budget = ExBudget::new(signed(allowed.memory), signed(allowed.steps));
    let result = applied.eval_with_params(&ground.arena, Version::V3, costs, budget);
    let used = result.info.consumed_budget;
    let units = ExecutionUnits { memory: unsigned(used.mem), steps: unsigned(used.cpu) };
    let ending = (units.memory < HANDED_OVER.unsigned_abs() / 2).then(|| ending(result, allowed, units));
    Some((ending, units))
}

fn ending(result: EvalResult<'_, DeBruijn>, allowed: ExecutionUnits, units: ExecutionUnits) -> Ending {
    // NOTE: texts that begin so are labels to the reference, which count what is run and are not traces.
    let traces = result.info.logs.into_iter().filter(|text| !text.starts_with('\0')).collect();
    let refusal = match result.term {
        Ok(Term::Constant(Constant::Unit)) => None,
        Ok(_) => Some(NOT_UNIT.to_owned()),
        Err(MachineError::OutOfExError(_)) => return Ending::OverBudget { traces },
        Err(error) => Some(one_line(&error.to_string())),
    };
    Ending::within(allowed, units, traces, refusal)
}
