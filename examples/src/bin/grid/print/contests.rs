//! Bids, and who answered them.

use std::io::{self, Write};

use comfy_table::Cell;
use demeter_core::Verdict;

use super::{DIM, GOOD, PLAIN, Printer, RULED, endorsed, in_two_lines, right, short_label, table};
use crate::format::{ada, merit, quantity, ratio, span};
use crate::report::{
    AuctionLine, BidLine, ContenderLine, DeclinedLine, MethodLine, RaceLine, Report, UnansweredLine,
};

impl<W: Write> Printer<W> {
    /// The bids, but for one that is the same as before.
    pub(super) fn bids(&mut self, report: &Report) -> io::Result<()> {
        self.title("Bids")?;
        let header = ["bid", "needs (prefers)", "price a period", "term", "method", "bond", "locked"];
        let mut table = table(RULED, &header);
        for bid in first_asked(report) {
            let needs = in_two_lines(bid.needs.iter().map(|need| {
                let name = need.name.to_string();
                let required = quantity(&name, need.required.to_units());
                let preferred = quantity(&name, need.preferred.to_units());
                if need.preferred > need.required { format!("{required} ({preferred})") } else { required }
            }));
            let labels = bid.labels.iter().filter(|label| !bid.endorsed.contains(label)).map(short_label);
            let labels = labels.chain(bid.endorsed.iter().map(|label| endorsed(&short_label(label))));
            let needs: Vec<String> = std::iter::once(needs).chain(labels).collect();
            table.add_row(vec![
                Cell::new(&bid.name),
                Cell::new(needs.join("\n")),
                right(format!(
                    "{} to {}",
                    ada(bid.price.floor.to_units()),
                    ada(bid.price.ceiling.to_units())
                )),
                right(format!("{} x {}", bid.term.periods, span(bid.term.period.to_milliseconds()))),
                Cell::new(method(&bid.method)),
                right(ada(bid.bond.to_units())),
                right(ada(bid.funding.to_units())),
            ]);
        }
        self.print(&table.trim_fmt())
    }

    /// How each bid found its operator. A bid that was asked again is told of by itself.
    pub(super) fn contests(&mut self, report: &Report) -> io::Result<()> {
        for bid in first_asked(report) {
            if let Some(race) = report.races.iter().find(|race| race.bid == bid.name) {
                self.race(race, bid)?;
            }
            if let Some(auction) = report.auctions.iter().find(|auction| auction.bid == bid.name) {
                self.auction(auction, bid)?;
            }
            if let Some(unanswered) = report.unanswered.iter().find(|line| line.bid == bid.name) {
                self.unanswered(unanswered)?;
            }
        }
        Ok(())
    }

    fn race(&mut self, race: &RaceLine, bid: &BidLine) -> io::Result<()> {
        let how = match bid.method {
            MethodLine::Reputation { .. } => "Race by reputation",
            _ => "Race",
        };
        self.title(&format!("{how} {}", race.bid))?;
        self.print(&format!("{DIM}bid {}{DIM:#}", bid.id))?;
        let mut table = table(PLAIN, &["", "operator", "asks", "score", "may enter", "comes", "why"]);
        let first = race.contenders.first();
        for (place, contender) in (1..).zip(&race.contenders) {
            table.add_row(vec![
                right(place.to_string()),
                Cell::new(&contender.operator),
                right(ada(contender.price.to_units())),
                right(ratio(contender.score)),
                right(clock(contender.enters.to_milliseconds())),
                right(clock(contender.comes.to_milliseconds())),
                Cell::new(first.map_or_else(String::new, |first| later(first, contender))),
            ]);
        }
        self.print(&table.trim_fmt())?;
        self.declined(&race.declined, "does not come")?;
        let (winner, price) = (&race.winner, ada(race.price.to_units()));
        self.print(&format!("  {GOOD}{winner} takes it at {price} a period{GOOD:#}"))
    }

    fn auction(&mut self, auction: &AuctionLine, bid: &BidLine) -> io::Result<()> {
        self.title(&format!("Auction {}", auction.bid))?;
        self.print(&format!("{DIM}bid {}{DIM:#}", bid.id))?;
        // What nobody is asked to give more of is given as it is required.
        let preferred = |name: &str| {
            bid.needs.iter().any(|need| need.preferred > need.required && need.name.to_string() == name)
        };
        let header = ["", "operator", "price", "gives", "cheapness", "fit", "score", "merit", "why"];
        let mut table = table(PLAIN, &header);
        for (place, offer) in (1..).zip(&auction.offers) {
            let gives: Vec<String> = offer
                .resources
                .iter()
                .filter(|(name, _)| preferred(name))
                .map(|(name, units)| quantity(name, *units))
                .collect();
            table.add_row(vec![
                right(place.to_string()),
                Cell::new(&offer.operator),
                right(ada(offer.price.to_units())),
                Cell::new(if gives.is_empty() { "what is needed".to_owned() } else { gives.join(", ") }),
                right(ratio(offer.cheapness)),
                right(ratio(offer.fit)),
                right(ratio(offer.score)),
                right(merit(offer.merit)),
                Cell::new(why(&offer.verdict)),
            ]);
        }
        self.print(&table.trim_fmt())?;
        self.declined(&auction.declined, "makes no offer")?;
        self.print(&format!("  led by {}", auction.leads.join(", then ")))?;
        let (winner, price) = (&auction.winner, ada(auction.price.to_units()));
        self.print(&format!("  {GOOD}{winner} wins at {price} a period{GOOD:#}"))
    }

    fn unanswered(&mut self, unanswered: &UnansweredLine) -> io::Result<()> {
        self.title(&format!("Nobody for {}", unanswered.bid))?;
        self.declined(&unanswered.declined, "makes no offer")?;
        self.print(&format!("  its application cancels it and gets {} back", ada(unanswered.back)))
    }

    fn declined(&mut self, declined: &[DeclinedLine], how: &str) -> io::Result<()> {
        for line in declined {
            self.print(&format!("  {} {how}: {}", line.operator, line.why))?;
        }
        Ok(())
    }
}

/// The bids without the one that is asked again.
fn first_asked(report: &Report) -> impl Iterator<Item = &BidLine> {
    let again = report.again.as_ref().map(|again| again.again.as_str());
    report.bids.iter().filter(move |bid| Some(bid.name.as_str()) != again)
}

/// How a bid finds its operator.
fn method(method: &MethodLine) -> String {
    let rises = |ramp: demeter_core::Span| match ramp.to_milliseconds() {
        0 => String::new(),
        milliseconds => format!("\nprice rises {}", span(milliseconds)),
    };
    match method {
        MethodLine::Race { ramp } => format!("race{}", rises(*ramp)),
        MethodLine::Reputation { head_start, ramp } => {
            format!("reputation\nhead start {}{}", span(head_start.to_milliseconds()), rises(*ramp))
        }
        MethodLine::Auction { price, fit, reputation } => {
            let weights = [("price", *price), ("fit", *fit), ("reputation", *reputation)];
            let counting = weights.into_iter().filter(|(_, weight)| *weight > 0);
            let lines = counting.map(|(name, weight)| format!("\n{name} {}", ratio(weight)));
            format!("auction{}", lines.collect::<String>())
        }
    }
}

/// Minutes and seconds after the opening.
fn clock(milliseconds: u64) -> String {
    let tenths = milliseconds / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// Why a contender was not the first.
fn later(first: &ContenderLine, contender: &ContenderLine) -> String {
    if contender.operator == first.operator {
        return "the first to come".to_owned();
    }
    let late = contender.comes.to_milliseconds().saturating_sub(first.comes.to_milliseconds());
    format!("{} later", clock(late))
}

/// A verdict with its figures as the tables show them.
fn why(verdict: &Verdict) -> String {
    match verdict {
        Verdict::LessMerit { by, mostly } => {
            format!("{} less merit, mostly for its {mostly}", merit(by.to_points()))
        }
        Verdict::HigherPrice { by } => format!("the same merit, but {} more a period", ada(by.to_units())),
        other => other.to_string(),
    }
}
