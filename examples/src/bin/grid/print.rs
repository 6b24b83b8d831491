//! The report for people: sections with tables, in colour where a terminal shows it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use demeter_core::Verdict;
use demeter_core::limits::FEE_ADA;

use crate::report::{
    AuctionLine, BalanceLine, BidLine, Conservation, GridLine, LeaseLine, OperatorLine, Report,
    TransactionLine,
};

const TITLE: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));
const GOOD: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const BAD: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
const DIM: Style = Style::new().dimmed();

const LINE: LineStyle = LineStyle::none().fill('─').junction('─');
/// For rows of one line each.
const PLAIN: TableStyle = TableStyle::new().top_border(LINE).header_separator(LINE).bottom_border(LINE);
/// For rows of several lines.
const RULED: TableStyle = PLAIN.row_separator(LineStyle::none().fill('╌').junction('╌'));
/// How many digits of a transaction's id a terminal is shown, for the width of its lines.
const SHORT_ID: usize = 16;
const WHOLE_ID: usize = 64;

/// Prints a report section by section.
pub(crate) struct Printer<W> {
    output: W,
    /// How many digits of a transaction's id are shown.
    id_digits: usize,
}

impl<W: Write> Printer<W> {
    /// Prints for people; ids are whole unless their terminal reads along.
    pub(crate) const fn new(output: W, terminal: bool) -> Self {
        Self { output, id_digits: if terminal { SHORT_ID } else { WHOLE_ID } }
    }

    /// Prints all of it.
    pub(crate) fn print_report(&mut self, report: &Report) -> io::Result<()> {
        self.grid(&report.grid)?;
        self.operators(&report.operators)?;
        self.bids(&report.bids)?;
        for (auction, bid) in report.auctions.iter().zip(&report.bids) {
            self.auction(auction, bid)?;
        }
        self.leases(&report.leases)?;
        self.transactions(&report.transactions)?;
        self.balances(&report.balances, report.conserved, &report.conservation)
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.output, "{text}")
    }

    fn title(&mut self, text: &str) -> io::Result<()> {
        self.print(&format!("\n{TITLE}{text}{TITLE:#}"))
    }

    fn grid(&mut self, grid: &GridLine) -> io::Result<()> {
        let GridLine { id, entities, admission, fee, registry, market } = grid;
        self.print(&format!("{TITLE}Grid {id}{TITLE:#}"))?;
        self.print(&format!(
            "  {entities} entities, {admission} of whom admit an operator; fee {}",
            share(*fee, 1_000_000)
        ))?;
        self.print(&format!("  registry {} {} bytes", registry.hash, grouped(registry.size as u64)))?;
        self.print(&format!("  market   {} {} bytes", market.hash, grouped(market.size as u64)))
    }

    fn operators(&mut self, operators: &[OperatorLine]) -> io::Result<()> {
        self.title("Operators")?;
        let mut table =
            table(RULED, &["operator", "capacity of a slot", "labels", "asks", "record", "score"]);
        for operator in operators {
            let labels: Vec<String> = operator
                .labels
                .iter()
                .filter(|label| !label.to_string().starts_with("demeter.dev/"))
                .map(|label| short_label(&label.to_string()))
                .collect();
            table.add_row(vec![
                Cell::new(&operator.name),
                Cell::new(amounts(&operator.capacity)),
                Cell::new(labels.join("\n")),
                right(format!("{} % of cost", operator.margin)),
                right(ada(operator.fulfilled.to_units())),
                right(ratio(operator.score)),
            ]);
        }
        self.print(&table.trim_fmt())?;
        Ok(())
    }

    fn bids(&mut self, bids: &[BidLine]) -> io::Result<()> {
        self.title("Bids")?;
        let mut table =
            table(RULED, &["bid", "needs (prefers)", "price a period", "term", "weights", "bond", "locked"]);
        for bid in bids {
            let mut needs: Vec<String> = bid
                .needs
                .iter()
                .map(|need| {
                    let name = need.name.to_string();
                    let required = quantity(&name, need.required.to_units());
                    let preferred = quantity(&name, need.preferred.to_units());
                    if need.preferred > need.required {
                        format!("{required} ({preferred})")
                    } else {
                        required
                    }
                })
                .collect();
            needs.extend(bid.labels.iter().map(|label| short_label(&label.to_string())));
            let [price, fit, reputation] = bid.weights.map(ratio);
            table.add_row(vec![
                Cell::new(&bid.name),
                Cell::new(needs.join("\n")),
                right(format!(
                    "{} to {}",
                    ada(bid.price.floor.to_units()),
                    ada(bid.price.ceiling.to_units())
                )),
                right(format!("{} x {}", bid.term.periods, span(bid.term.period.to_milliseconds()))),
                Cell::new(format!("price {price}\nfit {fit}\nreputation {reputation}")),
                right(ada(bid.bond.to_units())),
                right(ada(bid.funding.to_units())),
            ]);
        }
        self.print(&table.trim_fmt())?;
        Ok(())
    }

    fn auction(&mut self, auction: &AuctionLine, bid: &BidLine) -> io::Result<()> {
        self.title(&format!("Auction {}", auction.bid))?;
        self.print(&format!("{DIM}bid {}{DIM:#}", bid.id))?;
        let mut table =
            table(RULED, &["", "operator", "price", "gives", "cheapness", "fit", "score", "merit", "why"]);
        for (place, offer) in (1..).zip(&auction.offers) {
            table.add_row(vec![
                right(place.to_string()),
                Cell::new(&offer.operator),
                right(ada(offer.price.to_units())),
                Cell::new(amounts(&offer.resources)),
                right(ratio(offer.cheapness)),
                right(ratio(offer.fit)),
                right(ratio(offer.score)),
                right(merit(offer.merit)),
                Cell::new(why(&offer.verdict)),
            ]);
        }
        self.print(&table.trim_fmt())?;
        for declined in &auction.declined {
            self.print(&format!("  {} makes no offer: {}", declined.operator, declined.why))?;
        }
        self.print(&format!("  led by {}", auction.leads.join(", then ")))?;
        let (winner, price) = (&auction.winner, ada(auction.price.to_units()));
        self.print(&format!("  {GOOD}{winner} wins at {price} a period{GOOD:#}"))?;
        Ok(())
    }

    fn leases(&mut self, leases: &[LeaseLine]) -> io::Result<()> {
        self.title("Leases, settled")?;
        let mut table = table(
            PLAIN,
            &["lease", "operator", "lasted", "paid", "fee", "score at the end", "once reported"],
        );
        for lease in leases {
            table.add_row(vec![
                Cell::new(&lease.bid),
                Cell::new(&lease.operator),
                right(span(lease.end.since(lease.start).to_milliseconds())),
                right(ada(lease.paid.to_units())),
                right(ada(lease.fee.to_units())),
                right(ratio(lease.score_before)),
                right(ratio(lease.score_after)),
            ]);
        }
        self.print(&table.trim_fmt())?;
        let beside = ada(FEE_ADA.to_units());
        self.print(&format!(
            "  beside each fee the treasury gets {beside} out of the bid's reserve, so that it can stand"
        ))
    }

    fn transactions(&mut self, transactions: &[TransactionLine]) -> io::Result<()> {
        self.title(&format!("Transactions ({})", transactions.len()))?;
        let digits = self.id_digits;
        let more = if digits < WHOLE_ID { "…" } else { "" };
        let mut table =
            table(PLAIN, &["", "transaction", "id", "bytes", "memory", "of limit", "steps", "of limit"]);
        for line in transactions {
            table.add_row(vec![
                Cell::new(line.ledger),
                Cell::new(&line.what),
                Cell::new(format!("{:.digits$}{more}", line.id.to_string())),
                right(grouped(line.size)),
                right(grouped(line.memory)),
                right(share(line.memory, line.memory_limit)),
                right(grouped(line.steps)),
                right(share(line.steps, line.steps_limit)),
            ]);
        }
        self.print(&table.trim_fmt())?;
        Ok(())
    }

    fn balances(&mut self, balances: &[BalanceLine], conserved: bool, sums: &Conservation) -> io::Result<()> {
        self.title("Balances, in ada, from the first of these bids to the end")?;
        let mut table = table(PLAIN, &["party", "before", "after", "change", "by the leases"]);
        for line in balances {
            let change = line.after.cast_signed() - line.before.cast_signed();
            table.add_row(vec![
                Cell::new(&line.party),
                right(decimal(line.before)),
                right(decimal(line.after)),
                right(signed(change)),
                right(signed(line.owed)),
            ]);
        }
        table.add_row(vec![
            Cell::new("all"),
            right(decimal(sums.before)),
            right(decimal(sums.after)),
            right(signed(sums.after.cast_signed() - sums.before.cast_signed())),
            right(signed(balances.iter().map(|line| line.owed).sum())),
        ]);
        self.print(&table.trim_fmt())?;
        let equation = format!(
            "applications paid {} = operators earned {} + treasury got {}; {} still in escrow",
            gained(sums.applications_paid),
            gained(sums.operators_earned),
            gained(sums.treasury_got),
            decimal(sums.in_escrow),
        );
        if conserved {
            self.print(&format!("\n{GOOD}conserved{GOOD:#}: {equation}"))?;
        } else {
            let off = sums.off.join(", ");
            self.print(&format!("\n{BAD}NOT conserved{BAD:#}: {equation}; off: {off}"))?;
        }
        Ok(())
    }
}

fn table(style: TableStyle, header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().map(Cell::new));
    table
}

fn right(text: impl ToString) -> Cell {
    Cell::new(text.to_string()).set_alignment(CellAlignment::Right)
}

/// Lovelace as ada, without zeros at the end.
fn ada(lovelace: u64) -> String {
    let text = decimal(lovelace);
    format!("{} ada", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Lovelace as ada with six decimals.
fn decimal(lovelace: u64) -> String {
    format!("{}.{:06}", grouped(lovelace / 1_000_000), lovelace % 1_000_000)
}

/// Like `signed`, but without a plus.
fn gained(lovelace: i64) -> String {
    signed(lovelace).trim_start_matches('+').to_owned()
}

fn signed(lovelace: i64) -> String {
    let sign = match lovelace {
        ..0 => "-",
        0 => "",
        1.. => "+",
    };
    format!("{sign}{}", decimal(lovelace.unsigned_abs()))
}

/// A number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Millionths as a number with three decimals.
fn ratio(millionths: u64) -> String {
    format!("{}.{:03}", millionths / 1_000_000, millionths % 1_000_000 / 1_000)
}

/// A merit in units of a whole weight times a whole criterion.
fn merit(points: u64) -> String {
    ratio(points / 1_000_000)
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

fn share(used: u64, limit: u64) -> String {
    let per_mille = u128::from(used) * 1_000 / u128::from(limit.max(1));
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

fn amounts(amounts: &[(String, u64)]) -> String {
    amounts.iter().map(|(name, units)| quantity(name, *units)).collect::<Vec<_>>().join("\n")
}

/// A quantity as Kubernetes writes it, with the name of its resource.
fn quantity(name: &str, units: u64) -> String {
    const GIB: u64 = 1 << 30;
    const MIB: u64 = 1 << 20;
    match name {
        "cpu" if units.is_multiple_of(1_000) => format!("{} cpu", units / 1_000),
        "cpu" => format!("{units}m cpu"),
        "memory" | "requests.storage" | "ephemeral-storage" => {
            let name = name.trim_start_matches("requests.");
            match units {
                0 => format!("0 {name}"),
                _ if units.is_multiple_of(GIB) => format!("{}Gi {name}", units / GIB),
                _ if units.is_multiple_of(1_000_000) => format!("{}M {name}", units / 1_000_000),
                _ if units.is_multiple_of(MIB) => format!("{}Mi {name}", units / MIB),
                _ => format!("{units} {name}"),
            }
        }
        _ => format!("{units} {}", name.rsplit('/').next().unwrap_or(name)),
    }
}

/// A label without the domain of its key.
fn short_label(label: &str) -> String {
    label.rsplit('/').next().unwrap_or(label).to_owned()
}

fn span(milliseconds: u64) -> String {
    humantime::format_duration(std::time::Duration::from_millis(milliseconds))
        .to_string()
        .replace("day", " day")
}
