//! What inputs are told.

use demeter_core::transition::{InputView, TransactionView};
use demeter_core::{
    MarketRedeemer, MarketTransition, PlutusData, Redeemer, RegistryRedeemer, RegistryTransition, Script,
    Time,
};

use super::data::{changed, until_read};
use super::{Dice, Healthy};
use crate::make::amount;
use crate::{machine, tree};

pub(super) fn is_act(redeemer: &[u8]) -> bool {
    let data = machine::decoded(redeemer);
    tree::is_constructor(&data) && tree::index(&data) == 0
}

fn the_primary(view: &mut TransactionView) -> Option<&mut InputView> {
    view.inputs.iter_mut().find(|input| input.redeemer.as_ref().is_some_and(|redeemer| is_act(redeemer)))
}

pub(super) fn other_transition(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let market = healthy.world.scripts.address(Script::Market);
    let primary = the_primary(view)?;
    let redeemer = if primary.output.address.payment == market.payment {
        let transitions = [
            MarketTransition::Offer { price: amount(1), resources: Vec::new() },
            MarketTransition::Lead,
            MarketTransition::Award,
            MarketTransition::Take { price: amount(1), resources: Vec::new() },
            MarketTransition::Withdraw,
            MarketTransition::Cancel,
            MarketTransition::Claim { claimed: crate::make::count(1) },
            MarketTransition::Extend { periods: crate::make::count(1) },
            MarketTransition::Close,
            MarketTransition::Complete,
            MarketTransition::Resign,
            MarketTransition::Collect,
            MarketTransition::Rekey,
        ];
        Redeemer::Act(dice.pick(&transitions).clone()).encode()
    } else {
        let endorse = RegistryTransition::Endorse { endorsed: healthy.world.operator.labels.clone() };
        let deposit = RegistryTransition::Deposit { head: crate::make::script(0xd1), deadline: Time::ZERO };
        let transitions = [RegistryTransition::Report, RegistryTransition::Retire, endorse, deposit];
        Redeemer::Act(dice.pick(&transitions).clone()).encode()
    };
    primary.redeemer = Some(redeemer);
    Some(())
}

/// Other numbers, of a kind that a redeemer of ours can hold.
pub(super) fn other_numbers(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let market = healthy.world.scripts.address(Script::Market).payment;
    let primary = the_primary(view)?;
    let data = machine::decoded(primary.redeemer.as_ref()?);
    let at_market = primary.output.address.payment == market;
    let bytes =
        until_read(|| machine::encoded(&changed(&data, dice)), |bytes| is_redeemer(at_market, bytes))?;
    primary.redeemer = Some(bytes);
    Some(())
}

fn is_redeemer(at_market: bool, bytes: &[u8]) -> bool {
    if at_market { MarketRedeemer::decode(bytes).is_ok() } else { RegistryRedeemer::decode(bytes).is_ok() }
}

/// Something that no redeemer of ours is.
pub(super) fn malformed(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let market = healthy.world.scripts.address(Script::Market).payment;
    let of_ours: Vec<_> =
        (0..view.inputs.len()).filter(|position| view.inputs[*position].redeemer.is_some()).collect();
    let input = &mut view.inputs[*of_ours.get(super::position(dice, of_ours.len())?)?];
    let data = machine::decoded(input.redeemer.as_ref()?);
    let at_market = input.output.address.payment == market;
    let bytes =
        until_read(|| machine::encoded(&changed(&data, dice)), |bytes| !is_redeemer(at_market, bytes))?;
    input.redeemer = Some(bytes);
    Some(())
}

pub(super) fn primary_follows(_: &Healthy, view: &mut TransactionView, _: &mut Dice) -> Option<()> {
    the_primary(view)?.redeemer = Some(MarketRedeemer::Follow.encode());
    Some(())
}

pub(super) fn follower_acts(_: &Healthy, view: &mut TransactionView, _: &mut Dice) -> Option<()> {
    let act = the_primary(view)?.redeemer.clone();
    let follower = view
        .inputs
        .iter_mut()
        .find(|input| input.redeemer.as_ref().is_some_and(|redeemer| !is_act(redeemer)))?;
    follower.redeemer = act;
    Some(())
}

pub(super) fn policy_redeemer(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let data = machine::decoded(view.policy_redeemer.as_ref()?);
    let bytes = until_read(
        || machine::encoded(&changed(&data, dice)),
        |bytes| demeter_core::Genesis::decode(bytes).is_ok(),
    )?;
    view.policy_redeemer = Some(bytes);
    Some(())
}

pub(super) fn policy_malformed(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let data = machine::decoded(view.policy_redeemer.as_ref()?);
    let bytes = until_read(
        || machine::encoded(&changed(&data, dice)),
        |bytes| demeter_core::Genesis::decode(bytes).is_err(),
    )?;
    view.policy_redeemer = Some(bytes);
    Some(())
}
