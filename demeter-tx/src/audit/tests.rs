//! What findings say, to people and to programs.

use demeter_core::transition::Refusal;
use demeter_core::{
    Address, Amount, Asset, BidName, Count, KeyHash, Leader, Merit, OutputReference, StateKind,
    TransactionId, Value,
};

use super::*;
use crate::evaluate::DecodeError;
use crate::head::{EventSequence, SnapshotNumber};
use crate::{Slot, UtxoSet};

const BID: BidName = BidName::from_bytes([0xbb; 32]);

fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

fn offer(operator: u64) -> Leader {
    Leader {
        operator: Count::from_number(operator).unwrap(),
        index: Count::ZERO,
        owner: KeyHash::from_bytes([1; 28]),
        price: amount(5),
        resources: Vec::new(),
        merit: Merit::ZERO,
    }
}

fn reference() -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([2; 32]), index: 1 }
}

fn refused() -> Fault {
    Fault::Refused {
        transition: Some("award"),
        refusal: Box::new(Refusal::PaymentOutput { position: 1, part: "value" }),
        expected: None,
        found: None,
    }
}

#[test]
fn each_fault_has_words_of_its_own() {
    let snapshot = SnapshotNumber::from_number;
    let faults = [
        (refused(), "award is refused: output 1 has another value than the payment that is due"),
        (
            Fault::Tokens { asset: Asset::Lovelace, consumed: amount(1), minted: -1, made: amount(2) },
            "1 of lovelace are consumed and -1 minted, found 2 made",
        ),
        (
            Fault::Astray {
                output: reference(),
                address: Address::of_key(KeyHash::from_bytes([1; 28])),
                tokens: Value::default(),
            },
            &format!("{} took tokens of the grid away", reference()),
        ),
        (Fault::Minted { tokens: Vec::new() }, "tokens of a grid that is founded are minted"),
        (
            Fault::TimeRunsBack { before: Slot::from_number(4), reached: Slot::from_number(9) },
            "it is valid before slot 4, but time had reached slot 9",
        ),
        (
            Fault::WrongAllocation { bid: BID, contradiction: Contradiction::Better(offer(3)) },
            &format!("bid {BID}: the offer of slot 3/0, which led, is better"),
        ),
        (
            Fault::Unbalanced { bid: BID, asset: Asset::Lovelace, missing: amount(7) },
            &format!("7 are missing of what bid {BID} brought"),
        ),
        (
            Fault::Overlooked { bid: BID, offer: offer(3), winner: offer(4) },
            &format!("bid {BID}: the offer of slot 3/0 is better than the winner's, 4/0, and never led"),
        ),
        (Fault::Missed { from: snapshot(3), to: snapshot(3) }, "snapshot 3 is missing"),
        (Fault::Missed { from: snapshot(3), to: snapshot(5) }, "snapshots 3 to 5 are missing"),
        (Fault::Lagged { missed: 2 }, "2 events were missed"),
        (Fault::Repeated, "the snapshot was there before"),
        (Fault::OutOfOrder, "the snapshot comes after later ones"),
        (
            Fault::Unreadable { reason: DecodeError::Malformed { reason: "no".to_owned() } },
            "it cannot be read: not a transaction: no",
        ),
        (
            Fault::Unexplained { inputs: vec![reference()], references: Vec::new(), appeared: Vec::new() },
            "it consumes 1 outputs and reads 0 that the history does not hold, and makes 0 states",
        ),
    ];
    for (fault, words) in &faults {
        assert_eq!(fault.to_string(), *words);
        let place = Place { event: Some(EventSequence::from_number(8)), ..Place::default() };
        let finding = Finding { place, weight: Weight::Violation, fault: fault.clone() };
        assert_eq!(finding.to_string(), format!("event 8: {words}"));
        let kind = &serde_json::to_value(finding).unwrap()["kind"];
        let code = if matches!(fault, Fault::Refused { .. }) { "refused" } else { fault.code() };
        assert_eq!(kind, code, "the kind in JSON");
    }
    assert_eq!(refused().code(), "payment_output");
}

#[test]
fn contradictions_have_words() {
    let refusal = Refusal::MissingReference { state: StateKind::Grid };
    for (contradiction, words) in [
        (Contradiction::Refused(Box::new(refusal)), "the grid is not among the references"),
        (Contradiction::NoOffer, "the winner has made no offer"),
        (Contradiction::Void, "the offer that won does not count"),
        (Contradiction::OtherTerms, "the lease is not on the terms of the offer"),
    ] {
        assert_eq!(contradiction.to_string(), words);
    }
}

#[test]
fn a_finding_in_json() {
    let place = Place { snapshot: Some(SnapshotNumber::from_number(3)), ..Place::default() };
    let finding = Finding { place, weight: Weight::Violation, fault: refused() };
    let expected = serde_json::json!({
        "event": null,
        "snapshot": 3,
        "transaction": null,
        "weight": "violation",
        "kind": "refused",
        "transition": "award",
        "refusal": {
            "code": "payment_output",
            "reason": "output 1 has another value than the payment that is due",
        },
        "expected": null,
        "found": null,
    });
    assert_eq!(serde_json::to_value(finding).unwrap(), expected);
}

#[test]
fn a_report_in_json() {
    let scripts = crate::market::Contract::embedded().unwrap().scripts();
    let grid = demeter_core::GridId::from_bytes([7; 28]);
    let clock = crate::testing::settings().clock;
    let audit = Auditor::new(scripts, grid, clock, &UtxoSet::new()).audit([]);
    assert!(audit.report.is_clean());
    let tally = serde_json::json!({ "confirmed": 0, "contradicted": 0, "unjudged": 0 });
    let expected = serde_json::json!({
        "report": {
            "grid": grid.to_string(), "first": null, "last": null, "transactions": 0, "concerned": 0,
            "leads": tally, "awards": tally, "takes": tally, "violations": 0, "gaps": 0, "notes": 0,
            "given": [], "flows": [], "open": [],
        },
        "findings": [], "allocations": [], "accounts": [],
    });
    assert_eq!(serde_json::to_value(audit).unwrap(), expected);
}

#[test]
fn flows_add_up() {
    let flows = Flows { funded: amount(5), paid: amount(3), held: amount(2), ..Flows::default() };
    assert!(flows.balances());
    assert!(flows.plus(&flows).balances());
    assert!(!Flows { paid: amount(2), ..flows }.balances(), "one is missing");
    assert!(!Flows { paid: amount(4), ..flows }.balances(), "one too many");
    assert_eq!(Flows { funded: Amount::MAX, ..flows }.plus(&flows).funded, Amount::MAX);
}
