//! What the view calls possible is what the contract allows.

use std::collections::BTreeSet;

use demeter_core::rule::Rank;
use demeter_core::transition::Held;
use demeter_core::{Amount, Method, Slot, Stage};
use demeter_tests::make::amount;
use demeter_tx::market::Plan;
use demeter_tx::view::{Biddable, PlacedBid};

use super::story::{Moment, Story};

/// What was tried, and how often it was allowed and refused.
#[derive(Default, Debug)]
struct Tried {
    allowed: u64,
    refused: u64,
    reasons: BTreeSet<&'static str>,
}

impl Tried {
    fn note(&mut self, is_allowed: bool) {
        if is_allowed {
            self.allowed += 1;
        } else {
            self.refused += 1;
        }
    }
}

#[test]
fn what_is_biddable_can_be_answered_and_nothing_else() {
    let [mut races, mut auctions] = [Tried::default(), Tried::default()];
    for seed in [11, 12, 13, 14] {
        Story::drawn(seed, 90).tell(|moment, _| {
            let view = moment.view();
            for operator in view.operators() {
                let biddable = view.biddable(operator.state.number, moment.now).unwrap();
                for bid in view.open_bids() {
                    let tried = match bid.terms().method {
                        Method::Race { .. } => &mut races,
                        Method::Auction { .. } => &mut auctions,
                    };
                    try_answers(moment, &biddable, bid, tried);
                }
            }
        });
    }
    for tried in [&races, &auctions] {
        assert!(tried.allowed > 50 && tried.refused > 200, "{tried:?}");
    }
    // Other reasons are made on purpose, among the strangers.
    assert!(races.reasons.union(&auctions.reasons).any(|reason| *reason == "fee_too_low"));
}

fn try_answers(moment: &Moment<'_>, biddable: &Biddable<'_>, bid: &PlacedBid, tried: &mut Tried) {
    let Some(slot) = biddable.idle.first() else { return };
    let window = bid.terms().window;
    let prospect = biddable.prospects.iter().find(|prospect| prospect.bid == bid);
    assert_eq!(prospect.is_some(), window.closes > moment.now);
    let verdict = prospect.map(|prospect| &prospect.verdict);
    let start = match verdict {
        Some(Ok(opening)) => opening.from,
        Some(Err(reason)) => {
            tried.reasons.insert(reason.code());
            window.opens
        }
        None => window.opens,
    };
    let ranges = [moment.now, start, window.closes].map(|time| moment.around(time)).into_iter().flatten();
    for range in ranges {
        let times = moment.times(range);
        let (floor, ceiling) = (bid.terms().price.floor, bid.terms().price.ceiling);
        let highest = match verdict {
            Some(Ok(opening)) => opening.highest_price(times.lower),
            _ => ceiling,
        };
        for price in [floor, highest, highest.checked_add(amount(1)).unwrap(), ceiling] {
            let plan = biddable.plan(bid, slot, price, bid.required());
            let expected = match verdict {
                Some(Ok(opening)) => opening.allows(times) && floor <= price && price <= highest,
                // Of a bid that has closed by now the view says nothing.
                None if times.lower < moment.now => continue,
                Some(Err(_)) | None => false,
            };
            let preview = moment.preview(&plan, range);
            let told = format!("{verdict:?} of {bid:?} at {times:?} for {price}: {preview:?}");
            assert_eq!(preview.is_ok(), expected, "{told}");
            tried.note(expected);
        }
    }
}

#[test]
fn what_is_leadable_leads_and_nothing_else() {
    let mut tried = Tried::default();
    let mut ousted = 0;
    for seed in 21..=26 {
        Story::drawn(seed, 90).tell(|moment, _| {
            let view = moment.view();
            for bid in view.bids() {
                let leadable = view.leadable(&bid.reference()).unwrap();
                assert!(leadable.contenders.is_sorted_by(|one, other| {
                    Rank::new(&bid.name, &one.offer) >= Rank::new(&bid.name, &other.offer)
                }));
                let next = leadable.next_leader();
                assert_eq!(next.is_some(), leadable.contenders.iter().any(|offer| offer.beats_leader));
                let times = [moment.now, leadable.from, leadable.before];
                for range in times.map(|time| moment.around(time)).into_iter().flatten() {
                    for contender in &leadable.contenders {
                        let plan = leadable.plan(contender);
                        let expected = contender.beats_leader && leadable.allows(moment.times(range));
                        assert_eq!(moment.preview(&plan, range).is_ok(), expected, "{contender:?}");
                        tried.note(expected);
                        ousted += u64::from(expected && !bid.is_open());
                    }
                    let contends =
                        |slot: &Held<Slot>| leadable.contenders.iter().any(|other| other.slot == slot);
                    for slot in view.slots().filter(|slot| !contends(slot)).take(3) {
                        let plan = Plan::lead(bid.reference(), slot.reference);
                        assert!(moment.preview(&plan, range).is_err());
                    }
                }
            }
        });
    }
    assert!(tried.allowed > 20 && tried.refused > 100 && ousted > 0, "{tried:?}, {ousted}");
}

/// Without the view: every answer that the contract allows now is one that the view names.
#[test]
fn no_answer_is_left_out() {
    let mut found = 0;
    Story::drawn(41, 120).tell(|moment, _| {
        let view = moment.view();
        let Ok(grid) = view.grid() else { return };
        let range = moment.from(moment.now);
        for bid in view.bids() {
            for slot in view.slots().filter(|slot| slot.state.stage == Stage::Idle) {
                let Some(operator) = view.operator(slot.state.operator) else { continue };
                let price: Amount = bid.terms().price.floor;
                let answer = (bid.reference(), slot.reference, operator.reference, grid.reference);
                let (bid_at, slot_at, operator_at, grid_at) = answer;
                let plans = [
                    Plan::take(bid_at, slot_at, operator_at, grid_at, price, bid.required()),
                    Plan::offer(slot_at, bid_at, operator_at, grid_at, price, bid.required()),
                ];
                let allowed = plans
                    .into_iter()
                    .any(|plan| moment.preview(&plan.signed_by(slot.state.owner), range).is_ok());
                if !allowed {
                    continue;
                }
                found += 1;
                let biddable = view.biddable(slot.state.operator, moment.now).unwrap();
                assert!(biddable.idle.contains(&slot));
                let prospect = biddable.prospects.iter().find(|prospect| prospect.bid == bid).unwrap();
                assert!(prospect.verdict.as_ref().unwrap().allows(moment.times(range)));
            }
        }
    });
    assert!(found > 10, "{found}");
}
