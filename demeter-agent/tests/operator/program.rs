//! An operator whose prices a program names.

use std::time::Duration;

use demeter_agent::operator::{Generosity, Policy};
use demeter_agent::pricing::{External, ExternalOptions};
use demeter_core::{Method, Ppm, Span, Stage};

use super::stage::*;

/// A program of the shell.
fn program(script: &str) -> External {
    let options = ExternalOptions::new("sh").argument("-c").argument(script);
    External::new(options.deadline(Duration::from_secs(10)).rest(Duration::ZERO))
}

#[test]
fn a_program_names_the_price_and_is_asked_once() {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    // A second question would get no answer.
    let script =
        r#"read -r line; id=${line#*\"id\":}; echo "{\"id\":${id%%,*},\"price\":123456}"; read -r line"#;
    let mut policy = Policy::default();
    policy.generosity = Generosity::Required;
    let operator = ground.operator(0, 1).with_policy(policy).with_program(program(script));
    let mut driver = ground.drive(operator, key(10));
    assert_eq!(done(&settle(&mut driver)), []);
    ground.wait_until(terms.window.opens);
    assert_eq!(done(&settle(&mut driver)), [("take", "confirmed")]);
    let slot = ground.slot(0, 0);
    let Stage::Leased(lease) = &slot.state.stage else { panic!("{slot:?}") };
    assert_eq!(lease.price, amount(123_456));
}

#[test]
fn a_program_that_fails_is_asked_again_later() {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let script = format!(
        r#"test -e {0} || {{ touch {0}; exit 1; }}
        while read -r line; do id=${{line#*\"id\":}}; echo "{{\"id\":${{id%%,*}},\"price\":200000}}"; done"#,
        mark.display()
    );
    let mut policy = Policy::default();
    policy.generosity = Generosity::Most;
    let operator = ground.operator(0, 1).with_policy(policy).with_program(program(&script));
    let mut driver = ground.drive(operator, key(10));
    ground.wait_until(terms.window.opens);
    let round = settle(&mut driver);
    assert_eq!(done(&round), []);
    let why = round.passed[0].to_string();
    assert_eq!(why, "pass: no price can be asked for: \"sh\" ended without an answer");
    let again = ground.after(20);
    assert_eq!(round.next_wake, Some(again));
    ground.wait_until(again);
    assert_eq!(done(&settle(&mut driver)), [("take", "confirmed")]);
}

#[test]
fn a_program_is_asked_for_the_least_and_the_most() {
    let ground = Ground::with_operators(1);
    let method = Method::auction(Ppm::ZERO, Ppm::ONE, Ppm::ZERO);
    let terms = ground.place(ground.terms(1, method));
    ground.wait_until(terms.window.opens);
    let offered = |most: &str| {
        let script = format!(
            r#"while read -r line; do id=${{line#*\"id\":}}; id=${{id%%,*}}; case "$line" in
                *'"resources":{{"cpu":1000,'*) echo "{{\"id\":$id,\"price\":200000}}";;
                *'"resources":{{"cpu":2000,'*) echo "{{\"id\":$id,{most}}}";;
            esac; done"#
        );
        let operator = ground.operator(0, 1).with_program(program(&script));
        let round = settle(&mut ground.drive(operator, key(10)));
        assert_eq!(done(&round), [("offer", "confirmed")], "{most}: {:?}", round.passed);
        let view = ground.view();
        let slots: Vec<_> = view.slots_of(count(0)).collect();
        let offers = slots.iter().rev().filter_map(|slot| match &slot.state.stage {
            Stage::Offered(offered) => Some((offered.price, offered.resources[0].to_units())),
            _ => None,
        });
        offers.into_iter().next().unwrap()
    };
    assert_eq!(offered(r#"\"decline\":\"too much\""#), (amount(200_000), 1_000));
    let mut second = terms.into_draft();
    second.nonce = count(2);
    ground.place(second);
    assert_eq!(offered(r#"\"price\":500000"#), (amount(500_000), 2_000));
}
