//! A burst of payments on the embedded head, beside verifying their signatures alone.

use std::hint::black_box;

use criterion::BatchSize;
use demeter_benches::{Outcome, Pairs, Payments};
use demeter_core::TransactionId;
use demeter_tx::keys::{Signature, VerificationKey, Witness};

/// As many as hydra's published figures are of.
const BURST: u64 = 300;

pub(crate) fn measure(pairs: &mut Pairs) -> Outcome<()> {
    let payments = Payments::new(BURST)?;
    let head = payments.head()?;
    for payment in &payments.signed {
        head.apply(payment)?;
    }
    pairs.compare(
        "payments",
        &BURST.to_string(),
        |bencher| {
            bencher.iter_batched_ref(
                || payments.head(),
                |head| {
                    head.as_ref().is_ok_and(|head| {
                        payments.signed.iter().all(|payment| head.apply(black_box(payment)).is_ok())
                    })
                },
                BatchSize::PerIteration,
            );
        },
        ("signatures", |bencher| {
            bencher.iter(|| {
                payments.signatures.iter().all(|(message, key, signature)| {
                    let key = VerificationKey::from_bytes(*key);
                    let witness = Witness { key, signature: Signature::from_bytes(*signature) };
                    black_box(witness).verifies(&TransactionId::from_bytes(*message))
                })
            });
        }),
    );
    Ok(())
}
