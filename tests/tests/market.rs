//! A small market of agents that are overtaken and killed; the large one is the suite `market`.

use demeter_tests::market::{Findings, Market};

fn market(operators: usize, applications: usize, seed: u64) -> Findings {
    let findings = Market::draw(operators, applications, seed).run();
    assert_eq!(findings.faults, Vec::<String>::new(), "seed {seed}");
    findings
}

/// What the agents do depends on nothing but the seed: not on the machine's time, nor on an order that differs by run.
#[test]
fn a_seed_gives_one_market() {
    let once = market(3, 10, 7);
    assert_eq!(market(3, 10, 7), once);
    let other = market(3, 10, 8);
    assert!(other.history != once.history && other.end != once.end);
}

#[test]
fn every_bid_is_resolved_though_agents_are_overtaken_and_killed() {
    let findings = market(5, 16, 2);
    let killed = findings.killed;
    assert!(findings.stale > 0, "nobody was overtaken");
    assert!(killed.before_submission > 0 && killed.before_confirmation > 0, "{killed:?}");
    assert!(findings.restarts > 0, "nobody was started again");
    let resolved = ["award", "take", "cancel"].map(|name| findings.happened(name)).iter().sum::<u64>();
    assert_eq!(findings.happened("place"), resolved);
    let orders = findings.served + findings.given_up.values().sum::<u64>();
    assert_eq!(orders, 16);
}

/// What the suite asks for is told where it is lacking.
#[test]
fn a_market_without_customers_lacks_all_that_should_happen() {
    let findings = market(2, 0, 1);
    for missing in ["a stale input", "a race", "an auction", "a lease judged", "a bid taken back"] {
        assert!(findings.missing.contains(&missing), "{:?}", findings.missing);
    }
}
