//! The rule alone: each function of the contract, exported and run by itself, against ours.
//!
//! Inputs are drawn by a seed from the whole range that a state may hold, with its edges far more often than chance
//! would bring them.

use demeter_core::any::{
    any_genesis, any_grid, any_grid_draft, any_leader, any_operator, any_reputation, any_request, any_terms,
    any_terms_draft,
};
use demeter_core::limits::{MAX_TERM, MIN_PERIOD};
use demeter_core::rule::{self, Rank};
use demeter_core::{
    Amount, BidName, Count, Credential, Grid, Leader, Method, Operator, PlutusData, Ppm, PriceRange,
    RangeError, Reputation, ScriptHash, Span, Term, Terms, TermsDraft, TermsError, Time,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::machine::{self, Function, data, integer};
use crate::{make, tree};

/// How many inputs there shall be, and what they follow from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs {
    /// How many.
    pub count: u32,
    /// What they follow from.
    pub seed: u64,
}

/// How many inputs were compared, or the smallest found on which ours differs.
pub type Outcome = Result<u64, String>;

/// Compares one function.
pub type Compare = fn(Inputs) -> Outcome;

/// Every function, by its name.
pub const FUNCTIONS: &[(&str, Compare)] = &[
    ("score", score),
    ("record", record),
    ("decay", decay_shows_in_the_score),
    ("cheapness", cheapness),
    ("fit", fit),
    ("merit", merit),
    ("tie", tie),
    ("better", better),
    ("entry", entry),
    ("ramped", ramped),
    ("terms.well_formed", terms_are_well_formed),
    ("terms.term_fits", term_fits),
    ("terms.name", bids_are_named),
    ("terms.escrow", escrow),
    ("terms.fee", fee),
    ("grid.well_formed", grids_are_well_formed),
    ("grid.operator_fits", operators_fit),
    ("grid.id", grids_are_named),
];

/// Runs a property on the same inputs every time.
fn check<S: Strategy>(
    inputs: Inputs,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) -> Outcome {
    let Inputs { count, seed } = inputs;
    let config = Config {
        cases: count,
        failure_persistence: None,
        max_global_rejects: count.saturating_mul(32),
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    runner.run(&strategy, property).map(|()| u64::from(count)).map_err(|error| error.to_string())
}

const LIMIT: u64 = 1 << 63;

/// An integer of a state: small, middling, anything, or next to an edge.
fn any_integer() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0..20u64,
        3 => 0..10_000_000_000_u64,
        2 => 0..LIMIT,
        1 => (0..63u32, 0..3u64).prop_map(|(bit, near)| ((1u64 << bit) + near - 1).min(LIMIT - 1)),
        1 => (1..3u64).prop_map(|below| LIMIT - below),
    ]
}

fn any_amount() -> impl Strategy<Value = Amount> {
    any_integer().prop_map(make::amount)
}

fn any_span() -> impl Strategy<Value = Span> {
    any_integer().prop_map(make::span)
}

fn any_time() -> impl Strategy<Value = Time> {
    any_integer().prop_map(make::time)
}

fn any_part() -> impl Strategy<Value = Ppm> {
    prop_oneof![0..=1_000_000u64, Just(0), Just(1), Just(999_999), Just(1_000_000)].prop_map(make::ppm)
}

/// Spans as a grid may have for a half-life.
fn any_half_life() -> impl Strategy<Value = Span> {
    any_integer().prop_map(|span| make::span(span.max(3_600_000)))
}

/// A time and one that is some half-lives and a bit away, to either side.
fn any_meeting() -> impl Strategy<Value = (Time, Time, Span)> {
    let far = (any_time(), any_time(), any_half_life());
    let near = (any_integer(), 3_600_000..100_000_000_u64, 0..66u64, 0..3u64, any::<bool>()).prop_map(
        |(start, half_life, halvings, near, later)| {
            let start = start % (LIMIT / 2);
            let other = (start + half_life * halvings + near).saturating_sub(1);
            let (one, other) = (make::time(start), make::time(other));
            let half_life = make::span(half_life);
            if later { (one, other, half_life) } else { (other, one, half_life) }
        },
    );
    prop_oneof![far, near]
}

/// A price range and a price in it, with the edges.
fn any_priced() -> impl Strategy<Value = (PriceRange, Amount)> {
    (any_integer(), any_integer(), any_integer(), 0..4u8).prop_map(|(one, other, inside, edge)| {
        let (floor, ceiling) = (one.min(other), one.max(other));
        let inside = floor + inside % (ceiling - floor + 1);
        let price = [floor, ceiling, inside, inside][usize::from(edge)];
        (PriceRange { floor: make::amount(floor), ceiling: make::amount(ceiling) }, make::amount(price))
    })
}

fn units(amount: Amount) -> pallas_primitives::PlutusData {
    integer(amount.to_units())
}

fn milliseconds(time: Time) -> pallas_primitives::PlutusData {
    integer(time.to_milliseconds())
}

fn score(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.score");
    check(
        inputs,
        (any_grid(), any_reputation(), any_meeting(), any_amount()),
        |(grid, reputation, meeting, prior)| {
            let (as_of, at, half_life) = meeting;
            let mut draft = grid.into_draft();
            (draft.half_life, draft.prior) = (half_life, prior.max(make::amount(1)));
            let grid = Grid::new(draft).unwrap();
            let reputation = Reputation { as_of, ..reputation };
            let theirs = contract.integer([
                data(&reputation),
                milliseconds(at),
                units(grid.prior),
                integer(grid.penalty.to_number()),
                integer(half_life.to_milliseconds()),
            ]);
            prop_assert_eq!(theirs, Ok(i128::from(rule::score(&grid, &reputation, at).to_millionths())));
            Ok(())
        },
    )
}

fn record(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.record");
    let settlement = (any_amount(), any_amount());
    check(
        inputs,
        (any_amount(), any_amount(), any_meeting(), settlement),
        |(fulfilled, breached, meeting, settlement)| {
            let ((as_of, at, half_life), (kept, broken)) = (meeting, settlement);
            let reputation = Reputation { fulfilled, breached, as_of };
            let theirs = contract
                .data([
                    data(&reputation),
                    units(kept),
                    units(broken),
                    milliseconds(at),
                    integer(half_life.to_milliseconds()),
                ])
                .unwrap();
            let ours = rule::record(&reputation, kept, broken, at, half_life);
            prop_assert_eq!(machine::encoded(&theirs), ours.encode());
            Ok(())
        },
    )
}

/// Ours is not public: a record without settlement shows whole half-lives, a score with one part the rest.
fn decay_shows_in_the_score(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.decay");
    check(inputs, (any_grid(), any_amount(), any_meeting()), |(grid, fulfilled, (as_of, at, half_life))| {
        let mut draft = grid.into_draft();
        (draft.half_life, draft.penalty) = (half_life, Count::ZERO);
        let grid = Grid::new(draft).unwrap();
        let elapsed = at.since(as_of);
        let decayed = contract
            .integer([
                units(fulfilled),
                integer(elapsed.to_milliseconds()),
                integer(half_life.to_milliseconds()),
            ])
            .unwrap();
        let prior = i128::from(grid.prior.to_units());
        let expected = 1_000_000 * (decayed + prior) / (decayed + 2 * prior);
        let reputation = Reputation { fulfilled, breached: Amount::MAX, as_of };
        prop_assert_eq!(i128::from(rule::score(&grid, &reputation, at).to_millionths()), expected);
        Ok(())
    })
}

fn cheapness(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.cheapness");
    check(inputs, any_priced(), |(range, price)| {
        let ours = rule::cheapness(&range, price).to_millionths();
        prop_assert_eq!(contract.integer([data(&range), units(price)]), Ok(i128::from(ours)));
        Ok(())
    })
}

fn fit(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.fit");
    let amounts = prop::collection::vec((any_integer(), 0..5u8), 8);
    check(inputs, (any_request(), amounts), |(request, amounts)| {
        let resources: Vec<_> = request
            .needs
            .iter()
            .zip(amounts)
            .map(|(need, (amount, edge))| match edge {
                0 => need.required,
                1 => need.preferred,
                2 => make::quantity(need.required.to_units().midpoint(need.preferred.to_units())),
                _ => make::quantity(amount),
            })
            .collect();
        let needs = tree::list(request.needs.iter().map(data).collect());
        let given = tree::list(resources.iter().map(|amount| integer(amount.to_units())).collect());
        let ours = rule::fit(&request.needs, &resources).to_millionths();
        prop_assert_eq!(contract.integer([needs, given]), Ok(i128::from(ours)));
        Ok(())
    })
}

fn merit(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.merit");
    let parts = || (any_part(), any_part(), any_part());
    check(inputs, (parts(), parts()), |((price, fit, reputation), (cheapness, fitness, score))| {
        let method = Method::auction(price, fit, reputation);
        let ours = rule::merit(&method, cheapness, fitness, score).unwrap().to_points();
        let parts = [cheapness, fitness, score].map(|part| integer(part.to_millionths()));
        prop_assert_eq!(contract.integer([data(&method)].into_iter().chain(parts)), Ok(i128::from(ours)));
        Ok(())
    })
}

fn tie(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.tie");
    check(inputs, (any::<[u8; 32]>(), any_integer()), |(bid, operator)| {
        let ours = rule::tie(&BidName::from_bytes(bid), make::count(operator));
        prop_assert_eq!(contract.bytes([machine::bytes(&bid), integer(operator)]), Ok(ours.to_vec()));
        Ok(())
    })
}

/// Two offers of which the second repeats so many of what the first ranks by.
fn any_rivals() -> impl Strategy<Value = (Leader, Leader)> {
    (any_leader(), any_leader(), 0..5u8).prop_map(|(one, mut other, alike)| {
        if alike > 0 {
            other.merit = one.merit;
        }
        if alike > 1 {
            other.price = one.price;
        }
        if alike > 2 {
            other.operator = one.operator;
        }
        if alike > 3 {
            other.index = one.index;
        }
        (one, other)
    })
}

fn better(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.better");
    check(inputs, (any::<[u8; 32]>(), any_rivals()), |(bid, (one, other))| {
        let ours = Rank::better(&BidName::from_bytes(bid), &one, &other);
        prop_assert_eq!(contract.boolean([machine::bytes(&bid), data(&one), data(&other)]), Ok(ours));
        Ok(())
    })
}

/// Theirs knows no bound; ours says where it would leave the range of times.
fn entry(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.entry");
    check(inputs, (any_time(), any_span(), any_part()), |(opens, head_start, score)| {
        let theirs = contract
            .integer([
                milliseconds(opens),
                integer(head_start.to_milliseconds()),
                integer(score.to_millionths()),
            ])
            .unwrap();
        match rule::entry(opens, head_start, score) {
            Ok(time) => prop_assert_eq!(theirs, i128::from(time.to_milliseconds())),
            Err(RangeError { .. }) => prop_assert!(theirs >= i128::from(LIMIT)),
        }
        Ok(())
    })
}

fn ramped(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/rule.ramped");
    check(inputs, (any_priced(), any_span(), any_span(), 0..4u8), |((range, _), ramp, since, edge)| {
        let since = match edge {
            0 => ramp,
            1 => make::span(ramp.to_milliseconds().saturating_sub(1)),
            2 => make::span(since.to_milliseconds() % (ramp.to_milliseconds() + 1)),
            _ => since,
        };
        let ours = rule::ramped(&range, ramp, since).to_units();
        let theirs = contract.integer([
            data(&range),
            integer(ramp.to_milliseconds()),
            integer(since.to_milliseconds()),
        ]);
        prop_assert_eq!(theirs, Ok(i128::from(ours)));
        Ok(())
    })
}

/// A script's hash that no generator gives: nothing is ever at it by chance.
const NOWHERE: ScriptHash = ScriptHash::from_bytes([0xf7; 28]);

/// Theirs also asks that a refund is at neither script, which ours leaves to the transitions.
fn terms_are_well_formed(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/terms.well_formed");
    let scripts = || [NOWHERE, NOWHERE].map(|hash| machine::bytes(hash.as_bytes()));
    check(inputs, (any_terms_draft(), any_terms(), any::<u64>()), |(wild, healthy, choice)| {
        for draft in [mixed(healthy.into_draft(), wild.clone(), choice), wild] {
            let theirs = contract.boolean([data(&draft)].into_iter().chain(scripts()));
            let ours = Terms::new(draft);
            prop_assert_eq!(theirs == Ok(true), ours.is_ok(), "{:?} {:?}", theirs, ours);
        }
        Ok(())
    })
}

/// Healthy terms with one part from wild ones, or none.
fn mixed(mut terms: TermsDraft, wild: TermsDraft, choice: u64) -> TermsDraft {
    match choice % 10 {
        0 => terms.price = wild.price,
        1 => terms.term = wild.term,
        2 => terms.window = wild.window,
        3 => terms.request = wild.request,
        4 => terms.method = wild.method,
        5 => terms.bond = wild.bond,
        6 => terms.fee_ppm = wild.fee_ppm,
        7 => terms.refund = wild.refund,
        _ => terms.nonce = wild.nonce,
    }
    terms
}

/// Theirs also asks that the treasury is at neither script, and the asset not of the registry's policy.
fn grids_are_well_formed(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/grid.well_formed");
    check(inputs, (any_grid_draft(), any_grid(), 0..8u8), |(wild, healthy, choice)| {
        let mut draft = healthy.into_draft();
        match choice {
            0 => draft.entities = wild.entities.clone(),
            1 => draft.admission = wild.admission,
            2 => draft.threshold = wild.threshold,
            3 => draft.fee_ppm = wild.fee_ppm,
            4 => draft.prior = wild.prior,
            5 => draft.half_life = wild.half_life,
            _ => (),
        }
        for draft in [draft, wild] {
            let theirs = contract.boolean([data(&draft), machine::bytes(NOWHERE.as_bytes())]);
            let at_market = draft.treasury.payment == Credential::Script(draft.market);
            let ours = Grid::new(draft).is_ok() && !at_market;
            prop_assert_eq!(theirs == Ok(true), ours);
        }
        Ok(())
    })
}

fn operators_fit(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/grid.operator_fits");
    let long = prop_oneof![3 => 0..1200usize, 1 => Just(0)];
    check(inputs, (any_operator(), long), |(mut operator, length)| {
        operator.endpoint = "e".repeat(length).as_str().into();
        let ours = operator.size_when_new() <= Operator::MAX_WRITTEN_SIZE;
        prop_assert_eq!(contract.boolean([data(&operator)]), Ok(ours));
        Ok(())
    })
}

fn escrow(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/terms.escrow");
    check(inputs, any_terms(), |terms| {
        let ours = terms.escrow().unwrap().to_units();
        prop_assert_eq!(contract.integer([data(&terms)]), Ok(i128::from(ours)));
        Ok(())
    })
}

/// Theirs knows no bound; ours says where it would leave the range of amounts.
fn fee(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/terms.fee");
    let any_ppm = prop_oneof![3 => any_part(), 1 => any_integer().prop_map(make::ppm)];
    check(inputs, (any_amount(), any_ppm), |(amount, fee_ppm)| {
        let theirs = contract.integer([units(amount), integer(fee_ppm.to_millionths())]).unwrap();
        match demeter_core::fee(amount, fee_ppm) {
            Ok(ours) => prop_assert_eq!(theirs, i128::from(ours.to_units())),
            Err(RangeError { .. }) => prop_assert!(theirs >= i128::from(LIMIT)),
        }
        Ok(())
    })
}

/// Ours is not public: terms that are well formed in all else show it.
fn term_fits(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/terms.term_fits");
    let (shortest, longest) = (MIN_PERIOD.to_milliseconds(), MAX_TERM.to_milliseconds());
    let exact = (shortest..=longest, 1..1000u64, 0..3u64).prop_map(move |(period, periods, near)| {
        let period = (period / periods).max(shortest);
        (period, periods, (longest + near).saturating_sub(period * periods + 1))
    });
    let any = (any_integer(), any_integer(), any_integer())
        .prop_map(move |(period, periods, grace)| (period.max(shortest), periods.max(1), grace));
    check(inputs, (any_terms(), prop_oneof![exact, any]), |(terms, (period, periods, grace))| {
        let mut draft = terms.into_draft();
        draft.term =
            Term { period: make::span(period), periods: make::count(periods), grace: make::span(grace) };
        draft.price = PriceRange { floor: Amount::ZERO, ceiling: Amount::ZERO };
        let ours = Terms::new(draft);
        prop_assume!(!matches!(ours, Err(TermsError::Size { .. })));
        let theirs = contract.boolean([period, periods, grace].map(integer));
        prop_assert_eq!(theirs, Ok(ours.is_ok()));
        Ok(())
    })
}

fn bids_are_named(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/terms.name");
    check(inputs, any_terms(), |terms| {
        prop_assert_eq!(contract.bytes([data(&terms)]), Ok(terms.name().as_bytes().to_vec()));
        Ok(())
    })
}

fn grids_are_named(inputs: Inputs) -> Outcome {
    let contract = Function::exported("demeter/grid.id");
    check(inputs, any_genesis(), |genesis| {
        let ours = crate::vector::founded(&genesis);
        let theirs = contract.bytes([data(&genesis.seed), milliseconds(genesis.deadline)]);
        prop_assert_eq!(theirs, Ok(ours.as_bytes().to_vec()));
        Ok(())
    })
}
