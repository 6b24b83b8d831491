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

/// What longer walks see now and then is seen here after every step.
#[test]
fn everybody_can_leave_after_every_step() {
    let campaign = Campaign::run(501, 2, 40, Rules { exits_every: Some(1), fault: None });
    assert!(campaign.violations.is_empty(), "{:#?}", campaign.violations);
    // Four applications and five operators; once more before all leave.
    assert_eq!(campaign.tally.exits, 2 * 41 * 9);
}

#[test]
fn a_seed_gives_one_history() {
    let rules = Rules { exits_every: None, ..Rules::WHOLE };
    let once = drawn(7, 60, rules).map_err(|failure| failure.violation).unwrap();
    let again = drawn(7, 60, rules).map_err(|failure| failure.violation).unwrap();
    assert_eq!(once, again);
}

/// The first history from seed 1 on that fails, and not before it has had this many steps.
fn failing(steps: usize, rules: Rules) -> Failure {
    let mut failures = (1..100).filter_map(|seed| drawn(seed, 600, rules).err());
    match failures.find(|failure| failure.history.choices.len() >= steps) {
        Some(failure) => *failure,
        None => unreachable!("no history fails"),
    }
}

fn tell(failure: &Failure, shrunk: &Shrunk) -> String {
    let long = failure.history.choices.len();
    let story = shrunk.story.join("\n");
    format!("{long} steps, after {} tries:\n{story}\n{}", shrunk.tried, shrunk.violation)
}

/// Hundreds of steps in which the books err once become the few that it takes: somebody joins, a bid is made, answered
/// and led, and awarded a week late.
#[test]
fn a_fault_in_the_books_is_shown_in_few_steps() {
    let rules = planted(Fault::ForgetsLateAwards);
    let failure = failing(200, rules);
    assert_eq!(failure.violation.promise, Promise::Conservation);
    let shrunk = shrink(&failure, rules);
    println!("{}", tell(&failure, &shrunk));
    assert_eq!(shrunk.violation.promise, Promise::Conservation);
    assert!(shrunk.choices.len() <= 12, "{}", tell(&failure, &shrunk));
    assert!(shrunk.story.last().unwrap().contains("Award"), "{}", tell(&failure, &shrunk));
}

#[test]
fn other_faults_are_noticed() {
    for (fault, promise) in [
        (Fault::ForgetsBondOfResigned, Promise::Conservation),
        (Fault::ForgetsFeeOfExtension, Promise::Conservation),
        (Fault::PrefersDearOffers, Promise::BestOfferWins),
        (Fault::VictimsSign, Promise::StrangersGetNothing),
    ] {
        assert_eq!(failing(1, planted(fault)).violation.promise, promise, "{fault:?}");
    }
}
