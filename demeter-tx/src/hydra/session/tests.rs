//! Scripted sequences: what comes when, and what the session then does.

use demeter_core::OutputReference;

use super::*;
use crate::Output as Unspent;
use crate::builder::TransactionBuilder;
use crate::head::InvalidReason;
use crate::hydra::TransactionEnvelope;
use crate::testing::*;

/// A session with options of few seconds: answers within 10, snapshots within 30, fates within 100.
struct Scene {
    session: Session,
    sequence: u64,
}

impl Scene {
    fn new() -> Self {
        let fate = Duration::from_secs(100);
        Self { session: Session::new(SessionOptions { fate, ..SessionOptions::default() }), sequence: 0 }
    }

    /// One that is connected since second 0 to a head in this slot with these outputs.
    fn live(slot: u64, utxos: &UtxoSet) -> Self {
        let mut scene = Self::new();
        assert_eq!(scene.at(0, Input::Tick), [Output::Open]);
        scene.connect(0, slot, utxos);
        scene
    }

    /// Answers a wish to connect, and rebuilds.
    fn connect(&mut self, second: u64, slot: u64, utxos: &UtxoSet) -> Vec<Output> {
        assert_eq!(self.at(second, Input::Opened), []);
        assert_eq!(self.at(second, message(&greetings(slot))), [Output::AskUtxo]);
        let outputs = self.at(second, Input::Utxo(utxos.into()));
        assert!(outputs.iter().any(|output| matches!(output, Output::Rebuilt(_))), "{outputs:?}");
        assert_eq!(self.session.connection(), Connection::Live);
        outputs
    }

    fn at(&mut self, second: u64, input: Input) -> Vec<Output> {
        self.session.handle(input, Duration::from_secs(second))
    }

    fn output(&mut self, second: u64, text: &str) -> Vec<Output> {
        self.sequence += 2;
        let number = self.sequence;
        let text = format!(r#"{{"headId":"00","seq":{number},"timestamp":"2026-11-21T15:40:01Z",{text}}}"#);
        self.at(second, message(&text))
    }

    fn submit(&mut self, second: u64, transaction: &Arc<SignedTransaction>) -> Vec<Output> {
        self.at(second, Input::Submit(Arc::clone(transaction)))
    }

    fn valid(&mut self, second: u64, transaction: &SignedTransaction) -> Vec<Output> {
        self.output(second, &format!(r#""tag":"TxValid","transactionId":"{}""#, transaction.id()))
    }

    fn invalid(&mut self, second: u64, transaction: &SignedTransaction, local: &UtxoSet) -> Vec<Output> {
        let utxo = serde_json::to_string(&UtxoJson::from(local)).unwrap();
        let envelope = serde_json::to_string(&TransactionEnvelope::from(transaction)).unwrap();
        self.output(
            second,
            &format!(
                r#""tag":"TxInvalid","utxo":{utxo},"transaction":{envelope},"validationError":{{"reason":"no"}}"#
            ),
        )
    }

    fn confirmed(&mut self, second: u64, number: u64, transaction: &SignedTransaction) -> Vec<Output> {
        let envelope = serde_json::to_string(&TransactionEnvelope::from(transaction)).unwrap();
        self.output(
            second,
            &format!(
                r#""tag":"SnapshotConfirmed","signatures":{{"multiSignature":[]}},"snapshot":{{"headId":"00",
                "version":0,"number":{number},"confirmed":[{envelope}],"utxoToCommit":null,"utxoToDecommit":null}}"#
            ),
        )
    }
}

fn message(text: &str) -> Input {
    Input::Message(Box::new(ServerMessage::from_json(text).unwrap()))
}

fn greetings(slot: u64) -> String {
    format!(
        r#"{{"tag":"Greetings","me":{{"vkey":"00"}},"headStatus":"Open","hydraHeadId":"00","hydraNodeVersion":"2.3.0",
        "env":{{"party":{{"vkey":"00"}},"otherParties":[],"participants":[],"contestationPeriod":60,"depositPeriod":60,
        "unsyncedPeriod":60,"configuredPeers":""}},"networkInfo":{{"networkConnected":true,"peersInfo":{{}}}},
        "chainSyncedStatus":"InSync","currentSlot":{slot}}}"#
    )
}

/// Three purses of one party.
fn purses() -> UtxoSet {
    [1, 2, 3].map(|seed| (reference(seed), held_by(&Party::new(1), ada(20)))).into()
}

/// A transaction that spends the first two purses, valid from a slot on if one is given.
fn payment(from: Option<u64>) -> Arc<SignedTransaction> {
    let party = Party::new(1);
    let mut builder = TransactionBuilder::new(settings(), party.address());
    for seed in [1, 2] {
        builder = builder.spend(reference(seed), purses()[&reference(seed)].clone());
    }
    if let Some(slot) = from {
        builder = builder.valid_from(Slot::from_number(slot));
    }
    Arc::new(party.sign(builder.build().unwrap()))
}

/// The purses with a transaction applied.
fn applied(transaction: &SignedTransaction) -> UtxoSet {
    let mut utxos = purses();
    transaction.effect().unwrap().apply_to(&mut utxos);
    utxos
}

/// The purses without some.
fn without(seeds: &[u8]) -> UtxoSet {
    let is_left = |(reference_, _): &(OutputReference, Unspent)| {
        !seeds.iter().any(|seed| reference(*seed) == *reference_)
    };
    purses().into_iter().filter(is_left).collect()
}

fn sent(transaction: &SignedTransaction) -> Output {
    Output::Send(Box::new(ClientInput::submit(transaction)))
}

fn fate(transaction: &SignedTransaction, fate: Fate) -> Output {
    Output::Fate(transaction.id(), fate)
}

fn refused() -> Fate {
    Fate::Rejected(Rejection::Invalid(InvalidReason::Reported("no".into())))
}

fn number(number: u64) -> Fate {
    Fate::Confirmed { snapshot: Some(SnapshotNumber::from_number(number)) }
}

#[test]
fn only_a_snapshot_confirms() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    assert_eq!(scene.submit(1, &payment), [sent(&payment)]);
    // Once is enough.
    assert_eq!(scene.submit(1, &payment), []);
    let valid = Event::TxValid { transaction: payment.id() };
    assert_eq!(scene.valid(2, &payment), [Output::Event(valid)]);
    let outputs = scene.confirmed(3, 5, &payment);
    assert_eq!(outputs[0], fate(&payment, number(5)));
    assert!(matches!(&outputs[1..], [Output::Event(Event::SnapshotConfirmed { .. })]), "{outputs:?}");
    assert_eq!((scene.session.pending(), scene.session.wake_at()), (0, None));
}

#[test]
fn invalid_with_inputs_unspent_is_rejected() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    let outputs = scene.invalid(2, &payment, &without(&[1]));
    assert!(matches!(outputs[0], Output::Event(Event::TxInvalid { .. })), "{outputs:?}");
    assert_eq!(outputs[1..], [fate(&payment, refused())]);
}

/// The node calls a copy of what was applied invalid: its outputs are there.
#[test]
fn what_was_applied_already_is_not_rejected() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    let outputs = scene.invalid(2, &payment, &applied(&payment));
    assert_eq!(outputs[1..], [Output::AskUtxo]);
    let outputs = scene.at(3, Input::Utxo((&applied(&payment)).into()));
    assert_eq!(outputs, [fate(&payment, Fate::Confirmed { snapshot: None })]);
}

/// All that it would spend is gone, and so is what it would have made: either it was applied or others were.
#[test]
fn what_cannot_be_told_is_unknown_and_only_in_the_end() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    let gone = without(&[1, 2]);
    assert_eq!(scene.invalid(2, &payment, &gone)[1..], [Output::AskUtxo]);
    assert_eq!(scene.at(2, Input::Utxo((&gone).into())), []);
    let mut fates = Vec::new();
    let mut asked = 0;
    while let Some(wake) = scene.session.wake_at() {
        for output in scene.session.handle(Input::Tick, wake) {
            match output {
                Output::AskUtxo => {
                    asked += 1;
                    assert_eq!(scene.session.handle(Input::Utxo((&gone).into()), wake), []);
                }
                Output::Fate(_, fate) => fates.push((wake, fate)),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(fates, [(Duration::from_secs(101), Fate::Unknown)]);
    assert!((5..60).contains(&asked), "{asked}");
}

/// Valid, then nothing: the node has dropped it, and takes it again.
#[test]
fn a_silent_drop_is_noticed() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    scene.valid(2, &payment);
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(32)));
    assert_eq!(scene.at(31, Input::Tick), []);
    assert_eq!(scene.at(32, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(33, Input::Utxo((&purses()).into())), [sent(&payment)]);
    assert_eq!(scene.confirmed(34, 9, &payment)[0], fate(&payment, number(9)));
}

#[test]
fn no_answer_at_all_is_noticed() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    assert_eq!(scene.at(11, Input::Tick), [Output::AskUtxo]);
    // Nor to that question: it is put again.
    assert_eq!(scene.at(12, Input::NoUtxo), []);
    assert_eq!(scene.at(21, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(22, Input::Utxo((&purses()).into())), [sent(&payment)]);
}

/// A purse that was seen unspent is spent while the other is not: some other transaction did it.
#[test]
fn a_conflict_is_rejected() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    scene.valid(2, &payment);
    assert_eq!(scene.at(32, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(33, Input::Utxo((&purses()).into())), [sent(&payment)]);
    assert_eq!(scene.at(43, Input::Tick), [Output::AskUtxo]);
    let outputs = scene.at(44, Input::Utxo((&without(&[1])).into()));
    assert_eq!(outputs, [fate(&payment, Fate::Rejected(Rejection::Conflict))]);
}

/// A purse that was never seen may be made by a transaction that is not confirmed either.
#[test]
fn an_input_to_come_is_no_conflict() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &without(&[1])));
    scene.submit(1, &payment);
    scene.valid(2, &payment);
    assert_eq!(scene.at(32, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(33, Input::Utxo((&without(&[1])).into())), []);
    assert_eq!(scene.confirmed(34, 9, &payment)[0], fate(&payment, number(9)));
}

#[test]
fn what_is_not_valid_yet_is_held() {
    let (payment, mut scene) = (payment(Some(100)), Scene::live(90, &purses()));
    assert_eq!(scene.submit(1, &payment), []);
    // Ten slots of a second from when the node told of the 90th.
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(10)));
    assert_eq!(scene.at(9, Input::Tick), []);
    assert_eq!(scene.at(10, Input::Tick), [Output::AskTime]);
    assert_eq!(scene.at(11, Input::Tick), []);
    // The node is behind.
    let behind = |slot| match message(&greetings(slot)) {
        Input::Message(message) => match *message {
            ServerMessage::Greetings(greetings) => Input::Greetings(greetings),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(scene.at(11, behind(99)), []);
    assert_eq!(scene.at(13, Input::Tick), [Output::AskTime]);
    assert_eq!(scene.at(500, Input::Tick), [Output::AskTime], "a fate is awaited from when it is sent");
    assert_eq!(scene.at(501, behind(100)), [sent(&payment)]);
    assert_eq!(scene.session.slot(), Some(Slot::from_number(100)));
}

#[test]
fn what_was_confirmed_in_a_gap_is_found() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    assert_eq!(scene.at(2, Input::Closed), []);
    assert_eq!(scene.at(3, Input::Tick), [Output::Open]);
    let outputs = scene.connect(4, 8, &applied(&payment));
    assert_eq!(outputs[0], fate(&payment, Fate::Confirmed { snapshot: None }));
}

/// Two copies may be under way: the first answer may be the first copy's.
#[test]
fn what_was_lost_in_a_gap_is_sent_again() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    scene.at(2, Input::Closed);
    assert_eq!(scene.at(3, Input::Tick), [Output::Open]);
    assert!(scene.connect(4, 8, &purses()).contains(&sent(&payment)));
    assert_eq!(scene.invalid(5, &payment, &purses()).len(), 1, "another copy may still be valid");
    assert_eq!(scene.invalid(6, &payment, &purses())[1..], [fate(&payment, refused())]);
}

#[test]
fn lost_connections_are_left_longer_each_time() {
    let mut scene = Scene::new();
    let mut now = Duration::ZERO;
    let mut pauses = Vec::new();
    for _ in 0..9 {
        assert_eq!(scene.session.handle(Input::Tick, now), [Output::Open]);
        assert_eq!(scene.session.handle(Input::Closed, now), []);
        let until = scene.session.wake_at().unwrap();
        pauses.push((until - now).as_millis());
        now = until;
    }
    assert_eq!(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    // One that works is the first again.
    assert_eq!(scene.session.handle(Input::Tick, now), [Output::Open]);
    scene.connect(now.as_secs() + 1, 7, &purses());
    let second = now.as_secs() + 2;
    scene.at(second, Input::Closed);
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(second) + Duration::from_millis(250)));
}

#[test]
fn a_node_that_does_not_greet_is_left() {
    let mut scene = Scene::new();
    scene.at(0, Input::Tick);
    scene.at(0, Input::Opened);
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(10)));
    assert_eq!(scene.at(10, Input::Tick), [Output::Close]);
    assert_eq!(scene.session.connection(), Connection::Waiting { until: Duration::from_millis(10_250) });
}

#[test]
fn repeated_outputs_are_told_once() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    assert_eq!(scene.valid(1, &payment).len(), 1);
    scene.sequence -= 2;
    assert_eq!(scene.valid(1, &payment), []);
    assert_eq!(scene.confirmed(2, 5, &payment).len(), 1);
    // The same snapshot under another number.
    assert_eq!(scene.confirmed(3, 5, &payment), []);
    // A node that begins anew counts anew.
    scene.at(4, Input::Closed);
    scene.at(5, Input::Tick);
    scene.connect(6, 8, &purses());
    scene.sequence = 0;
    assert_eq!(scene.valid(7, &payment).len(), 1);
}

#[test]
fn a_closed_head_and_a_node_that_cannot_read_refuse() {
    let failed = |transaction: &SignedTransaction| {
        let input = ClientInput::submit(transaction).to_json();
        format!(
            r#"{{"tag":"CommandFailed","clientInput":{input},"state":{{"tag":"Idle","contents":{{"chainState":0}}}}}}"#
        )
    };
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    let outputs = scene.at(2, message(&failed(&payment)));
    assert_eq!(outputs, [fate(&payment, Fate::Rejected(Rejection::HeadNotOpen))]);

    scene.submit(3, &payment);
    let input = serde_json::to_string(&ClientInput::submit(&payment).to_json()).unwrap();
    let outputs = scene.at(4, message(&format!(r#"{{"reason":"what","input":{input}}}"#)));
    assert_eq!(outputs, [fate(&payment, Fate::Rejected(Rejection::NotUnderstood("what".into())))]);
}

#[test]
fn a_transaction_waits_for_a_connection_but_not_for_ever() {
    let payment = payment(None);
    let mut scene = Scene::new();
    assert_eq!(scene.submit(0, &payment), [Output::Open]);
    assert!(scene.connect(50, 7, &purses()).contains(&sent(&payment)));

    let mut scene = Scene::new();
    scene.submit(0, &payment);
    assert_eq!(scene.at(99, Input::Tick), []);
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(100)));
    assert_eq!(scene.at(100, Input::Tick), [fate(&payment, Fate::Unknown)]);
}

#[test]
fn rejections_are_told_in_words() {
    assert_eq!(Rejection::Conflict.to_string(), "another transaction has spent some of its inputs");
    assert_eq!(Rejection::HeadNotOpen.to_string(), "the head is not open");
    assert_eq!(Rejection::NotUnderstood("why".into()).to_string(), "the node cannot read it: why");
    assert_eq!(Rejection::Invalid(InvalidReason::Reported("no".into())).to_string(), "no");
}
