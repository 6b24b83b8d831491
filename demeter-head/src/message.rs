//! What clients are sent, word for word.

use std::sync::Arc;

use demeter_core::{Span, Time, TransactionId};
use demeter_tx::SignedTransaction;
use demeter_tx::head::HeadTime;
use demeter_tx::hydra::{
    Bare, ChainPointTime, CommitApproved, CommitFinalized, CommitRecorded, ConfirmedSnapshot,
    CoordinatedHeadState, Decimal, DepositTime, Environment, EventLogRotated, Greetings, HeadParameters,
    HeadState, HeadStatus, InitialSnapshot, LastSeen, NetworkInfo, NodeKnowledge, NodeState, OpenHead,
    OpenState, Opened, Raw, SeenSnapshot, ServerOutput, SignedSnapshot, Snapshot, SnapshotConfirmed,
    SyncedStatus, Timestamp, TransactionEnvelope, TransactionInvalid, TransactionValid, UnknownFields,
    UtxoJson, ValidationError,
};

use crate::Identity;
use crate::checkpoint::Checkpoint;
use crate::view::View;

/// The version whose API this is.
pub(crate) const NODE_VERSION: &str = "2.3.0";
/// What hydra-node assumes of L1 where there is none, in seconds.
const CONTESTATION_PERIOD: u64 = 43_200;
const DEPOSIT_PERIOD: u64 = 3_600;
/// The greatest number of seconds that hydra-node can think of: it never lags behind an L1 that is not there.
const UNSYNCED_PERIOD: u64 = i64::MAX as u64;
/// What an offline hydra-node calls the transaction that brought the first outputs.
const DEPOSIT: TransactionId = TransactionId::from_bytes([0; 32]);
/// How many numbers the opening takes in hydra-node, which counts more than it tells.
const OPENING: u64 = 11;
/// How many numbers an event of the head takes: between two there is room for what happens outside the head.
const SPACING: u64 = 4;

/// The number that clients are told for the head's event of this number.
pub(crate) const fn sequence(event: u64) -> u64 {
    event.saturating_mul(SPACING).saturating_add(OPENING)
}

/// Whoever writes the messages of one head.
#[derive(Debug)]
pub(crate) struct Scribe {
    pub(crate) identity: Identity,
    /// Whether `TxValid` carries the transaction.
    pub(crate) legacy_valid: bool,
}

impl Scribe {
    pub(crate) fn greetings(&self, view: &View, now: HeadTime) -> Greetings {
        Greetings {
            me: self.identity.party(),
            head_status: HeadStatus::Open,
            head_id: Some(self.identity.head().clone()),
            snapshot_utxo: None,
            timestamp: None,
            node_version: NODE_VERSION.to_owned(),
            environment: self.environment(),
            network: NetworkInfo {
                connected: true,
                peers: std::collections::BTreeMap::new(),
                unknown: UnknownFields::new(),
            },
            synced: SyncedStatus::InSync,
            current_slot: now.slot.to_number(),
            unknown: written("snapshotUtxo", &view.utxo),
        }
    }

    fn environment(&self) -> Environment {
        Environment {
            party: self.identity.party(),
            other_parties: Vec::new(),
            participants: Vec::new(),
            contestation_period: CONTESTATION_PERIOD.into(),
            deposit_period: DEPOSIT_PERIOD.into(),
            unsynced_period: UNSYNCED_PERIOD.into(),
            configured_peers: String::new(),
            unknown: UnknownFields::new(),
        }
    }

    /// What a head that begins tells, with numbers: how an offline hydra-node opens its head and deposits the first
    /// outputs into it.
    pub(crate) fn opening(&self, base: &Checkpoint) -> Vec<(u64, ServerOutput)> {
        let head_id = || self.identity.head().clone();
        let opened = Opened {
            head_id: head_id(),
            parties: Some(vec![self.identity.party()]),
            unknown: UnknownFields::new(),
        };
        let at = base.at.time;
        let time = Timestamp::of(at);
        let deadline = Timestamp::of(after(at, 2 * DEPOSIT_PERIOD));
        let utxo = || base.view.utxo.clone();
        let unknown = UnknownFields::new;
        let mut outputs = vec![
            (0, ServerOutput::HeadIsOpen(opened)),
            (
                1,
                ServerOutput::CommitRecorded(CommitRecorded {
                    head_id: head_id(),
                    utxo: utxo(),
                    deposit: DEPOSIT,
                    deadline: deadline.clone(),
                    unknown: unknown(),
                }),
            ),
            (2, ServerOutput::NetworkConnected(Bare::default())),
            (
                4,
                ServerOutput::DepositActivated(DepositTime {
                    head_id: head_id(),
                    deposit: DEPOSIT,
                    deadline,
                    chain_time: time,
                    unknown: unknown(),
                }),
            ),
        ];
        if base.view.deposited {
            let approved = CommitApproved { head_id: head_id(), utxo: utxo(), unknown: unknown() };
            let finalized = CommitFinalized { head_id: head_id(), deposit: DEPOSIT, unknown: unknown() };
            outputs.extend([
                (8, self.confirmed(&base.view, true)),
                (9, ServerOutput::CommitApproved(approved)),
                (10, ServerOutput::CommitFinalized(finalized)),
            ]);
        }
        outputs
    }

    /// That the history begins anew.
    pub(crate) fn rotated(&self, base: &Checkpoint) -> ServerOutput {
        let knowledge = NodeKnowledge {
            head_state: self.state(&base.view),
            pending_deposits: std::collections::BTreeMap::new(),
            chain_point_time: ChainPointTime {
                slot: base.at.slot.to_number(),
                time: Timestamp::of(base.at.time),
                drift: Decimal::from(0),
                unknown: UnknownFields::new(),
            },
            unknown: UnknownFields::new(),
        };
        let checkpoint = NodeState::InSync(Box::new(knowledge));
        ServerOutput::EventLogRotated(Box::new(EventLogRotated { checkpoint, unknown: UnknownFields::new() }))
    }

    pub(crate) fn valid(&self, id: TransactionId, transaction: Option<&SignedTransaction>) -> ServerOutput {
        let envelope = transaction.filter(|_| self.legacy_valid).map(TransactionEnvelope::from);
        ServerOutput::TxValid(TransactionValid {
            head_id: self.identity.head().clone(),
            transaction: id,
            unknown: envelope.map_or_else(UnknownFields::new, |envelope| written("transaction", &envelope)),
        })
    }

    pub(crate) fn invalid(
        &self,
        view: &View,
        transaction: &SignedTransaction,
        reason: String,
    ) -> ServerOutput {
        ServerOutput::TxInvalid(Box::new(TransactionInvalid {
            head_id: self.identity.head().clone(),
            utxo: view.utxo.clone(),
            transaction: transaction.into(),
            validation_error: ValidationError { reason, unknown: UnknownFields::new() },
            unknown: UnknownFields::new(),
        }))
    }

    /// That the last snapshot was confirmed, with the outputs or without.
    pub(crate) fn confirmed(&self, view: &View, with_outputs: bool) -> ServerOutput {
        let SignedSnapshot { snapshot, signatures, unknown } = self.signed(view, with_outputs);
        let head_id = self.identity.head().clone();
        let signatures = Some(signatures);
        ServerOutput::SnapshotConfirmed(Box::new(SnapshotConfirmed {
            head_id,
            snapshot,
            signatures,
            unknown,
        }))
    }

    /// The last snapshot.
    pub(crate) fn snapshot(&self, view: &View) -> ConfirmedSnapshot {
        if view.snapshot > 0 {
            return ConfirmedSnapshot::Confirmed(Box::new(self.signed(view, true)));
        }
        ConfirmedSnapshot::Initial(InitialSnapshot {
            head_id: self.identity.head().clone(),
            utxo: None,
            unknown: UnknownFields::new(),
        })
    }

    /// How far the signing of snapshots is: nothing is ever in flight.
    pub(crate) fn last_seen(view: &View) -> SeenSnapshot {
        if view.snapshot == 0 {
            return SeenSnapshot::None(Bare::default());
        }
        SeenSnapshot::Last(LastSeen { last_seen: view.snapshot, unknown: UnknownFields::new() })
    }

    fn signed(&self, view: &View, with_outputs: bool) -> SignedSnapshot {
        let (version, to_commit, utxo) = if view.is_just_opened() {
            (0, Some(view.utxo.clone()), written("utxo", &UtxoJson::default()))
        } else {
            let utxo = if with_outputs { written("utxo", &view.utxo) } else { UnknownFields::new() };
            (view.version(), None, utxo)
        };
        let ids: Vec<TransactionId> = view.confirmed.iter().map(|transaction| transaction.id()).collect();
        let snapshot = Snapshot {
            head_id: self.identity.head().clone(),
            version,
            number: view.snapshot,
            confirmed: envelopes(&view.confirmed),
            utxo: None,
            utxo_to_commit: to_commit,
            utxo_to_decommit: None,
            accumulator: None,
            unknown: utxo,
        };
        let signatures = self.identity.sign(version, view.snapshot, &ids);
        SignedSnapshot { snapshot, signatures, unknown: UnknownFields::new() }
    }

    /// All that is known of the head.
    pub(crate) fn state(&self, view: &View) -> HeadState {
        let parameters = HeadParameters {
            contestation_period: CONTESTATION_PERIOD.into(),
            parties: vec![self.identity.party()],
            unknown: UnknownFields::new(),
        };
        let coordinated = CoordinatedHeadState {
            local_utxo: view.utxo.clone(),
            local_transactions: Vec::new(),
            all_transactions: std::collections::BTreeMap::new(),
            confirmed_snapshot: self.snapshot(view),
            seen_snapshot: Self::last_seen(view),
            current_deposit: None,
            decommit: None,
            version: view.version(),
            unknown: UnknownFields::new(),
        };
        let contents = OpenState {
            parameters,
            coordinated,
            chain_state: chain_state(),
            head_id: self.identity.head().clone(),
            head_seed: self.identity.seed().clone(),
            unknown: UnknownFields::new(),
        };
        HeadState::Open(Box::new(OpenHead { contents, unknown: UnknownFields::new() }))
    }
}

/// What hydra-node knows of an L1 of which it has seen nothing.
fn chain_state() -> Raw {
    Raw::from_text(r#"{"recordedAt":null,"spendableUTxO":{}}"#.to_owned()).unwrap_or_default()
}

fn envelopes(transactions: &[Arc<SignedTransaction>]) -> Vec<TransactionEnvelope> {
    transactions.iter().map(|transaction| (&**transaction).into()).collect()
}

/// A field that is written from where it stands, rather than copied first: a head's outputs may be many.
fn written(name: &str, value: &impl serde::Serialize) -> UnknownFields {
    UnknownFields::from([(name.to_owned(), Raw::of(value).unwrap_or_default())])
}

fn after(time: Time, seconds: u64) -> Time {
    Span::from_seconds(seconds).and_then(|span| time.after(span)).unwrap_or(Time::MAX)
}
