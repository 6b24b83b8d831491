//! Each function of the rule, exported from the contract, beside ours.

use std::collections::BTreeMap;

use demeter_core::rule::{self, Rank};
use demeter_core::{
    BidName, Credential, Grid, GridDraft, Leader, Method, Need, PlutusData, PriceRange, Quantity, Reputation,
    ScriptHash, Terms, TermsDraft,
};
use demeter_tests::machine::{self, Function, data, integer};
use demeter_tests::{make, sample, tree};
use libfuzzer_sys::arbitrary::Result;

use crate::cbor::Item;
use crate::integers::{Integers, LIMIT};

/// The functions of the contract, and what they are given where the integers leave it open.
pub struct Agreement {
    functions: BTreeMap<&'static str, Function>,
    grids: Vec<GridDraft>,
    terms: Vec<TermsDraft>,
}

/// Calls a function on both sides with these integers, and panics where they differ.
type Comparison = fn(&Agreement, &mut Integers<'_>) -> Result<()>;

const COMPARISONS: [(&str, Comparison); 13] = [
    ("demeter/rule.score", Agreement::score),
    ("demeter/rule.record", Agreement::record),
    ("demeter/rule.cheapness", Agreement::cheapness),
    ("demeter/rule.fit", Agreement::fit),
    ("demeter/rule.merit", Agreement::merit),
    ("demeter/rule.tie", Agreement::tie),
    ("demeter/rule.better", Agreement::better),
    ("demeter/rule.entry", Agreement::entry),
    ("demeter/rule.ramped", Agreement::ramped),
    ("demeter/terms.fee", Agreement::fee),
    ("demeter/terms.escrow", Agreement::escrow),
    ("demeter/terms.well_formed", Agreement::terms_well_formed),
    ("demeter/grid.well_formed", Agreement::grid_well_formed),
];

/// A script's hash that no sample names.
const NOWHERE: ScriptHash = ScriptHash::from_bytes([0xf7; 28]);

impl Agreement {
    /// Reads the exported functions.
    pub fn exported() -> Self {
        let functions = COMPARISONS.iter().map(|(name, _)| (*name, Function::exported(name))).collect();
        let grid = |sample: sample::Sample<demeter_core::State>| match sample.value {
            demeter_core::State::Grid(grid) => grid.into_draft(),
            other => panic!("{other:?} is no grid"),
        };
        Self {
            functions,
            grids: sample::grids().into_iter().map(grid).collect(),
            terms: sample::all_terms().into_iter().map(|sample| sample.value.into_draft()).collect(),
        }
    }

    /// Compares the function that the integers choose.
    ///
    /// # Errors
    /// There are too few integers.
    pub fn check(&self, integers: &mut Integers<'_>) -> Result<()> {
        let (_, comparison) = integers.of(&COMPARISONS)?;
        comparison(self, integers)
    }

    fn function(&self, name: &str) -> &Function {
        &self.functions[name]
    }

    fn score(&self, integers: &mut Integers<'_>) -> Result<()> {
        let mut draft = self.grids[0].clone();
        draft.half_life = make::span(integers.any()?.max(3_600_000));
        (draft.prior, draft.penalty) = (make::amount(integers.any()?.max(1)), make::count(integers.any()?));
        // What the grid bounds is not for the rule to meet.
        let Ok(grid) = Grid::new(draft) else { return Ok(()) };
        let reputation = any_reputation(integers)?;
        let at = make::time(any_near(integers, &reputation, &grid)?);
        let theirs = self.function("demeter/rule.score").integer([
            data(&reputation),
            integer(at.to_milliseconds()),
            integer(grid.prior.to_units()),
            integer(grid.penalty.to_number()),
            integer(grid.half_life.to_milliseconds()),
        ]);
        assert_eq!(theirs, Ok(i128::from(rule::score(&grid, &reputation, at).to_millionths())));
        Ok(())
    }

    fn record(&self, integers: &mut Integers<'_>) -> Result<()> {
        let mut draft = self.grids[0].clone();
        draft.half_life = make::span(integers.any()?.max(3_600_000));
        let Ok(grid) = Grid::new(draft) else { return Ok(()) };
        let reputation = any_reputation(integers)?;
        let at = make::time(any_near(integers, &reputation, &grid)?);
        let (kept, broken) = (make::amount(integers.any()?), make::amount(integers.any()?));
        let theirs = self
            .function("demeter/rule.record")
            .data([
                data(&reputation),
                integer(kept.to_units()),
                integer(broken.to_units()),
                integer(at.to_milliseconds()),
                integer(grid.half_life.to_milliseconds()),
            ])
            .expect("a record");
        let ours = rule::record(&reputation, kept, broken, at, grid.half_life);
        assert_eq!(machine::encoded(&theirs), ours.encode(), "{ours:?}");
        Ok(())
    }

    fn cheapness(&self, integers: &mut Integers<'_>) -> Result<()> {
        let range = any_range(integers)?;
        let price = integers.within(range.floor.to_units(), range.ceiling.to_units())?;
        let theirs = self.function("demeter/rule.cheapness").integer([data(&range), integer(price)]);
        let ours = rule::cheapness(&range, make::amount(price)).to_millionths();
        assert_eq!(theirs, Ok(i128::from(ours)));
        Ok(())
    }

    fn fit(&self, integers: &mut Integers<'_>) -> Result<()> {
        let mut needs = Vec::new();
        let mut resources: Vec<Quantity> = Vec::new();
        for number in 0..integers.within(0, 16)? {
            let (required, preferred) = (integers.any()?, integers.any()?);
            let name = format!("need{number}");
            needs.push(Need {
                name: name.as_str().into(),
                required: make::quantity(required),
                preferred: make::quantity(preferred),
            });
            let other = integers.any()?;
            resources.push(make::quantity(integers.of(&[
                required,
                preferred,
                other,
                required.midpoint(preferred),
            ])?));
        }
        let theirs = self.function("demeter/rule.fit").integer([
            tree::list(needs.iter().map(data).collect()),
            tree::list(resources.iter().map(|amount| integer(amount.to_units())).collect()),
        ]);
        assert_eq!(theirs, Ok(i128::from(rule::fit(&needs, &resources).to_millionths())));
        Ok(())
    }

    fn merit(&self, integers: &mut Integers<'_>) -> Result<()> {
        let mut part = || Ok(make::ppm(integers.part()?));
        let method = Method::auction(part()?, part()?, part()?);
        let (cheapness, fit, score) = (part()?, part()?, part()?);
        let parts = [cheapness, fit, score].map(|part| integer(part.to_millionths()));
        let theirs = self.function("demeter/rule.merit").integer([data(&method)].into_iter().chain(parts));
        let ours = rule::merit(&method, cheapness, fit, score).expect("three parts of a million weights");
        assert_eq!(theirs, Ok(i128::from(ours.to_points())));
        Ok(())
    }

    fn tie(&self, integers: &mut Integers<'_>) -> Result<()> {
        let (bid, operator) = (integers.bytes::<32>()?, integers.any()?);
        let theirs = self.function("demeter/rule.tie").bytes([machine::bytes(&bid), integer(operator)]);
        assert_eq!(theirs, Ok(rule::tie(&BidName::from_bytes(bid), make::count(operator)).to_vec()));
        Ok(())
    }

    fn better(&self, integers: &mut Integers<'_>) -> Result<()> {
        let bid = integers.bytes::<32>()?;
        let one = any_leader(integers)?;
        let mut other = any_leader(integers)?;
        // Rivals that differ late in the order.
        let alike = integers.within(0, 4)?;
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
        let theirs =
            self.function("demeter/rule.better").boolean([machine::bytes(&bid), data(&one), data(&other)]);
        assert_eq!(theirs, Ok(Rank::better(&BidName::from_bytes(bid), &one, &other)));
        Ok(())
    }

    /// Theirs knows no bound; ours says where it would leave the range of times.
    fn entry(&self, integers: &mut Integers<'_>) -> Result<()> {
        let (opens, head_start, score) = (integers.any()?, integers.any()?, integers.part()?);
        let theirs = self
            .function("demeter/rule.entry")
            .integer([integer(opens), integer(head_start), integer(score)])
            .expect("a time");
        match rule::entry(make::time(opens), make::span(head_start), make::ppm(score)) {
            Ok(time) => assert_eq!(theirs, i128::from(time.to_milliseconds())),
            Err(_) => assert!(theirs >= i128::from(LIMIT), "{theirs}"),
        }
        Ok(())
    }

    fn ramped(&self, integers: &mut Integers<'_>) -> Result<()> {
        let (range, ramp) = (any_range(integers)?, integers.any()?);
        let since = [integers.any()?, ramp, ramp.saturating_sub(1), integers.within(0, ramp)?];
        let since = integers.of(&since)?;
        let theirs =
            self.function("demeter/rule.ramped").integer([data(&range), integer(ramp), integer(since)]);
        let ours = rule::ramped(&range, make::span(ramp), make::span(since)).to_units();
        assert_eq!(theirs, Ok(i128::from(ours)));
        Ok(())
    }

    fn fee(&self, integers: &mut Integers<'_>) -> Result<()> {
        let (amount, part) = (integers.any()?, integers.part()?);
        let theirs = self.function("demeter/terms.fee").integer([integer(amount), integer(part)]);
        let ours = demeter_core::fee(make::amount(amount), make::ppm(part)).expect("less than the amount");
        assert_eq!(theirs, Ok(i128::from(ours.to_units())));
        Ok(())
    }

    fn escrow(&self, integers: &mut Integers<'_>) -> Result<()> {
        let Some(draft) = changed(&self.terms, integers)? else { return Ok(()) };
        let Ok(terms) = Terms::new(draft) else { return Ok(()) };
        let ours = terms.escrow().expect("well formed").to_units();
        let theirs = self.function("demeter/terms.escrow").integer([data(&terms)]);
        assert_eq!(theirs, Ok(i128::from(ours)));
        Ok(())
    }

    /// Theirs also asks that a refund is at neither script.
    fn terms_well_formed(&self, integers: &mut Integers<'_>) -> Result<()> {
        let Some(draft) = changed(&self.terms, integers)? else { return Ok(()) };
        let scripts = [NOWHERE, NOWHERE].map(|hash| machine::bytes(hash.as_bytes()));
        let function = self.function("demeter/terms.well_formed");
        let theirs = function.boolean([data(&draft)].into_iter().chain(scripts)) == Ok(true);
        let ours = Terms::new(draft);
        assert_eq!(theirs, ours.is_ok(), "{ours:?}");
        Ok(())
    }

    /// Theirs also asks that the treasury is at neither script.
    fn grid_well_formed(&self, integers: &mut Integers<'_>) -> Result<()> {
        let Some(draft) = changed(&self.grids, integers)? else { return Ok(()) };
        let function = self.function("demeter/grid.well_formed");
        let theirs = function.boolean([data(&draft), machine::bytes(NOWHERE.as_bytes())]) == Ok(true);
        let at_market = draft.treasury.payment == Credential::Script(draft.market);
        let ours = Grid::new(draft);
        assert_eq!(theirs, ours.is_ok() && !at_market, "{ours:?}");
        Ok(())
    }
}

fn any_reputation(integers: &mut Integers<'_>) -> Result<Reputation> {
    Ok(Reputation {
        fulfilled: make::amount(integers.any()?),
        breached: make::amount(integers.any()?),
        as_of: make::time(integers.any()?),
    })
}

/// A moment anywhere, or some half-lives and a bit from that of a record, to either side.
fn any_near(integers: &mut Integers<'_>, reputation: &Reputation, grid: &Grid) -> Result<u64> {
    let as_of = reputation.as_of.to_milliseconds();
    let far = grid.half_life.to_milliseconds().saturating_mul(integers.within(0, 66)?);
    let far = far.saturating_add(integers.within(0, 2)?);
    let near = [integers.any()?, as_of.saturating_add(far).min(LIMIT - 1), as_of.saturating_sub(far)];
    integers.of(&near)
}

fn any_range(integers: &mut Integers<'_>) -> Result<PriceRange> {
    let (one, other) = (integers.any()?, integers.any()?);
    Ok(PriceRange { floor: make::amount(one.min(other)), ceiling: make::amount(one.max(other)) })
}

fn any_leader(integers: &mut Integers<'_>) -> Result<Leader> {
    Ok(Leader {
        operator: make::count(integers.any()?),
        index: make::count(integers.any()?),
        owner: make::key(0x0e),
        price: make::amount(integers.any()?),
        resources: Vec::new(),
        merit: make::merit(integers.any()?),
    })
}

/// One of these with some of its integers replaced; nothing where it is then none.
fn changed<T: PlutusData>(samples: &[T], integers: &mut Integers<'_>) -> Result<Option<T>> {
    let which = integers.within(0, samples.len() as u64 - 1)?;
    let mut tree = Item::read(&samples[which as usize].encode()).expect("data are CBOR");
    let count = tree.count() as u64;
    for _ in 0..integers.within(1, 4)? {
        let number = integers.within(0, count - 1)?;
        if let Some(Item::Unsigned(old)) = tree.node(number as usize) {
            let new = [integers.any()?, old.saturating_add(1), old.saturating_sub(1)];
            *old = integers.of(&new)?;
        }
    }
    Ok(T::decode(&tree.write()).ok())
}
