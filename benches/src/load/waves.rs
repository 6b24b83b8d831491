//! Transactions that depend on each other, in groups that can be sent at once.

use std::collections::HashMap;

use demeter_core::{OutputReference, Time};
use demeter_tx::{SignedTransaction, Slot};
use pallas_primitives::conway::MintedTx;

use crate::Outcome;
use crate::head::Story;

/// Transactions that do not depend on each other, and when they are valid.
pub(super) struct Wave<'a> {
    pub(super) time: Time,
    pub(super) transactions: Vec<&'a SignedTransaction>,
}

/// A story in waves, each of which depends on those before it alone: a transaction comes after those that make what it
/// consumes or reads, after those that read what it consumes, and not before its time.
pub(super) fn of(story: &Story) -> Outcome<Vec<Wave<'_>>> {
    let mut waves: Vec<Wave<'_>> = Vec::new();
    // By output: the first wave in which it can be used, and the first in which it can be consumed.
    let mut usable: HashMap<OutputReference, (usize, usize)> = HashMap::new();
    // The waves from here on share a time at which all of their transactions are valid.
    let mut stage = Stage::default();
    for (made, transaction) in &story.transactions {
        let needs = Needs::of(transaction)?;
        let slot = story.settings.clock.slot_at(*made)?;
        if !stage.admits(&needs, slot) {
            stage = Stage::from(waves.len());
        }
        stage.narrow(&needs, slot);
        let after = |output: &OutputReference, consumed: bool| {
            let (used, spent) = usable.get(output).copied().unwrap_or_default();
            if consumed { spent.max(used) } else { used }
        };
        let consumed = needs.consumed.iter().map(|output| after(output, true));
        let read = needs.read.iter().map(|output| after(output, false));
        let wave = consumed.chain(read).max().unwrap_or_default().max(stage.first);
        for output in &needs.read {
            let (_, spent) = usable.entry(*output).or_default();
            *spent = (*spent).max(wave.saturating_add(1));
        }
        let next = wave.saturating_add(1);
        usable.extend(needs.made.into_iter().map(|output| (output, (next, next))));
        while waves.len() <= wave {
            waves.push(Wave { time: *made, transactions: Vec::new() });
        }
        waves.get_mut(wave).ok_or("the wave is there")?.transactions.push(transaction);
        let time = story.settings.clock.time_of(stage.slot)?;
        waves.iter_mut().skip(stage.first).for_each(|wave| wave.time = time);
    }
    Ok(waves)
}

/// A stretch of the story in which time stands still.
#[derive(Clone, Copy, Default)]
struct Stage {
    /// Its first wave.
    first: usize,
    /// The slot that it is in, so far.
    slot: Slot,
    /// The first slot in which one of its transactions is no longer valid.
    before: Option<Slot>,
}

impl Stage {
    fn from(first: usize) -> Self {
        Self { first, ..Self::default() }
    }

    /// The slot in which a transaction could join: the one in which it was made, unless that of the stage does.
    fn slot_for(&self, needs: &Needs, made: Slot) -> Slot {
        let from = needs.from.unwrap_or_default();
        if self.before.is_none() && self.slot == Slot::default() { made } else { self.slot.max(from) }
    }

    fn admits(&self, needs: &Needs, made: Slot) -> bool {
        let slot = self.slot_for(needs, made);
        [self.before, needs.before].into_iter().flatten().all(|before| slot < before)
    }

    fn narrow(&mut self, needs: &Needs, made: Slot) {
        self.slot = self.slot_for(needs, made);
        self.before = [self.before, needs.before].into_iter().flatten().min();
    }
}

/// What a transaction depends on.
struct Needs {
    consumed: Vec<OutputReference>,
    read: Vec<OutputReference>,
    made: Vec<OutputReference>,
    from: Option<Slot>,
    before: Option<Slot>,
}

impl Needs {
    fn of(transaction: &SignedTransaction) -> Outcome<Self> {
        let effect = transaction.effect()?;
        let bytes = transaction.to_cbor();
        let decoded: MintedTx<'_> = minicbor::decode(&bytes)?;
        let body = &decoded.transaction_body;
        let collateral = body.collateral.iter().flat_map(|inputs| inputs.iter());
        let read = body.reference_inputs.iter().flat_map(|inputs| inputs.iter()).chain(collateral);
        let reference = |input: &pallas_primitives::TransactionInput| OutputReference {
            transaction: demeter_core::TransactionId::from_bytes(*input.transaction_id),
            index: input.index,
        };
        Ok(Self {
            consumed: effect.consumed,
            read: read.map(reference).collect(),
            made: effect.made.into_iter().map(|(output, _)| output).collect(),
            from: body.validity_interval_start.map(Slot::from_number),
            before: body.ttl.map(Slot::from_number),
        })
    }
}
