//! What is around inputs and outputs: signers, bounds, what is minted.

use demeter_core::transition::TransactionView;
use demeter_core::{Asset, KeyHash, PlutusData, Time};

use super::super::world::STRANGER;
use super::{Dice, Healthy, foreign, ours, position};

pub(super) fn signer_dropped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let mut keys: Vec<KeyHash> = view.signatories.iter().copied().collect();
    keys.remove(position(dice, keys.len())?);
    view.signatories = keys.into_iter().collect();
    Some(())
}

pub(super) fn stranger_instead(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    signer_dropped(healthy, view, dice)?;
    stranger_too(healthy, view, dice)
}

pub(super) fn stranger_too(_: &Healthy, view: &mut TransactionView, _: &mut Dice) -> Option<()> {
    view.signatories = view.signatories.iter().copied().chain([STRANGER]).collect();
    Some(())
}

pub(super) fn moved(bound: Time, slots: i64) -> Option<Time> {
    let milliseconds = bound.to_milliseconds().checked_add_signed(slots * 1000)?;
    Time::from_milliseconds(milliseconds).ok()
}

pub(super) fn bound_moved(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let slots = dice.of(&[-1, 1]);
    let bound = if dice.once_in(2) { &mut view.lower } else { &mut view.upper };
    *bound = Some(moved((*bound)?, slots)?);
    Some(())
}

pub(super) fn both_bounds_moved(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let slots = dice.of(&[-1_000_000, -3600, -60, -1, 1, 60, 3600, 604_800, 5_000_000]);
    view.lower = Some(moved(view.lower?, slots)?);
    view.upper = Some(moved(view.upper?, slots)?);
    Some(())
}

pub(super) fn bound_missing(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    if dice.once_in(2) { view.lower.take() } else { view.upper.take() }.map(|_| ())
}

pub(super) fn range_too_long(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let (lower, upper) = (view.lower?, view.upper?);
    let slots = dice.of(&[300, 301]);
    if dice.once_in(2) {
        view.upper = Some(moved(lower, slots)?);
    } else {
        view.lower = Some(moved(upper, -slots)?);
    }
    Some(())
}

/// Adds to what is minted; a sum of zero is nothing.
fn mint(healthy: &Healthy, view: &mut TransactionView, asset: &Asset, count: i64) {
    match view.minted.iter_mut().find(|(minted, _)| minted == asset) {
        Some((_, sum)) => *sum += count,
        None => view.minted.push((asset.clone(), count)),
    }
    view.minted.retain(|(_, sum)| *sum != 0);
    if view.policy_redeemer.is_none() {
        let genesis = demeter_core::Genesis {
            seed: healthy.transaction.inputs[0].reference,
            deadline: Time::MAX,
            operators: crate::make::count(1),
            slots: crate::make::count(1),
        };
        view.policy_redeemer = Some(genesis.encode());
    }
}

pub(super) fn minted(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    mint(healthy, view, &ours(&healthy.world, dice), 1);
    Some(())
}

pub(super) fn burned(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    mint(healthy, view, &ours(&healthy.world, dice), -1);
    Some(())
}

pub(super) fn foreign_minted(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    // NOTE: the script of a foreign policy is no concern of ours, and is not run.
    let asset = foreign(dice);
    if view.minted.iter().any(|(minted, _)| *minted == asset) {
        return None;
    }
    view.minted.push((asset, dice.of(&[1, -1])));
    Some(())
}
