//! What an order is: its prices and periods, its own bids, and what is no order.

use std::collections::BTreeMap;

use demeter_core::limits::BID_RESERVE;
use demeter_core::{Address, Bid, Quantity, Terms, TermsDraft, WorkloadHash};

use super::scene::*;
use crate::application::order::Bidder;
use crate::application::{Application, Order, Prices, Wish};

#[test]
fn the_highest_price_rises_bid_by_bid_and_falls_with_a_campaign() {
    let web = order(wish());
    let ceiling = |placed| terms(&web, placed).price.ceiling.to_units();
    assert_eq!([0, 480, 960, 1_440, 2_520].map(ceiling), [10_000, 20_000, 30_000, 40_000, 10_000]);
}

#[test]
fn a_bid_gets_as_many_periods_as_end_in_time() {
    let web = order(wish());
    let periods = |placed| terms(&web, placed).term.periods.to_number();
    // The campaign that begins after 83,160 seconds: its first bid settles 480 later, 2,760 before the end.
    assert_eq!([periods(0), periods(83_160), periods(83_640)], [6, 4, 3]);
}

#[test]
fn its_own_bids_are_known_by_nonce_refund_and_manifest() {
    let web = order(wish());
    let bidder = Bidder { application: KEY, refund: Address::of_key(KEY) };
    let placed = |change: &dyn Fn(&mut TermsDraft)| {
        let mut draft = terms(&web, 0).into_draft();
        change(&mut draft);
        let terms = Terms::new(draft).unwrap();
        let held = BID_RESERVE.checked_add(terms.escrow().unwrap()).unwrap();
        let view = Scene::new().with(Bid { terms, leader: None }, held).view();
        view.bids().any(|bid| web.placed(bid, &bidder))
    };
    assert!(placed(&|_| {}));
    // Other settings, the same order.
    assert!(placed(&|draft| draft.price.ceiling = amount(999_999)));
    assert!(placed(&|draft| draft.nonce = count(draft.nonce.to_number() + 1)));
    assert!(!placed(&|draft| draft.nonce = count(draft.nonce.to_number() ^ 1 << 24)));
    assert!(!placed(&|draft| draft.refund = Address::of_key(OWNER)));
    assert!(!placed(&|draft| draft.workload = WorkloadHash::from_bytes([1; 32])));
    assert!(!placed(&|draft| draft.application = OWNER));
    let other = named("api", WORKLOAD, wish());
    assert_ne!(web.tag(&KEY), other.tag(&KEY));
    assert_ne!(web.tag(&KEY), web.tag(&OWNER));
}

#[test]
fn orders_that_cannot_be_are_refused() {
    let refused =
        |wish, until| Order::new("web", WORKLOAD, needs(), wish, at(0), until).unwrap_err().to_string();
    assert_eq!(refused(wish(), at(0)), "it begins at 1000000000, which is not before it ends at 1000000000");
    let falling = Wish { prices: Prices::rising(amount(1), amount(3), amount(2)), ..wish() };
    assert_eq!(refused(falling, at(1)), "the highest price is 3 at first, which is above 2 at last");
    let prefer = |name: &str, units| {
        let preferred = BTreeMap::from([(name.into(), Quantity::from_units(units).unwrap())]);
        Wish { preferred, ..wish() }
    };
    assert_eq!(refused(prefer("gpu", 1), at(1)), "gpu is preferred, and the workload needs none");
    assert_eq!(
        refused(prefer("cpu", 999), at(1)),
        "999 of cpu are preferred, less than the 1000 that the workload needs"
    );
    let short = Wish { period: seconds(59), ..wish() };
    assert_eq!(refused(short, at(1)), "the terms of its bids: a period lasts at least 60000 ms, found 59000");
    let preferred = order(prefer("cpu", 1_500));
    let need = &terms(&preferred, 0).request.needs[0];
    assert_eq!((need.required.to_units(), need.preferred.to_units()), (1_000, 1_500));
}

#[test]
fn orders_that_could_be_mistaken_for_each_other_are_refused() {
    let together = |orders: [Order; 2]| {
        let made = Application::new(KEY, Address::of_key(KEY), amount(0), orders);
        made.unwrap_err().to_string()
    };
    let web = || order(wish());
    assert_eq!(together([web(), web()]), "two orders are called \"web\", or their names hash alike");
    let api = named("api", WORKLOAD, wish());
    assert_eq!(
        together([web(), api]),
        format!("the orders \"web\" and \"api\" have the same manifest {}", web().workload())
    );
}

#[test]
fn stopping_tells_whether_there_was_such_an_order() {
    let mut application = application([order(wish())]);
    assert!(!application.stop("api"));
    assert!(!application.orders().next().unwrap().is_stopped());
    assert!(application.stop("web"));
    assert!(application.orders().next().unwrap().is_stopped());
}
