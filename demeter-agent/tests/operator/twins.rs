//! Two agents of one operator at once.

use demeter_agent::KeyRing;
use demeter_agent::driver::{Driver, Outcome, Round};
use demeter_core::{Method, Ppm, Span};
use futures_executor::block_on;
use futures_util::future::join;

use super::head::SlowHead;
use super::stage::*;

#[test]
fn they_do_what_one_would_and_no_harm() {
    let ground = Ground::with_operators(1);
    let before = ground.purse(&key(10));
    let terms = ground.place(ground.terms(1, Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO)));
    let mut race = ground.terms(2, Method::race(Span::ZERO));
    race.price.ceiling = amount(2_000_000);
    ground.place(race);
    let head = SlowHead::new(ground.sandbox.head());
    let open = || {
        let (contract, grid) = (ground.sandbox.contract(), ground.sandbox.grid());
        let (operator, keys) = (ground.operator(0, 300_000), KeyRing::new().with(key(10)));
        Driver::open(head.clone(), contract, grid, operator, keys, ground.sandbox.driver_options())
    };
    let (mut one, mut other) = block_on(join(open(), open()));
    let (one, other) = (one.as_mut().unwrap(), other.as_mut().unwrap());
    let end = terms.window.settles.after(seconds(5 * 3_600)).unwrap();
    let mut rounds: Vec<Round> = Vec::new();
    while ground.now() < end {
        let (first, second) = block_on(join(one.settle(32), other.settle(32)));
        let (first, second) = (first.unwrap(), second.unwrap());
        let wake = first.next_wake.into_iter().chain(second.next_wake).min().unwrap_or(end);
        rounds.extend([first, second]);
        ground.wait_until(wake.after(seconds(1)).unwrap().min(end));
    }
    let outcomes = || rounds.iter().flat_map(|round| &round.reports).map(|report| &report.outcome);
    assert!(outcomes().any(|outcome| matches!(outcome, Outcome::Stale { .. })), "they never met");
    for outcome in outcomes() {
        assert!(matches!(outcome, Outcome::Confirmed { .. } | Outcome::Stale { .. }), "{outcome}");
    }
    assert_eq!(ground.stages(0), ["idle", "idle"]);
    // Both leases were served: what two periods less would be missing.
    assert_eq!(ground.purse(&key(10)) - before, 2 * 4 * 300_000);
}
