//! The story of the demo, from the first bid to the last purse.

use demeter_core::{Amount, Count};
use demeter_examples::BidFile;
use demeter_tx::PlutusScript;

use crate::audit;
use crate::bids::{Asked, Fate, distinct};
use crate::cast::{Cast, Party};
use crate::check::{Expected, balances, conservation};
use crate::contest::{self, Contests};
use crate::departure;
use crate::error::DemoError;
use crate::grid_file;
use crate::history;
use crate::keys;
use crate::lease::{self, Course, Ending};
use crate::limits;
use crate::opening::{self, Node};
use crate::report::{
    AgainLine, AgainOffer, AuctionLine, BidLine, DepartureLine, GridLine, LeaseEnd, LeaseLine, OfferLine,
    Report, ScriptLine,
};
use crate::stage::Stage;

/// The bids of the whole story, by their files, and what becomes of them.
pub(crate) const BIDS: [(&str, Fate); 6] = [
    ("preview", Fate::Lease(Course::ending(Ending::Closed { after: 3 }))),
    ("orders", Fate::Lease(Course::COMPLETED)),
    ("shop", Fate::Lease(Course { new_key: Some(6), extended: Some((20, 12)), ending: Ending::Completed })),
    ("nightly-report", Fate::Lease(Course::ending(Ending::Resigned { after: 5 }))),
    (AGAIN, Fate::Lease(Course::ending(Ending::Arbitrated { after: 3 }))),
    ("trainer-h100", Fate::Nobody),
];
/// The bid that is asked again at the end.
const AGAIN: &str = "trainer";

/// How much of the protocol a run goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plot {
    /// The bids of the user: each is leased and completed.
    Own,
    /// All of it, with the bids of the demo.
    Whole,
}

/// Runs the demo, on the head of a node or on one of its own.
pub(crate) fn run(
    files: &[BidFile],
    plot: Plot,
    seed: u64,
    node: Option<Node<'_>>,
) -> Result<Report, DemoError> {
    limits::check_files(files)?;
    let names = distinct(files.iter().map(|file| file.name.as_str()));
    let cast = Cast::draw(seed, &names);
    let mut stage = opening::open(&cast, limits::bonds(files)?, node)?;
    history::earn_records(&mut stage, &cast)?;
    history::endorse(&mut stage, &cast)?;
    let grid = grid_line(&stage)?;
    let operators = history::operator_lines(&stage, &cast)?;

    let before = balances(&stage, &cast)?;
    let mut asked = Vec::new();
    for ((file, name), application) in files.iter().zip(&names).zip(&cast.applications) {
        let fate = fate(plot, &file.name);
        asked.push(Asked::of(&stage, file, name.clone(), Count::ZERO, application, fate)?);
    }
    let mut bids = asked.iter().map(Asked::line).collect::<Result<Vec<_>, _>>()?;
    let Contests { races, mut auctions, unanswered, leases } = contest::hold(&mut stage, &cast, &asked)?;
    let mut leases = lease::run(&mut stage, &cast, leases)?;
    leases.sort_by_key(|lease| names.iter().position(|name| *name == lease.bid));

    let (mut departures, mut again) = (Vec::new(), None);
    if plot == Plot::Whole {
        keys::hand_over(&mut stage, &cast)?;
        departures = leave(&mut stage, &cast, &leases)?;
        let file = files.iter().zip(&cast.applications).find(|(file, _)| file.name == AGAIN);
        if let Some((file, application)) = file {
            let (bid, later, more) = ask_again(&mut stage, &cast, file, application)?;
            let first = auctions.iter().find(|auction| auction.bid == AGAIN);
            again = first.map(|first| compare(first, &later, &leases)).transpose()?;
            bids.push(bid);
            auctions.push(later);
            leases.extend(more);
        }
    }

    let expected = Expected::of(&leases, &cast);
    let balances = expected.beside(&cast, &before, &balances(&stage, &cast)?);
    let (conserved, conservation) = conservation(&cast, &balances, &leases);
    let audit = audit::of(&mut stage)?;
    let Stage { transactions, events, records, keys, .. } = stage;
    Ok(Report {
        conserved,
        seed,
        grid,
        operators,
        bids,
        races,
        auctions,
        unanswered,
        events,
        leases,
        records,
        keys,
        departures,
        again,
        balances,
        conservation,
        audit,
        transactions,
    })
}

/// The file with which a head begins that the demo can be run on.
pub(crate) fn grid_file(files: &[BidFile], seed: u64) -> Result<String, DemoError> {
    limits::check_files(files)?;
    let names = distinct(files.iter().map(|file| file.name.as_str()));
    grid_file::of(&Cast::draw(seed, &names), limits::bonds(files)?, seed)
}

fn fate(plot: Plot, name: &str) -> Fate {
    let planned = BIDS.iter().find(|(bid, _)| plot == Plot::Whole && *bid == name);
    planned.map_or(Fate::Lease(Course::COMPLETED), |(_, fate)| *fate)
}

/// Whoever has given up a lease leaves the grid.
fn leave(stage: &mut Stage, cast: &Cast, leases: &[LeaseLine]) -> Result<Vec<DepartureLine>, DemoError> {
    let resigned = leases.iter().filter(|lease| lease.ended == LeaseEnd::Resigned);
    resigned.map(|lease| departure::retire(stage, cast, lease.number)).collect()
}

/// The same bid once more, with the next nonce, now that the records have changed.
fn ask_again(
    stage: &mut Stage,
    cast: &Cast,
    file: &BidFile,
    application: &Party,
) -> Result<(BidLine, AuctionLine, Vec<LeaseLine>), DemoError> {
    let nonce = Count::from_number(1)?;
    let name = format!("{} again", file.name);
    let asked = Asked::of(stage, file, name, nonce, application, Fate::Lease(Course::COMPLETED))?;
    let Contests { auctions, leases, .. } = contest::hold(stage, cast, std::slice::from_ref(&asked))?;
    let leases = lease::run(stage, cast, leases)?;
    let auction = auctions.into_iter().next();
    let auction = auction.ok_or_else(|| DemoError::Missing { what: format!("auction of {}", asked.name) })?;
    Ok((asked.line()?, auction, leases))
}

/// What has changed between two auctions of the same bid.
fn compare(first: &AuctionLine, later: &AuctionLine, leases: &[LeaseLine]) -> Result<AgainLine, DemoError> {
    let mut leases = leases.iter().filter(|lease| lease.operator == first.winner);
    let broken = leases.try_fold(Amount::ZERO, |sum, lease| sum.checked_add(lease.broken))?;
    let offers = later.offers.iter().filter_map(|after| {
        Some((first.offers.iter().find(|before| before.operator == after.operator)?, after))
    });
    let offers: Vec<(&OfferLine, &OfferLine)> = offers.collect();
    let same = |(before, after): &(&OfferLine, &OfferLine)| {
        (before.price, &before.resources) == (after.price, &after.resources)
    };
    let same_offers = offers.iter().all(same) && first.offers.len() == later.offers.len();
    let line = |(before, after): (&OfferLine, &OfferLine)| AgainOffer {
        operator: after.operator.clone(),
        price_before: before.price,
        price_after: after.price,
        score_before: before.score,
        score_after: after.score,
        merit_before: before.merit,
        merit_after: after.merit,
    };
    Ok(AgainLine {
        bid: first.bid.clone(),
        again: later.bid.clone(),
        winner_before: first.winner.clone(),
        winner_after: later.winner.clone(),
        broken,
        same_offers,
        offers: offers.into_iter().map(line).collect(),
    })
}

fn grid_line(stage: &Stage) -> Result<GridLine, DemoError> {
    let (_, grid) = stage.grid()?;
    let contract = stage.composer.contract();
    let script = |script: &PlutusScript| ScriptLine { hash: script.hash(), size: script.as_bytes().len() };
    Ok(GridLine {
        id: grid.id,
        entities: grid.entities.len() as u64,
        admission: grid.admission.to_number(),
        threshold: grid.threshold.to_number(),
        fee: grid.fee_ppm.to_millionths(),
        penalty: grid.penalty.to_number(),
        registry: script(contract.registry()),
        market: script(contract.market()),
    })
}
