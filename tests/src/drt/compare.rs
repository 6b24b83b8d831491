//! Both engines on one transaction.

use demeter_core::Scripts;
use demeter_core::transition::TransactionView;

use super::possible::is_possible;
use super::{Engine, Mirror, Refused, Validator, Verdict, minimised};

/// The two engines side by side.
pub struct Engines {
    mirror: Box<dyn Engine>,
    validator: Validator,
}

/// What came out of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Both accept.
    Accepted,
    /// Both refuse; this is what the mirror says.
    Refused(Refused),
    /// The mirror alone refuses, for a reason that the chain is meant not to have.
    Stricter(Refused),
    /// They differ.
    Disagreement {
        /// What the mirror says.
        mirror: Verdict,
        /// What the scripts say.
        validator: Verdict,
    },
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

    /// The hashes of the two scripts.
    pub const fn scripts(&self) -> Scripts {
        self.validator.scripts()
    }

    /// Has both judge a transaction.
    pub fn judge(&self, transaction: &TransactionView) -> Judgement {
        match (self.mirror.judge(transaction), self.validator.judge(transaction)) {
            (Ok(()), Ok(())) => Judgement::Accepted,
            (Err(refused), Err(_)) => Judgement::Refused(refused),
            (Err(refused), Ok(())) if is_stricter(&refused) => Judgement::Stricter(refused),
            (mirror, validator) => Judgement::Disagreement { mirror, validator },
        }
    }

    /// The smallest transaction that we find from this one on which the engines say just the same, by the code of
    /// what they say, and which could still happen. What both accept goes on doing what it did: an empty transaction
    /// is accepted too.
    pub fn minimised(&self, transaction: &TransactionView) -> TransactionView {
        let said = self.judge(transaction).said();
        let does = |view: &TransactionView| {
            let told: Vec<_> = view.inputs.iter().filter_map(|input| input.redeemer.clone()).collect();
            (told, view.minted.clone())
        };
        let done = does(transaction);
        minimised(transaction, |smaller| {
            is_possible(self.scripts(), smaller)
                && (said != (None, None) || does(smaller) == done)
                && self.judge(smaller).said() == said
        })
    }
}

impl Judgement {
    /// What mirror and scripts say, by code; nothing where they accept.
    fn said(&self) -> (Option<&'static str>, Option<&'static str>) {
        let code = |verdict: &Verdict| verdict.as_ref().err().map(|refused| refused.code);
        match self {
            Self::Accepted => (None, None),
            Self::Refused(refused) => (Some(refused.code), Some("")),
            Self::Stricter(refused) => (Some(refused.code), None),
            Self::Disagreement { mirror, validator } => (code(mirror), code(validator)),
        }
    }
}

/// Whether the mirror refuses for a condition that the chain does not have: it deals with no grid whose market is
/// another script.
fn is_stricter(refused: &Refused) -> bool {
    refused.code == "other_market"
}
