//! One long run.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use demeter_tx::head::{EmbeddedHead, HeadOptions};

use super::after;
use super::findings::{Findings, Kept, WINDOWS, Window};
use super::measure::{length, resident};
use super::traffic::Traffic;
use super::work::Work;
use crate::make::span;

/// How many events a head keeps unless the run is so short that its first tenth makes fewer.
const EVENTS: u64 = 16_384;
/// How many ids are looked up again in the end, spread over the run.
const SAMPLES: u64 = 1_000;
/// The bytes of an id and of the number of a snapshot, and of a reference.
const ID: u64 = 40;
const REFERENCE: u64 = 40;

/// A long run.
#[derive(Clone, Copy, Debug)]
pub struct Soak {
    /// How many transactions.
    pub transactions: u64,
    /// What they follow from.
    pub seed: u64,
}

impl Soak {
    /// Runs it on a head in this folder, and shows each window when it is over.
    ///
    /// # Panics
    /// The head cannot be created, or finds a transaction invalid.
    pub fn run(self, folder: &Path, mut show: impl FnMut(&Window)) -> Findings {
        let Self { transactions, seed } = self;
        let path = folder.join("soak.head");
        let mut traffic = Traffic::new(seed);
        let options = self.options();
        let (settings, opening) = (traffic.settings(), traffic.utxos());
        let start = settings.clock.zero_time();
        let head = EmbeddedHead::create(&path, settings, opening, start, &options).unwrap();
        let mut findings = Findings { seed, created_bytes: length(&path), ..Findings::default() };
        let every = (transactions / SAMPLES).max(1);
        let mut work = Work::new(&head, self.kept_events().get() / 2, every);
        for number in 1..=WINDOWS {
            let (before, end) = (transactions * (number - 1) / WINDOWS, transactions * number / WINDOWS);
            let begun = Instant::now();
            work.until(end, &mut traffic);
            let seconds = begun.elapsed().as_secs_f64();
            let per_second = (end - before) as f64 / seconds;
            let (resident_bytes, file_bytes) = (resident(), length(&path));
            let window = Window { transactions: end, seconds, per_second, resident_bytes, file_bytes };
            show(&window);
            findings.windows.push(window);
            head.advance(span(1_000)).unwrap();
        }
        let mut heard = work.finish();
        drop(head);

        let begun = Instant::now();
        let head = EmbeddedHead::open_at(&path, &options).unwrap();
        findings.opening_seconds = begun.elapsed().as_secs_f64();
        let utxos = traffic.utxos();
        findings.transactions = heard.transactions;
        findings.kept = Kept {
            ids: ID * heard.transactions,
            events: heard.last.iter().map(|seal| seal.bytes).sum(),
            outputs: utxos.values().map(|output| REFERENCE + output.as_bytes().len() as u64).sum(),
        };
        findings.faults.append(&mut heard.faults);
        findings.faults.extend(after::faults(&head, &utxos, &heard));
        if head.apply(&traffic.pay()).is_err() {
            findings.faults.push("the next payment is refused".to_owned());
        }
        findings.judge();
        findings
    }

    /// How many events the head keeps: those of the first tenth at most, so that there are no fewer later.
    fn kept_events(self) -> NonZeroUsize {
        let count = EVENTS.min(2 * (self.transactions / 10)).max(2);
        NonZeroUsize::new(usize::try_from(count).unwrap()).unwrap()
    }

    fn options(self) -> HeadOptions {
        HeadOptions::default().kept_events(self.kept_events())
    }
}
