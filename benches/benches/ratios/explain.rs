//! Ranking and explaining offers, beside a plain sort of as many integers.

use std::hint::black_box;

use criterion::BatchSize;
use demeter_benches::{Market, Outcome, Pairs};
use demeter_core::rule::{cheapness, fit, merit};
use demeter_core::{Amount, Count, KeyHash, Leader, Ppm, Quantity, Terms, explain};

pub(crate) fn measure(pairs: &mut Pairs, market: &Market) -> Outcome<()> {
    for count in [10, 1_000, 100_000] {
        let offers = (0..count).map(|number| offer(&market.terms, number)).collect::<Outcome<Vec<_>>>()?;
        let integers: Vec<u64> = offers.iter().map(|offer| offer.merit.to_points()).collect();
        pairs.compare(
            "explain",
            &count.to_string(),
            |bencher| bencher.iter_with_large_drop(|| explain(&market.terms, black_box(&offers))),
            ("sorting", |bencher| {
                bencher.iter_batched_ref(
                    || integers.clone(),
                    |integers| integers.sort_unstable(),
                    BatchSize::LargeInput,
                );
            }),
        );
    }
    Ok(())
}

/// An offer that is spread over price, resources and score by its number.
fn offer(terms: &Terms, number: u64) -> Outcome<Leader> {
    let spread = |prime: u64, over: u64| number.wrapping_mul(prime) % over;
    let price = Amount::from_units(50_000 + spread(7_919, 350_000))?;
    let resources = vec![
        Quantity::from_units(2_000 + spread(104_729, 2_000))?,
        Quantity::from_units((2 + spread(31, 6)) << 30)?,
    ];
    let score = Ppm::from_millionths(spread(15_485_863, 1_000_000))?;
    let (cheapness, fit) = (cheapness(&terms.price, price), fit(&terms.request.needs, &resources));
    Ok(Leader {
        operator: Count::from_number(number)?,
        index: Count::ZERO,
        owner: KeyHash::from_bytes([3; 28]),
        price,
        resources,
        merit: merit(&terms.method, cheapness, fit, score)?,
    })
}
