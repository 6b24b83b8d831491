//! What a party makes sure of before it signs.

use std::collections::BTreeSet;

use demeter_core::limits::MAX_RANGE;
use demeter_core::{
    Asset, Credential, GridId, KeyHash, OutputReference, RangeError, Span, Time, TransactionId, Value,
};
use demeter_tx::builder::UnsignedTransaction;
use demeter_tx::market::{ComposeError, Composer, Funds, Plan};
use demeter_tx::view::GridView;
use demeter_tx::{ClockError, Slot, TransactionError, UtxoSet};

use super::Proposal;
use super::describe::describe;

/// What a party that is asked to sign knows by itself.
#[derive(Clone, Copy, Debug)]
pub struct Examiner<'a> {
    /// The grid, as it sees it.
    pub view: &'a GridView,
    /// What it composes with.
    pub composer: &'a Composer,
    /// What its own head shows of the outputs that the proposal is [paid with](Proposal::funds).
    pub seen: &'a UtxoSet,
    /// Its keys.
    pub keys: &'a BTreeSet<KeyHash>,
    /// In the head's time.
    pub now: Time,
}

/// Why a proposal is not to be signed, whatever it is for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Objection {
    /// It is of another grid.
    #[error("it is of grid {found}, expected {expected}")]
    OtherGrid {
        /// The grid at hand.
        expected: GridId,
        /// That of the proposal.
        found: GridId,
    },
    /// It is over.
    #[error("its deadline was {deadline}, and it is {now}")]
    Expired {
        /// When it was over.
        deadline: Time,
        /// What time it is.
        now: Time,
    },
    /// The deadline is not where the validity of the transaction ends.
    #[error("its deadline is {found}, and its transaction is valid until {expected}")]
    OtherDeadline {
        /// When the validity ends.
        expected: Time,
        /// What the proposal says.
        found: Time,
    },
    /// A signature would be worth something for too long.
    #[error("its transaction is valid for {found} ms, at most {limit} are signed for")]
    TooLong {
        /// The longest.
        limit: Span,
        /// That of the transaction.
        found: Span,
    },
    /// Something that it needs is not there.
    #[error("there is no output {missing}")]
    Stale {
        /// What is missing.
        missing: OutputReference,
    },
    /// No key at hand is asked to sign.
    #[error("none of the keys at hand is asked to sign")]
    NotAsked,
    /// It would be paid with what a key at hand locks.
    #[error("it would be paid with {reference}, which is ours")]
    SpendsOurs {
        /// The output.
        reference: OutputReference,
    },
    /// It would be paid with something that a script guards.
    #[error("it would be paid with {reference}, which no key locks")]
    SpendsGuarded {
        /// The output.
        reference: OutputReference,
    },
    /// The contract refuses it, or it cannot be paid.
    #[error(transparent)]
    Refused(Box<ComposeError>),
    /// It takes out of the states what nobody is named to get.
    #[error("it sets {} free, for whoever composed it", listed(value))]
    Frees {
        /// How much.
        value: Box<Value>,
    },
    /// Composed anew, it is another transaction.
    #[error("composed anew it is transaction {expected}, found {found}")]
    Differs {
        /// What was composed.
        expected: TransactionId,
        /// What was proposed.
        found: TransactionId,
    },
    /// It is said to do something else than it does.
    #[error("it says {found:?}, and does {expected:?}")]
    SaysOtherwise {
        /// What it does.
        expected: String,
        /// What it says.
        found: String,
    },
    /// A signature that it carries is wrong.
    #[error(transparent)]
    Signature(#[from] TransactionError),
    /// A slot is out of the clock's range.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// An amount is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl Objection {
    /// A stable name of the objection, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherGrid { .. } => "other_grid",
            Self::Expired { .. } => "expired",
            Self::OtherDeadline { .. } => "other_deadline",
            Self::TooLong { .. } => "too_long",
            Self::Stale { .. } => "stale",
            Self::NotAsked => "not_asked",
            Self::SpendsOurs { .. } => "spends_ours",
            Self::SpendsGuarded { .. } => "spends_guarded",
            Self::Refused(_) => "refused",
            Self::Frees { .. } => "frees",
            Self::Differs { .. } => "differs",
            Self::SaysOtherwise { .. } => "says_otherwise",
            Self::Signature(_) => "signature",
            Self::Clock(_) => "clock",
            Self::Range(_) => "range",
        }
    }
}

impl Proposal {
    /// Derives the transaction anew and compares, so that what is returned is the party's own work: with the signatures
    /// that the proposal carries, and ready to be signed.
    ///
    /// Whether the party wants what it does is another question: [`CoSigner::assent`](super::CoSigner::assent).
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub fn check(&self, examiner: &Examiner<'_>) -> Result<UnsignedTransaction, Objection> {
        let Examiner { view, composer, keys, .. } = *examiner;
        if self.grid != view.grid_id() {
            return Err(Objection::OtherGrid { expected: view.grid_id(), found: self.grid });
        }
        self.check_times(examiner)?;
        for reference in self.consumes.iter().chain(&self.reads) {
            if !view.utxos().contains_key(reference) {
                return Err(Objection::Stale { missing: *reference });
            }
        }
        if self.signers.is_disjoint(keys) {
            return Err(Objection::NotAsked);
        }
        let funds = self.check_funds(examiner)?;
        let plan = self.plan().ok_or(Objection::NotAsked)?;
        let refused = |error| Objection::Refused(Box::new(error));
        let mut derived = composer.compose(&plan, view.utxos(), &funds).map_err(refused)?;
        self.check_freed(&plan, examiner)?;
        let (expected, found) = (derived.id(), self.transaction.id());
        if expected != found {
            return Err(Objection::Differs { expected, found });
        }
        let expected = describe(&self.transition, self.primary(), view);
        if expected != self.says {
            return Err(Objection::SaysOtherwise { expected, found: self.says.clone() });
        }
        derived.merge(&self.transaction)?;
        Ok(derived)
    }

    fn check_times(&self, examiner: &Examiner<'_>) -> Result<(), Objection> {
        let clock = &examiner.composer.settings().clock;
        let from = clock.time_of(Slot::from_number(self.from))?;
        let expected = clock.time_of(Slot::from_number(self.before))?;
        if self.deadline != expected {
            return Err(Objection::OtherDeadline { expected, found: self.deadline });
        }
        if examiner.now >= self.deadline {
            return Err(Objection::Expired { deadline: self.deadline, now: examiner.now });
        }
        let found = self.deadline.since(from.min(examiner.now));
        if found > MAX_RANGE { Err(Objection::TooLong { limit: MAX_RANGE, found }) } else { Ok(()) }
    }

    /// What it is paid with, as the party's own head shows it: others' money.
    fn check_funds(&self, examiner: &Examiner<'_>) -> Result<Funds, Objection> {
        let mut utxos = UtxoSet::new();
        for reference in &self.funds {
            let output = examiner.seen.get(reference).ok_or(Objection::Stale { missing: *reference })?;
            match output.address().payment {
                Credential::Key(key) if examiner.keys.contains(&key) => {
                    return Err(Objection::SpendsOurs { reference: *reference });
                }
                Credential::Script(_) => return Err(Objection::SpendsGuarded { reference: *reference }),
                Credential::Key(_) => utxos.insert(*reference, output.clone()),
            };
        }
        Ok(Funds { utxos, change: self.change })
    }

    /// That all that the states hold stays in states or is paid to somebody by name.
    fn check_freed(&self, plan: &Plan, examiner: &Examiner<'_>) -> Result<(), Objection> {
        let utxos = examiner.view.utxos();
        let held = plan.consumed().filter_map(|reference| utxos.get(&reference));
        let before = held.map(|output| output.value().clone()).try_fold(Value::default(), sum)?;
        let outcome = examiner.composer.preview(plan, utxos);
        let outcome = outcome.map_err(|error| Objection::Refused(Box::new(error)))?;
        let states = outcome.states.into_iter().map(|state| state.value);
        let after = states.chain(outcome.payments.into_iter().map(|payment| payment.value));
        let after =
            after.chain(outcome.deposit.map(|deposit| deposit.value)).try_fold(Value::default(), sum)?;
        let freed = before.iter().try_fold(Value::default(), |freed, (asset, amount): (&Asset, _)| {
            match amount.checked_sub(after.amount_of(asset)) {
                Ok(left) => freed.plus(asset, left),
                Err(_) => Ok(freed),
            }
        })?;
        if freed.is_empty() { Ok(()) } else { Err(Objection::Frees { value: Box::new(freed) }) }
    }
}

fn listed(value: &Value) -> String {
    let amounts: Vec<String> = value.iter().map(|(asset, amount)| format!("{amount} {asset}")).collect();
    amounts.join(", ")
}

fn sum(sum: Value, part: Value) -> Result<Value, RangeError> {
    sum.checked_add(&part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objections_say_what_was_found() {
        let time = |seconds: u64| Time::from_milliseconds(seconds * 1000).unwrap();
        let grid = |seed| GridId::from_bytes([seed; 28]);
        let transaction = |seed| TransactionId::from_bytes([seed; 32]);
        let reference = OutputReference { transaction: transaction(0xab), index: 3 };
        let ab = "ab".repeat(32);
        let value = Box::new(Value::of_lovelace(demeter_core::Amount::from_units(7).unwrap()));
        for (objection, expected) in [
            (
                Objection::OtherGrid { expected: grid(1), found: grid(2) },
                format!("it is of grid {}, expected {}", "02".repeat(28), "01".repeat(28)),
            ),
            (
                Objection::Expired { deadline: time(1), now: time(2) },
                "its deadline was 1000, and it is 2000".to_owned(),
            ),
            (
                Objection::OtherDeadline { expected: time(1), found: time(2) },
                "its deadline is 2000, and its transaction is valid until 1000".to_owned(),
            ),
            (
                Objection::TooLong { limit: MAX_RANGE, found: Span::from_seconds(301).unwrap() },
                "its transaction is valid for 301000 ms, at most 300000 are signed for".to_owned(),
            ),
            (Objection::Stale { missing: reference }, format!("there is no output {ab}#3")),
            (Objection::NotAsked, "none of the keys at hand is asked to sign".to_owned()),
            (Objection::SpendsOurs { reference }, format!("it would be paid with {ab}#3, which is ours")),
            (
                Objection::SpendsGuarded { reference },
                format!("it would be paid with {ab}#3, which no key locks"),
            ),
            (Objection::Frees { value }, "it sets 7 lovelace free, for whoever composed it".to_owned()),
            (
                Objection::Differs { expected: transaction(1), found: transaction(0xab) },
                format!("composed anew it is transaction {}, found {ab}", "01".repeat(32)),
            ),
            (
                Objection::SaysOtherwise { expected: "this".into(), found: "that".into() },
                "it says \"that\", and does \"this\"".to_owned(),
            ),
        ] {
            assert_eq!(objection.to_string(), expected, "{}", objection.code());
        }
    }
}
