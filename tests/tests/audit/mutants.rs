//! Every named mutant, in a history that nobody kept from happening, is found for the reason that the table names.

use demeter_core::Time;
use demeter_core::transition::TransactionView;
use demeter_tests::drt::Validator;
use demeter_tests::make::grid_id;
use demeter_tests::mutants::cases;
use demeter_tx::audit::{Auditor, Recorded, Weight};
use demeter_tx::head::{Event, SnapshotNumber};
use demeter_tx::{SignedTransaction, SlotClock};

/// The audit of a history with one transaction. Nobody has the keys of the table's parties.
fn audited(validator: &Validator, view: &TransactionView) -> Recorded {
    let (bytes, utxos) = validator.transaction(view);
    let clock = SlotClock::of_seconds(Time::ZERO).unwrap();
    let auditor =
        Auditor::new(validator.scripts(), grid_id(0x11), clock, &utxos).after(SnapshotNumber::default());
    let transaction = SignedTransaction::from_cbor(&bytes).unwrap();
    auditor.trusting_signatures().record(&Event::SnapshotConfirmed {
        number: SnapshotNumber::from_number(1),
        transactions: vec![transaction.into()],
    })
}

#[test]
fn healthy_transactions_are_not_found_fault_with() {
    let validator = Validator::committed();
    for case in cases(validator.scripts()).iter().filter(|case| case.transition != "genesis") {
        let neighbours =
            case.neighbours.iter().map(|neighbour| (neighbour.name.as_str(), &neighbour.transaction));
        for (name, view) in neighbours.chain([(case.name, &case.healthy)]) {
            assert_eq!(audited(&validator, view).findings, [], "{name}");
        }
    }
}

/// Beside the reason itself, the tokens that the mutant loses, conjures or takes away are told of, and nothing else.
#[test]
fn each_mutant_is_found_for_its_reason() {
    let validator = Validator::committed();
    let (mut count, mut wrong) = (0, Vec::new());
    for case in cases(validator.scripts()).iter().filter(|case| case.transition != "genesis") {
        for mutant in &case.mutants {
            let findings = audited(&validator, &mutant.applied(&case.healthy)).findings;
            let codes: Vec<_> = findings.iter().map(|finding| finding.fault.code()).collect();
            let (reason, beside) = codes.split_first().unwrap_or((&"nothing", &[]));
            let violations = findings.iter().all(|finding| finding.weight == Weight::Violation);
            // An output that has nothing to do with the contract is not kept: that it is read explains nothing.
            let unknown = mutant.name == "offer: the bid read, at the thief's address";
            let expected = if unknown { "unexplained" } else { mutant.reason.code };
            if *reason != expected
                || !violations
                || beside.iter().any(|code| !["tokens", "astray"].contains(code))
            {
                wrong.push(format!("{}: {} expected, found {codes:?}", mutant.name, mutant.reason.code));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 800, "{count}");
}
