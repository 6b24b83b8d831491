//! What may be in escrow, by bids and by extensions.

use demeter_core::{Address, WorkloadHash};
use demeter_tx::view::GridView;

use super::scene::*;
use crate::Agent as _;
use crate::application::{Application, Prices, Renewal, Wish};
use crate::cosign::CoSigner as _;

#[test]
fn the_budget_counts_what_stands_and_what_is_decided() {
    let cheap = || Wish { prices: Prices::between(amount(0), amount(10_000)), ..wish() };
    let second = named("api", WorkloadHash::from_bytes([4; 32]), cheap());
    let orders = [order(cheap()), second];
    // Each bid is of 6 periods at 10,000.
    let with = |most, view: &GridView| {
        let wallet = Address::of_key(KEY);
        said(&Application::new(KEY, wallet, amount(most), orders.clone()).unwrap().decide(view, at(0)))
    };
    let empty = Scene::new().view();
    assert_eq!(with(120_000, &empty), ["place places", "place places"]);
    assert_eq!(with(119_999, &empty), ["place places", "- over_budget"]);
    assert_eq!(with(59_999, &empty), ["- over_budget", "- over_budget"]);
    let standing = Scene::new().bid(&orders[0], 0, None).view();
    assert_eq!(with(120_000, &standing), ["place places", "- awaits_opening"]);
    assert_eq!(with(119_999, &standing), ["- awaits_opening", "- over_budget"]);
    // A lease of 6 periods at 5,000, of which nothing is claimed.
    let leased = Scene::new().lease(&orders[0], 0, 0, 6).view();
    assert_eq!(with(90_000, &leased), ["place places", "- served"]);
    assert_eq!(with(89_999, &leased), ["- served", "- over_budget"]);
}

#[test]
fn an_extension_is_proposed_in_time_and_within_the_budget() {
    let web = order(Wish { renewal: Renewal::Extend { before: seconds(2_000) }, ..wish() });
    let view = Scene::new().lease(&web, 0, 480, 6).view();
    let with = |most| Application::new(KEY, Address::of_key(KEY), amount(most), [web.clone()]).unwrap();
    let application = with(1_000_000);
    let proposed = |now| said(&application.proposals(&view, at(now)));
    assert_eq!(proposed(2_079), Vec::<String>::new());
    assert_eq!(proposed(2_080), ["extend extends"]);
    let proposals = application.proposals(&view, at(2_080));
    let signers = proposals[0].action.as_ref().unwrap().signers();
    assert_eq!(signers, [KEY, OWNER].into());
    // The lease holds 30,000, and 6 periods more take as much.
    assert_eq!(said(&with(59_999).proposals(&view, at(2_080))), ["- over_budget"]);
    assert_eq!(said(&with(59_999).decide(&view, at(2_080))), ["- awaits_extension", "- over_budget"]);
    assert_eq!(said(&with(60_000).proposals(&view, at(2_080))), ["extend extends"]);
    // Nobody asks an application.
    let transition = proposals[0].action.as_ref().map(|action| action.deed().clone());
    let Some(crate::Deed::Transition(plan)) = transition else { panic!("an extension is a transition") };
    let answer = application.assent(plan.transition(), &[], &view, at(2_080)).unwrap_err();
    assert_eq!((answer.code(), answer.to_string()), ("not_asked", "no extend was asked for".to_owned()));
}
