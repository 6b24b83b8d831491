//! A soak that is short, and figures that must not pass.

use demeter_tests::soak::{Findings, Kept, Soak, Window};

const MEBIBYTE: u64 = 1 << 20;

#[test]
fn a_short_run_is_measured_and_sound() {
    let folder = tempfile::tempdir().unwrap();
    let mut shown = 0;
    let findings = Soak { transactions: 400, seed: 3 }.run(folder.path(), |_| shown += 1);
    assert_eq!(findings.faults, [] as [&str; 0]);
    assert_eq!((shown, findings.windows.len(), findings.transactions), (20, 20, 400));
    let ends: Vec<u64> = findings.windows.iter().map(|window| window.transactions).collect();
    assert_eq!((ends[0], ends[1], ends[19]), (20, 40, 400));
    assert_eq!(findings.kept.ids, 16_000);
    // Those of the first tenth, and twice 2,000 outputs.
    assert!((10_000..200_000).contains(&findings.kept.events), "{}", findings.kept.events);
    assert!(findings.kept.outputs > 4_000 * 100, "{}", findings.kept.outputs);
}

/// A run whose memory and file at the end of each window are these, in mebibytes.
fn judged(memory: impl Fn(u64) -> Option<u64>, file: impl Fn(u64) -> u64) -> Vec<String> {
    let windows = (1..=20).map(|number| Window {
        transactions: 50_000 * number,
        seconds: 1.0,
        per_second: 50_000.0,
        resident_bytes: memory(number).map(|mebibytes| mebibytes * MEBIBYTE),
        file_bytes: file(number) * MEBIBYTE,
    });
    let kept = Kept { ids: 40_000_000, events: 3_000_000, outputs: 2_000_000 };
    let mut findings =
        Findings { transactions: 1_000_000, windows: windows.collect(), kept, ..Findings::default() };
    findings.judge();
    findings.faults
}

#[test]
fn memory_that_grows_is_a_fault() {
    let flat = |number: u64| Some(if number < 3 { 50 + number } else { 60 });
    assert_eq!(judged(flat, |_| 100), [] as [&str; 0]);
    assert_eq!(judged(|_| None, |_| 100), [] as [&str; 0]);
    // 50 bytes for each transaction.
    let leaking = judged(|number| Some(50 + number * 50_000 * 50 / MEBIBYTE), |_| 100);
    let message = "memory grew from 56623104 bytes after the first tenth to 101711872, at most ";
    assert!(leaking.len() == 1 && leaking[0].starts_with(message), "{leaking:?}");
    // What is freed before the end counts too.
    let peak = judged(|number| Some(if number == 11 { 100 } else { 50 }), |_| 100);
    assert_eq!(peak.len(), 1, "{peak:?}");
}

#[test]
fn a_file_that_outgrows_what_it_keeps_is_a_fault() {
    // 45 million bytes must be kept.
    assert_eq!(judged(|_| Some(50), |number| 10 * number), [] as [&str; 0]);
    let grown = judged(|_| Some(50), |number| 11 * number);
    let message = "the file has 230686720 bytes, at most 213554432 for the 45000000 that it must keep";
    assert_eq!(grown, [message]);
}
