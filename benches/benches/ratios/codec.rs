//! Reading and writing each datum, beside pallas' generic Plutus data, which knows no type and checks nothing.

use std::hint::black_box;

use demeter_benches::{Market, Outcome, Pairs};
use demeter_core::{PlutusData as _, State};
use pallas_primitives::PlutusData;

pub(crate) fn measure(pairs: &mut Pairs, market: &Market) -> Outcome<()> {
    for (name, state) in &market.states {
        let bytes = state.encode();
        let generic: PlutusData = minicbor::decode(&bytes)?;
        // Neither side may win by doing less.
        if State::decode(&bytes)? != *state || minicbor::to_vec(&generic)? != bytes {
            return Err(format!("{name} does not come back as it was").into());
        }
        pairs.compare(
            "decode",
            name,
            |bencher| bencher.iter(|| State::decode(black_box(&bytes))),
            ("pallas", |bencher| bencher.iter(|| minicbor::decode::<PlutusData>(black_box(&bytes)))),
        );
        pairs.compare(
            "encode",
            name,
            |bencher| bencher.iter(|| black_box(state).encode()),
            ("pallas", |bencher| bencher.iter(|| minicbor::to_vec(black_box(&generic)))),
        );
    }
    Ok(())
}
