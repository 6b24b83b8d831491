//! A view of as many outputs as a head holds: loading it, beside decoding as many datums; following a transaction,
//! beside doing so in a view of 64 outputs.

use std::hint::black_box;

use demeter_benches::{Crowd, Market, Outcome, Pairs};
use demeter_core::{PlutusData as _, State};

/// The most outputs that a head can fan out.
const FULL: u64 = 4_095;
/// Few.
const SMALL: u64 = 64;

pub(crate) fn measure(pairs: &mut Pairs, market: &Market) -> Outcome<()> {
    let full = Crowd::new(market, FULL)?;
    let datums: Vec<&[u8]> =
        full.utxos.values().filter_map(|output| output.inline_datum()).map(|data| data.as_bytes()).collect();
    let empty = full.view();
    pairs.compare(
        "view-load",
        &FULL.to_string(),
        |bencher| bencher.iter_with_large_drop(|| empty.load(black_box(&full.utxos))),
        ("decoding", |bencher| {
            bencher.iter_with_large_drop(|| {
                let decode = |bytes: &&[u8]| State::decode(bytes);
                black_box(&datums).iter().map(decode).collect::<Vec<_>>()
            });
        }),
    );
    let small = Crowd::new(market, SMALL)?;
    let [mut view, mut small_view] = [&full, &small].map(|crowd| crowd.view().load(&crowd.utxos));
    pairs.compare(
        "view-follow",
        &FULL.to_string(),
        |bencher| bencher.iter(|| (view.apply(&full.offered), view.apply(&full.withdrawn))),
        ("64", |bencher| {
            bencher.iter(|| (small_view.apply(&small.offered), small_view.apply(&small.withdrawn)))
        }),
    );
    Ok(())
}
