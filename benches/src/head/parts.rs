//! Where the time of a transaction goes.

use std::time::{Duration, Instant};

use demeter_tx::evaluate::{Machine, evaluate};
use demeter_tx::{SignedTransaction, ledger};

use super::{Floor, Story, shortest};
use crate::Outcome;

/// How long the parts of a story's validation take, each for all of its transactions.
///
/// Only what can be called from outside can be timed by itself; the rest are differences of such times.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// Reading the bytes that a client sends.
    pub decode: Duration,
    /// All of [`ledger::validate`].
    pub validate: Duration,
    /// All of [`evaluate`]: reading the transaction apart, script contexts, and the machine.
    pub evaluate: Duration,
    /// Verifying the signatures.
    pub signatures: Duration,
    /// The script machine that a head uses, with its arguments ready.
    pub machine: Duration,
    /// The same on the fast machine.
    pub fast: Duration,
    /// Changing the set of outputs.
    pub apply: Duration,
}

impl Parts {
    /// Takes a story apart.
    ///
    /// # Errors
    /// A transaction of it is not valid.
    pub fn of(story: &Story, floor: &Floor) -> Outcome<Self> {
        let mut utxos = story.opening.clone();
        let mut parts = Self::default();
        for ((made, transaction), bare) in story.transactions.iter().zip(floor.transactions()) {
            let bytes = transaction.to_cbor();
            let slot = story.settings.clock.slot_at(*made)?;
            let settings = &story.settings;
            timed(&mut parts.decode, || SignedTransaction::from_cbor(&bytes))?;
            timed(&mut parts.evaluate, || evaluate(&bytes, &utxos, settings))?;
            timed(&mut parts.signatures, || bare.verify())?;
            timed(&mut parts.machine, || floor.call(bare, Machine::default()))?;
            timed(&mut parts.fast, || floor.call(bare, Machine::Fast))?;
            let applied =
                timed(&mut parts.validate, || ledger::validate(transaction, &utxos, settings, slot))?;
            timed(&mut parts.apply, || applied.effect.apply_to(&mut utxos));
        }
        Ok(parts)
    }

    /// The shortest of each of several.
    pub(super) fn shortest(several: &[Self]) -> Self {
        let of = |part: fn(&Self) -> Duration| shortest(several.iter().map(part));
        Self {
            decode: of(|parts| parts.decode),
            validate: of(|parts| parts.validate),
            evaluate: of(|parts| parts.evaluate),
            signatures: of(|parts| parts.signatures),
            machine: of(|parts| parts.machine),
            fast: of(|parts| parts.fast),
            apply: of(|parts| parts.apply),
        }
    }
}

fn timed<T>(total: &mut Duration, run: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = run();
    *total = total.saturating_add(begun.elapsed());
    result
}
