//! Programs that answer, and programs that do not.

use demeter_core::Terms;
use futures_executor::block_on;

use super::*;
use crate::pricing::tests::{quantity, terms};

/// A program of the shell that has ten seconds and does not rest.
fn program(script: &str) -> External {
    let options = ExternalOptions::new("sh").argument("-c").argument(script);
    External::new(options.deadline(Duration::from_secs(10)).rest(Duration::ZERO))
}

fn ask(program: &mut External) -> Result<Answer, ExternalError> {
    let terms = Terms::new(terms(&[("cpu", 1_000)])).unwrap();
    let resources = [quantity(1_000)];
    let utilisation = Ppm::from_millionths(250_000).unwrap();
    block_on(program.ask(&Job { bid: terms.name(), terms: &terms, resources: &resources, utilisation }))
}

fn price(units: u64) -> Result<Answer, ExternalError> {
    Ok(Answer::Price(Amount::from_units(units).unwrap()))
}

#[test]
fn a_program_is_asked_line_by_line() {
    // It takes the id and the utilisation out of the line, and asks one more for each question.
    let mut program = program(
        r#"n=100; while read -r line; do
            id=${line#*\"id\":}; id=${id%%,*}
            used=${line#*\"utilisation\":}; used=${used%%,*}
            n=$((n + 1)); echo "{\"id\":$id,\"price\":$((n + used))}"
        done"#,
    );
    assert_eq!(ask(&mut program), price(250_101));
    assert_eq!(ask(&mut program), price(250_102));
}

#[test]
fn the_question_says_what_the_bid_would_get() {
    let terms = Terms::new(terms(&[("cpu", 1_000)])).unwrap();
    let job = Job { bid: terms.name(), terms: &terms, resources: &[quantity(1_500)], utilisation: Ppm::ONE };
    let json = serde_json::to_value(Request::new(7, &job)).unwrap();
    assert_eq!(json["id"], 7);
    assert_eq!(json["bid"], terms.name().to_string());
    assert_eq!(json["resources"], serde_json::json!({"cpu": 1_500}));
    assert_eq!(json["utilisation"], 1_000_000);
    assert_eq!(json["terms"]["price"]["ceiling"], 1_000);
}

#[test]
fn a_program_may_decline() {
    let mut program = program(r#"read -r line; echo '{"id":0,"decline":"closed on Sundays"}'"#);
    let answer = ask(&mut program).unwrap();
    let declined = answer.into_quote().unwrap_err();
    assert_eq!(declined.to_string(), "the pricing policy declines: closed on Sundays");
}

#[test]
fn a_program_that_dies_is_started_again() {
    // It dies on every first question of a process, unless a file says that it did before.
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let script = format!(
        r#"read -r line; test -e {0} || {{ touch {0}; exit 1; }}; id=${{line#*\"id\":}}; echo "{{\"id\":${{id%%,*}},\"price\":5}}"; read -r line"#,
        mark.display()
    );
    let mut program = program(&script);
    assert_eq!(ask(&mut program).unwrap_err().to_string(), "\"sh\" ended without an answer");
    assert_eq!(ask(&mut program), price(5));
}

#[test]
fn a_program_that_hangs_is_killed_and_started_again() {
    let options = ExternalOptions::new("sh").argument("-c").argument("read -r line; exec sleep 600");
    let mut program = External::new(options.deadline(Duration::from_millis(200)).rest(Duration::ZERO));
    let error = ask(&mut program).unwrap_err();
    assert_eq!(error.to_string(), "\"sh\" did not answer within 200ms");
    assert!(program.running.is_none());
    assert!(matches!(ask(&mut program), Err(ExternalError::TimedOut { .. })));
}

#[test]
fn nonsense_is_named() {
    for (answer, expected) in [
        ("hello", "\"sh\" is to answer with an id and a price or decline, found \"hello\""),
        (
            r#"{"id":0,"price":-1}"#,
            r#""sh" is to answer with an id and a price or decline, found "{\"id\":0,\"price\":-1}""#,
        ),
        (
            r#"{"id":0,"price":1,"decline":"x"}"#,
            r#""sh" is to answer with an id and a price or decline, found "{\"id\":0,\"price\":1,\"decline\":\"x\"}""#,
        ),
        (r#"{"id":9,"price":1}"#, "\"sh\" is to answer request 0, found 9"),
    ] {
        let mut program = program(&format!("read -r line; echo '{answer}'; read -r line"));
        assert_eq!(ask(&mut program).unwrap_err().to_string(), expected);
        assert!(program.running.is_none(), "{answer}: it is still asked");
    }
}

#[test]
fn a_line_without_end_is_cut_off() {
    let mut program = program("read -r line; exec cat /dev/zero");
    assert!(matches!(ask(&mut program), Err(ExternalError::Nonsense { .. })));
}

#[test]
fn a_program_that_fails_rests_longer_each_time() {
    let options = ExternalOptions::new("/no/such/program").rest(Duration::from_secs(40));
    let mut program = External::new(options);
    assert!(matches!(ask(&mut program), Err(ExternalError::Start { .. })));
    let Err(ExternalError::Resting { rest, .. }) = ask(&mut program) else { panic!("it does not rest") };
    assert!(rest <= Duration::from_secs(40), "{rest:?}");
    program.rests_until = None;
    assert!(matches!(ask(&mut program), Err(ExternalError::Start { .. })));
    let Err(ExternalError::Resting { rest, .. }) = ask(&mut program) else { panic!("it does not rest") };
    // Twice as long, but no more than a minute.
    assert!(rest > Duration::from_secs(40) && rest <= LONGEST_REST, "{rest:?}");
}
