//! Composing a transaction, which runs its scripts, beside running them alone.

use std::hint::black_box;

use demeter_benches::{Market, Outcome, Pairs};
use demeter_tx::evaluate::evaluate;

pub(crate) fn measure(pairs: &mut Pairs, market: &Market) -> Outcome<()> {
    let composer = &market.composer;
    for case in &market.cases {
        let bytes = composer.compose(&case.plan, &case.utxos, &market.funds)?.transaction().to_cbor();
        pairs.compare(
            "compose",
            case.name,
            |bencher| bencher.iter(|| composer.compose(black_box(&case.plan), &case.utxos, &market.funds)),
            ("evaluation", |bencher| {
                bencher.iter(|| evaluate(black_box(&bytes), &case.utxos, composer.settings()));
            }),
        );
    }
    Ok(())
}
