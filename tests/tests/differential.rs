//! The mirror and the compiled scripts give the same verdict on every transaction, and nothing but what the mirror
//! yields is accepted. Here a few cases; `cargo xtask differential` judges as many as one likes.

#![expect(clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;

use demeter_core::transition::TransactionView;
use demeter_tests::drt::record::{self, ACCEPTED, DISAGREEMENTS, VERDICTS, Vector};
use demeter_tests::drt::{
    CODES, Dice, Engine, Engines, Judgement, Mirror, Plan, Summary, TRANSITIONS, UNREACHED, Verdict,
    any_healthy, perturbed, run,
};
use demeter_tests::repository;

fn plan(cases: u64, transitions: &[&'static str]) -> Plan {
    Plan { cases, seed: 7, transitions: transitions.to_vec() }
}

fn agreed(summary: &Summary) {
    assert!(summary.disagreements.is_empty(), "{:#?}", summary.disagreements[0]);
    assert_eq!(summary.thin(), [""; 0]);
}

#[test]
fn mirror_and_scripts_agree() {
    agreed(&run(&plan(420, &TRANSITIONS), 2, Engines::default, |_| ()));
}

#[test]
fn a_run_follows_from_its_plan_alone() {
    let plan = plan(120, &["award", "genesis"]);
    let described = |threads| {
        let Summary { transitions, examples, .. } = run(&plan, threads, Engines::default, |_| ());
        (transitions, format!("{examples:?}"))
    };
    assert_eq!(described(1), described(3));
}

/// Each change of an expected state output: both refuse it. Only whoever founds a grid chooses its fields.
#[test]
fn nothing_but_what_the_mirror_yields_is_accepted() {
    let engines = Engines::default();
    for transition in TRANSITIONS {
        let healthy = any_healthy(engines.scripts(), transition, &mut Dice::new(1));
        assert_eq!(engines.judge(&healthy.transaction), Judgement::Accepted, "{transition}");
        for (what, transaction) in perturbed(&healthy) {
            let free = transition == "genesis" && what.starts_with("output 0: datum at");
            match engines.judge(&transaction) {
                Judgement::Refused(_) => {}
                Judgement::Accepted | Judgement::Stricter(_) if free => {}
                other => panic!("{transition}, {what}: {other:?}"),
            }
        }
    }
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

fn blind(hide: Hide) -> Engines {
    Engines::with(|mirror| Box::new(Blind { mirror, hide }))
}

/// What a blind mirror accepts is noticed: the comparison has teeth.
#[test]
fn a_blind_mirror_is_noticed() {
    let blindness: [(&str, u64, Hide); 5] = [
        ("reference scripts", 200, |seen| {
            seen.outputs.iter_mut().for_each(|output| output.has_reference_script = false)
        }),
        ("staking parts", 200, |seen| seen.outputs.iter_mut().for_each(|output| output.address.stake = None)),
        ("what is minted", 400, |seen| seen.minted.clear()),
        ("the upper bound", 200, |seen| {
            seen.upper = seen.lower;
        }),
        ("a second state", 1000, |seen| {
            seen.inputs.truncate(2);
        }),
    ];
    for (what, cases, hide) in blindness {
        let noticed = run(&plan(cases, &["withdraw", "lead"]), 2, || blind(hide), |_| ());
        assert!(!noticed.disagreements.is_empty(), "{what}");
    }
}

/// A disagreement is made small: what a mirror is blind to stays, what has nothing to do with it goes.
#[test]
fn a_disagreement_is_minimised() {
    let hide: Hide =
        |seen| seen.signatories = [KEY].into_iter().chain(seen.signatories.iter().copied()).collect();
    let found = run(&plan(300, &["collect"]), 2, || blind(hide), |_| ());
    let disagreement = &found.disagreements[0];
    let engines = blind(hide);
    let small = engines.minimised(&disagreement.case.transaction);
    assert!(matches!(engines.judge(&small), Judgement::Disagreement { .. }));
    assert_eq!((small.inputs.len(), small.references.len(), small.outputs.len()), (1, 0, 1));
    assert_eq!((small.lower, small.upper, small.signatories.iter().count()), (None, None, 0));
    // Whoever sees all agrees that this may not be: nobody signs.
    let Judgement::Refused(refused) = Engines::default().judge(&small) else { panic!("{small:#?}") };
    assert_eq!(refused.code, "not_signed");
}

/// The key of the operator in every world.
const KEY: demeter_core::KeyHash = demeter_core::KeyHash::from_bytes([0x21; 28]);

#[test]
fn every_code_of_a_refusal_is_listed() {
    let sources = ["transition/refusal.rs", "eligibility.rs"]
        .map(|file| repository::text(&format!("demeter-core/src/{file}")))
        .concat();
    let code = |line: &str| line.split_once("=> \"")?.1.strip_suffix("\",").map(str::to_owned);
    let written: BTreeSet<String> = sources.lines().filter_map(code).collect();
    assert_eq!(written, CODES.iter().map(|code| (*code).to_owned()).collect());
    assert!(UNREACHED.iter().all(|(code, _)| CODES.contains(code)));
}

/// The verdicts that are written down, of examples and of all that the engines ever differed on.
#[test]
fn recorded_verdicts_hold() {
    let engines = Engines::default();
    let scripts = engines.scripts();
    let examples = record::committed(&scripts, VERDICTS);
    let verdicts: BTreeSet<&str> = examples.iter().map(|vector| vector.verdict.as_str()).collect();
    assert!(verdicts.contains(ACCEPTED) && verdicts.len() > 40, "{verdicts:?}");
    for Vector { description, verdict, transaction } in
        examples.into_iter().chain(record::committed(&scripts, DISAGREEMENTS))
    {
        let found = match engines.judge(&transaction.view()) {
            Judgement::Accepted => ACCEPTED,
            Judgement::Refused(refused) => refused.code,
            other => panic!("{description}: {other:?}"),
        };
        assert_eq!(found, verdict, "{description}: if that is meant, run `cargo xtask differential --save`");
    }
}

#[test]
fn a_recorded_transaction_is_read_as_it_was() {
    let engines = Engines::default();
    let scripts = engines.scripts();
    for transition in TRANSITIONS {
        let case = demeter_tests::drt::Case::new(scripts, transition, 3, 1);
        let transaction = record::Transaction::from(&case.transaction);
        let vector = Vector { description: case.describe(), verdict: ACCEPTED.to_owned(), transaction };
        let text = record::render(&scripts, "", vec![vector.clone()]);
        assert!(!text.contains(&scripts.market.to_string()));
        assert_eq!(record::parse(&scripts, &text), [vector]);
        let transaction = record::parse(&scripts, &text)[0].transaction.view();
        assert_eq!(transaction, case.transaction, "{transition}");
    }
}
