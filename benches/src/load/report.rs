//! What was measured, for people and for programs.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::head::HYDRA;

/// What hydra publishes for three nodes.
const THREE_NODES: &str = "three nodes 1138 in a burst, 1502 sustained";

/// All that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Plain payments, by more and more clients.
    pub payments: Vec<Load>,
    /// A market, by more and more clients.
    pub market: Vec<Load>,
    /// Payments by ten tasks that share one [`HydraHead`](demeter_tx::hydra::HydraHead), each waiting for its last.
    pub through_one_head: Rate,
    /// A client of a head that holds many outputs.
    pub watched: Watched,
}

/// The same transactions by so many clients.
#[derive(Clone, Debug, Serialize)]
pub struct Load {
    /// How many clients.
    pub clients: usize,
    /// Each sends all that it has at once: most of the time that a transaction takes, it waits for others. Nothing for a
    /// market.
    pub burst: Option<Rate>,
    /// Each sends its next when its last is confirmed; in a market, all send a wave when the last is confirmed.
    pub in_turn: Option<Rate>,
    /// How many transactions of a market can be sent at once, on average.
    pub in_a_wave: Option<f64>,
}

/// How fast transactions went through.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rate {
    /// How many they were.
    pub transactions: usize,
    /// How many were confirmed in a second, from when the first was sent to when the last was seen to be confirmed.
    pub per_second: f64,
    /// How many times as many that are as hydra publishes for payments on one node.
    pub to_hydra: f64,
    /// Milliseconds from when a transaction is sent until who sent it sees that it is confirmed: for half of them it is
    /// no longer.
    pub p50: f64,
    /// The same for 95 of a hundred.
    pub p95: f64,
    /// The same for 99 of a hundred.
    pub p99: f64,
}

/// A client of a head that holds many outputs, and asks for them in every snapshot.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Watched {
    /// How many outputs.
    pub outputs: u64,
    /// Milliseconds from connecting until the greetings are there, with the outputs.
    pub greetings: f64,
    /// How long the greetings are, in bytes.
    pub greetings_bytes: usize,
    /// Milliseconds that GET `/snapshot/utxo` takes, with the connection.
    pub snapshot: f64,
    /// How long its answer is, in bytes.
    pub snapshot_bytes: usize,
    /// Payments by this client, one after the other, each confirmed by a message with all outputs.
    pub payments: Rate,
}

impl Rate {
    /// Of transactions that took so long in all, and each so long.
    pub(super) fn of(all: Duration, mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        let transactions = latencies.len();
        let percentile = |percent: usize| {
            let rank = transactions.saturating_mul(percent).div_ceil(100);
            latencies.get(rank.saturating_sub(1)).map_or(0.0, |latency| milliseconds(*latency))
        };
        let per_second = transactions as f64 / all.as_secs_f64();
        let [p50, p95, p99] = [50, 95, 99].map(percentile);
        Self { transactions, per_second, to_hydra: per_second / HYDRA, p50, p95, p99 }
    }

    /// The fastest of several: whatever else the machine does only slows it down.
    pub(super) fn best(several: Vec<Self>) -> Option<Self> {
        several.into_iter().max_by(|one, other| one.per_second.total_cmp(&other.per_second))
    }
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "server in this process, clients on one thread of it, over loopback; head in memory")?;
        writeln!(
            f,
            "hydra publishes for payments, per second: one node {HYDRA} in bursts of 300, {THREE_NODES}"
        )?;
        for (name, loads) in [("payments", &self.payments), ("market", &self.market)] {
            writeln!(f, "{name}:")?;
            for Load { clients, burst, in_turn, in_a_wave } in loads {
                for (how, rate) in [("burst", burst), ("in turn", in_turn)] {
                    if let Some(rate) = rate {
                        writeln!(f, "  {clients:>4} clients, {how:<7} {rate}")?;
                    }
                }
                if let Some(width) = in_a_wave {
                    writeln!(f, "               {width:.2} transactions in a wave")?;
                }
            }
        }
        writeln!(f, "payments by ten tasks through one HydraHead:\n  {}", self.through_one_head)?;
        let Watched { outputs, greetings, greetings_bytes, snapshot, snapshot_bytes, payments } =
            self.watched;
        writeln!(f, "a client of a head with {outputs} outputs:")?;
        writeln!(f, "  greetings {greetings:.1} ms, {greetings_bytes} bytes")?;
        writeln!(f, "  GET /snapshot/utxo {snapshot:.1} ms, {snapshot_bytes} bytes")?;
        writeln!(f, "  payments with all outputs in each snapshot: {payments}")
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { transactions, per_second, to_hydra, p50, p95, p99 } = self;
        write!(
            f,
            "{per_second:>6.0} per second, {to_hydra:.2} times hydra's one node; ms: p50 {p50:.2}, p95 {p95:.2}, \
             p99 {p99:.2} ({transactions} transactions)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_latencies() {
        let latencies = (1..=200).rev().map(Duration::from_millis).collect();
        let rate = Rate::of(Duration::from_millis(100), latencies);
        assert_eq!((rate.p50, rate.p95, rate.p99), (100.0, 190.0, 198.0));
        assert_eq!((rate.transactions, rate.per_second), (200, 2_000.0));
        assert_eq!(format!("{:.4}", rate.to_hydra), "0.9653");
        let one = Rate::of(Duration::from_millis(1), vec![Duration::from_millis(7)]);
        assert_eq!((one.p50, one.p99), (7.0, 7.0));
    }

    #[test]
    fn the_fastest_round_counts() {
        let rates = [20, 10, 30].map(|all| Rate::of(Duration::from_millis(all), vec![Duration::ZERO]));
        assert_eq!(Rate::best(rates.to_vec()).map(|rate| rate.per_second), Some(100.0));
    }
}
