//! Where proposals are made, checked, signed, merged and submitted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use demeter_core::{Address, KeyHash, OutputReference, Time, TransactionId};
use demeter_tx::SignedTransaction;
use demeter_tx::head::{ConfirmError, Head, HeadError, SnapshotNumber, SubmitError, UtxoQuery};
use demeter_tx::keys::SignError;
use demeter_tx::market::{Composer, Contract, Funds};
use demeter_tx::view::GridView;
use futures_timer::Delay;
use futures_util::future::{Either, select};

use super::{CoSigner, Examiner, MailError, Mailbox, Objection, Proposal, ProposalError};
use crate::driver::DriverError;
use crate::{Deed, KeyRing, OutOfTime, Reason, Validity};

/// What a desk is told beside its keys and its mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeskOptions {
    /// How long proposals live.
    pub validity: Validity,
    /// Who has published the contract's scripts. All who sign must have the same.
    pub publisher: Option<Address>,
    /// How long to wait for a transaction to be final before it is left to itself.
    pub patience: Duration,
}

impl Default for DeskOptions {
    fn default() -> Self {
        Self { validity: Validity::of_seconds(240, 240), publisher: None, patience: Duration::from_secs(20) }
    }
}

impl DeskOptions {
    /// With scripts published by this address.
    #[must_use]
    pub const fn publisher(mut self, address: Address) -> Self {
        self.publisher = Some(address);
        self
    }
}

/// Where a party meets others who sign with it: beside its [`Driver`](crate::driver::Driver), whose view it uses.
///
/// It keeps proposals that are under way, so as to merge the copies that come by, and nothing else: a desk that is killed
/// is replaced by an empty one, and what it had is proposed again.
pub struct Desk<M> {
    head: Arc<dyn Head>,
    composer: Composer,
    keys: KeyRing,
    wallet: Address,
    mailbox: M,
    options: DeskOptions,
    under_way: BTreeMap<TransactionId, UnderWay>,
}

struct UnderWay {
    proposal: Proposal,
    needed: BTreeSet<KeyHash>,
    ours: bool,
}

/// What became of something at a desk.
#[derive(Debug)]
pub struct Entry {
    /// The transaction, where there is one.
    pub transaction: Option<TransactionId>,
    /// What it does, in plain terms.
    pub says: String,
    /// What became of it.
    pub report: DeskReport,
}

/// What became of something at a desk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskReport {
    /// It was proposed to the others.
    #[error("proposed: {reason}")]
    Proposed {
        /// Why.
        reason: Reason,
    },
    /// It was checked, wanted and signed, and goes on to the others.
    #[error("signed: {reason}")]
    Signed {
        /// Why it is wanted.
        reason: Reason,
    },
    /// It was complete, was submitted, and is final.
    #[error("final in snapshot {snapshot}")]
    Confirmed {
        /// The snapshot that it is in.
        snapshot: SnapshotNumber,
    },
    /// It was complete, and was submitted, and is not final yet.
    #[error("submitted, and not final yet")]
    Submitted,
    /// It was complete, and the head did not take it: mostly because another party was faster to submit it.
    #[error("complete, and not taken: {reason}")]
    NotTaken {
        /// What the head says.
        reason: String,
    },
    /// It is not as it should be.
    #[error("refused: {0}")]
    Refused(Objection),
    /// It is as it should be, and not wanted.
    #[error("not wanted: {reason}")]
    NotWanted {
        /// Why not.
        reason: Reason,
    },
    /// What came is no proposal.
    #[error(transparent)]
    Unreadable(ProposalError),
    /// What shall be proposed cannot be composed.
    #[error(transparent)]
    NotComposed(ProposalError),
    /// It is too early or too late to propose it.
    #[error(transparent)]
    OutOfTime(OutOfTime),
    /// A signer does not sign.
    #[error(transparent)]
    NotSigned(SignError),
    /// The mailbox does not work.
    #[error(transparent)]
    Mail(MailError),
}

impl<M: Mailbox> Desk<M> {
    /// Opens a desk for a party with these keys, whose proposals are paid from this wallet.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn open(
        head: Arc<dyn Head>,
        contract: Contract,
        keys: KeyRing,
        wallet: Address,
        mailbox: M,
        options: DeskOptions,
    ) -> Result<Self, HeadError> {
        let composer = Composer::new(contract, head.settings().await?);
        Ok(Self { head, composer, keys, wallet, mailbox, options, under_way: BTreeMap::new() })
    }

    /// The proposals that are under way, as far as they have come.
    pub fn under_way(&self) -> impl Iterator<Item = &Proposal> {
        self.under_way.values().map(|one| &one.proposal)
    }

    /// Takes in what has come, signs what is sound and wanted, submits what is complete, and proposes what is missing.
    ///
    /// The view is to watch the publisher and the wallet, as a [`Driver`](crate::driver::Driver)'s does.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn step(&mut self, view: &GridView, party: &dyn CoSigner) -> Result<Vec<Entry>, DriverError> {
        let head_time = self.head.now().await?;
        let now = self.composer.settings().clock.time_of(head_time.slot)?;
        let there = |reference: &OutputReference| view.utxos().contains_key(reference);
        self.under_way
            .retain(|_, one| now < one.proposal.deadline() && one.proposal.consumes.iter().all(there));
        let composer = match &self.options.publisher {
            Some(publisher) => self.composer.clone().with_published(publisher, view.utxos()),
            None => self.composer.clone(),
        };
        let mut entries = Vec::new();
        match self.mailbox.collect().await {
            Ok(texts) => {
                for text in texts {
                    let entry = self.receive(&text, &composer, view, party, now).await?;
                    entries.extend(entry);
                }
            }
            Err(error) => entries.push(Entry::of(DeskReport::Mail(error))),
        }
        for decision in party.proposals(view, now) {
            let Some(action) = decision.action else { continue };
            let consumed = action.consumed();
            if self.under_way.values().any(|one| one.proposal.rivals(&consumed)) {
                continue;
            }
            let range =
                match action.bounds().slots(head_time, &composer.settings().clock, &self.options.validity) {
                    Ok(range) => range,
                    Err(error) => {
                        entries.push(Entry::of(DeskReport::OutOfTime(error)));
                        continue;
                    }
                };
            let Deed::Transition(plan) = action.deed() else { continue };
            let (proposal, mut derived) =
                match Proposal::compose(plan, range, &composer, view, &self.funds(view)) {
                    Ok(composed) => composed,
                    Err(error) => {
                        entries.push(Entry::of(DeskReport::NotComposed(error)));
                        continue;
                    }
                };
            let report = match self.keys.sign(&mut derived).await {
                Ok(()) => DeskReport::Proposed { reason: decision.reason },
                Err(error) => DeskReport::NotSigned(error),
            };
            let needed = derived.needed_signers().clone();
            entries.extend(self.keep(proposal, derived.transaction(), needed, true, report).await?);
        }
        Ok(entries)
    }

    /// Takes in one text: a copy of what is under way, or something new.
    async fn receive(
        &mut self,
        text: &str,
        composer: &Composer,
        view: &GridView,
        party: &dyn CoSigner,
        now: Time,
    ) -> Result<Vec<Entry>, DriverError> {
        let proposal = match Proposal::from_json(text) {
            Ok(proposal) => proposal,
            Err(error) => return Ok(vec![Entry::of(DeskReport::Unreadable(error))]),
        };
        let id = proposal.transaction.id();
        if let Some(known) = self.under_way.get_mut(&id) {
            let before = known.proposal.transaction.signers().count();
            if let Err(error) = known.proposal.merge(&proposal.transaction) {
                let report = DeskReport::Refused(error.into());
                return Ok(vec![Entry { transaction: Some(id), says: known.proposal.says.clone(), report }]);
            }
            // What brings nothing new goes no further, or copies would go round for ever.
            if known.proposal.transaction.signers().count() == before || !known.is_complete() {
                return Ok(Vec::new());
            }
            return self.submit(id).await;
        }
        let query = UtxoQuery::References(proposal.funds.clone());
        let seen = self.head.utxos(&query).await?;
        let keys = self.keys.hashes();
        let examiner = Examiner { view, composer, seen: &seen, keys: &keys, now };
        let entry = |report| vec![Entry { transaction: Some(id), says: proposal.says.clone(), report }];
        let mut derived = match proposal.check(&examiner) {
            Ok(derived) => derived,
            Err(objection) => return Ok(entry(DeskReport::Refused(objection))),
        };
        let report = match party.assent(&proposal.transition, &proposal.consumes, view, now) {
            Err(reason) => return Ok(entry(DeskReport::NotWanted { reason })),
            Ok(reason) => match self.keys.sign(&mut derived).await {
                Ok(()) => DeskReport::Signed { reason },
                Err(error) => return Ok(entry(DeskReport::NotSigned(error))),
            },
        };
        let needed = derived.needed_signers().clone();
        self.keep(proposal, derived.transaction(), needed, false, report).await
    }

    /// Keeps a proposal with these signatures, tells the others, and submits it if it is complete.
    async fn keep(
        &mut self,
        mut proposal: Proposal,
        signed: &SignedTransaction,
        needed: BTreeSet<KeyHash>,
        ours: bool,
        report: DeskReport,
    ) -> Result<Vec<Entry>, DriverError> {
        let id = signed.id();
        proposal.transaction = signed.clone();
        let mut entries = vec![Entry { transaction: Some(id), says: proposal.says.clone(), report }];
        let under_way = UnderWay { proposal, needed, ours };
        let complete = under_way.is_complete();
        let text = under_way.proposal.to_json();
        self.under_way.insert(id, under_way);
        if complete {
            entries.extend(self.submit(id).await?);
            return Ok(entries);
        }
        let sent = match text {
            Ok(text) => self.mailbox.post(&text).await,
            Err(error) => Err(MailError { reason: error.to_string() }),
        };
        if let Err(error) = sent {
            entries.push(Entry::of(DeskReport::Mail(error)));
        }
        Ok(entries)
    }

    async fn submit(&mut self, id: TransactionId) -> Result<Vec<Entry>, DriverError> {
        let Some(one) = self.under_way.get(&id) else { return Ok(Vec::new()) };
        let says = one.proposal.says.clone();
        let not_taken = |reason: String| DeskReport::NotTaken { reason };
        let report = match self.head.submit(one.proposal.transaction.clone()).await {
            Ok(_) => match select(self.head.confirm(id), Delay::new(self.options.patience)).await {
                Either::Left((Ok(snapshot), _)) => DeskReport::Confirmed { snapshot },
                Either::Left((Err(ConfirmError::Head(error)), _)) => return Err(error.into()),
                Either::Left((Err(error), _)) => not_taken(error.to_string()),
                Either::Right(_) => DeskReport::Submitted,
            },
            Err(SubmitError::Head(error)) => return Err(error.into()),
            Err(error) => not_taken(error.to_string()),
        };
        if matches!(report, DeskReport::Confirmed { .. } | DeskReport::NotTaken { .. }) {
            self.under_way.remove(&id);
        }
        Ok(vec![Entry { transaction: Some(id), says, report }])
    }

    /// What the wallet holds and no proposal of its own uses.
    fn funds(&self, view: &GridView) -> Funds {
        let mut funds = view.funds(&self.wallet);
        let ours = self.under_way.values().filter(|one| one.ours);
        let bound: BTreeSet<_> = ours.flat_map(|one| one.proposal.funds.iter().copied()).collect();
        funds.utxos.retain(|reference, _| !bound.contains(reference));
        funds
    }
}

impl UnderWay {
    fn is_complete(&self) -> bool {
        let signed: BTreeSet<KeyHash> = self.proposal.transaction.signers().collect();
        self.needed.is_subset(&signed)
    }
}

impl Entry {
    const fn of(report: DeskReport) -> Self {
        Self { transaction: None, says: String::new(), report }
    }
}
