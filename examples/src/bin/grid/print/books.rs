//! What was done, what it took, and whether the books balance.

use std::io::{self, Write};

use comfy_table::Cell;

use super::{BAD, GOOD, PLAIN, Printer, WHOLE_ID, right, table};
use crate::format::{decimal, gained, grouped, share, signed};
use crate::report::{AuditLine, BalanceLine, Conservation, TransactionLine};

impl<W: Write> Printer<W> {
    /// One line for each kind of transaction, with the most that one of them took.
    pub(super) fn transactions(&mut self, transactions: &[TransactionLine]) -> io::Result<()> {
        self.title(&format!("Transactions ({}), and the most that one of a kind took", transactions.len()))?;
        let mut kinds: Vec<(&str, Vec<&TransactionLine>)> = Vec::new();
        for line in transactions {
            match kinds.iter_mut().find(|(kind, _)| *kind == line.kind()) {
                Some((_, lines)) => lines.push(line),
                None => kinds.push((line.kind(), vec![line])),
            }
        }
        let header = ["", "transaction", "times", "bytes", "memory", "of limit", "steps", "of limit"];
        let mut table = table(PLAIN, &header);
        for (kind, lines) in kinds {
            let Some(first) = lines.first() else { continue };
            let most = |of: fn(&TransactionLine) -> u64| lines.iter().map(|line| of(line)).max().unwrap_or(0);
            let (memory, steps) = (most(|line| line.memory), most(|line| line.steps));
            table.add_row(vec![
                Cell::new(first.ledger),
                Cell::new(kind),
                right(lines.len()),
                right(grouped(most(|line| line.size))),
                right(grouped(memory)),
                right(share(memory, first.memory_limit)),
                right(grouped(steps)),
                right(share(steps, first.steps_limit)),
            ]);
        }
        self.print(&table.trim_fmt())?;
        self.print("  each with its id: --transactions, or --json")
    }

    pub(super) fn each_transaction(&mut self, transactions: &[TransactionLine]) -> io::Result<()> {
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
        self.print(&table.trim_fmt())
    }

    pub(super) fn audit(&mut self, audit: AuditLine) -> io::Result<()> {
        let AuditLine { clean, transactions, leads, allocations, confirmed, findings } = audit;
        let (style, word) = if clean { (GOOD, "audited") } else { (BAD, "NOT clean") };
        self.print(&format!(
            "\n{style}{word}{style:#}: the rule makes {confirmed} of the {allocations} allocations, after {leads} changes of \
             leader, in the {transactions} transactions of the head; {findings} findings"
        ))
    }

    pub(super) fn balances(
        &mut self,
        balances: &[BalanceLine],
        conserved: bool,
        sums: &Conservation,
    ) -> io::Result<()> {
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
            "applications paid {} = operators earned {} + treasury got {}; {} came back as leases ended, {} of it slashed; \
             {} still in escrow",
            gained(sums.applications_paid),
            gained(sums.operators_earned),
            gained(sums.treasury_got),
            decimal(sums.came_back),
            decimal(sums.slashed),
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
