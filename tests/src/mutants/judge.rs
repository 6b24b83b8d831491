//! Running the table.

use std::collections::BTreeSet;

use demeter_core::Scripts;
use demeter_core::transition::TransactionView;
use demeter_tx::evaluate::EvaluationError;

use super::{Case, Mutant, cases};
use crate::drt::{Engine, Validator, Verdict};

/// What the engines say of one mutant.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Which transition.
    pub transition: &'static str,
    /// The mutant's name.
    pub name: String,
    /// What a thief would gain.
    pub gain: String,
    /// Whether the release build refuses.
    pub refused_by_validator: bool,
    /// Whether the mirror refuses.
    pub refused_by_mirror: bool,
    /// The condition that the traced build stopped at, or the mirror's code where there is no traced build.
    pub reason: String,
    /// What is wrong with the reasons, if something is.
    pub wrong: Option<String>,
}

/// What the engines say of the table.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Of every mutant.
    pub judgements: Vec<Judgement>,
    /// All that the traced build said while it refused.
    pub reached: BTreeSet<String>,
    /// Healthy transactions that are refused, with what is said: their mutants prove nothing.
    pub unhealthy: Vec<String>,
}

impl Tally {
    /// The names of those that are accepted by the release build or by the mirror.
    pub fn survivors(&self) -> Vec<&str> {
        let survives =
            |judgement: &&Judgement| !judgement.refused_by_validator || !judgement.refused_by_mirror;
        self.judgements.iter().filter(survives).map(|judgement| judgement.name.as_str()).collect()
    }

    /// Those that are refused for another reason than the table's.
    pub fn wrong(&self) -> impl Iterator<Item = (&Judgement, &str)> {
        self.judgements.iter().filter_map(|judgement| Some((judgement, judgement.wrong.as_deref()?)))
    }

    /// Whether every healthy transaction is accepted, and every mutant refused as it should be.
    pub fn is_clean(&self) -> bool {
        self.unhealthy.is_empty() && self.survivors().is_empty() && self.wrong().next().is_none()
    }
}

/// Runs the mutants of these transitions (of all, if none is named) on the release build of the contract, on a mirror,
/// and, where there is one, on the traced build.
pub fn judge(
    release: &Validator,
    mirror: &dyn Engine,
    traced: Option<&Validator>,
    wanted: impl Fn(&str) -> bool,
) -> Tally {
    let mut tally = Tally::default();
    let wanted_cases = |scripts: Scripts| {
        let cases = cases(scripts).into_iter();
        cases.filter(|case| wanted(case.transition)).collect::<Vec<_>>()
    };
    let of_traced = traced.map(|validator| (validator, wanted_cases(validator.scripts())));
    for (position, case) in wanted_cases(release.scripts()).iter().enumerate() {
        let traced = of_traced.as_ref().map(|(validator, cases)| (*validator, &cases[position]));
        tally.case(release, mirror, traced, case);
    }
    tally
}

impl Tally {
    fn case(
        &mut self,
        release: &Validator,
        mirror: &dyn Engine,
        traced: Option<(&Validator, &Case)>,
        case: &Case,
    ) {
        for (position, (name, transaction)) in healthy(case).into_iter().enumerate() {
            let mut check = |engine: &str, verdict: Verdict| {
                if let Err(refused) = verdict {
                    self.unhealthy.push(format!("{name}, by the {engine}: {refused}"));
                }
            };
            check("mirror", mirror.judge(transaction));
            check("release build", release.judge(transaction));
            if let Some((validator, case)) = traced {
                check("traced build", validator.judge(healthy(case)[position].1));
            }
        }
        for (position, mutant) in case.mutants.iter().enumerate() {
            let transaction = mutant.applied(&case.healthy);
            let said = mirror.judge(&transaction);
            let trace = traced.map(|(validator, case)| {
                let (first, all) = traces(validator, &case.mutants[position].applied(&case.healthy));
                self.reached.extend(all);
                first
            });
            self.judgements.push(Judgement {
                transition: case.transition,
                name: mutant.name.clone(),
                gain: mutant.gain.clone(),
                refused_by_validator: release.judge(&transaction).is_err(),
                refused_by_mirror: said.is_err(),
                reason: trace.clone().unwrap_or_else(|| mutant.reason.code.to_owned()),
                wrong: wrong(mutant, &said, trace.as_deref()),
            });
        }
    }
}

/// The healthy transactions of a case, with their names.
fn healthy(case: &Case) -> Vec<(&str, &TransactionView)> {
    let neighbours =
        case.neighbours.iter().map(|neighbour| (neighbour.name.as_str(), &neighbour.transaction));
    std::iter::once((case.name, &case.healthy)).chain(neighbours).collect()
}

/// What is wrong with the reasons, if something is.
fn wrong(mutant: &Mutant, said: &Verdict, trace: Option<&str>) -> Option<String> {
    let (code, expected) = (mutant.reason.code, words(mutant.reason.trace));
    let said = said.as_ref().err().map_or("nothing", |refused| refused.code);
    if said != code {
        return Some(format!("the mirror says {said}, not {code}"));
    }
    let trace = trace?;
    (!trace.starts_with(&expected)).then(|| format!("the contract stops at `{trace}`, not at `{expected}`"))
}

/// The first trace of a refused transaction, which is the innermost condition that does not hold; and all of them.
fn traces(validator: &Validator, transaction: &TransactionView) -> (String, Vec<String>) {
    match validator.run(transaction) {
        Ok(()) => ("nothing: it is accepted".to_owned(), Vec::new()),
        Err(EvaluationError::Refused { traces, reason, .. }) => {
            let all: Vec<_> = traces.iter().map(|trace| words(trace)).collect();
            (all.first().cloned().unwrap_or_else(|| format!("no trace: {reason}")), all)
        }
        Err(other) => (other.to_string(), Vec::new()),
    }
}

/// A text on one line, with single spaces: the compiler lays expressions out over many lines.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
