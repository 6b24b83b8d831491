//! Both engines on many transactions, and where they differ.

use std::collections::BTreeMap;

use demeter_core::transition::TransactionView;

use super::{Dice, Engine, Healthy, Mirror, Validator, Verdict, healthy, mutate, perturbed};

/// The two engines side by side.
pub struct Engines {
    mirror: Box<dyn Engine>,
    validator: Validator,
}

/// What came out of a comparison.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// How many transactions both accept.
    pub accepted: usize,
    /// How many transactions both refuse.
    pub refused: usize,
    /// How many the mirror alone refuses, for the one reason that the chain does not have.
    pub stricter: usize,
    /// By the name of the change, how many were accepted and refused.
    pub changes: BTreeMap<String, (usize, usize)>,
    /// Where they differ.
    pub disagreements: Vec<Disagreement>,
}

/// A transaction on which the engines differ: a healthy one with a change or two, so it is nearly minimal as it is.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// Which case.
    pub case: String,
    /// What the mirror says.
    pub mirror: Verdict,
    /// What the scripts say.
    pub validator: Verdict,
    /// The transaction.
    pub transaction: Box<TransactionView>,
}

impl Default for Engines {
    fn default() -> Self {
        Self::with(|mirror| Box::new(mirror))
    }
}

impl Engines {
    /// With another engine in the place of the mirror, perhaps made from it.
    pub fn with(make: impl FnOnce(Mirror) -> Box<dyn Engine>) -> Self {
        let validator = Validator::committed();
        Self { mirror: make(Mirror { scripts: validator.scripts() }), validator }
    }

    /// Healthy transactions of one kind, each with two spoiled ones, until so many are accepted and so many refused;
    /// and every perturbation of what the first one yields.
    ///
    /// # Panics
    /// The dice make no healthy transaction.
    pub fn compare(&self, transition: &str, seed: u64, cases: usize) -> Comparison {
        let mut comparison = Comparison::default();
        let mut dice = Dice::new(seed);
        let mut round = 0;
        while comparison.accepted < cases || comparison.refused < cases {
            let case = format!("{transition}, seed {seed}, round {round}");
            let healthy = self.healthy(transition, &mut dice);
            let before = comparison.accepted;
            self.judge(&mut comparison, &case, "healthy", &healthy.transaction);
            if comparison.accepted == before {
                break;
            }
            if round == 0 {
                self.perturb(&mut comparison, &case, &healthy);
            }
            for _ in 0..2 {
                let (name, spoiled) = mutate(&healthy, &mut dice);
                self.judge(&mut comparison, &case, &name, &spoiled);
            }
            round += 1;
        }
        comparison
    }

    /// Each change of an expected state output: both must refuse it. Only whoever founds a grid chooses its fields.
    fn perturb(&self, comparison: &mut Comparison, case: &str, healthy: &Healthy) {
        for (what, transaction) in perturbed(healthy) {
            let free =
                healthy.transaction.policy_redeemer.is_some() && what.starts_with("output 0: datum at");
            let before = comparison.accepted;
            self.judge(comparison, &format!("{case}, {what}"), "perturbed", &transaction);
            if comparison.accepted > before && !free {
                comparison.disagreements.push(Disagreement {
                    case: format!("{case}, {what}: not what the mirror yields, but accepted"),
                    mirror: Ok(()),
                    validator: Ok(()),
                    transaction: Box::new(transaction),
                });
            }
        }
    }

    fn judge(&self, comparison: &mut Comparison, case: &str, change: &str, transaction: &TransactionView) {
        let (mirror, validator) = (self.mirror.judge(transaction), self.validator.judge(transaction));
        let kind = if change.contains(" and ") { "two changes" } else { change };
        let counts = comparison.changes.entry(kind.to_owned()).or_default();
        match (&mirror, &validator) {
            (Ok(()), Ok(())) => {
                comparison.accepted += 1;
                counts.0 += 1;
            }
            (Err(_), Err(_)) => {
                comparison.refused += 1;
                counts.1 += 1;
            }
            (Err(refusal), Ok(())) if is_stricter(refusal) => comparison.stricter += 1,
            _ => comparison.disagreements.push(Disagreement {
                case: format!("{case}, {change}"),
                mirror,
                validator,
                transaction: Box::new(transaction.clone()),
            }),
        }
    }

    /// The next healthy transaction of these dice.
    fn healthy(&self, transition: &str, dice: &mut Dice) -> Healthy {
        for _ in 0..200 {
            if let Ok(healthy) = healthy(self.validator.scripts(), transition, dice) {
                return healthy;
            }
        }
        panic!("no healthy {transition} in 200 tries");
    }
}

/// Whether the mirror refuses for the one condition that the chain does not have: it deals with no grid whose market
/// is another script.
fn is_stricter(refusal: &str) -> bool {
    refusal.starts_with("other_market")
}
