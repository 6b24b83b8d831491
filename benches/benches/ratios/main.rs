//! What Demeter costs beside what it replaces, or what it cannot go below: `cargo bench -p demeter-benches`.
//!
//! Criterion measures; the ratios come last. `-- --test` runs each bench once without measuring, `-- explain` only
//! those of that name.

mod audit;
mod codec;
mod compose;
mod explain;
mod payment;
mod preview;
mod view;

use std::io;
use std::path::Path;
use std::time::Duration;

use criterion::Criterion;
use demeter_benches::{Market, Outcome, Pairs};

fn main() -> Outcome<()> {
    // Short, because there are many: what is compared differs by more than this leaves open.
    let criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .sample_size(30)
        .configure_from_args();
    let mut pairs = Pairs::new(criterion, Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion"));
    let market = Market::new()?;
    codec::measure(&mut pairs, &market)?;
    preview::measure(&mut pairs, &market)?;
    explain::measure(&mut pairs, &market)?;
    compose::measure(&mut pairs, &market)?;
    view::measure(&mut pairs, &market)?;
    audit::measure(&mut pairs)?;
    payment::measure(&mut pairs)?;
    pairs.finish(&mut io::stdout().lock())?;
    Ok(())
}
