//! Contests: bids are placed, operators answer them, and leases come of it.

use demeter_core::Time;
use demeter_tx::market::Plan;

use crate::auction::{self, Made};
use crate::bids::{Asked, Fate};
use crate::cast::Cast;
use crate::error::DemoError;
use crate::lease::Lease;
use crate::race::{self, Contender};
use crate::report::{AuctionLine, DeclinedLine, Fault, RaceLine, UnansweredLine};
use crate::stage::Stage;

/// How the contests of some bids went.
#[derive(Default)]
pub(crate) struct Contests<'a> {
    pub(crate) races: Vec<RaceLine>,
    pub(crate) auctions: Vec<AuctionLine>,
    pub(crate) unanswered: Vec<UnansweredLine>,
    pub(crate) leases: Vec<Lease<'a>>,
}

/// What operators have to say to a bid.
struct Answers {
    declined: Vec<DeclinedLine>,
    made: Vec<Made>,
    contenders: Vec<Contender>,
}

/// Places bids, has the operators answer, and hands out the leases.
///
/// All of them must open, close and settle together.
pub(crate) fn hold<'a>(
    stage: &mut Stage,
    cast: &Cast,
    asked: &[Asked<'a>],
) -> Result<Contests<'a>, DemoError> {
    for bid in asked {
        stage.place(format!("Bid {}", bid.name), &bid.terms, bid.application)?;
    }
    let mut answered = Vec::new();
    for bid in asked {
        stage.wait_until(bid.terms.window.opens)?;
        answered.push((bid, answers(stage, cast, bid)?));
    }
    for (bid, answers) in &answered {
        let nobody = answers.made.is_empty() && answers.contenders.is_empty();
        if nobody && bid.fate != Fate::Nobody {
            return Err(no_answers(bid, &answers.declined));
        }
    }
    let mut contests = Contests::default();
    let (races, auctions): (Vec<_>, Vec<_>) =
        answered.into_iter().partition(|(_, answers)| !answers.contenders.is_empty());
    run_races(stage, cast, races, &mut contests)?;
    run_auctions(stage, cast, auctions, &mut contests)?;
    Ok(contests)
}

fn answers(stage: &mut Stage, cast: &Cast, bid: &Asked<'_>) -> Result<Answers, DemoError> {
    if auction::is_auction(bid) {
        let (made, declined) = auction::collect_offers(stage, cast, bid)?;
        Ok(Answers { declined, made, contenders: Vec::new() })
    } else {
        let (contenders, declined) = race::contenders(stage, cast, bid)?;
        Ok(Answers { declined, made: Vec::new(), contenders })
    }
}

/// Each race goes to whoever comes first, in the order in which they are decided.
fn run_races<'a>(
    stage: &mut Stage,
    cast: &Cast,
    mut races: Vec<(&Asked<'a>, Answers)>,
    contests: &mut Contests<'a>,
) -> Result<(), DemoError> {
    races.sort_by_key(|(_, answers)| answers.contenders.first().map_or(Time::MAX, Contender::comes));
    for (bid, Answers { declined, contenders, .. }) in races {
        let (line, lease) = race::take(stage, cast, bid, &contenders, declined)?;
        contests.races.push(line);
        contests.leases.push(lease);
    }
    Ok(())
}

fn run_auctions<'a>(
    stage: &mut Stage,
    cast: &Cast,
    auctions: Vec<(&Asked<'a>, Answers)>,
    contests: &mut Contests<'a>,
) -> Result<(), DemoError> {
    let mut led = Vec::new();
    for (bid, answers) in auctions {
        stage.wait_until(bid.terms.window.closes)?;
        let leads = auction::take_the_lead(stage, cast, bid, &answers.made)?;
        led.push((bid, answers, leads));
    }
    for (bid, Answers { made, declined, .. }, leads) in led {
        stage.wait_until(bid.terms.window.settles)?;
        if made.is_empty() {
            contests.unanswered.push(cancel(stage, bid, declined)?);
            continue;
        }
        let (line, lease) = auction::award(stage, cast, bid, &made, declined, leads)?;
        contests.auctions.push(line);
        contests.leases.push(lease);
    }
    Ok(())
}

/// An application takes back a bid that nobody answered.
fn cancel(
    stage: &mut Stage,
    bid: &Asked<'_>,
    declined: Vec<DeclinedLine>,
) -> Result<UnansweredLine, DemoError> {
    let before = stage.purse(bid.application)?;
    let (bid_at, _) = stage.bid(bid.terms.name())?;
    stage.act(format!("Cancel {}", bid.name), Plan::cancel(bid_at), &[bid.application])?;
    let back = stage.purse(bid.application)?.saturating_sub(before);
    stage.tell(format!("{} finds nobody; its application cancels it", bid.name))?;
    Ok(UnansweredLine { bid: bid.name.clone(), declined, back })
}

fn no_answers(bid: &Asked<'_>, declined: &[DeclinedLine]) -> DemoError {
    let reasons: Vec<String> =
        declined.iter().map(|line| format!("{}: {}", line.operator, line.why)).collect();
    DemoError::NoOffers {
        bid: bid.file.map_or_else(|| bid.name.clone(), |path| path.display().to_string()),
        field: field_at_fault(declined),
        reasons: reasons.join("; "),
    }
}

/// What to change for somebody to answer: whoever only asks for more would answer if more were paid, and whoever only
/// comes too late if there were more time.
fn field_at_fault(declined: &[DeclinedLine]) -> &'static str {
    let any = |fault| declined.iter().any(|line| line.fault == fault);
    if any(Fault::TooDear) {
        "price.ceiling"
    } else if any(Fault::TooLate) {
        "window.closes"
    } else if any(Fault::Other) {
        "workload"
    } else if any(Fault::Endorsement) {
        "endorsed"
    } else {
        "labels"
    }
}
