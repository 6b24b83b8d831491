//! One action: from its plan to what became of its transaction.

use std::sync::Arc;

use demeter_core::{OutputReference, Time};
use demeter_tx::builder::{TransactionBuilder, UnsignedTransaction};
use demeter_tx::head::{ConfirmError, InvalidReason, SubmitError};
use demeter_tx::ledger::LedgerError;
use demeter_tx::market::{ComposeError, Funds, SlotRange};
use demeter_tx::view::Subject;
use demeter_tx::{OutputDraft, SignedTransaction};
use futures_timer::Delay;
use futures_util::future::{Either, select};

use super::flight::Flight;
use super::{Driver, DriverError, Outcome};
use crate::{Action, Agent, Deed, Tidy};

impl<A: Agent> Driver<A> {
    /// Tries an action. Whatever comes of it, the view shows what is known thereafter.
    pub(super) async fn act(&mut self, subject: Subject, action: &Action) -> Result<Outcome, DriverError> {
        let now = self.live.head().now().await?;
        let clock = self.composer.settings().clock;
        let range = match action.bounds().slots(now, &clock, &self.options.validity) {
            Ok(range) => range,
            Err(error) => return Ok(error.into()),
        };
        let mut transaction = match self.compose(action, range) {
            Ok(transaction) => transaction,
            Err(ComposeError::NoOutput { reference }) => {
                return Ok(Outcome::Stale { missing: Some(reference) });
            }
            Err(error) => return Ok(Outcome::Refused(Box::new(error))),
        };
        if let Err(error) = self.keys.sign(&mut transaction).await {
            return Ok(error.into());
        }
        let missing: Vec<_> = transaction.missing_signers().into_iter().collect();
        let needed: Vec<OutputReference> = transaction.resolved().keys().copied().collect();
        // What the transaction refers to is not used up; where that cannot be told apart, it is left alone as well.
        let effect = transaction.transaction().effect();
        let consumed = effect.map_or_else(|_| needed.clone(), |effect| effect.consumed);
        let copy = transaction.transaction().clone();
        let Ok(signed) = transaction.finish() else {
            return Ok(Outcome::Unsigned { transaction: Box::new(copy), missing });
        };
        let expires = clock.time_of(range.before)?;
        let (id, consumed) = (signed.id(), consumed.into_iter().collect());
        // Noted before it is submitted: whoever drops this future may go on with the driver.
        self.flights.add(Flight { transaction: id, subject, action: action.name(), consumed, expires });
        let outcome = self.submit(signed, &needed, expires).await;
        match outcome {
            // Until the view shows it: a head may confirm before it tells of it.
            Outcome::Confirmed { .. } | Outcome::InFlight { .. } | Outcome::Unknown { .. } => {
                self.flights.land(self.live.view(), now.time);
            }
            _ => self.flights.remove(id),
        }
        Ok(outcome)
    }

    /// What the wallet holds and no transaction in flight consumes.
    pub(super) fn funds(&self) -> Funds {
        let mut funds = self.live.view().funds(&self.agent.wallet());
        let bound = self.flights.consumed();
        funds.utxos.retain(|reference, _| !bound.contains(reference));
        funds
    }

    fn compose(&self, action: &Action, range: SlotRange) -> Result<UnsignedTransaction, ComposeError> {
        let funds = self.funds();
        match action.deed() {
            Deed::Transition(plan) => {
                self.composer.compose(&plan.as_ref().clone().within(range), self.live.view().utxos(), &funds)
            }
            Deed::Place(terms) => self.composer.place_within(terms, Some(range), &funds),
            Deed::Tidy(tidy) => self.tidy(tidy, range, &funds),
        }
    }

    fn tidy(
        &self,
        tidy: &Tidy,
        range: SlotRange,
        funds: &Funds,
    ) -> Result<UnsignedTransaction, ComposeError> {
        let builder = TransactionBuilder::new(self.composer.settings().clone(), funds.change);
        let mut builder = builder.valid_from(range.from).valid_before(range.before);
        for reference in &tidy.spend {
            let output = funds.utxos.get(reference);
            let output = output.ok_or(ComposeError::NoOutput { reference: *reference })?;
            builder = builder.spend(*reference, output.clone());
        }
        for (address, value) in &tidy.pay {
            builder = builder.pay(OutputDraft::new(*address, value.clone()));
        }
        Ok(builder.build()?)
    }

    async fn submit(
        &mut self,
        signed: SignedTransaction,
        needed: &[OutputReference],
        expires: Time,
    ) -> Outcome {
        let transaction = signed.id();
        let head = Arc::clone(self.live.head());
        let refused = match head.submit(signed).await {
            Ok(_) => match select(head.confirm(transaction), Delay::new(self.options.patience)).await {
                Either::Left((Ok(snapshot), _)) => {
                    // Whether the head can still be asked is for the next round to find out: this is to be told of.
                    drop(self.live.catch_up().await);
                    return Outcome::Confirmed { transaction, snapshot };
                }
                Either::Left((Err(ConfirmError::Invalid { reason, .. }), _)) => Ok(reason),
                Either::Left((Err(ConfirmError::Head(reason)), _)) => Err(reason),
                Either::Left((Err(other), _)) => Ok(InvalidReason::Reported(other.to_string())),
                Either::Right(_) => return Outcome::InFlight { transaction, expires },
            },
            Err(SubmitError::Invalid { reason, .. }) => Ok(reason),
            Err(SubmitError::Head(reason)) => Err(reason),
            Err(other) => Ok(InvalidReason::Reported(other.to_string())),
        };
        match refused {
            Ok(reason) => {
                // Where the head cannot be asked again, what it said decides.
                drop(self.live.reload().await);
                let there = |reference: &&OutputReference| self.live.view().utxos().contains_key(reference);
                let missing = needed.iter().find(|reference| !there(reference)).copied();
                match Fault::of(&reason) {
                    _ if missing.is_some() => Outcome::Stale { missing },
                    Fault::UnknownInput(missing) => Outcome::Stale { missing },
                    Fault::OutsideValidity => Outcome::Expired { transaction },
                    Fault::Other => Outcome::Rejected { transaction, reason },
                }
            }
            Err(reason) => Outcome::Unknown { transaction, reason },
        }
    }
}

/// What the head has against a transaction, as far as that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// An input is not there: which one, where that is known. A head may know of a transaction before it is in a snapshot,
    /// and shows what that consumes until then.
    UnknownInput(Option<OutputReference>),
    /// It is not valid at this time.
    OutsideValidity,
    Other,
}

impl Fault {
    /// From our own ledger's error, or from the name that Cardano's ledger gives to a failure, in a node's report.
    fn of(reason: &InvalidReason) -> Self {
        match reason {
            InvalidReason::Rule(error) => match error.as_ref() {
                LedgerError::UnknownInput { reference } => Self::UnknownInput(Some(*reference)),
                LedgerError::OutsideValidity { .. } => Self::OutsideValidity,
                _ => Self::Other,
            },
            InvalidReason::Reported(text) if text.contains("BadInputsUTxO") => Self::UnknownInput(None),
            InvalidReason::Reported(text) if text.contains("OutsideValidityIntervalUTxO") => {
                Self::OutsideValidity
            }
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use demeter_core::TransactionId;

    use super::*;

    #[test]
    fn an_input_that_is_spent_and_time_are_told_from_other_faults() {
        let reference = OutputReference { transaction: TransactionId::from_bytes([1; 32]), index: 0 };
        let rule = |error| InvalidReason::Rule(Box::new(error));
        let reported = |text: &str| InvalidReason::Reported(text.into());
        for (reason, expected) in [
            (rule(LedgerError::UnknownInput { reference }), Fault::UnknownInput(Some(reference))),
            (rule(LedgerError::NoInputs), Fault::Other),
            (
                reported("ApplyTxError (UtxoFailure (BadInputsUTxO (fromList [])) :| [])"),
                Fault::UnknownInput(None),
            ),
            (
                reported("ApplyTxError (UtxoFailure (OutsideValidityIntervalUTxO ...) :| [])"),
                Fault::OutsideValidity,
            ),
            (reported("ApplyTxError (UtxoFailure (ValueNotConservedUTxO ...) :| [])"), Fault::Other),
        ] {
            assert_eq!(Fault::of(&reason), expected, "{reason}");
        }
    }
}
