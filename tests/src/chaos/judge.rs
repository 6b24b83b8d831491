//! What clients were told, held against what happened.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::TransactionId;
use demeter_tx::head::{EmbeddedHead, Event, EventSequence, Head as _, UtxoQuery};
use demeter_tx::{SignedTransaction, UtxoSet};
use futures_util::{FutureExt as _, StreamExt as _};

/// What a client was told of a transaction in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is final, by the snapshot of this number if one was named.
    Confirmed(Option<u64>),
    /// It was not applied, and will not be.
    Rejected,
    /// That it is not known.
    Undecided,
    /// Nothing that makes sense.
    Nothing(String),
}

/// What should become of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Nothing stands against it: it is applied.
    Applied,
    /// One of those with the same number is applied, of as many as there are.
    OneOf(u64),
    /// It is applied or not.
    Either,
    /// It is never applied.
    Never,
}

/// A transaction that a client submitted.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The transaction.
    pub transaction: SignedTransaction,
    /// What should become of it.
    pub duty: Duty,
    /// What the client was told.
    pub told: Told,
}

/// What a head has done.
#[derive(Clone, Debug)]
pub struct Record {
    /// What it held in the beginning, and what it holds now.
    pub opening: UtxoSet,
    /// What it holds now.
    pub outputs: UtxoSet,
    /// All that it confirmed, in order, each with the number of the snapshot as clients are told it.
    pub confirmed: Vec<(u64, TransactionId, SignedTransaction)>,
}

impl Record {
    /// The record of a head that is asked itself.
    ///
    /// # Panics
    /// The head cannot be asked.
    pub async fn of(head: &EmbeddedHead, opening: UtxoSet) -> Self {
        let mut events = head.events_from(EventSequence::from_number(0)).unwrap();
        let mut confirmed = Vec::new();
        while let Some(Some(Ok(event))) = events.next().now_or_never() {
            if let Event::SnapshotConfirmed { number, transactions } = event.event {
                // The outputs of the beginning entered with the first snapshot that clients are told of.
                let number = number.to_number() + 1;
                let named = |transaction: &std::sync::Arc<SignedTransaction>| {
                    (number, transaction.id(), SignedTransaction::clone(transaction))
                };
                confirmed.extend(transactions.iter().map(named));
            }
        }
        Self { opening, outputs: head.utxos(&UtxoQuery::All).await.unwrap(), confirmed }
    }

    /// What the beginning and all that was confirmed lead to.
    fn expected(&self) -> UtxoSet {
        let mut outputs = self.opening.clone();
        for (_, _, transaction) in &self.confirmed {
            transaction.effect().unwrap().apply_to(&mut outputs);
        }
        outputs
    }
}

/// What is wrong with what clients were told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Transactions that were confirmed.
    pub confirmed: u64,
    /// Transactions that were rejected.
    pub rejected: u64,
    /// Transactions of which a client was told that it is not known.
    pub undecided: u64,
    /// Transactions that should have been applied and were not, or of which a client was told nothing.
    pub lost: u64,
    /// Transactions that were applied more than once, or that nobody submitted.
    pub doubled: u64,
    /// Transactions of which a client was told what is not so.
    pub misreported: u64,
    /// All of it in words.
    pub faults: Vec<String>,
}

/// Holds what clients were told against what the head has done.
///
/// # Panics
/// What a confirmed transaction does cannot be read.
pub fn judge(submitted: &[Submitted], record: &Record) -> Judgement {
    let mut judgement = Judgement::default();
    let mut there: BTreeMap<TransactionId, Vec<u64>> = BTreeMap::new();
    for (number, id, _) in &record.confirmed {
        there.entry(*id).or_default().push(*number);
    }
    let known: BTreeSet<TransactionId> =
        submitted.iter().map(|submitted| submitted.transaction.id()).collect();
    for (id, numbers) in &there {
        if numbers.len() > 1 || !known.contains(id) {
            judgement.doubled += 1;
            judgement.faults.push(format!("{id} is in snapshots {numbers:?}"));
        }
    }
    if record.expected() != record.outputs {
        judgement.doubled += 1;
        judgement.faults.push("the outputs do not follow from what was confirmed".to_owned());
    }
    let last = record.confirmed.last().map_or(1, |(number, ..)| *number);
    for Submitted { transaction, duty, told } in submitted {
        let id = transaction.id();
        let number = there.get(&id).and_then(|numbers| numbers.first()).copied();
        let is_lost = match duty {
            Duty::Applied => number.is_none(),
            _ => false,
        };
        let is_wrong = match told {
            Told::Confirmed(Some(told)) => !number.is_some_and(|number| (number..=last).contains(told)),
            Told::Confirmed(None) => number.is_none(),
            Told::Rejected => number.is_some(),
            Told::Undecided | Told::Nothing(_) => false,
        };
        let is_wrong = is_wrong || (*duty == Duty::Never && number.is_some());
        match told {
            Told::Confirmed(_) => judgement.confirmed += 1,
            Told::Rejected => judgement.rejected += 1,
            Told::Undecided => judgement.undecided += 1,
            Told::Nothing(_) => {}
        }
        judgement.lost += u64::from(is_lost || matches!(told, Told::Nothing(_)));
        judgement.misreported += u64::from(is_wrong);
        if is_lost || is_wrong || matches!(told, Told::Nothing(_) | Told::Undecided) {
            judgement.faults.push(format!("{id}, {duty:?}: told {told:?}, is in snapshot {number:?}"));
        }
    }
    let mut groups: BTreeMap<u64, u64> = BTreeMap::new();
    for Submitted { transaction, duty, .. } in submitted {
        if let Duty::OneOf(group) = duty {
            *groups.entry(*group).or_default() += u64::from(there.contains_key(&transaction.id()));
        }
    }
    for (group, _) in groups.iter().filter(|(_, count)| **count == 0) {
        judgement.lost += 1;
        judgement.faults.push(format!("none of the contested {group} was applied"));
    }
    judgement
}
