//! Counters, by hydra-node's names, as Prometheus reads them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use demeter_core::TransactionId;

use crate::shared::Shared;

/// The bounds that hydra-node counts times by, in milliseconds.
const BUCKETS: [u64; 5] = [5, 10, 50, 100, 1_000];
/// How many transactions are timed at once; of more, only that they come and are confirmed is counted.
const MOST_TIMED: usize = 65_536;

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    inputs: AtomicU64,
    requested: AtomicU64,
    confirmed: AtomicU64,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Times {
    begun: HashMap<TransactionId, Instant>,
    /// How many took no longer than each bound.
    within: [u64; BUCKETS.len()],
    count: u64,
    sum: Duration,
}

impl Metrics {
    /// A client sent something that was understood.
    pub(crate) fn input(&self) {
        self.inputs.fetch_add(1, Ordering::Relaxed);
    }

    /// A transaction was submitted.
    pub(crate) fn requested(&self, id: TransactionId) {
        self.requested.fetch_add(1, Ordering::Relaxed);
        self.timed(|times| {
            if times.begun.len() < MOST_TIMED {
                times.begun.insert(id, Instant::now());
            }
        });
    }

    /// A transaction was found invalid.
    pub(crate) fn refused(&self, id: &TransactionId) {
        self.timed(|times| {
            times.begun.remove(id);
        });
    }

    /// A transaction was confirmed.
    pub(crate) fn confirmed(&self, id: &TransactionId) {
        self.confirmed.fetch_add(1, Ordering::Relaxed);
        self.timed(|times| {
            let Some(begun) = times.begun.remove(id) else { return };
            let took = begun.elapsed();
            times.count += 1;
            times.sum += took;
            for (bound, within) in BUCKETS.iter().zip(&mut times.within) {
                *within += u64::from(took <= Duration::from_millis(*bound));
            }
        });
    }

    fn timed(&self, change: impl FnOnce(&mut Times)) {
        change(&mut self.times.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let counters =
            [("inputs", &self.inputs), ("requested_tx", &self.requested), ("confirmed_tx", &self.confirmed)];
        for (name, count) in counters {
            let count = count.load(Ordering::Relaxed);
            // NOTE: writing to memory does not fail.
            let _ = writeln!(text, "# TYPE hydra_head_{name} counter\nhydra_head_{name} {count}");
        }
        let name = "hydra_head_tx_confirmation_time_ms";
        let _ = writeln!(text, "# TYPE {name} histogram");
        self.timed(|times| {
            for (bound, within) in BUCKETS.iter().zip(&times.within) {
                let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {within}");
            }
            let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {}", times.count);
            let _ =
                writeln!(text, "{name}_sum {}\n{name}_count {}", times.sum.as_secs_f64() * 1e3, times.count);
        });
        let name = "hydra_head_peers_connected";
        let _ = writeln!(text, "# TYPE {name} gauge\n{name} 0");
        text
    }
}

/// What is served on the port for metrics.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let metrics = move || {
        let text = shared.metrics.text();
        async move { ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text) }
    };
    Router::new().route("/metrics", get(metrics))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_by_hydras_names() {
        let metrics = Metrics::default();
        let [first, second] = [1, 2].map(|seed| TransactionId::from_bytes([seed; 32]));
        for id in [first, second] {
            metrics.input();
            metrics.requested(id);
        }
        metrics.confirmed(&first);
        metrics.refused(&second);
        let text = metrics.text();
        for line in [
            "hydra_head_inputs 2",
            "hydra_head_requested_tx 2",
            "hydra_head_confirmed_tx 1",
            "hydra_head_tx_confirmation_time_ms_bucket{le=\"1000\"} 1",
            "hydra_head_tx_confirmation_time_ms_bucket{le=\"+Inf\"} 1",
            "hydra_head_tx_confirmation_time_ms_count 1",
            "hydra_head_peers_connected 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(metrics.times.lock().unwrap().begun.is_empty());
    }
}
