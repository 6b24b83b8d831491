//! Applications that are killed anywhere and start with nothing.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use demeter_agent::KeyRing;
use demeter_agent::application::Application;
use demeter_agent::driver::Driver;
use demeter_agent::operator::LeaseName;
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

/// Numbers that look random: Lehmer's, as a seed gives them.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % limit
    }
}

async fn open(ground: &Ground, head: Arc<dyn Head>) -> Driver<Application> {
    let (contract, grid) = (ground.sandbox.contract(), ground.sandbox.grid());
    let application = ground.application([ground.order("web", ground.wish(), 2 * 3_600)]);
    let keys = KeyRing::new().with(key(APPLICATION));
    Driver::open(head, contract, grid, application, keys, ground.sandbox.driver_options()).await.unwrap()
}

/// What a history came to.
#[derive(Debug, PartialEq, Eq)]
struct End {
    purse: u64,
    earned: [u64; 2],
    placed: usize,
}

/// Two operators, the cheaper of which resigns, and an order for two hours, seen to by applications that each begin with
/// nothing, look once and are gone. Before each of them, others like it are killed in the midst of what they do.
fn history(kills: Option<u64>) -> (End, usize) {
    let ground = Ground::with_operators(2);
    let head = SlowHead::new(ground.sandbox.head());
    let (mut cheap, mut dear) = (ground.run_operator(0, 300_000), ground.run_operator(1, 500_000));
    let mut numbers = Numbers(kills.unwrap_or(0) + 1);
    let (mut halfway, mut resigned) = (0, false);
    let mut bids = std::collections::BTreeSet::new();
    for moment in (0..=3 * 3_600).step_by(60) {
        ground.wait_until(moment);
        for _ in 0..kills.map_or(0, |_| numbers.below(4)) {
            let turns = 1 + numbers.below(18);
            let before = ground.sandbox.head().last_snapshot();
            let agent = async { open(&ground, head.clone()).await.settle(32).await.unwrap() };
            if !ended_within(turns, agent) {
                halfway += usize::from(ground.sandbox.head().last_snapshot() != before);
            }
        }
        block_on(async { open(&ground, head.clone()).await.settle(32).await.unwrap() });
        if moment > 3_000
            && !resigned
            && let Some((slot, lease)) = ground.leases().first()
        {
            resigned = true;
            let name = LeaseName { slot: slot.index, start: lease.start };
            cheap.agent_mut().orders_mut().resign.insert(name);
        }
        play_until(&ground, &mut [&mut cheap, &mut dear], moment);
        let view = ground.view();
        let standing: Vec<_> = view.bids().map(|bid| (bid.name, bid.reference())).collect();
        assert!(standing.len() <= 1, "after {moment} seconds: {standing:?}");
        bids.extend(standing.iter().map(|(name, _)| *name));
        // The leases overlap where one renews another, and never do the same.
        assert!(ground.leases().len() <= 2, "after {moment} seconds");
    }
    assert!(resigned && ground.leases().is_empty() && ground.view().bids().next().is_none());
    let earned = [ground.purse(10), ground.purse(11)];
    (End { purse: ground.purse(APPLICATION), earned, placed: bids.len() }, halfway)
}

#[test]
fn whoever_is_killed_anywhere_leaves_the_same_end() {
    let (expected, _) = history(None);
    assert!(expected.placed >= 2, "{expected:?}");
    let mut halfway = 0;
    for seed in 1..=5 {
        let (found, killed) = history(Some(seed));
        assert_eq!(found, expected, "seed {seed}");
        halfway += killed;
    }
    assert!(halfway > 3, "only {halfway} were killed halfway");
}
