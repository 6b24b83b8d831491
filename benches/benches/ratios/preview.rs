//! What a transition yields, by the mirror, beside the compiled validator run by uplc on the same case.

use std::hint::black_box;

use demeter_benches::{Market, Outcome, Pairs};
use demeter_core::transition::apply;
use demeter_tx::evaluate::evaluate;

pub(crate) fn measure(pairs: &mut Pairs, market: &Market) -> Outcome<()> {
    let (scripts, settings) = (market.composer.contract().scripts(), market.composer.settings());
    for case in &market.cases {
        let composed = market.composer.compose(&case.plan, &case.utxos, &market.funds)?;
        let bytes = composed.transaction().to_cbor();
        pairs.compare(
            "preview",
            case.name,
            |bencher| bencher.iter(|| black_box(apply(&scripts, black_box(&case.step))).is_ok()),
            ("uplc", |bencher| bencher.iter(|| evaluate(black_box(&bytes), &case.utxos, settings))),
        );
    }
    Ok(())
}
