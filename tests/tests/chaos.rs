//! Clients behind connections that fail, and whether those who look at what they were told can see.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::Path;

use demeter_tests::chaos::frame::{Carries, after, is_message, part};
use demeter_tests::chaos::{Campaign, Duty, Findings, Ground, Judgement, Record, Submitted, Told, judge};

/// The program, which is the server as well.
fn campaign(runs: u64, seed: u64, is_blind: bool) -> Findings {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_chaos"));
    runtime.block_on(Campaign { runs, seed, is_blind }.run(program))
}

#[test]
fn nothing_is_lost_doubled_or_misreported() {
    let findings = campaign(8, 7, false);
    assert!(findings.is_clean() && findings.undecided == 0, "{findings:#?}");
    assert!(findings.kills > 0 && findings.rejected > 0, "{findings:#?}");
    assert!(findings.connections.ended() > 20 && findings.connections.doubled > 20, "{findings:#?}");
}

/// Who sends again what was not answered, and believes the first answer, takes what was applied for refused.
#[test]
fn clients_that_are_wrong_are_found_out() {
    let findings = campaign(4, 7, true);
    assert!(findings.misreported > 0, "{findings:#?}");
}

#[test]
fn frames_end_where_they_say() {
    let small = [0x81, 2, 7, 7, 0x81];
    assert_eq!(part(Carries::Frames, &small), Some(4));
    assert_eq!(part(Carries::Frames, &small[..3]), None);
    let masked = [0x82, 0x81, 1, 2, 3, 4, 9];
    assert_eq!(part(Carries::Frames, &masked), Some(7));
    let mut long = vec![0x81, 126, 1, 0];
    long.resize(4 + 256, 0);
    assert_eq!(part(Carries::Frames, &long), Some(260));
    let mut longer = vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0];
    assert_eq!(part(Carries::Frames, &longer), None);
    longer.resize(10 + 65_536, 0);
    assert_eq!(part(Carries::Frames, &longer), Some(65_546));
    assert!(is_message(&small) && is_message(&masked) && !is_message(&[0x89, 0]));
}

#[test]
fn a_head_says_what_comes_after_it() {
    let head = b"GET / HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n";
    assert_eq!(part(Carries::Head, &head[..30]), None);
    assert_eq!(part(Carries::Head, head), Some(head.len()));
    assert_eq!((after(head), after(b"GET / HTTP/1.1\r\n\r\n")), (Carries::Frames, Carries::Bytes));
}

/// Two payments of which the first is applied, and what clients are told of them.
fn scene(first: Told, second: Told) -> (Vec<Submitted>, Record) {
    let ground = Ground::new();
    let pay = |to| ground.pay(&[ground.held(0)], to);
    let submitted = [(pay(1), first), (pay(2), second)].map(|(transaction, told)| Submitted {
        transaction,
        duty: Duty::OneOf(0),
        told,
    });
    let opening = ground.opening();
    let mut outputs = opening.clone();
    pay(1).effect().unwrap().apply_to(&mut outputs);
    let record = Record { opening, outputs, confirmed: vec![(2, pay(1).id(), pay(1))] };
    (submitted.into(), record)
}

/// How many are lost, doubled and misreported.
fn figures((submitted, record): (Vec<Submitted>, Record)) -> (u64, u64, u64) {
    let Judgement { lost, doubled, misreported, .. } = judge(&submitted, &record);
    (lost, doubled, misreported)
}

#[test]
fn what_is_so_is_right() {
    assert_eq!(figures(scene(Told::Confirmed(Some(2)), Told::Rejected)), (0, 0, 0));
    assert_eq!(figures(scene(Told::Confirmed(None), Told::Undecided)), (0, 0, 0));
}

#[test]
fn what_is_told_and_not_so_is_misreported() {
    assert_eq!(figures(scene(Told::Rejected, Told::Rejected)), (0, 0, 1));
    assert_eq!(figures(scene(Told::Confirmed(Some(1)), Told::Rejected)), (0, 0, 1));
    assert_eq!(figures(scene(Told::Confirmed(Some(3)), Told::Confirmed(Some(2)))), (0, 0, 2));
}

#[test]
fn what_is_not_told_or_not_there_is_lost() {
    assert_eq!(figures(scene(Told::Confirmed(Some(2)), Told::Nothing("cut".into()))), (1, 0, 0));
    let (mut submitted, record) = scene(Told::Confirmed(Some(2)), Told::Rejected);
    submitted[1].duty = Duty::Applied;
    assert_eq!(figures((submitted.clone(), record.clone())), (1, 0, 0));
    // Nobody won what was contested, and what was applied nobody had submitted.
    submitted.remove(0);
    submitted[0].duty = Duty::OneOf(0);
    assert_eq!(figures((submitted, record)), (1, 1, 0));
}

#[test]
fn what_is_there_twice_or_has_another_effect_is_doubled() {
    let (submitted, record) = scene(Told::Confirmed(Some(2)), Told::Rejected);
    let mut without = record.clone();
    without.outputs = record.opening.clone();
    assert_eq!(figures((submitted.clone(), without)), (0, 1, 0));
    let mut twice = record;
    twice.confirmed.push(twice.confirmed[0].clone());
    assert_eq!(figures((submitted, twice)), (0, 1, 0));
}

#[test]
fn what_must_not_be_and_is_is_misreported() {
    let (mut submitted, record) = scene(Told::Confirmed(Some(2)), Told::Rejected);
    submitted[0].duty = Duty::Never;
    submitted[1].duty = Duty::Either;
    assert_eq!(figures((submitted, record)), (0, 0, 1));
}
