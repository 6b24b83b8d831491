//! Every named mutant is refused by the release build of the contract and by the mirror, the latter for the reason that
//! the table names. `cargo xtask mutants` judges the contract's reason too, with a build that has traces.

use std::collections::BTreeSet;

use demeter_core::transition::TransactionView;
use demeter_tests::drt::{Engine, Mirror, Refused, TRANSITIONS, Validator, Verdict};
use demeter_tests::mutants::{cases, judge};

fn judged(transition: &str) {
    let release = Validator::committed();
    let mirror = Mirror { scripts: release.scripts() };
    let tally = judge(&release, &mirror, None, |name| name == transition);
    assert!(tally.unhealthy.is_empty(), "{:#?}", tally.unhealthy);
    assert!(tally.survivors().is_empty(), "{:#?}", tally.survivors());
    let wrong: Vec<_> = tally.wrong().map(|(judgement, wrong)| (&judgement.name, wrong)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(!tally.judgements.is_empty(), "no mutants of {transition}");
}

macro_rules! transitions {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            judged(stringify!($name));
        })*

        #[test]
        fn every_transition_has_mutants() {
            let judged = [$(stringify!($name)),*];
            assert_eq!(judged.as_slice(), TRANSITIONS.as_slice());
        }
    };
}

transitions! {
    genesis, deposit, admit, update, endorse, rotate, report, retire, offer, lead, award, take, withdraw, cancel,
    claim, extend, close, complete, resign, arbitrate, collect, rekey,
}

/// The table is one: no name twice, nothing left unsaid, and every change changes something.
#[test]
fn every_row_is_whole() {
    let (mut names, mut twins) = (BTreeSet::new(), Vec::new());
    for case in cases(Validator::committed().scripts()) {
        assert!(TRANSITIONS.contains(&case.transition), "{}", case.name);
        for neighbour in &case.neighbours {
            assert!(names.insert(neighbour.name.clone()), "twice: {}", neighbour.name);
            assert_ne!(neighbour.transaction, case.healthy, "{}", neighbour.name);
        }
        let transactions: Vec<_> = case.mutants.iter().map(|mutant| mutant.applied(&case.healthy)).collect();
        for (position, one) in transactions.iter().enumerate() {
            if let Some(other) = transactions[..position].iter().position(|other| other == one) {
                twins.push(format!("{} / {}", case.mutants[other].name, case.mutants[position].name));
            }
        }
        for mutant in &case.mutants {
            assert!(names.insert(mutant.name.clone()), "twice: {}", mutant.name);
            assert_ne!(mutant.applied(&case.healthy), case.healthy, "{}", mutant.name);
            let said = [mutant.gain.as_str(), mutant.reason.code, mutant.reason.trace];
            assert!(said.iter().all(|text| !text.is_empty()), "{}", mutant.name);
        }
    }
    assert!(twins.is_empty(), "the same mutant under two names: {twins:#?}");
    assert!(names.len() >= 250, "{} mutants", names.len());
}

/// Takes something out of a transaction before it is judged.
type Hide = fn(&mut TransactionView);

/// A mirror that does not see something.
struct Blind {
    mirror: Mirror,
    hide: Hide,
}

impl Engine for Blind {
    fn judge(&self, transaction: &TransactionView) -> Verdict {
        let mut seen = transaction.clone();
        (self.hide)(&mut seen);
        self.mirror.judge(&seen)
    }
}

/// What a blind mirror does not refuse survives, under its name: the table has teeth.
#[test]
fn a_blind_mirror_lets_mutants_survive() {
    let blindness: [(Hide, &[&str]); 6] = [
        (
            |seen| seen.outputs.iter_mut().for_each(|output| output.has_reference_script = false),
            &["withdraw: output 0: a reference script attached"],
        ),
        (
            |seen| seen.outputs.iter_mut().for_each(|output| output.address.stake = None),
            &["withdraw: output 0: a staking key added", "withdraw: output 0: a staking script added"],
        ),
        (|seen| seen.minted.clear(), &["withdraw: a SLOT token minted"]),
        (
            |seen| seen.upper = seen.lower,
            &["withdraw: the range a slot longer at its end", "withdraw: no upper bound"],
        ),
        (
            // Only the slot: not what else is consumed, late or early.
            |seen| seen.inputs.retain(|input| input.reference.transaction.as_bytes() == &[0x50; 32]),
            &[
                "withdraw: a second slot consumed",
                "withdraw: the pool consumed",
                "withdraw: a second slot acts too",
            ],
        ),
        (|seen| seen.signatories = healthy("withdraw").signatories, &["withdraw: the owner does not sign"]),
    ];
    let release = Validator::committed();
    for (hide, names) in blindness {
        let blind = Blind { mirror: Mirror { scripts: release.scripts() }, hide };
        let tally = judge(&release, &blind, None, |name| name == "withdraw");
        let survivors = tally.survivors();
        for name in names {
            assert!(survivors.contains(name), "{name} should survive, not only {survivors:#?}");
            assert!(tally.wrong().any(|(judgement, _)| judgement.name == *name), "{name} has a reason");
        }
        assert!(!tally.is_clean());
    }
}

fn healthy(transition: &str) -> TransactionView {
    let mut cases = cases(Validator::committed().scripts()).into_iter();
    cases.find(|case| case.transition == transition).map(|case| case.healthy).unwrap_or_default()
}

/// A build that tells no reason is no traced build, and one that stops elsewhere is noticed.
#[test]
fn a_contract_without_a_reason_is_noticed() {
    let release = Validator::committed();
    let mirror = Mirror { scripts: release.scripts() };
    let tally = judge(&release, &mirror, Some(&release), |name| name == "collect");
    assert!(tally.unhealthy.is_empty() && tally.survivors().is_empty());
    assert_eq!(tally.wrong().count(), tally.judgements.len());
}

/// A mirror that refuses for another reason than the table's is noticed, even where it is right to refuse.
#[test]
fn another_reason_is_noticed() {
    struct Refusing;
    impl Engine for Refusing {
        fn judge(&self, _: &TransactionView) -> Verdict {
            Err(Refused { code: "no_quorum", reason: "whatever it is".to_owned() })
        }
    }
    let tally = judge(&Validator::committed(), &Refusing, None, |name| name == "collect");
    assert!(tally.survivors().is_empty());
    assert_eq!(tally.wrong().count(), tally.judgements.len());
    assert!(!tally.unhealthy.is_empty(), "a mirror that refuses everything refuses healthy transactions");
}
