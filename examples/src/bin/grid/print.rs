//! The report for people: sections with tables, in colour where a terminal shows it.

mod books;
mod contests;
mod leases;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use demeter_core::Label;

use crate::format::{ada, grouped, quantity, ratio, share};
use crate::report::{GridLine, OperatorLine, Report};

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
    /// Whether each transaction is listed.
    every_transaction: bool,
}

impl<W: Write> Printer<W> {
    /// Prints for people; ids are whole unless their terminal reads along.
    pub(crate) const fn new(output: W, terminal: bool, every_transaction: bool) -> Self {
        let id_digits = if terminal { SHORT_ID } else { WHOLE_ID };
        Self { output, id_digits, every_transaction }
    }

    /// Prints all of it.
    pub(crate) fn print_report(&mut self, report: &Report) -> io::Result<()> {
        self.grid(&report.grid)?;
        self.operators(&report.operators)?;
        self.bids(report)?;
        self.contests(report)?;
        self.events(report)?;
        self.leases(&report.leases)?;
        self.records(report)?;
        if let Some(again) = &report.again {
            self.again(again)?;
        }
        if self.every_transaction {
            self.each_transaction(&report.transactions)?;
        } else {
            self.transactions(&report.transactions)?;
        }
        self.audit(report.audit)?;
        self.balances(&report.balances, report.conserved, &report.conservation)
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.output, "{text}")
    }

    fn title(&mut self, text: &str) -> io::Result<()> {
        self.print(&format!("\n{TITLE}{text}{TITLE:#}"))
    }

    fn grid(&mut self, grid: &GridLine) -> io::Result<()> {
        let GridLine { id, entities, admission, threshold, fee, penalty, registry, market } = grid;
        self.print(&format!("{TITLE}Grid {id}{TITLE:#}"))?;
        self.print(&format!(
            "  {entities} entities: {admission} admit an operator, {threshold} decide all else"
        ))?;
        self.print(&format!(
            "  fee {} of the price; in a record, an ada broken weighs as much as {penalty} kept",
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
            let says = operator.labels.iter().filter(|label| !label.to_string().starts_with("demeter.dev/"));
            let labels: Vec<String> = says
                .map(|label| {
                    let short = short_label(label);
                    if operator.endorsed.contains(label) { endorsed(&short) } else { short }
                })
                .collect();
            table.add_row(vec![
                Cell::new(&operator.name),
                Cell::new(in_two_lines(operator.capacity.iter().map(|(name, units)| quantity(name, *units)))),
                Cell::new(labels.join("\n")),
                right(format!("{} % of cost", operator.margin)),
                right(ada(operator.fulfilled.to_units())),
                right(ratio(operator.score)),
            ]);
        }
        self.print(&table.trim_fmt())
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

/// Quantities in two lines: what computes, and what is stored.
fn in_two_lines(quantities: impl Iterator<Item = String>) -> String {
    let (stored, computing): (Vec<_>, Vec<_>) = quantities.partition(|quantity| quantity.contains("storage"));
    let lines = [computing, stored].map(|line| line.join(", "));
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A label without the domain of its key.
fn short_label(label: &Label) -> String {
    let label = label.to_string();
    label.rsplit('/').next().unwrap_or(&label).to_owned()
}

/// A label that entities vouch for, or must.
fn endorsed(label: &str) -> String {
    format!("{label}, endorsed")
}
