//! What happened, how leases ended, and what that did to records.

use std::io::{self, Write};

use comfy_table::Cell;
use demeter_core::Time;

use super::{GOOD, PLAIN, Printer, right, table};
use crate::format::{ada, merit, ratio};
use crate::report::{AgainLine, LeaseEnd, LeaseLine, Report};

impl<W: Write> Printer<W> {
    pub(super) fn events(&mut self, report: &Report) -> io::Result<()> {
        self.title("What happened")?;
        let start = start(report);
        for event in &report.events {
            self.print(&format!("  {}  {}", moment(start, event.time), event.what))?;
        }
        Ok(())
    }

    pub(super) fn leases(&mut self, leases: &[LeaseLine]) -> io::Result<()> {
        self.title("Leases, settled")?;
        let header =
            ["lease", "operator", "ended", "periods paid", "paid", "not used", "slashed", "fee", "beside it"];
        let mut table = table(PLAIN, &header);
        for lease in leases {
            let paid = lease.paid.to_units().checked_div(lease.price.to_units()).unwrap_or(0);
            table.add_row(vec![
                Cell::new(&lease.bid),
                Cell::new(&lease.operator),
                Cell::new(ended(lease)),
                right(format!("{paid} of {}", lease.periods)),
                right(ada(lease.paid.to_units())),
                right(ada(lease.left.to_units())),
                right(ada(lease.slashed.to_units())),
                right(ada(lease.fee.to_units())),
                right(ada(lease.beside.to_units())),
            ]);
        }
        self.print(&table.trim_fmt())?;
        self.print("  what was not used or was slashed went back to the application")?;
        self.print("  beside a fee the treasury gets the ada that lets it stand in an output")
    }

    pub(super) fn records(&mut self, report: &Report) -> io::Result<()> {
        self.title("Records, as leases were reported")?;
        let start = start(report);
        let mut table =
            table(PLAIN, &["", "operator", "lease", "kept", "broken", "all kept", "all broken", "score"]);
        for record in &report.records {
            table.add_row(vec![
                Cell::new(moment(start, record.time)),
                Cell::new(&record.operator),
                Cell::new(&record.lease),
                right(ada(record.kept.to_units())),
                right(ada(record.broken.to_units())),
                right(ada(record.fulfilled.to_units())),
                right(ada(record.breached.to_units())),
                right(format!("{} -> {}", ratio(record.score_before), ratio(record.score_after))),
            ]);
        }
        self.print(&table.trim_fmt())
    }

    pub(super) fn again(&mut self, again: &AgainLine) -> io::Result<()> {
        let AgainLine { bid, winner_before, winner_after, broken, same_offers, offers, .. } = again;
        self.title(&format!("The same bid again: {bid}, but for nonce and window"))?;
        let header =
            ["operator", "price then", "price now", "score then", "score now", "merit then", "merit now"];
        let mut table = table(PLAIN, &header);
        for offer in offers {
            table.add_row(vec![
                Cell::new(&offer.operator),
                right(ada(offer.price_before.to_units())),
                right(ada(offer.price_after.to_units())),
                right(ratio(offer.score_before)),
                right(ratio(offer.score_after)),
                right(merit(offer.merit_before)),
                right(merit(offer.merit_after)),
            ]);
        }
        self.print(&table.trim_fmt())?;
        let offer = |name: &str| offers.iter().find(|offer| offer.operator == name);
        match (offer(winner_before), offer(winner_after)) {
            (Some(first), Some(later)) if winner_before != winner_after => {
                self.print(&format!(
                    "  {winner_before} won then by {}; since, it broke {}, and its score went from {} to {}",
                    merit(first.merit_before.saturating_sub(later.merit_before)),
                    ada(broken.to_units()),
                    ratio(first.score_before),
                    ratio(first.score_after),
                ))?;
                let why = if *same_offers { ": the offers are the same, and the records decide" } else { "" };
                self.print(&format!(
                    "  {GOOD}{winner_after} wins now{GOOD:#} by {}{why}",
                    merit(later.merit_after.saturating_sub(first.merit_after)),
                ))
            }
            _ => self.print(&format!("  {winner_after} wins again")),
        }
    }
}

/// When the first transaction was made.
fn start(report: &Report) -> Time {
    report.transactions.first().map_or(Time::ZERO, |transaction| transaction.time)
}

/// A day and a time of day, counted from the start.
fn moment(start: Time, time: Time) -> String {
    let minutes = time.since(start).to_milliseconds() / 60_000;
    format!("day {} {:02}:{:02}", minutes / 1_440 + 1, minutes / 60 % 24, minutes % 60)
}

fn ended(lease: &LeaseLine) -> String {
    match lease.ended {
        LeaseEnd::Completed if lease.extended > 0 => format!("extended by {}, completed", lease.extended),
        LeaseEnd::Completed => "completed".to_owned(),
        LeaseEnd::Closed => "closed by its application".to_owned(),
        LeaseEnd::Resigned => "resigned by its operator".to_owned(),
        LeaseEnd::Arbitrated => "arbitrated by entities".to_owned(),
    }
}
