//! Taking over a snapshot: of a head with one party, only the one that it has.

use demeter_tx::hydra::{
    Bare, ConfirmedSnapshot, Numbers, ServerOutput, SideLoad, SideLoadRequirementFailure, Signatures,
    SnapshotSideLoaded, ToCommit, UnknownFields, Versions,
};

use crate::message::Scribe;
use crate::view::View;

/// What comes of a snapshot that a client wants taken over.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is the one that the head has: what all clients are told.
    Taken(Vec<ServerOutput>),
    /// It cannot be, and why.
    Refused(SideLoadRequirementFailure),
    /// It is of another head, which hydra-node only notes for itself.
    Ignored,
}

impl Outcome {
    pub(crate) fn of(scribe: &Scribe, view: &View, input: &SideLoad) -> Self {
        let head = scribe.identity.head();
        let taken = |first: Option<ServerOutput>| {
            let unknown = UnknownFields::new();
            let side_loaded =
                SnapshotSideLoaded { head_id: head.clone(), snapshot_number: view.snapshot, unknown };
            Self::Taken(first.into_iter().chain([ServerOutput::SnapshotSideLoaded(side_loaded)]).collect())
        };
        match (&input.snapshot, scribe.snapshot(view)) {
            (ConfirmedSnapshot::Initial(initial), _) if initial.head_id != *head => Self::Ignored,
            (ConfirmedSnapshot::Initial(_), ConfirmedSnapshot::Initial(_)) => taken(None),
            (ConfirmedSnapshot::Confirmed(signed), _) if signed.snapshot.head_id != *head => Self::Ignored,
            (ConfirmedSnapshot::Confirmed(signed), ours) => {
                let (asked, unknown) = (&signed.snapshot, UnknownFields::new());
                let (version, to_commit, signatures) = match ours {
                    ConfirmedSnapshot::Confirmed(ours) => {
                        (ours.snapshot.version, ours.snapshot.utxo_to_commit, Some(ours.signatures))
                    }
                    _ => (0, None, None),
                };
                if asked.number < view.snapshot {
                    let numbers = Numbers { requested: asked.number, last_seen: view.snapshot, unknown };
                    Self::Refused(SideLoadRequirementFailure::NumberInvalid(numbers))
                } else if asked.version != version {
                    let versions = Versions { requested: asked.version, last_seen: version, unknown };
                    Self::Refused(SideLoadRequirementFailure::VersionInvalid(versions))
                } else if asked.utxo_to_commit != to_commit {
                    let requested = asked.utxo_to_commit.clone();
                    let outputs = ToCommit { requested, last_seen: to_commit, unknown };
                    Self::Refused(SideLoadRequirementFailure::UtxoToCommitInvalid(outputs))
                } else if asked.number > view.snapshot || Some(&signed.signatures) != signatures.as_ref() {
                    // Nobody else signs for this head: it knows every snapshot that has a signature.
                    let given = &signed.signatures.signatures;
                    let signatures = Signatures {
                        signatures: format!("{given:?}"),
                        keys: vec![scribe.identity.key().clone()],
                        unknown,
                    };
                    Self::Refused(SideLoadRequirementFailure::MultiSignatureInvalid(signatures))
                } else {
                    taken(Some(scribe.confirmed(view, true)))
                }
            }
            _ => Self::Refused(SideLoadRequirementFailure::InitialSnapshotMismatch(Bare::default())),
        }
    }
}
