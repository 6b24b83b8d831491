//! What refusals say.

use super::super::*;
use super::fixture::*;
use crate::limits::*;
use crate::*;

#[test]
fn refusals_say_what_was_expected_and_found() {
    let name: ResourceName = "cpu".into();
    let range_error = Amount::MAX.checked_mul(2).unwrap_err();
    let place = reference(1);
    let cases: Vec<(Refusal, String)> = vec![
        (
            Refusal::NotOfThisState { transition: "lead", found: StateKind::Slot },
            "lead is not a transition of a slot".into(),
        ),
        (
            Refusal::Inputs { transition: "lead", expected: "a bid and an offered slot", found: 3 },
            "lead consumes a bid and an offered slot, found 3 states".into(),
        ),
        (
            Refusal::MissingToken { state: StateKind::Slot, token: Token::Slot },
            "the slot does not hold its SLOT token".into(),
        ),
        (Refusal::MissingReference { state: StateKind::Grid }, "the grid is not among the references".into()),
        (
            Refusal::RangeTooLong { limit: MAX_RANGE, found: Span::from_seconds(301).unwrap() },
            "the validity range is at most 300000 ms long, found 301000".into(),
        ),
        (
            Refusal::TooEarly { from: time(2), lower: time(1) },
            "this may happen from 2, the lower bound is 1".into(),
        ),
        (
            Refusal::TooLate { before: time(1), upper: time(2) },
            "this may happen before 1, the upper bound is 2".into(),
        ),
        (
            Refusal::AuctionIsOn { opens: time(1), settles: time(2) },
            "an auction is cancelled before 1 or from 2".into(),
        ),
        (Refusal::NotSigned { role: "owner", key: OWNER }, format!("the owner {OWNER} does not sign")),
        (Refusal::NoQuorum { needed: count(2), found: 1 }, "2 entities must sign, found 1".into()),
        (
            Refusal::WrongStage { expected: "idle", found: "leased" },
            "the slot is idle for this, found it leased".into(),
        ),
        (Refusal::OtherGrid { state: StateKind::Slot }, "the slot belongs to another grid".into()),
        (
            Refusal::OtherOperator { expected: count(1), found: count(2) },
            "the slot is of operator 1, found one of operator 2".into(),
        ),
        (Refusal::NotBetter, "the offer is not better than the leader's".into()),
        (Refusal::WrongMethod { expected: "a race" }, "the bid is not a race".into()),
        (
            Ineligible::PriceOutOfRange { price: amount(9), floor: amount(1), ceiling: amount(5) }.into(),
            "price 9 is outside the bid's range 1 to 5".into(),
        ),
        (
            Ineligible::ResourceCount { needs: 2, amounts: 1 }.into(),
            "the bid has 2 needs, the offer 1 amounts".into(),
        ),
        (
            Ineligible::TooLittle { name: name.clone(), required: quantity(5), amount: quantity(4) }.into(),
            "4 of cpu is less than the 5 required".into(),
        ),
        (
            Ineligible::TooMuch { name, capacity: quantity(5), amount: quantity(6) }.into(),
            "6 of cpu is more than a slot's capacity of 5".into(),
        ),
        (
            Ineligible::MissingLabel { label: Label::new("a", "b") }.into(),
            "the operator does not have the label a=b".into(),
        ),
        (
            Ineligible::MissingEndorsement { label: Label::new("a", "b") }.into(),
            "the entities have not endorsed the label a=b".into(),
        ),
        (
            Ineligible::FeeTooLow { bid: Ppm::ZERO, grid: Ppm::ONE }.into(),
            "the bid's fee of 0 millionths is below the grid's 1000000".into(),
        ),
        (
            Refusal::AboveRamp { price: amount(2), limit: amount(1) },
            "price 2 is above 1, the most that may be named by now".into(),
        ),
        (
            Refusal::NotPayable { role: "refund", address: REFUND },
            "the refund is at one of the contract's own scripts".into(),
        ),
        (
            Refusal::NotMoreClaimed { claimed: count(2), found: count(2) },
            "2 periods are claimed already, found 2".into(),
        ),
        (
            Refusal::ClaimedTooMuch { elapsed: count(2), found: count(3) },
            "2 periods have passed, found 3 claimed".into(),
        ),
        (
            Refusal::RulingTooHigh { part: "what is paid", limit: amount(1), found: amount(2) },
            "what is paid is at most 1, found 2".into(),
        ),
        (
            Refusal::SlotsOutOfRange { limit: 16, found: count(17) },
            "an operator has 1 to 16 slots, found 17".into(),
        ),
        (
            Refusal::OperatorTooLong { limit: 1336, found: 1400 },
            "an operator's record has at most 1336 bytes when it is written, found 1400".into(),
        ),
        (
            Refusal::PoolExhausted { token: Token::Slot, needed: count(2), found: amount(1) },
            "the pool has 1 SLOT tokens left, 2 are needed".into(),
        ),
        (GridError::Prior.into(), "the prior is at least 1, found 0".into()),
        (
            range_error.into(),
            "Amount is an integer from 0 to 9223372036854775807, multiplication gave another".into(),
        ),
        (Refusal::MissingRedeemer { input: place }, format!("input {place} has no redeemer")),
        (Refusal::CannotFollow { input: place }, format!("input {place} has no primary input to follow")),
        (Refusal::MissingOutput { position: 2 }, "output 2 is missing".into()),
        (
            Refusal::StateOutput { position: 0, state: StateKind::Bid, part: "value" },
            "output 0 has another value than the bid that this yields".into(),
        ),
        (
            Refusal::PaymentOutput { position: 1, part: "datum" },
            "output 1 has another datum than the payment that is due".into(),
        ),
    ];
    for (refusal, message) in cases {
        assert_eq!(refusal.to_string(), message);
        assert!(refusal.code().chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'));
    }
}
