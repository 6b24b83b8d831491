//! Scripted sequences: what comes when, and what the session then does.

use demeter_core::OutputReference;

use std::sync::Arc;

use super::*;
use crate::builder::TransactionBuilder;
use crate::head::InvalidReason;
use crate::hydra::TransactionEnvelope;
use crate::testing::*;
use crate::{Output as Unspent, SignedTransaction};

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
        self.at(second, message(&numbered(self.sequence, text)))
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
        self.output(second, &snapshot(number, transaction))
    }

    /// What a node remembers.
    fn history(&self, texts: &[String]) -> Input {
        let history = texts.iter().zip(1..).map(|(text, number)| match message(&numbered(number, text)) {
            Input::Message(message) => match *message {
                ServerMessage::Output(timed) => *timed,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        });
        Input::History(history.collect())
    }
}

fn numbered(number: u64, text: &str) -> String {
    let head = if text.contains("headId") { "" } else { r#""headId":"00","# };
    format!(r#"{{{head}"seq":{number},"timestamp":"2026-11-21T15:40:01Z",{text}}}"#)
}

fn snapshot(number: u64, transaction: &SignedTransaction) -> String {
    let envelope = serde_json::to_string(&TransactionEnvelope::from(transaction)).unwrap();
    format!(
        r#""tag":"SnapshotConfirmed","signatures":{{"multiSignature":[]}},"headId":"00","snapshot":{{"headId":"00",
        "version":0,"number":{number},"confirmed":[{envelope}],"utxoToCommit":null,"utxoToDecommit":null}}"#
    )
}

/// That the head was opened.
fn opened() -> String {
    r#""tag":"HeadIsOpen","headId":"00","parties":[]"#.to_owned()
}

/// That another head was.
fn another() -> String {
    r#""tag":"HeadIsOpen","headId":"01","parties":[]"#.to_owned()
}

fn side_loaded() -> String {
    r#""tag":"SnapshotSideLoaded","headId":"00","snapshotNumber":7"#.to_owned()
}

/// That the history begins anew, with these outputs.
fn rotated(utxos: &UtxoSet) -> String {
    let utxo = serde_json::to_string(&UtxoJson::from(utxos)).unwrap();
    format!(
        r#""tag":"EventLogRotated","checkpoint":{{"tag":"NodeInSync","pendingDeposits":{{}},
        "chainPointTime":{{"currentSlot":1,"currentChainTime":"2026-11-21T15:40:01Z","drift":0}},
        "headState":{{"tag":"Open","contents":{{"headId":"00","headSeed":"00","chainState":{{}},
        "parameters":{{"contestationPeriod":1,"parties":[]}},
        "coordinatedHeadState":{{"localUTxO":{utxo},"localTxs":[],"allTxs":{{}},"currentDepositTxId":null,
        "decommitTx":null,"version":0,"seenSnapshot":{{"tag":"NoSeenSnapshot"}},
        "confirmedSnapshot":{{"tag":"InitialSnapshot","headId":"00"}}}}}}}}}}"#
    )
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
    spend([1, 2].map(|seed| (reference(seed), purses()[&reference(seed)].clone())), from)
}

/// Another that spends two of them.
fn other(first: u8, second: u8) -> Arc<SignedTransaction> {
    spend([first, second].map(|seed| (reference(seed), purses()[&reference(seed)].clone())), Some(1))
}

/// One that spends what another makes.
fn next(transaction: &SignedTransaction) -> Arc<SignedTransaction> {
    spend(transaction.effect().unwrap().made, None)
}

fn spend(
    purses: impl IntoIterator<Item = (OutputReference, Unspent)>,
    from: Option<u64>,
) -> Arc<SignedTransaction> {
    let party = Party::new(1);
    let mut builder = TransactionBuilder::new(settings(), party.address());
    for (reference, output) in purses {
        builder = builder.spend(reference, output);
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

fn conflict(seed: u8) -> Fate {
    Fate::Rejected(Rejection::Conflict { input: reference(seed) })
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

/// All that it would spend is gone, so is what it would have made, and the node remembers nothing of it.
#[test]
fn what_cannot_be_told_is_unknown_and_only_in_the_end() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    let gone = without(&[1, 2]);
    assert_eq!(scene.invalid(2, &payment, &gone)[1..], [Output::AskUtxo]);
    assert_eq!(scene.at(2, Input::Utxo((&gone).into())), [Output::AskHistory]);
    assert_eq!(scene.at(2, scene.history(&[rotated(&gone)])), []);
    let (mut fates, mut asked) = (Vec::new(), (0, 0));
    while let Some(wake) = scene.session.wake_at() {
        let mut outputs = scene.session.handle(Input::Tick, wake);
        while let Some(output) = outputs.pop() {
            match output {
                Output::AskUtxo => {
                    asked.0 += 1;
                    outputs.extend(scene.session.handle(Input::Utxo((&gone).into()), wake));
                }
                Output::AskHistory => {
                    asked.1 += 1;
                    let history = scene.history(&[rotated(&gone)]);
                    outputs.extend(scene.session.handle(history, wake));
                }
                Output::Fate(_, fate) => fates.push((wake, fate)),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(fates, [(Duration::from_secs(101), Fate::Unknown)]);
    assert!((4..8).contains(&asked.1), "{asked:?}");
    assert!((asked.1..20).contains(&asked.0), "{asked:?}");
}

/// A session that lost a connection over which it sent a payment, and came back to find these outputs.
fn gap(payment: &Arc<SignedTransaction>, utxos: &UtxoSet) -> (Scene, Vec<Output>) {
    let mut scene = Scene::live(7, &purses());
    scene.submit(1, payment);
    scene.at(2, Input::Closed);
    assert_eq!(scene.at(3, Input::Tick), [Output::Open]);
    let outputs = scene.connect(4, 8, utxos);
    (scene, outputs)
}

/// It was applied, and what it made was spent on.
#[test]
fn the_history_names_what_was_confirmed_in_a_gap() {
    let payment = payment(None);
    let (mut scene, outputs) = gap(&payment, &without(&[1, 2]));
    assert!(outputs.contains(&Output::AskHistory), "{outputs:?}");
    let history = scene.history(&[opened(), snapshot(4, &payment), snapshot(5, &next(&payment))]);
    assert_eq!(scene.at(5, history), [fate(&payment, number(4))]);
}

#[test]
fn the_history_names_what_took_an_input_in_a_gap() {
    let payment = payment(None);
    let (mut scene, _) = gap(&payment, &without(&[1, 2]));
    let winner = other(1, 2);
    // However short it is.
    let history = scene.history(&[rotated(&purses()), snapshot(4, &winner)]);
    assert_eq!(scene.at(5, history), [fate(&payment, conflict(1))]);
}

/// One input is left: it was not applied, but why is open.
#[test]
fn the_history_tells_why_where_some_inputs_are_left() {
    let payment = payment(None);
    let (mut scene, outputs) = gap(&payment, &without(&[2]));
    assert!(outputs.contains(&Output::AskHistory), "{outputs:?}");
    let history = scene.history(&[opened(), snapshot(4, &other(2, 3))]);
    assert_eq!(scene.at(5, history), [fate(&payment, conflict(2))]);

    // Or it does not: then the node does.
    let (mut scene, _) = gap(&payment, &without(&[2]));
    let history = scene.history(&[rotated(&without(&[1, 2]))]);
    assert_eq!(scene.at(5, history), [sent(&payment)]);
}

/// An input that there never was: it is not named, and would be.
#[test]
fn what_the_history_does_not_name_was_not_applied() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    let gone = without(&[1, 2]);
    // What the node remembers begins before, or begins when an input was there.
    for memory in [opened(), rotated(&without(&[1]))] {
        scene.submit(1, &payment);
        assert_eq!(scene.invalid(2, &payment, &gone)[1..], [Output::AskUtxo]);
        assert_eq!(scene.at(2, Input::Utxo((&gone).into())), [Output::AskHistory]);
        assert_eq!(scene.at(3, scene.history(&[memory])), [fate(&payment, refused())]);
    }
    // What was told by another head, or before something was missed, tells nothing.
    for memory in [vec![another()], vec![opened(), side_loaded()]] {
        scene.submit(1, &payment);
        assert_eq!(scene.invalid(2, &payment, &gone)[1..], [Output::AskUtxo]);
        assert_eq!(scene.at(2, Input::Utxo((&gone).into())), [Output::AskHistory]);
        assert_eq!(scene.at(3, scene.history(&memory)), []);
        scene.confirmed(4, 9, &payment);
        scene.session.snapshot = None;
    }
}

/// What was read before the node answered does not tell what became of it since.
#[test]
fn a_history_that_is_too_old_rejects_nothing() {
    let (first, second) = (payment(None), other(1, 2));
    let (mut scene, _) = gap(&first, &without(&[1, 2]));
    scene.submit(5, &second);
    let gone = without(&[1, 2]);
    assert_eq!(scene.invalid(6, &second, &gone)[1..], [Output::AskUtxo]);
    assert_eq!(scene.at(6, Input::Utxo((&gone).into())), []);
    // That is the answer for the first. It is sent again, and the second is asked for.
    let outputs = scene.at(7, scene.history(&[opened()]));
    assert_eq!(outputs, [sent(&first), Output::AskHistory]);
    assert_eq!(scene.at(8, scene.history(&[opened()])), [fate(&second, refused())]);
}

/// The connection for it is cut as well.
#[test]
fn a_history_that_does_not_come_is_asked_for_again() {
    let payment = payment(None);
    let (mut scene, _) = gap(&payment, &without(&[1, 2]));
    assert_eq!(scene.at(5, Input::NoHistory), []);
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(7)));
    assert_eq!(scene.at(7, Input::Tick), [Output::AskHistory]);
    // It is long: it is waited for as long as for the fate.
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(101)));
    let history = scene.history(&[opened(), snapshot(4, &payment)]);
    assert_eq!(scene.at(40, history), [fate(&payment, number(4))]);
    // One that nobody asked for is not heard.
    assert_eq!(scene.at(41, scene.history(&[opened()])), []);
}

#[test]
fn a_snapshot_with_another_that_takes_an_input_rejects() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    scene.valid(2, &payment);
    assert_eq!(scene.confirmed(3, 4, &other(2, 3))[0], fate(&payment, conflict(2)));
    assert_eq!(scene.session.pending(), 0);
    // What is held for its time is not sent any more.
    let held = spend([(reference(3), purses()[&reference(3)].clone())], Some(100));
    assert_eq!(scene.submit(4, &held), []);
    assert_eq!(scene.confirmed(5, 5, &other(1, 3))[0], fate(&held, conflict(3)));
}

/// The second spends what the first makes, whose id may be the greater.
#[test]
fn what_was_lost_is_sent_again_in_its_order() {
    let first = payment(None);
    for second in [next(&first), spend(first.effect().unwrap().made, Some(2))] {
        let mut scene = Scene::live(7, &purses());
        scene.submit(1, &first);
        scene.submit(1, &second);
        scene.at(2, Input::Closed);
        scene.at(3, Input::Tick);
        let outputs = scene.connect(4, 8, &purses());
        let copies: Vec<_> = outputs.iter().filter(|output| matches!(output, Output::Send(_))).collect();
        assert_eq!(copies, [&sent(&first)], "the second is not there to be seen yet");
        // The first is confirmed, so what the second consumes is there.
        scene.confirmed(5, 3, &first);
        assert_eq!(scene.at(6, Input::Tick), [Output::AskUtxo]);
        assert_eq!(scene.at(6, Input::Utxo((&applied(&first)).into())), [sent(&second)]);
    }
}

/// The node dropped the first without a word: then the second came too early.
#[test]
fn what_came_before_its_input_is_not_rejected() {
    let (first, mut scene) = (payment(None), Scene::live(7, &purses()));
    let third = (reference(3), purses()[&reference(3)].clone());
    let second = spend(first.effect().unwrap().made.into_iter().chain([third]), None);
    scene.submit(1, &first);
    scene.submit(1, &second);
    assert_eq!(scene.invalid(2, &second, &purses())[1..], [Output::AskUtxo]);
    assert_eq!(scene.at(2, Input::Utxo((&purses()).into())), []);
    scene.confirmed(3, 3, &first);
    assert_eq!(scene.at(4, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(4, Input::Utxo((&applied(&first)).into())), [sent(&second)]);
}

/// A node whose head began anew counts its snapshots anew.
#[test]
fn snapshots_are_counted_anew_by_each_connection() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.confirmed(1, 50, &other(2, 3));
    scene.at(2, Input::Closed);
    scene.at(3, Input::Tick);
    scene.connect(4, 8, &purses());
    scene.submit(5, &payment);
    assert_eq!(scene.confirmed(6, 1, &payment)[0], fate(&payment, number(1)));
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
    // Of this one nothing, though the connection works.
    scene.valid(5, &other(1, 2));
    assert_eq!(scene.at(11, Input::Tick), [Output::AskUtxo]);
    // Nor to that question: it is put again.
    assert_eq!(scene.at(12, Input::NoUtxo), []);
    assert_eq!(scene.at(21, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(22, Input::Utxo((&purses()).into())), [sent(&payment)]);
}

/// Neither an answer nor anything else: a connection of which only the ends are left.
#[test]
fn a_connection_over_which_nothing_comes_is_left() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    assert_eq!(scene.session.wake_at(), Some(Duration::from_secs(11)));
    assert_eq!(scene.at(11, Input::Tick), [Output::Close]);
    assert_eq!(scene.at(12, Input::Tick), [Output::Open]);
    assert!(scene.connect(12, 7, &purses()).contains(&sent(&payment)));
}

/// A purse that was seen unspent is spent while the other is not: some other transaction did it.
#[test]
fn a_conflict_is_rejected() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &purses()));
    scene.submit(1, &payment);
    scene.valid(2, &payment);
    assert_eq!(scene.at(32, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(33, Input::Utxo((&purses()).into())), [sent(&payment)]);
    scene.valid(40, &other(2, 3));
    assert_eq!(scene.at(43, Input::Tick), [Output::AskUtxo]);
    let outputs = scene.at(44, Input::Utxo((&without(&[1])).into()));
    assert_eq!(outputs, [fate(&payment, conflict(1))]);
}

/// A purse that was never seen may be made by a transaction that is not confirmed either.
#[test]
fn an_input_to_come_is_no_conflict() {
    let (payment, mut scene) = (payment(None), Scene::live(7, &without(&[1])));
    scene.submit(1, &payment);
    scene.valid(2, &payment);
    assert_eq!(scene.at(32, Input::Tick), [Output::AskUtxo]);
    assert_eq!(scene.at(33, Input::Utxo((&without(&[1])).into())), [Output::AskHistory]);
    assert_eq!(scene.at(33, scene.history(&[opened()])), [sent(&payment)]);
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
    let conflict = Rejection::Conflict { input: reference(1) };
    assert_eq!(conflict.to_string(), format!("another transaction has spent input {}", reference(1)));
    assert_eq!(Rejection::HeadNotOpen.to_string(), "the head is not open");
    assert_eq!(Rejection::NotUnderstood("why".into()).to_string(), "the node cannot read it: why");
    assert_eq!(Rejection::Invalid(InvalidReason::Reported("no".into())).to_string(), "no");
}
