//! What one party proposes to others.

use std::collections::BTreeSet;

use demeter_core::{Address, GridId, KeyHash, OutputReference, RangeError, Time, Transition};
use demeter_tx::builder::UnsignedTransaction;
use demeter_tx::market::{ComposeError, Composer, Funds, Plan, SlotRange};
use demeter_tx::view::GridView;
use demeter_tx::{ClockError, SignedTransaction, Slot, TransactionError};
use serde::{Deserialize, Serialize};

use super::describe::describe;

/// What shall happen, and the transaction that does it, with the signatures so far.
///
/// It is to be [checked](Proposal::check) before anything of it is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    pub(super) grid: GridId,
    pub(super) says: String,
    pub(super) deadline: Time,
    pub(super) transition: Transition,
    pub(super) consumes: Vec<OutputReference>,
    pub(super) reads: Vec<OutputReference>,
    pub(super) signers: BTreeSet<KeyHash>,
    pub(super) from: u64,
    pub(super) before: u64,
    pub(super) funds: BTreeSet<OutputReference>,
    pub(super) change: Address,
    #[serde(with = "hexadecimal")]
    pub(super) transaction: SignedTransaction,
}

/// A text is no proposal, or one cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProposalError {
    /// The text is no JSON, or says something else.
    #[error("not a proposal: {0}")]
    Json(#[from] serde_json::Error),
    /// The transition cannot be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// Its deadline is out of the clock's range.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// A time is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl Proposal {
    /// Composes what is to be proposed, at the expense of these funds, of which it uses as many as it takes.
    ///
    /// # Errors
    /// The contract refuses the transition, or the funds do not suffice.
    pub fn compose(
        plan: &Plan,
        range: SlotRange,
        composer: &Composer,
        view: &GridView,
        funds: &Funds,
    ) -> Result<(Self, UnsignedTransaction), ProposalError> {
        let plan = plan.clone().within(range);
        let transaction = composer.compose(&plan, view.utxos(), funds)?;
        let used = |reference: &OutputReference| transaction.resolved().contains_key(reference);
        let used = funds.utxos.keys().copied().filter(used).collect();
        let consumes: Vec<OutputReference> = plan.consumed().collect();
        let primary = consumes.first().copied();
        let proposal = Self {
            grid: view.grid_id(),
            says: describe(plan.transition(), primary, view),
            deadline: composer.settings().clock.time_of(range.before)?,
            transition: plan.transition().clone(),
            consumes,
            reads: plan.read().collect(),
            signers: plan.signers().clone(),
            from: range.from.to_number(),
            before: range.before.to_number(),
            funds: used,
            change: funds.change,
            transaction: transaction.transaction().clone(),
        };
        Ok((proposal, transaction))
    }

    /// Reads a proposal. Nothing is believed of it yet.
    ///
    /// # Errors
    /// The text is none.
    pub fn from_json(text: &str) -> Result<Self, ProposalError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The text to be carried to others.
    ///
    /// # Errors
    /// None that is known; whoever serialises may fail.
    pub fn to_json(&self) -> Result<String, ProposalError> {
        Ok(serde_json::to_string(self)?)
    }

    /// What it does, in plain terms. [`Proposal::check`] refuses one that says something else than it does.
    pub fn says(&self) -> &str {
        &self.says
    }

    /// From when on it is worth nothing.
    pub const fn deadline(&self) -> Time {
        self.deadline
    }

    /// The transition.
    pub const fn transition(&self) -> &Transition {
        &self.transition
    }

    /// The state that the transition is of.
    pub fn primary(&self) -> Option<OutputReference> {
        self.consumes.first().copied()
    }

    /// Who is asked to sign, beside who pays.
    pub const fn signers(&self) -> &BTreeSet<KeyHash> {
        &self.signers
    }

    /// The outputs that it is paid with.
    pub const fn funds(&self) -> &BTreeSet<OutputReference> {
        &self.funds
    }

    /// The transaction, with the signatures so far.
    pub const fn transaction(&self) -> &SignedTransaction {
        &self.transaction
    }

    /// Adds the signatures that another copy has.
    ///
    /// # Errors
    /// The other is of another transaction, or a signature in it is wrong.
    pub fn merge(&mut self, other: &SignedTransaction) -> Result<(), TransactionError> {
        self.transaction.merge_signatures(other)
    }

    /// Whether another is about the same states: at most one of the two can happen.
    pub fn rivals(&self, consumed: &BTreeSet<OutputReference>) -> bool {
        self.consumes.iter().any(|reference| consumed.contains(reference))
    }

    pub(super) fn plan(&self) -> Option<Plan> {
        let (primary, followers) = self.consumes.split_first()?;
        let plan = Plan::new(self.transition.clone(), *primary).within(self.range());
        let plan = followers.iter().fold(plan, |plan, follower| plan.consuming(*follower));
        let plan = self.reads.iter().fold(plan, |plan, reference| plan.reading(*reference));
        Some(self.signers.iter().fold(plan, |plan, key| plan.signed_by(*key)))
    }

    const fn range(&self) -> SlotRange {
        SlotRange { from: Slot::from_number(self.from), before: Slot::from_number(self.before) }
    }
}

/// A transaction as hexadecimal digits.
mod hexadecimal {
    use demeter_tx::SignedTransaction;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        transaction: &SignedTransaction,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(transaction)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SignedTransaction, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
