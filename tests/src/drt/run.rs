//! Many cases, on as many threads as there are.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use super::{Case, Engines, Judgement, Verdict};

/// How many cases a thread takes at a time.
const BATCH: u64 = 50;

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many cases in all.
    pub cases: u64,
    /// What they follow from.
    pub seed: u64,
    /// The transitions that take turns.
    pub transitions: Vec<&'static str>,
}

/// What came of a run. It follows from the plan alone.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// By transition.
    pub transitions: BTreeMap<&'static str, Counts>,
    /// Where the engines differ, in the order of the cases.
    pub disagreements: Vec<Disagreement>,
    /// One case that is accepted of each transition, and one that is refused for each reason: among the smallest.
    pub examples: BTreeMap<String, Case>,
}

/// How the cases of a transition were judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many cases there were.
    pub cases: u64,
    /// How many both accept.
    pub accepted: u64,
    /// How many both refuse.
    pub refused: u64,
    /// How many the mirror alone refuses, for the one reason that the chain does not have.
    pub stricter: u64,
    /// On how many they differ.
    pub disagreements: u64,
    /// How often each code was the mirror's reason.
    pub reasons: BTreeMap<&'static str, u64>,
}

/// A case on which the engines differ.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// Which one.
    pub case: Case,
    /// What the mirror says.
    pub mirror: Verdict,
    /// What the scripts say.
    pub validator: Verdict,
}

impl Plan {
    /// The case at a position in the whole run.
    fn case(&self, engines: &Engines, position: u64) -> Case {
        let turns = self.transitions.len() as u64;
        let transition = self.transitions[usize::try_from(position % turns).expect("a position")];
        Case::new(engines.scripts(), transition, self.seed, position / turns)
    }
}

impl Summary {
    fn take(&mut self, case: Case, judgement: Judgement) {
        let counts = self.transitions.entry(case.transition).or_default();
        counts.cases += 1;
        let mut reason = |code| *counts.reasons.entry(code).or_default() += 1;
        match judgement {
            Judgement::Accepted => {
                counts.accepted += 1;
                self.keep(format!("{}: accepted", case.transition), case);
            }
            Judgement::Refused(refused) => {
                reason(refused.code);
                counts.refused += 1;
                self.keep(format!("refused: {}", refused.code), case);
            }
            Judgement::Stricter(refused) => {
                reason(refused.code);
                counts.stricter += 1;
            }
            Judgement::Disagreement { mirror, validator } => {
                counts.disagreements += 1;
                self.disagreements.push(Disagreement { case, mirror, validator });
            }
        }
    }

    /// Keeps the smallest, and of two as small the first.
    fn keep(&mut self, name: String, case: Case) {
        let rank = |case: &Case| (case.size(), case.number, case.transition);
        let kept = self.examples.entry(name).or_insert_with(|| case.clone());
        if rank(&case) < rank(kept) {
            *kept = case;
        }
    }

    fn merge(&mut self, other: Self) {
        for (transition, more) in other.transitions {
            let counts = self.transitions.entry(transition).or_default();
            counts.cases += more.cases;
            counts.accepted += more.accepted;
            counts.refused += more.refused;
            counts.stricter += more.stricter;
            counts.disagreements += more.disagreements;
            for (code, times) in more.reasons {
                *counts.reasons.entry(code).or_default() += times;
            }
        }
        self.disagreements.extend(other.disagreements);
        for (name, case) in other.examples {
            self.keep(name, case);
        }
    }

    /// How many cases there were, and how many of them were accepted, refused, and refused by the mirror alone.
    pub fn total(&self) -> Counts {
        let mut total = Self::default();
        for counts in self.transitions.values() {
            let all = BTreeMap::from([("all", counts.clone())]);
            total.merge(Self { transitions: all, ..Self::default() });
        }
        total.transitions.remove("all").unwrap_or_default()
    }

    /// The transitions of whose cases less than a tenth is accepted.
    pub fn thin(&self) -> Vec<&'static str> {
        let thin = self.transitions.iter().filter(|(_, counts)| counts.accepted * 10 < counts.cases);
        thin.map(|(transition, _)| *transition).collect()
    }
}

/// Runs a plan on so many threads, and says now and then how many cases are done.
///
/// # Panics
/// An engine fails to judge.
pub fn run(
    plan: &Plan,
    threads: usize,
    engines: impl Fn() -> Engines + Sync,
    mut progress: impl FnMut(u64),
) -> Summary {
    let (next, engines) = (&AtomicU64::new(0), &engines);
    let mut summary = Summary::default();
    std::thread::scope(|scope| {
        let (sender, batches) = mpsc::channel();
        for _ in 0..threads {
            let sender = sender.clone();
            // The scripts' machine cannot cross threads: each has engines of its own.
            scope.spawn(move || {
                let engines = engines();
                loop {
                    let start = next.fetch_add(BATCH, Ordering::Relaxed);
                    if start >= plan.cases {
                        break;
                    }
                    let mut batch = Summary::default();
                    for position in start..plan.cases.min(start + BATCH) {
                        let case = plan.case(&engines, position);
                        let judgement = engines.judge(&case.transaction);
                        batch.take(case, judgement);
                    }
                    sender.send(batch).expect("somebody waits for it");
                }
            });
        }
        drop(sender);
        let mut done = 0;
        for batch in batches {
            done += batch.total().cases;
            summary.merge(batch);
            progress(done);
        }
    });
    summary.disagreements.sort_by_key(|disagreement| {
        let case = &disagreement.case;
        (case.number, case.transition)
    });
    summary
}
