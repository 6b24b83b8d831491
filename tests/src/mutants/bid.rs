//! Terms that are not well formed: anybody can put such a bid at the market, as it needs no token.

use demeter_core::limits::BID_RESERVE;
use demeter_core::transition::{Datum, TransactionView};
use demeter_core::{
    Amount, Asset, AssetName, Credential, OutputReference, Script, ScriptHash, Scripts, Value,
};
use pallas_primitives::PlutusData as Data;

use super::case::{Case, Reason};
use super::change::{at, retell, rewrite};
use super::scene::{BID, CEILING, CLOSES, END, FEE, GRACE, OPENS, PERIODS, SETTLES, START, Scene};
use crate::make::time;
use crate::{machine, tree};

/// What stands at the end of a way, given the two scripts.
type Node = fn(Scripts) -> Data;
/// Ways through a bid and what stands at their ends.
type Nodes = &'static [(&'static [usize], Node)];

const HUGE: i128 = 1 << 63;

/// How the mirror refuses.
#[derive(Clone, Copy)]
enum Mirror {
    /// The terms cannot be read.
    Unread,
    /// The refund is at one of our scripts.
    NotPayable,
}
use Mirror::{NotPayable, Unread};

/// Where the terms of a bid hold what is changed here; the terms are the bid's first field.
const NONCE: &[usize] = &[0, 1];
const APPLICATION: &[usize] = &[0, 2];
const REFUND: &[usize] = &[0, 3];
const REFUND_HASH: &[usize] = &[0, 3, 0, 0];
const REFUND_STAKE: &[usize] = &[0, 3, 1, 0];
const FEE_PPM: &[usize] = &[0, 5];
const NEEDS: &[usize] = &[0, 6, 0];
const REQUIRED: &[usize] = &[0, 6, 0, 0, 1];
const PREFERRED: &[usize] = &[0, 6, 0, 0, 2];
const SECOND_NAME: &[usize] = &[0, 6, 0, 1, 0];
const LABELS: &[usize] = &[0, 6, 1];
const FLOOR: &[usize] = &[0, 7, 0];
const THE_CEILING: &[usize] = &[0, 7, 1];
const PERIOD: &[usize] = &[0, 8, 0];
const THE_PERIODS: &[usize] = &[0, 8, 1];
const THE_GRACE: &[usize] = &[0, 8, 2];
const BOND: &[usize] = &[0, 9];
const THE_OPENING: &[usize] = &[0, 10, 0];
const THE_CLOSING: &[usize] = &[0, 10, 1];
const SETTLING: &[usize] = &[0, 10, 2];
const METHOD: &[usize] = &[0, 11, 0];
const SECOND_OF_METHOD: &[usize] = &[0, 11, 1];
const WORKLOAD: &[usize] = &[0, 12];

macro_rules! integer {
    ($integer:expr) => {
        |_| machine::integer($integer)
    };
}

/// Each bound of well-formed terms, overstepped by as little as possible.
const ILL_FORMED: &[(&str, Nodes, Mirror, &str)] = &[
    (
        "terms too long",
        &[(LABELS, |_| tree::map(vec![(machine::bytes(b"region"), machine::bytes(&[b'a'; 1100]))]))],
        Unread,
        "builtin.length_of_bytearray(serialised) <= max_size",
    ),
    ("nonce of minus one", &[(NONCE, integer!(-1))], Unread, "in_range(nonce)"),
    ("nonce of 2^63", &[(NONCE, integer!(HUGE))], Unread, "in_range(nonce)"),
    (
        "application of 27 bytes",
        &[(APPLICATION, |_| machine::bytes(&[1; 27]))],
        Unread,
        "builtin.length_of_bytearray(application) == 28",
    ),
    (
        "workload of 31 bytes",
        &[(WORKLOAD, |_| machine::bytes(&[1; 31]))],
        Unread,
        "builtin.length_of_bytearray(workload) == 32",
    ),
    ("refund at the market", &[(REFUND, |scripts| address(scripts, Script::Market))], NotPayable, PAYABLE),
    (
        "refund at the registry",
        &[(REFUND, |scripts| address(scripts, Script::Registry))],
        NotPayable,
        PAYABLE,
    ),
    ("refund of 27 bytes", &[(REFUND_HASH, |_| machine::bytes(&[1; 27]))], Unread, "hash of 28 bytes"),
    (
        "refund staked to a pointer",
        &[(REFUND_STAKE, |_| tree::constructor(1, (1..4).map(machine::integer).collect()))],
        Unread,
        PAYABLE,
    ),
    // A price of nothing, as such a fee on anything is more than there can be.
    (
        "fee of 2^63",
        &[(FLOOR, integer!(0)), (THE_CEILING, integer!(0)), (FEE_PPM, integer!(HUGE))],
        Unread,
        "in_range(fee_ppm)",
    ),
    ("floor of minus one", &[(FLOOR, integer!(-1))], Unread, "0 <= floor"),
    ("floor above the ceiling", &[(FLOOR, integer!(CEILING + 1))], Unread, "floor <= ceiling"),
    ("period a millisecond below a minute", &[(PERIOD, integer!(59_999))], Unread, "period >= min_period"),
    ("no periods", &[(THE_PERIODS, integer!(0))], Unread, "periods >= 1"),
    ("grace of minus one", &[(THE_GRACE, integer!(-1))], Unread, "grace >= 0"),
    (
        "a term a millisecond above 366 days",
        &[(THE_GRACE, integer!(31_622_400_000 - (END - START - GRACE) + 1))],
        Unread,
        "term_fits(period, periods, grace)",
    ),
    ("bond of 2^63", &[(BOND, integer!(HUGE))], Unread, SUM_TRACE),
    (
        "bond and escrow of 2^63 together",
        &[(BOND, integer!(HUGE - i128::from(CEILING * PERIODS * (1_000_000 + FEE) / 1_000_000)))],
        Unread,
        SUM_TRACE,
    ),
    (
        "bond one unit below the fee",
        &[(BOND, integer!(CEILING * PERIODS * FEE / 1_000_000 - 1))],
        Unread,
        "bond >= fee(ceiling * periods, fee_ppm)",
    ),
    ("opening of minus one", &[(THE_OPENING, integer!(-1))], Unread, "0 <= opens"),
    (
        "settling a millisecond sooner after closing than may be",
        &[(SETTLING, integer!(SETTLES - 1))],
        Unread,
        "settles - closes >= min_settling",
    ),
    (
        "settling a millisecond later after opening than may be",
        &[(SETTLING, integer!(OPENS + 2_592_000_000 + 1))],
        Unread,
        "settles - opens <= max_window",
    ),
    ("first of the method's numbers minus one", &[(METHOD, integer!(-1))], Unread, METHOD_TRACE),
    ("first of the method's numbers 2^63", &[(METHOD, integer!(HUGE))], Unread, METHOD_TRACE),
    ("second of the method's numbers minus one", &[(SECOND_OF_METHOD, integer!(-1))], Unread, METHOD_TRACE),
    ("second of the method's numbers 2^63", &[(SECOND_OF_METHOD, integer!(HUGE))], Unread, METHOD_TRACE),
    ("minus one required", &[(REQUIRED, integer!(-1))], Unread, NEEDS_TRACE),
    ("2^63 preferred", &[(PREFERRED, integer!(HUGE))], Unread, NEEDS_TRACE),
    ("one need twice", &[(SECOND_NAME, |_| machine::bytes(b"cpu"))], Unread, NEEDS_TRACE),
];

const SUM_TRACE: &str = "in_range(escrow(terms) + bond)";
const PAYABLE: &str = "payable(refund, market, registry)";
const METHOD_TRACE: &str = "method_well_formed(method)";
const NEEDS_TRACE: &str = "needs_well_formed(needs, needs,";

fn address(scripts: Scripts, script: Script) -> Data {
    let Credential::Script(hash) = scripts.address(script).payment else { panic!("a script") };
    let credential = tree::constructor(1, vec![machine::bytes(hash.as_bytes())]);
    tree::constructor(0, vec![credential, tree::constructor(1, Vec::new())])
}

fn many_needs() -> Data {
    let need = |name: u8| {
        tree::constructor(0, vec![machine::bytes(&[name]), machine::integer(0), machine::integer(0)])
    };
    tree::list((b'a'..b'a' + 17).map(need).collect())
}

/// What stands at the end of a way through a bid.
fn node(bid: &Data, path: &[usize]) -> i128 {
    let node = tree::at(bid, path);
    if let Data::BigInt(pallas_primitives::BigInt::Int(integer)) = node { i128::from(*integer) } else { HUGE }
}

/// Puts just what its terms ask for behind a bid, so that nothing is wrong with it but the terms; where that is more
/// than can be, the bid stays as it is.
pub(super) fn fund(view: &mut TransactionView, bid: OutputReference) {
    let output = &mut at(view, bid).output;
    let Datum::Inline(bytes) = &output.datum else { panic!("no inline datum") };
    let data = machine::decoded(bytes);
    let most = node(&data, THE_CEILING) * node(&data, THE_PERIODS);
    let escrow = most + most.saturating_mul(node(&data, FEE_PPM)) / 1_000_000;
    let (Data::BoundedBytes(policy), Data::BoundedBytes(name)) =
        (tree::at(&data, &[0, 4, 0]), tree::at(&data, &[0, 4, 1]))
    else {
        panic!("no asset")
    };
    let asset = match <[u8; 28]>::try_from(policy.to_vec()) {
        Ok(policy) => Asset::Token {
            policy: ScriptHash::from_bytes(policy),
            name: AssetName::from_bytes(name.to_vec()).expect("a name"),
        },
        Err(_) => Asset::Lovelace,
    };
    if let Some(escrow) = u64::try_from(escrow).ok().and_then(|escrow| Amount::from_units(escrow).ok()) {
        output.value = Value::of_lovelace(BID_RESERVE).plus(&asset, escrow).expect("an amount");
    }
}

impl Case {
    /// The bid at this reference must have well-formed terms. `unread` is how the mirror refuses terms that it cannot
    /// read; the conditions are what the contract comes upon where a bid cannot be funded, and where it is never open.
    pub(super) fn well_formed(
        &mut self,
        scene: &Scene,
        primary: OutputReference,
        unread: &'static str,
        unfundable: &'static str,
        never_open: &'static str,
    ) {
        let gain = "an operator bound to a bid that can never be paid, awarded or ended";
        for (what, nodes, mirror, trace) in ILL_FORMED {
            let code = match mirror {
                Unread => unread,
                NotPayable => "not_payable",
            };
            let scripts = scene.scripts;
            self.mutant(format!("terms with {what}"), gain, Reason { code, trace }, move |view| {
                for (path, node) in *nodes {
                    rewrite(&mut at(view, BID).output, path, node(scripts));
                }
                fund(view, BID);
            });
        }
        let unread = |trace| Reason { code: unread, trace };
        self.mutant("terms with ceiling of 2^63", gain, unread(unfundable), |view| {
            rewrite(&mut at(view, BID).output, THE_CEILING, machine::integer(HUGE));
            // As high as the fee on that.
            rewrite(&mut at(view, BID).output, BOND, machine::integer(1_u64 << 60));
        });
        self.mutant("terms with closing when it opens", gain, unread(never_open), |view| {
            rewrite(&mut at(view, BID).output, THE_OPENING, machine::integer(CLOSES));
        });
        self.mutant("terms with settling at 2^63", gain, unread("in_range(settles)"), |view| {
            // As early as a slot begins, so that it is still in time.
            let opens = (1_u64 << 63) - 600_808;
            let (opening, closing) = (machine::integer(opens), machine::integer(opens + 300_000));
            let output = &mut at(view, BID).output;
            rewrite(output, THE_OPENING, opening);
            rewrite(output, THE_CLOSING, closing);
            rewrite(output, SETTLING, machine::integer(HUGE));
            (view.lower, view.upper) = (Some(time(opens)), Some(time(opens + 300_000)));
        });
        self.mutant("terms with 17 needs", gain, unread(NEEDS_TRACE), move |view| {
            rewrite(&mut at(view, BID).output, NEEDS, many_needs());
            retell(view, primary, &[1], &tree::list((0..17).map(|_| machine::integer(0)).collect()));
        });
    }
}
