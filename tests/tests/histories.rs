//! Random walks on embedded heads keep every promise; where something is wrong it is found, and shown in few steps.

use demeter_tests::history::{Campaign, Failure, Fault, Promise, Rules, Shrunk, drawn, shrink};

/// Without exits, which a planted fault does not need.
const fn planted(fault: Fault) -> Rules {
    Rules { exits_every: None, fault: Some(fault) }
}

#[test]
fn walks_keep_every_promise() {
    let campaign = Campaign::run(1, 2, 120, Rules::WHOLE);
    assert!(campaign.violations.is_empty(), "{:#?}", campaign.violations);
    assert_eq!(campaign.tally.steps, 240);
    assert!(campaign.tally.attempts() > 10 && campaign.tally.exits > 20, "{:#?}", campaign.tally);
}

#[test]
fn a_seed_gives_one_history() {
    let rules = Rules { exits_every: None, ..Rules::WHOLE };
    let once = drawn(7, 60, rules).map_err(|failure| failure.violation).unwrap();
    let again = drawn(7, 60, rules).map_err(|failure| failure.violation).unwrap();
    assert_eq!(once, again);
}

/// The first seed from here on whose history fails, once it has had this many steps.
fn failing(from: u64, steps: usize, rules: Rules) -> Failure {
    let failures = (from..from + 200).filter_map(|seed| drawn(seed, 600, rules).err());
    *failures.into_iter().find(|failure| failure.history.choices.len() >= steps).unwrap()
}

fn tell(failure: &Failure, shrunk: &Shrunk) -> String {
    let long = failure.history.choices.len();
    let story = shrunk.story.join("\n");
    format!("{long} steps, after {} tries:\n{story}\n{}", shrunk.tried, shrunk.violation)
}

/// Hundreds of steps in which the books err once become the few that it takes: somebody joins, a bid is made,
/// answered, led and awarded late.
#[test]
fn a_fault_in_the_books_is_shown_in_few_steps() {
    let rules = planted(Fault::ForgetsLateAwards);
    let failure = failing(LATE.0, LATE.1, rules);
    assert_eq!(failure.violation.promise, Promise::Conservation);
    let shrunk = shrink(&failure, rules);
    println!("{}", tell(&failure, &shrunk));
    assert!(shrunk.choices.len() <= 10, "{}", tell(&failure, &shrunk));
    assert!(shrunk.story.last().unwrap().contains("Award"), "{}", tell(&failure, &shrunk));
}

const LATE: (u64, usize) = (1, 200);

#[test]
fn a_forgotten_payment_is_noticed() {
    for (fault, last) in [(Fault::ForgetsBondOfResigned, "Resign"), (Fault::ForgetsFeeOfExtension, "Extend")]
    {
        let rules = planted(fault);
        let failure = failing(1, 1, rules);
        let shrunk = shrink(&failure, rules);
        println!("{}", tell(&failure, &shrunk));
        assert_eq!(shrunk.violation.promise, Promise::Conservation);
        assert!(shrunk.choices.len() <= 8, "{}", tell(&failure, &shrunk));
        assert!(shrunk.story.last().unwrap().contains(last), "{}", tell(&failure, &shrunk));
    }
}

#[test]
fn a_worse_offer_in_the_lead_is_noticed() {
    let rules = planted(Fault::PrefersDearOffers);
    let failure = failing(1, 1, rules);
    let shrunk = shrink(&failure, rules);
    println!("{}", tell(&failure, &shrunk));
    assert_eq!(shrunk.violation.promise, Promise::BestOfferWins);
    assert!(shrunk.choices.len() <= 10, "{}", tell(&failure, &shrunk));
}
