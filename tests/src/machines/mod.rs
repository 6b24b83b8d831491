//! The two script machines beside each other, on every script and budget that can be had here.
//!
//! Each script is run three times: on the reference, on [`Machine::Fast`] as a head does it, which must end in exactly
//! the same way, and on the fast machine alone. Alone it leaves some scripts to the reference and may fail in another
//! way; where one of the two succeeds both must, with the same units and traces. In what they differ and which
//! builtins are always left is listed (`known`), and a list that says too much fails as one that says too little.
//!
//! `contract` runs the compiled contract, `vectors` the transactions of the golden files, `walk` a market on a head,
//! `builtins` small programs around each builtin, and `corners` what is deep, huge or malformed.

mod builtins;
mod contract;
mod corners;
mod known;
mod replay;
mod vectors;
mod walk;

use std::collections::BTreeMap;

use demeter_tx::evaluate::{Ending, Machine, ScriptCall};
use demeter_tx::{ExecutionUnits, ProtocolParameters};
use serde::Serialize;

use crate::drt::Dice;

pub use builtins::builtins;
pub use contract::{differential, functions, mutants, rules};
pub use corners::corners;
pub use vectors::{transactions, verdicts};
pub use walk::{cause, walk};

/// What came of comparing machines.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    /// By group: the differential cases, the mutants, each builtin, and so on.
    pub groups: BTreeMap<String, Counts>,
    /// Of the scripts that a walk called: how many the fast machine finished, and what the others call that it hands over.
    pub causes: BTreeMap<&'static str, u64>,
    /// How often the machines failed in different ways: the reference's, then the fast one's.
    #[serde(skip)]
    pub kinds: BTreeMap<(&'static str, &'static str), u64>,
    /// Where the machines differ in what a head tells, or both must succeed and one does not.
    pub disagreements: Vec<Disagreement>,
}

/// How the runs of a group ended on the reference, and how many of them the fast machine left to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Ran to success.
    pub succeeded: u64,
    /// Refused.
    pub refused: u64,
    /// Stopped for want of units.
    pub over_budget: u64,
    /// No program.
    pub malformed: u64,
    /// Left to the reference, whatever came of it.
    pub left: u64,
    /// Ran to success on the fast machine alone.
    pub finished: u64,
}

/// A run on which the machines differ.
#[derive(Clone, Debug, Serialize)]
pub struct Disagreement {
    /// What was run.
    pub case: String,
    /// What it might use.
    pub allowed: String,
    /// What the reference says.
    pub reference: String,
    /// What the fast machine says.
    pub fast: String,
}

impl Counts {
    /// How many runs there were.
    pub const fn runs(&self) -> u64 {
        self.succeeded + self.refused + self.over_budget + self.malformed
    }
}

impl Tally {
    /// Runs a script on both machines. Where it succeeds, once more with exactly what it used, with one unit less of
    /// each, and with less than that by chance; where it refuses, with one unit less of each than it used.
    ///
    /// # Panics
    /// The reference does not run it.
    pub fn compare(
        &mut self,
        group: &str,
        case: &str,
        call: &ScriptCall,
        parameters: &ProtocolParameters,
        dice: &mut Dice,
    ) {
        let (units, has_succeeded) =
            match self.once(group, case, call, parameters.max_transaction_units, parameters) {
                Ending::Succeeded { units, .. } => (units, true),
                Ending::Refused { units, .. } => (units, false),
                _ => return,
            };
        let ExecutionUnits { memory, steps } = units;
        let mut fewer = vec![
            ExecutionUnits { memory: memory.saturating_sub(1), steps },
            ExecutionUnits { memory, steps: steps.saturating_sub(1) },
        ];
        if has_succeeded {
            let exact = self.once(group, case, call, units, parameters);
            if !matches!(&exact, Ending::Succeeded { units: again, .. } if *again == units) {
                self.differ(case, units, "success with what it used", &format!("{exact:?}"));
            }
            let cut = |dice: &mut Dice, whole: u64| dice.between(0, whole.max(1) - 1);
            fewer.push(ExecutionUnits { memory: cut(dice, memory), steps });
            fewer.push(ExecutionUnits { memory, steps: cut(dice, steps) });
        }
        for allowed in fewer {
            if succeeds(&self.once(group, case, call, allowed, parameters)) {
                self.differ(case, allowed, "no success", "success with less than it uses");
            }
        }
    }

    /// Runs a script once in all ways; how it ends on the reference.
    fn once(
        &mut self,
        group: &str,
        case: &str,
        call: &ScriptCall,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Ending {
        let reference =
            Machine::Reference.run_alone(call, allowed, parameters).expect("the reference runs all");
        let fast = Machine::Fast.run_alone(call, allowed, parameters);
        let counts = self.groups.entry(group.to_owned()).or_default();
        counts.left += u64::from(fast.is_none());
        counts.finished += u64::from(fast.as_ref().is_some_and(succeeds));
        match &reference {
            Ending::Succeeded { .. } => counts.succeeded += 1,
            Ending::Refused { .. } => counts.refused += 1,
            Ending::OverBudget { .. } => counts.over_budget += 1,
            Ending::Malformed { .. } => counts.malformed += 1,
            other => panic!("an ending that is not counted: {other:?}"),
        }
        if let Some(fast) = &fast
            && !alike(&reference, fast)
        {
            self.differ(case, allowed, &format!("{reference:?}"), &format!("{fast:?}"));
        }
        if let Some(fast) = &fast
            && kind(fast) != kind(&reference)
        {
            *self.kinds.entry((kind(&reference), kind(fast))).or_default() += 1;
        }
        let told = Machine::Fast.run(call, allowed, parameters);
        if told != reference {
            self.differ(
                &format!("{case}, as a head"),
                allowed,
                &format!("{reference:?}"),
                &format!("{told:?}"),
            );
        }
        reference
    }

    fn differ(&mut self, case: &str, allowed: ExecutionUnits, reference: &str, fast: &str) {
        let (case, allowed) = (case.to_owned(), allowed.to_string());
        let (reference, fast) = (reference.to_owned(), fast.to_owned());
        self.disagreements.push(Disagreement { case, allowed, reference, fast });
    }
}

/// Whether a script ended alike: with success, the same units and the same traces, or without.
fn alike(reference: &Ending, fast: &Ending) -> bool {
    !(succeeds(reference) || succeeds(fast)) || reference == fast
}

const fn succeeds(ending: &Ending) -> bool {
    matches!(ending, Ending::Succeeded { .. })
}

/// How a script ended, in the words of the list.
fn kind(ending: &Ending) -> &'static str {
    match ending {
        Ending::Succeeded { .. } => "succeeded",
        Ending::Refused { .. } => "refused",
        Ending::OverBudget { .. } => "over budget",
        Ending::Malformed { .. } => "malformed",
        other => panic!("an ending that is not listed: {other:?}"),
    }
}
