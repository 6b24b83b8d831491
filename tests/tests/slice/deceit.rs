//! How a transaction gets past the mirror: whoever composes it believes something that is not so.
//!
//! The composer and the builder are given a clock that is ahead, or states that hold something else, and make of it a
//! transaction that would be fine if it were true; the head, which knows better, runs the compiled validator. Where
//! a lie shows in an output too, that part is put right in the bytes, so that nothing is wrong with the transaction
//! but the one thing in question.

use demeter_core::{OutputReference, PlutusData as _, Script, Span, State};
use demeter_tx::builder::UnsignedTransaction;
use demeter_tx::evaluate::EvaluationError;
use demeter_tx::head::{Event, Head as _, InvalidReason, SubmitError};
use demeter_tx::keys::Signer as _;
use demeter_tx::ledger::LedgerError;
use demeter_tx::market::{ComposeError, Composer, Plan};
use demeter_tx::{Data, LedgerSettings, Network, OutputDraft, SignedTransaction, SlotClock};
use futures_executor::block_on;
use futures_util::StreamExt as _;

use crate::audit;
use crate::fixture::{Ledger, Party};
use crate::story::Story;

/// What is believed, and what is put right afterwards.
#[derive(Default)]
pub(crate) struct Lie {
    ahead: Option<Span>,
    states: Vec<(OutputReference, State)>,
    /// Bytes of the body, and what they are replaced with, from the end.
    repairs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Lie {
    /// The clock is this far ahead.
    pub(crate) fn clock_ahead(span: Span) -> Self {
        Self { ahead: Some(span), ..Self::default() }
    }

    /// An output holds this state.
    pub(crate) fn state(reference: OutputReference, state: State) -> Self {
        Self { states: vec![(reference, state)], ..Self::default() }
    }

    /// Nothing is believed that is not so: only bytes are replaced.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// In the transaction, the last occurrence of these bytes is replaced.
    pub(crate) fn with(mut self, found: impl Into<Vec<u8>>, replaced: impl Into<Vec<u8>>) -> Self {
        self.repairs.push((found.into(), replaced.into()));
        self
    }

    /// The transaction that a plan becomes under this lie, signed by all whom it still names.
    pub(crate) fn compose(
        &self,
        ledger: &Ledger,
        plan: Plan,
        payer: &Party,
        required: &[&Party],
    ) -> SignedTransaction {
        let mut utxos = ledger.utxos();
        for (reference, state) in &self.states {
            let told = utxos.get_mut(reference).unwrap();
            let data = Data::from_cbor(state.encode()).unwrap();
            let draft = OutputDraft::new(*told.address(), told.value().clone()).with_inline_datum(data);
            *told = draft.finish(Network::Testnet);
        }
        let truth = ledger.composer.settings();
        let mut settings = LedgerSettings::clone(truth);
        if let Some(ahead) = self.ahead {
            let zero = truth.clock.time_of(demeter_tx::Slot::from_number(0)).unwrap();
            settings.clock = SlotClock::of_seconds(zero.after(ahead).unwrap()).unwrap();
        }
        let holder = ledger.cast.founder.address();
        let composer =
            Composer::new(ledger.composer.contract().clone(), settings).with_published(&holder, &utxos);
        let transaction =
            composer.compose(&within(ledger, plan, required), &utxos, &ledger.funds(payer)).unwrap();
        let mut bytes = transaction.transaction().to_cbor();
        for (found, replaced) in &self.repairs {
            assert_eq!(found.len(), replaced.len(), "the lengths of what encloses them would differ");
            let at = bytes.windows(found.len()).rposition(|window| window == found).unwrap();
            bytes[at..at + found.len()].copy_from_slice(replaced);
        }
        // Nobody signs in whose place another now stands.
        let stands = |party: &&Party| {
            let hash = party.hash();
            let named = |bytes: &[u8]| bytes == hash.as_bytes();
            let asked = party.hash() == payer.hash() || required.iter().any(|other| other.hash() == hash);
            let out = self.repairs.iter().any(|(found, _)| named(found));
            let in_place = self.repairs.iter().any(|(_, replaced)| named(replaced));
            asked && !out || in_place
        };
        let parties: Vec<&Party> = ledger.cast.all().filter(stands).collect();
        sign(SignedTransaction::from_cbor(&bytes).unwrap(), &parties)
    }
}

/// Has the parties sign, whoever must.
pub(crate) fn sign(mut transaction: SignedTransaction, parties: &[&Party]) -> SignedTransaction {
    for party in parties {
        let witness = block_on(party.key.sign_body(transaction.body())).unwrap();
        transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
    }
    transaction
}

fn within(ledger: &Ledger, plan: Plan, signers: &[&Party]) -> Plan {
    signers.iter().fold(plan.within(ledger.range()), |plan, party| plan.signed_by(party.hash()))
}

/// The transaction of a plan that nothing is wrong with.
pub(crate) fn honest(ledger: &Ledger, plan: Plan, signers: &[&Party]) -> UnsignedTransaction {
    ledger
        .composer
        .compose(&within(ledger, plan, signers), &ledger.utxos(), &ledger.funds(signers[0]))
        .unwrap()
}

/// The mirror refuses a plan, for this reason.
#[track_caller]
pub(crate) fn mirror_refuses(story: &Story, plan: Plan, signers: &[&Party], code: &str) {
    let ledger = &story.ledger;
    let error = ledger
        .composer
        .compose(&within(ledger, plan, signers), &ledger.utxos(), &ledger.funds(signers[0]))
        .unwrap_err();
    match error {
        ComposeError::Refused(refusal) => assert_eq!(refusal.code(), code, "{refusal}"),
        other => panic!("the contract was to refuse, found {other}"),
    }
}

/// The head refuses a transaction, tells so, and holds what it held before.
#[track_caller]
pub(crate) fn head_refuses(story: &mut Story, transaction: SignedTransaction) -> LedgerError {
    let ledger = &mut story.ledger;
    let before = ledger.utxos();
    let id = transaction.id();
    let error = block_on(ledger.head.submit(transaction)).unwrap_err();
    let SubmitError::Invalid { transaction, reason } = error else {
        panic!("invalid was wanted, found {error}")
    };
    assert_eq!(transaction, id);
    let told = block_on(ledger.events.next()).unwrap().unwrap();
    assert_eq!(told, Event::TxInvalid { transaction: id, reason: reason.clone() });
    assert_eq!(ledger.utxos(), before);
    match reason {
        InvalidReason::Rule(error) => *error,
        other => panic!("a rule was wanted, found {other}"),
    }
}

/// The compiled validator refuses what a plan becomes under a lie.
#[track_caller]
pub(crate) fn validator_refuses(
    story: &mut Story,
    lie: &Lie,
    plan: Plan,
    payer: &Party,
    required: &[&Party],
    script: Script,
) {
    let transaction = lie.compose(&story.ledger, plan, payer, required);
    let scripts = story.ledger.composer.contract().scripts();
    match head_refuses(story, transaction) {
        LedgerError::Script(EvaluationError::Refused { hash, .. }) => assert_eq!(hash, scripts.hash(script)),
        other => panic!("the validator was to refuse, found {other}"),
    }
}

/// The head accepts what a plan becomes under a lie that makes no difference: the repairs were right.
#[track_caller]
pub(crate) fn validator_accepts(story: &Story, lie: &Lie, plan: Plan, payer: &Party, required: &[&Party]) {
    let transaction = lie.compose(&story.ledger, plan, payer, required);
    story.ledger.head.apply(&transaction).unwrap();
    audit::outputs(&story.ledger);
}
