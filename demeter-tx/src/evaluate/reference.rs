//! The reference: `uplc`.

use std::rc::Rc;

use pallas_primitives::conway::Language;
use uplc::ast::{Constant, NamedDeBruijn, Program, Term};
use uplc::machine::cost_model::ExBudget;
use uplc::machine::eval_result::EvalResult;

use super::call::{Ending, ScriptCall};
use super::machine::Engine;
use super::program::program;
use super::stack::{guarded, one_line};
use crate::{ExecutionUnits, PlutusVersion, ProtocolParameters};

/// The machine that Aiken ships.
pub(super) struct Uplc;

impl Engine for Uplc {
    fn run(
        &self,
        call: &ScriptCall,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Option<Ending> {
        Some(self.ending(call, allowed, parameters))
    }
}

impl Uplc {
    /// How a script ends.
    pub(super) fn ending(
        &self,
        call: &ScriptCall,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Ending {
        let program = match program(call.script()) {
            Ok(program) => program,
            Err(reason) => return Ending::Malformed { reason },
        };
        let version = call.script().version();
        let language = language(version);
        let budget = ExBudget { mem: signed(allowed.memory), cpu: signed(allowed.steps) };
        let result = guarded(|| {
            applied(program, call).eval_as_with_protocol(
                &language,
                parameters.protocol_version.major,
                parameters.cost_models.of(version),
                Some(&budget),
            )
        });
        let result = match result {
            Ok(result) => result,
            Err(reason) => {
                return Ending::Refused { reason, units: ExecutionUnits::ZERO, traces: Vec::new() };
            }
        };
        let traces = result.logs();
        if matches!(result.result, Err(uplc::machine::Error::OutOfExError(_))) {
            return Ending::OverBudget { traces };
        }
        let used = result.cost();
        let units = ExecutionUnits { memory: unsigned(used.mem), steps: unsigned(used.cpu) };
        let refusal = result.failed(false, &language).then(|| how_it_ended(&result));
        Ending::within(allowed, units, traces, refusal)
    }
}

/// NOTE: the machine's own function takes data by value, and they may be needed again.
fn applied(program: Program<NamedDeBruijn>, call: &ScriptCall) -> Program<NamedDeBruijn> {
    let Program { version, term } = program;
    let apply = |function, data: &Rc<Constant>| Term::Apply {
        function: Rc::new(function),
        argument: Rc::new(Term::Constant(Rc::clone(data))),
    };
    Program { version, term: call.arguments().iter().fold(term, apply) }
}

const fn language(version: PlutusVersion) -> Language {
    match version {
        PlutusVersion::V1 => Language::PlutusV1,
        PlutusVersion::V2 => Language::PlutusV2,
        PlutusVersion::V3 => Language::PlutusV3,
    }
}

fn how_it_ended(result: &EvalResult) -> String {
    match &result.result {
        // NOTE: this error's own text computes a length less one, which panics on the empty byte string.
        Err(uplc::machine::Error::ByteStringOutOfBounds(index, bytes)) => {
            format!("index {index} is outside a byte string of {} bytes", bytes.len())
        }
        Err(error) => one_line(&error.to_string()),
        Ok(_) => NOT_UNIT.to_owned(),
    }
}

/// How a script of Plutus V3 refuses that does not fail.
pub(super) const NOT_UNIT: &str = "it returned something else than unit";

pub(super) fn signed(units: u64) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(units: i64) -> u64 {
    u64::try_from(units).unwrap_or(0)
}
