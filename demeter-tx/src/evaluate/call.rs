//! One script with its arguments, and how it ends.

use std::rc::Rc;

use pallas_primitives::PlutusData;
use uplc::ast::Constant;

use crate::{Data, DataError, ExecutionUnits, PlutusScript};

/// A script with its arguments, ready to be run on any [`Machine`](super::Machine).
///
/// It belongs to one thread.
#[derive(Clone, Debug)]
pub struct ScriptCall {
    script: PlutusScript,
    arguments: Vec<Rc<Constant>>,
}

/// How a script ended. What it used is known up to where it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It succeeded; in Plutus V3 that means that it returned unit.
    Succeeded {
        /// What it used.
        units: ExecutionUnits,
        /// What it traced, in order.
        traces: Vec<String>,
    },
    /// It refused.
    Refused {
        /// How, in the machine's words: they differ from machine to machine.
        reason: String,
        /// What it used until then.
        units: ExecutionUnits,
        /// What it traced until then, in order.
        traces: Vec<String>,
    },
    /// It used more than it may.
    OverBudget {
        /// What it traced until then, in order.
        traces: Vec<String>,
    },
    /// Its bytes are not a program.
    Malformed {
        /// What the decoder says.
        reason: String,
    },
}

impl ScriptCall {
    /// A script with these arguments.
    ///
    /// # Errors
    /// None in practice: [`Data`] is Plutus data.
    pub fn new(script: PlutusScript, arguments: impl IntoIterator<Item = Data>) -> Result<Self, DataError> {
        let arguments = arguments.into_iter().map(|data| data.decode());
        Ok(Self::of(script, arguments.collect::<Result<Vec<_>, _>>()?))
    }

    pub(super) fn of(script: PlutusScript, arguments: Vec<PlutusData>) -> Self {
        let arguments = arguments.into_iter().map(|data| Rc::new(Constant::Data(data))).collect();
        Self { script, arguments }
    }

    /// The script.
    pub const fn script(&self) -> &PlutusScript {
        &self.script
    }

    pub(super) fn arguments(&self) -> &[Rc<Constant>] {
        &self.arguments
    }
}

impl Ending {
    /// How a script ended that stopped by itself, unless it used more than it may: machines look at the budget only
    /// every so many steps.
    pub(super) fn within(
        allowed: ExecutionUnits,
        units: ExecutionUnits,
        traces: Vec<String>,
        refusal: Option<String>,
    ) -> Self {
        match refusal {
            _ if !units.within(allowed) => Self::OverBudget { traces },
            Some(reason) => Self::Refused { reason, units, traces },
            None => Self::Succeeded { units, traces },
        }
    }
}
