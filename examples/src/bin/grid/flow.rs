//! From placing bids to settled leases.

use std::collections::BTreeMap;
use std::path::Path;

use demeter_core::rule::{Rank, score};
use demeter_core::{
    Amount, BidName, Count, Label, Leader, Method, PriceRange, Request, Span, Stage as SlotStage, Term,
    Terms, TermsDraft, Window, WorkloadHash, explain, limits::BID_RESERVE,
};
use demeter_examples::BidFile;
use demeter_tx::PlutusScript;
use demeter_tx::market::Plan;

use crate::cast::{Cast, Party};
use crate::check::{Expected, balances, conservation};
use crate::error::DemoError;
use crate::lease::{self, Lease};
use crate::limits;
use crate::opening;
use crate::operator::{Answer, Declined, Operator};
use crate::report::{
    AuctionLine, BidLine, DeclinedLine, Fault, GridLine, OfferLine, OperatorLine, Report, ScriptLine,
};
use crate::stage::Stage;

/// A bid of the demo.
pub(crate) struct Asked<'a> {
    pub(crate) name: String,
    /// Where it is written, if it is.
    pub(crate) file: Option<&'a Path>,
    pub(crate) application: &'a Party,
    pub(crate) terms: Terms,
}

/// An offer of the demo.
struct Made {
    operator: usize,
    leader: Leader,
    score: u64,
}

/// Runs the whole demo.
pub(crate) fn run(files: Vec<BidFile>, seed: u64) -> Result<Report, DemoError> {
    limits::check_files(&files)?;
    let names = distinct(files.iter().map(|file| file.name.as_str()));
    let cast = Cast::draw(seed, &names);
    let mut stage = opening::open(&cast, limits::bonds(&files)?)?;
    earn_records(&mut stage, &cast)?;
    let grid = grid_line(&stage)?;
    let operators = operator_lines(&stage, &cast)?;

    let before = balances(&stage, &cast)?;
    let placed = stage.now()?;
    let asked = files
        .iter()
        .zip(names)
        .zip(&cast.applications)
        .map(|((file, name), application)| {
            let terms = terms(&stage, file, application, file.window(placed)?)?;
            limits::check_purse(file, &terms)?;
            Ok(Asked { name, file: Some(&file.path), application, terms })
        })
        .collect::<Result<Vec<_>, DemoError>>()?;
    let bids = asked.iter().map(bid_line).collect::<Result<Vec<_>, _>>()?;
    let (auctions, leases) = auctions(&mut stage, &cast, &asked)?;
    let expected = Expected::of(&leases, &cast)?;
    let leases = lease::run(&mut stage, &cast, leases)?;

    let balances = expected.beside(&cast, &before, &balances(&stage, &cast)?);
    let (conserved, conservation) = conservation(&cast, &balances);
    let transactions = stage.transactions;
    Ok(Report {
        conserved,
        seed,
        grid,
        operators,
        bids,
        auctions,
        leases,
        balances,
        conservation,
        transactions,
    })
}

/// The names with a number behind those that come again.
fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        let numbered = (2..).map(|number| format!("{name} {number}"));
        distinct
            .extend(std::iter::once(name.to_owned()).chain(numbered).find(|name| !distinct.contains(name)));
    }
    distinct
}

/// The terms of a bid file, as its application asks for them now.
fn terms(stage: &Stage, file: &BidFile, application: &Party, window: Window) -> Result<Terms, DemoError> {
    let (_, grid) = stage.grid()?;
    let draft = TermsDraft {
        grid: grid.id,
        nonce: Count::ZERO,
        application: application.hash(),
        refund: application.address(),
        asset: grid.asset.clone(),
        fee_ppm: grid.fee_ppm,
        request: file.request.clone(),
        price: file.price,
        term: file.term,
        bond: file.bond,
        window,
        method: file.method,
        workload: file.workload.hash,
    };
    Terms::new(draft).map_err(|error| file.refused(&error).into())
}

/// Lets the operators earn their records by small leases that the pilot asks of each.
fn earn_records(stage: &mut Stage, cast: &Cast) -> Result<(), DemoError> {
    let (_, grid) = stage.grid()?;
    let now = stage.now()?;
    let second = Span::from_seconds;
    let mut asked = Vec::new();
    for operator in cast.operators.iter().filter(|operator| operator.profile.history > 0) {
        let earned = Amount::from_units(operator.profile.history)?.checked_mul(1_000_000)?;
        let name = format!("pilot for {}", operator.party.name);
        let draft = TermsDraft {
            grid: grid.id,
            nonce: Count::ZERO,
            application: cast.pilot.hash(),
            refund: cast.pilot.address(),
            asset: grid.asset.clone(),
            fee_ppm: grid.fee_ppm,
            request: Request {
                labels: [Label::new("demeter.dev/operator", operator.profile.name)].into_iter().collect(),
                ..Request::default()
            },
            price: PriceRange { floor: earned, ceiling: earned },
            term: Term { period: second(3_600)?, periods: Count::from_number(1)?, grace: Span::ZERO },
            bond: Amount::from_units(earned.to_units() / 10)?,
            window: Window {
                opens: now.after(second(60)?)?,
                closes: now.after(second(600)?)?,
                settles: now.after(second(1_200)?)?,
            },
            method: Method::auction(demeter_core::Ppm::ONE, demeter_core::Ppm::ZERO, demeter_core::Ppm::ZERO),
            workload: WorkloadHash::from_bytes([0; 32]),
        };
        let terms = Terms::new(draft).map_err(|source| DemoError::Terms { name: name.clone(), source })?;
        asked.push(Asked { name, file: None, application: &cast.pilot, terms });
    }
    let (_, leases) = auctions(stage, cast, &asked)?;
    lease::run(stage, cast, leases)?;
    Ok(())
}

fn grid_line(stage: &Stage) -> Result<GridLine, DemoError> {
    let (_, grid) = stage.grid()?;
    let contract = stage.composer.contract();
    let script = |script: &PlutusScript| ScriptLine { hash: script.hash(), size: script.as_bytes().len() };
    Ok(GridLine {
        id: grid.id,
        entities: grid.entities.len() as u64,
        admission: grid.admission.to_number(),
        fee: grid.fee_ppm.to_millionths(),
        registry: script(contract.registry()),
        market: script(contract.market()),
    })
}

fn operator_lines(stage: &Stage, cast: &Cast) -> Result<Vec<OperatorLine>, DemoError> {
    let (_, grid) = stage.grid()?;
    let now = stage.now()?;
    let line = |(number, operator): (u64, &Operator)| {
        let (_, record) = stage.operator(Count::from_number(number)?)?;
        Ok(OperatorLine {
            name: operator.party.name.clone(),
            number,
            capacity: record
                .capacity
                .iter()
                .map(|resource| (resource.name.to_string(), resource.amount.to_units()))
                .collect(),
            labels: record.labels.iter().cloned().collect(),
            margin: operator.margin(),
            generosity: operator.profile.generosity,
            fulfilled: record.reputation.fulfilled,
            score: score(&grid, &record.reputation, now).to_millionths(),
        })
    };
    (0u64..).zip(&cast.operators).map(line).collect()
}

fn bid_line(asked: &Asked<'_>) -> Result<BidLine, DemoError> {
    let terms = &asked.terms;
    let weights = match terms.method {
        Method::Auction { price, fit, reputation } => {
            [price, fit, reputation].map(|weight| weight.to_millionths())
        }
        Method::Race { .. } => [0; 3],
    };
    Ok(BidLine {
        name: asked.name.clone(),
        id: terms.name(),
        needs: terms.request.needs.clone(),
        labels: terms.request.labels.iter().cloned().collect(),
        price: terms.price,
        term: terms.term,
        bond: terms.bond,
        window: terms.window,
        weights,
        funding: terms.escrow()?.checked_add(BID_RESERVE)?,
    })
}

/// Places bids, has the operators answer, and awards: the leases that come of it.
///
/// All of them must open, close and settle together.
fn auctions<'a>(
    stage: &mut Stage,
    cast: &Cast,
    asked: &[Asked<'a>],
) -> Result<(Vec<AuctionLine>, Vec<Lease<'a>>), DemoError> {
    for bid in asked {
        stage.place(format!("Bid {}", bid.name), &bid.terms, bid.application)?;
    }
    let mut offers: Vec<(Vec<Made>, Vec<DeclinedLine>)> = Vec::new();
    for bid in asked {
        stage.wait_until(bid.terms.window.opens)?;
        offers.push(collect_offers(stage, cast, bid)?);
    }
    for (bid, (made, declined)) in asked.iter().zip(&offers) {
        if made.is_empty() {
            return Err(no_offers(bid, declined));
        }
    }
    let mut leads = BTreeMap::new();
    for (bid, (made, _)) in asked.iter().zip(&offers) {
        stage.wait_until(bid.terms.window.closes)?;
        leads.insert(bid.terms.name(), take_the_lead(stage, cast, bid, made)?);
    }
    let mut lines = Vec::new();
    let mut leases = Vec::new();
    for (bid, (made, declined)) in asked.iter().zip(offers) {
        stage.wait_until(bid.terms.window.settles)?;
        let taken = leads.remove(&bid.terms.name()).unwrap_or_default();
        let (line, lease) = award(stage, cast, bid, &made, declined, taken)?;
        lines.push(line);
        leases.push(lease);
    }
    Ok((lines, leases))
}

fn no_offers(bid: &Asked<'_>, declined: &[DeclinedLine]) -> DemoError {
    let reasons: Vec<String> =
        declined.iter().map(|line| format!("{}: {}", line.operator, line.why)).collect();
    DemoError::NoOffers {
        bid: bid.file.map_or_else(|| bid.name.clone(), |path| path.display().to_string()),
        field: field_at_fault(declined),
        reasons: reasons.join("; "),
    }
}

/// What to change for somebody to answer: whoever only asks for more would answer if more were paid.
fn field_at_fault(declined: &[DeclinedLine]) -> &'static str {
    if declined.iter().any(|line| line.fault == Fault::TooDear) {
        "price.ceiling"
    } else if declined.iter().all(|line| line.fault == Fault::Label) {
        "labels"
    } else {
        "workload"
    }
}

/// Every operator that can answers the bid.
fn collect_offers(
    stage: &mut Stage,
    cast: &Cast,
    bid: &Asked<'_>,
) -> Result<(Vec<Made>, Vec<DeclinedLine>), DemoError> {
    let (mut made, mut declined) = (Vec::new(), Vec::new());
    let name = bid.terms.name();
    for (index, operator) in cast.operators.iter().enumerate() {
        let number = Count::from_number(index as u64)?;
        let (grid_at, grid) = stage.grid()?;
        let (record_at, record) = stage.operator(number)?;
        let Answer { price, resources } = match operator.answer(&bid.terms, &record, &grid) {
            Ok(answer) => answer,
            Err(Declined::Range(error)) => return Err(error.into()),
            Err(why) => {
                let operator = operator.party.name.clone();
                declined.push(DeclinedLine { operator, why: why.to_string(), fault: why.fault() });
                continue;
            }
        };
        let (slot_at, _) = stage.slot("idle", number, |slot| slot.stage == SlotStage::Idle)?;
        let (bid_at, _) = stage.bid(name)?;
        let plan = Plan::offer(slot_at, bid_at, record_at, grid_at, price, resources);
        stage.act(format!("Offer {} on {}", operator.party.name, bid.name), plan, &[&operator.party])?;
        let (_, slot) = stage.slot("offered", number, |slot| is_offer_on(slot, name))?;
        let score = score(&grid, &record.reputation, bid.terms.window.opens).to_millionths();
        made.extend(leader(&slot).map(|leader| Made { operator: index, leader, score }));
    }
    Ok((made, declined))
}

fn is_offer_on(slot: &demeter_core::Slot, bid: BidName) -> bool {
    matches!(&slot.stage, SlotStage::Offered(offered) if offered.bid == bid)
}

/// The offer of a slot as it would lead its bid.
fn leader(slot: &demeter_core::Slot) -> Option<Leader> {
    match &slot.stage {
        SlotStage::Offered(offered) => Some(Leader {
            operator: slot.operator,
            index: slot.index,
            owner: slot.owner,
            price: offered.price,
            resources: offered.resources.clone(),
            merit: offered.merit,
        }),
        _ => None,
    }
}

/// Each operator in turn takes the lead if its offer is better than the one that leads.
fn take_the_lead(
    stage: &mut Stage,
    cast: &Cast,
    bid: &Asked<'_>,
    made: &[Made],
) -> Result<Vec<String>, DemoError> {
    let name = bid.terms.name();
    let mut taken = Vec::new();
    for offer in made {
        let Some(operator) = cast.operators.get(offer.operator) else { continue };
        let (bid_at, state) = stage.bid(name)?;
        if state.leader.is_some_and(|leader| !Rank::better(&name, &offer.leader, &leader)) {
            continue;
        }
        let (slot_at, _) = stage.slot("offered", offer.leader.operator, |slot| is_offer_on(slot, name))?;
        let party = &operator.party;
        stage.act(format!("Lead {} with {}", bid.name, party.name), Plan::lead(bid_at, slot_at), &[party])?;
        taken.push(party.name.clone());
    }
    Ok(taken)
}

/// The leader gets the lease; the others' offers become idle again.
fn award<'a>(
    stage: &mut Stage,
    cast: &Cast,
    bid: &Asked<'a>,
    made: &[Made],
    declined: Vec<DeclinedLine>,
    leads: Vec<String>,
) -> Result<(AuctionLine, Lease<'a>), DemoError> {
    let name = bid.terms.name();
    let (bid_at, state) = stage.bid(name)?;
    let leader =
        state.leader.ok_or_else(|| DemoError::Missing { what: format!("leader of {}", bid.name) })?;
    let operator = |number: Count| {
        usize::try_from(number.to_number())
            .ok()
            .and_then(|index| cast.operators.get(index))
            .ok_or_else(|| DemoError::Missing { what: format!("operator {number}") })
    };
    let winner = operator(leader.operator)?;
    let (grid_at, _) = stage.grid()?;
    let start = stage.before()?;
    stage.act(
        format!("Award {} to {}", bid.name, winner.party.name),
        Plan::award(bid_at, grid_at),
        &[&winner.party],
    )?;
    for offer in made.iter().filter(|offer| offer.leader.operator != leader.operator) {
        let party = &operator(offer.leader.operator)?.party;
        let number = offer.leader.operator;
        // An ousted leader is idle already.
        let Ok((slot_at, _)) = stage.slot("offered", number, |slot| is_offer_on(slot, name)) else {
            continue;
        };
        stage.act(format!("Withdraw {} from {}", party.name, bid.name), Plan::withdraw(slot_at), &[party])?;
    }
    let all: Vec<Leader> = made.iter().map(|offer| offer.leader.clone()).collect();
    let offers = explain(&bid.terms, &all)?
        .into_iter()
        .map(|standing| {
            let needs = bid.terms.request.needs.iter().map(|need| need.name.to_string());
            let amounts = standing.offer.resources.iter().map(|amount| amount.to_units());
            let score =
                made.iter().find(|offer| offer.leader == standing.offer).map_or(0, |offer| offer.score);
            Ok(OfferLine {
                operator: operator(standing.offer.operator)?.party.name.clone(),
                price: standing.offer.price,
                resources: needs.zip(amounts).collect(),
                cheapness: standing.cheapness.to_millionths(),
                fit: standing.fit.to_millionths(),
                score,
                merit: standing.offer.merit.to_points(),
                verdict: standing.verdict,
                why: standing.verdict.to_string(),
            })
        })
        .collect::<Result<Vec<_>, DemoError>>()?;
    let line = AuctionLine {
        bid: bid.name.clone(),
        offers,
        declined,
        leads,
        winner: winner.party.name.clone(),
        price: leader.price,
    };
    let lease = Lease {
        bid: bid.name.clone(),
        application: bid.application,
        operator: leader.operator,
        index: leader.index,
        price: leader.price,
        terms: bid.terms.clone(),
        start,
    };
    Ok((line, lease))
}
