//! Agents that are killed anywhere and start with nothing.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use demeter_agent::KeyRing;
use demeter_agent::driver::Driver;
use demeter_agent::operator::Operator;
use demeter_core::{Method, Ppm, Span, Time};
use demeter_tx::UtxoSet;
use demeter_tx::head::Head;
use futures_executor::block_on;

use super::head::SlowHead;
use super::stage::*;

/// Lets a future have so many turns and then drops it; says whether it had ended.
fn ended_within<F: Future>(turns: u64, future: F) -> bool {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..turns).any(|_| matches!(future.as_mut().poll(&mut context), Poll::Ready(_)))
}

async fn open(ground: &Ground, head: Arc<dyn Head>, number: u8) -> Driver<Operator> {
    let (contract, grid) = (ground.sandbox.contract(), ground.sandbox.grid());
    let operator = ground.operator(number, 300_000 + 10_000 * u64::from(number));
    let keys = KeyRing::new().with(key(10 + number));
    Driver::open(head, contract, grid, operator, keys, ground.sandbox.driver_options()).await.unwrap()
}

/// What a history came to.
struct History {
    end: UtxoSet,
    /// How many were killed.
    killed: usize,
    /// How many of these after they had submitted something and before they learned what became of it, or did more.
    halfway: usize,
}

/// Two operators, an auction and a race, from the first offer to empty slots. Before each of the operators does what there
/// is to do, others like it are killed in the midst of doing it.
fn history(kills: Option<u64>) -> History {
    let ground = Ground::with_operators(2);
    let terms = ground.place(ground.terms(1, Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO)));
    let mut race = ground.terms(2, Method::race(Span::ZERO));
    race.price.ceiling = amount(2_000_000);
    ground.place(race);
    let end = terms.window.settles.after(seconds(5 * 3_600)).unwrap();
    let head = SlowHead::new(ground.sandbox.head());
    let mut numbers = Numbers::from_seed(kills.unwrap_or(0));
    let (mut killed, mut halfway) = (0, 0);
    while ground.now() < end {
        let mut wake = end;
        for number in [0, 1] {
            for _ in 0..kills.map_or(0, |_| 1 + numbers.below(6)) {
                let turns = 1 + numbers.below(18);
                let before = ground.sandbox.head().last_snapshot();
                let agent = async {
                    let mut driver = open(&ground, head.clone(), number).await;
                    driver.settle(32).await.unwrap();
                };
                if !ended_within(turns, agent) {
                    killed += 1;
                    halfway += usize::from(ground.sandbox.head().last_snapshot() != before);
                }
            }
            let mut driver = block_on(open(&ground, head.clone(), number));
            wake = settle(&mut driver).next_wake.map_or(wake, |next: Time| next.min(wake));
        }
        ground.wait_until(wake.after(seconds(1)).unwrap().min(end));
    }
    for number in 0..2 {
        assert_eq!(ground.stages(number), ["idle", "idle"]);
    }
    History { end: block_on(ground.sandbox.utxos()).unwrap(), killed, halfway }
}

#[test]
fn whoever_is_killed_anywhere_leaves_the_same_end() {
    let expected = history(None);
    let mut halfway = 0;
    for seed in 1..=6 {
        let found = history(Some(seed));
        assert!(found.killed > 5, "seed {seed}: only {} were killed", found.killed);
        assert_eq!(found.end, expected.end, "seed {seed}");
        halfway += found.halfway;
    }
    assert!(halfway > 5, "only {halfway} were killed halfway");
}
