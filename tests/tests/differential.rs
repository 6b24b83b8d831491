//! The mirror and the compiled scripts give the same verdict on every transaction, and nothing but what the mirror
//! yields is accepted.

use demeter_core::transition::TransactionView;
use demeter_tests::drt::{Engine, Engines, Mirror, TRANSITIONS, Verdict};

/// At least so many verdicts of each sort for each transition.
const CASES: usize = 200;

fn differential(transition: &str, seed: u64) {
    let comparison = Engines::default().compare(transition, seed, CASES);
    if let Some(disagreement) = comparison.disagreements.first() {
        assert!(comparison.disagreements.is_empty(), "{disagreement:#?}");
    }
    assert!(comparison.accepted >= CASES && comparison.refused >= CASES);
}

macro_rules! transitions {
    ($($name:ident $seed:literal),* $(,)?) => {
        $(#[test]
        fn $name() {
            differential(stringify!($name), $seed);
        })*

        #[test]
        fn every_transition_is_compared() {
            let compared = [$(stringify!($name)),*];
            assert_eq!(compared.as_slice(), TRANSITIONS.as_slice());
        }
    };
}

transitions! {
    genesis 1, deposit 22, admit 2, update 3, endorse 4, rotate 5, report 6, retire 7, offer 8, lead 9, award 10, take 11,
    withdraw 12, cancel 13, claim 14, extend 15, close 16, complete 17, resign 18, arbitrate 19, collect 20, rekey 21,
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

/// What a blind mirror accepts is noticed: the comparison has teeth.
#[test]
fn a_blind_mirror_is_noticed() {
    let blindness: [(&str, Hide); 5] = [
        ("reference scripts", |seen| {
            seen.outputs.iter_mut().for_each(|output| output.has_reference_script = false)
        }),
        ("staking parts", |seen| seen.outputs.iter_mut().for_each(|output| output.address.stake = None)),
        ("what is minted", |seen| seen.minted.clear()),
        ("the upper bound", |seen| {
            seen.upper = seen.lower;
        }),
        ("a second state", |seen| {
            seen.inputs.truncate(2);
        }),
    ];
    for (what, hide) in blindness {
        let engines = Engines::with(|mirror| Box::new(Blind { mirror, hide }));
        let noticed = ["withdraw", "offer"]
            .iter()
            .any(|transition| !engines.compare(transition, 1, 40).disagreements.is_empty());
        assert!(noticed, "{what}");
    }
}
