//! Rotate: the entities change the grid.

use demeter_core::transition::Held;
use demeter_core::{
    Credential, MarketRedeemer, PlutusData as _, RegistryTransition, Script, Scripts, Stage, Token,
};
use pallas_primitives::PlutusData as Data;

use super::case::{Case, Reason, reason};
use super::change::{retell, signed, told, unsigned};
use super::input::{CANNOT_FOLLOW, Counts, GRID_FOLLOWS, LEADERLESS};
use super::scene::{EARLY, ENTITIES, GRID, Scene, THIEF, staked, step};
use crate::make::{amount, count, key, ppm, script, span};
use crate::{machine, tree};

/// A way through the fields of Rotate.
pub(super) type Path = &'static [usize];
/// What stands at its end, given the two scripts.
type Node = fn(Scripts) -> Data;

const HUGE: i128 = 1 << 63;
const COUNT: i128 = ENTITIES.len() as i128;

/// Each bound of a well-formed grid, overstepped by as little as possible: where Rotate tells it, and why it is
/// refused.
pub(super) const ILL_FORMED: &[(&str, Path, Node, Reason)] = &[
    ("grid.deposit of 27 bytes", &[0], |_| machine::bytes(&[1; 27]), malformed("is_hash(deposit)")),
    (
        "grid.entities, one of 27 bytes",
        &[1, 0],
        |_| machine::bytes(&[1; 27]),
        malformed("list.all(entities, is_hash)"),
    ),
    ("grid.entities, one twice", &[1, 0], |_| machine::bytes(&[2; 28]), ill("list.distinct(entities)")),
    ("grid.entities, 17 of them", &[1], |_| many(17), ill("count <= max_entities")),
    ("grid.admission, minus one", &[2], |_| machine::integer(-1), malformed("0 <= admission")),
    ("grid.admission, one above the count", &[2], |_| machine::integer(COUNT + 1), ill("admission <= count")),
    ("grid.threshold, half of the count", &[3], |_| machine::integer(1), ill("2 * threshold > count")),
    ("grid.threshold, minus one", &[3], |_| machine::integer(-1), malformed("2 * threshold > count")),
    (
        "grid.threshold, one above the count",
        &[3],
        |_| machine::integer(COUNT + 1),
        ill("threshold <= max(1, count)"),
    ),
    ("grid.fee_ppm, minus one", &[4], |_| machine::integer(-1), malformed("0 <= fee_ppm")),
    ("grid.fee_ppm, one above a tenth", &[4], |_| machine::integer(100_001), ill("fee_ppm <= max_fee_ppm")),
    ("grid.treasury at the market", &[5, 0], |scripts| credential(scripts, Script::Market), unpayable()),
    ("grid.treasury at the registry", &[5, 0], |scripts| credential(scripts, Script::Registry), unpayable()),
    ("grid.treasury of 27 bytes", &[5, 0, 0], |_| machine::bytes(&[1; 27]), malformed("hash of 28 bytes")),
    (
        "grid.treasury staked to a pointer",
        &[5, 1, 0],
        |_| pointer(),
        malformed("payable(treasury, market, registry)"),
    ),
    ("grid.prior of 0", &[6], |_| machine::integer(0), ill("prior >= 1")),
    ("grid.prior of minus one", &[6], |_| machine::integer(-1), malformed("prior >= 1")),
    ("grid.prior of 2^63", &[6], |_| machine::integer(HUGE), malformed("in_range(prior)")),
    ("grid.penalty of minus one", &[7], |_| machine::integer(-1), malformed("in_range(penalty)")),
    ("grid.penalty of 2^63", &[7], |_| machine::integer(HUGE), malformed("in_range(penalty)")),
    (
        "grid.half_life a millisecond below an hour",
        &[8],
        |_| machine::integer(3_599_999),
        ill("half_life >= hour"),
    ),
    ("grid.half_life of 2^63", &[8], |_| machine::integer(HUGE), malformed("in_range(half_life)")),
];

/// The mirror reads the grid, and refuses it as a whole.
const fn ill(trace: &'static str) -> Reason {
    reason("grid_not_well_formed", trace)
}

/// The mirror does not read the redeemer.
const fn malformed(trace: &'static str) -> Reason {
    reason("malformed_redeemer", trace)
}

/// The mirror refuses an address.
const fn unpayable() -> Reason {
    reason("not_payable", "payable(treasury, market, registry)")
}

fn many(number: u8) -> Data {
    tree::list((0..number).map(|byte| machine::bytes(key(byte).as_bytes())).collect())
}

fn credential(scripts: Scripts, script: Script) -> Data {
    match scripts.address(script).payment {
        Credential::Script(hash) => tree::constructor(1, vec![machine::bytes(hash.as_bytes())]),
        Credential::Key(hash) => tree::constructor(0, vec![machine::bytes(hash.as_bytes())]),
    }
}

fn pointer() -> Data {
    tree::constructor(1, (1..4).map(machine::integer).collect())
}

/// Two entities change all that may change.
pub(super) fn rotated(scene: &Scene) -> Case {
    let rotate = RegistryTransition::Rotate {
        deposit: script(0xde),
        entities: vec![key(4), key(2), key(5)],
        admission: count(1),
        threshold: count(3),
        fee_ppm: ppm(100_000),
        treasury: staked(0x79, 0x7a),
        prior: amount(1),
        penalty: count(5),
        half_life: span(3_600_000),
    };
    let [first, second, third] = ENTITIES;
    let healthy = scene.carry_out(step(rotate, vec![scene.held_grid()], [first, second]));
    let mut case = Case::new("rotate", "rotate", healthy);
    let quorum = reason("no_quorum", "quorum(entities, signatories, threshold)");
    let gain = "the grid in fewer hands than it says";
    case.needs_signature("one of the two entities", first, gain, quorum);
    case.mutant("the new entities sign, not the old", "the grid taken over", quorum, move |view| {
        unsigned(view, first);
        signed(view, key(4));
        signed(view, key(5));
    });
    case.neighbour("another entity signs instead", move |view| {
        unsigned(view, first);
        signed(view, third);
    });
    case.neighbour("the thief signs too", |view| signed(view, THIEF));
    for (name, path, node, reason) in ILL_FORMED {
        let scripts = scene.scripts;
        let gain = "a grid that cannot be governed, or pays the thief";
        case.mutant(format!("told {name}"), gain, *reason, move |view| {
            retell(view, GRID, path, &node(scripts))
        });
    }
    let missing = reason("missing_token", "holds(own_output.value, here, grid_token, id)");
    case.needs_token(scene, "grid", GRID, Token::Grid, missing, missing);
    case.alone_at_registry(scene, Counts::all("expect [_] = ours"));
    case.must_act(GRID, GRID_FOLLOWS);
    for (what, state, reason) in [
        ("a slot follows the grid", scene.held_slot(Stage::Idle, 0), CANNOT_FOLLOW),
        ("an operator follows the grid", scene.held_operator(), LEADERLESS),
    ] {
        let state = Held { reference: EARLY, ..state };
        let gain = "a state moved by a primary that does not look at it";
        case.intruder(scene, what, gain, state, MarketRedeemer::Follow.encode(), reason);
    }
    case.mutant(
        "told to report",
        "a check that looks at nothing",
        reason("not_of_this_state", "not of a grid"),
        |view| {
            told(view, GRID, RegistryTransition::Report);
        },
    );
    case.mints_nothing(scene, "range_not_finite");
    case.yields(scene, "expect [first, ..] = outputs", &["first == state_output("]);
    case
}
