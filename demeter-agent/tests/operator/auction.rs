//! Auctions, from offers to records.

use demeter_core::{Method, Ppm, Stage};

use super::stage::*;

fn cheapest() -> Method {
    Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO)
}

#[test]
fn the_cheapest_wins_serves_to_the_end_and_is_paid() {
    let ground = Ground::with_operators(3);
    let before: Vec<u64> = (10..13).map(|seed| ground.purse(&key(seed))).collect();
    let terms = ground.place(ground.terms(1, cheapest()));
    let mut drivers = [ground.driver(0, 400_000), ground.driver(1, 300_000), ground.driver(2, 500_000)];
    let end = terms.window.settles.after(seconds(5 * 3_600)).unwrap();
    let confirmed = drive_until(&ground, &mut drivers, end);
    assert_eq!(confirmed[0], ["offer", "withdraw", "collect"]);
    assert_eq!(confirmed[1], ["offer", "lead", "award", "claim", "complete", "report", "collect"]);
    assert_eq!(confirmed[2], ["offer", "withdraw", "collect"]);
    for number in 0..3 {
        assert_eq!(ground.stages(number), ["idle", "idle"], "operator {number}");
    }
    let gained: Vec<u64> =
        (10..13).zip(&before).map(|(seed, before)| ground.purse(&key(seed)) - before).collect();
    assert_eq!(gained, [0, 4 * 300_000, 0]);
    let record = ground.view().operator(count(1)).unwrap().state.reputation;
    assert_eq!((record.fulfilled.to_units(), record.breached.to_units()), (4 * 300_000, 0));
}

#[test]
fn a_lost_offer_is_withdrawn_and_its_slot_offered_again() {
    let ground = Ground::with_operators(2);
    let mut first = ground.terms(1, cheapest());
    // All that the cheap one's cluster carries at once.
    first.request.needs[0].required = demeter_core::Quantity::from_units(4_000).unwrap();
    first.request.needs[0].preferred = first.request.needs[0].required;
    first.price.ceiling = amount(4_000_000);
    let mut second = first.clone();
    second.nonce = count(2);
    let shift = seconds(1_800);
    second.window = demeter_core::Window {
        opens: first.window.opens.after(shift).unwrap(),
        closes: first.window.closes.after(shift).unwrap(),
        settles: first.window.settles.after(shift).unwrap(),
    };
    let (_, second) = (ground.place(first), ground.place(second));
    let mut drivers = [ground.driver(0, 200_000), ground.driver(1, 300_000)];
    let confirmed = drive_until(&ground, &mut drivers, second.window.settles.after(seconds(60)).unwrap());
    // The first one's cluster is full with the first lease; the other loses once, and then wins.
    assert_eq!(confirmed[0], ["offer", "lead", "award"]);
    assert_eq!(confirmed[1], ["offer", "withdraw", "collect", "offer", "lead", "award"]);
    assert!(matches!(ground.slot(1, 0).state.stage, Stage::Leased(_)));
}
