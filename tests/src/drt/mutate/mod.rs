//! Ways to spoil a healthy transaction, one at a time.
//!
//! Inputs stay what could be there: their data decode, because nothing else ever comes to stand at our scripts with a
//! token. Outputs and redeemers are the submitter's: they may hold anything.

mod data;
mod frame;
mod input;
mod output;
mod perturb;
mod redeemer;

pub use perturb::perturbed;

use demeter_core::transition::{InputView, TransactionView};
use demeter_core::{Asset, Token, Value};

use super::healthy::Healthy;
use super::{Dice, World};
use crate::make::amount;

/// A way to spoil a transaction; nothing where it does not apply.
type Mutation = fn(&Healthy, &mut TransactionView, &mut Dice) -> Option<()>;

/// All ways by name.
const MUTATIONS: &[(&str, Mutation)] = &[
    ("signer dropped", frame::signer_dropped),
    ("stranger signs instead", frame::stranger_instead),
    ("stranger signs too", frame::stranger_too),
    ("a bound moved by a slot", frame::bound_moved),
    ("both bounds moved", frame::both_bounds_moved),
    ("a bound missing", frame::bound_missing),
    ("the range a slot too long", frame::range_too_long),
    ("an output's value one off", output::value_off),
    ("an output with a foreign token", output::foreign_token),
    ("an output with one token of ours more", output::token_more),
    ("an output with a staking part", output::output_staked),
    ("an output elsewhere", output::output_elsewhere),
    ("an output with a reference script", output::output_with_script),
    ("an output's datum changed", output::output_datum),
    ("an output's datum gone", output::output_datum_gone),
    ("two outputs swapped", output::outputs_swapped),
    ("an output dropped", output::output_dropped),
    ("an output put first", output::output_first),
    ("another state consumed", input::state_consumed),
    ("a foreign input with a token of ours", input::token_in_wallet),
    ("a reference dropped", input::reference_dropped),
    ("a reference of another grid", input::reference_of_other_grid),
    ("a reference without token", input::reference_without_token),
    ("a reference's datum changed", input::reference_datum),
    ("a reference elsewhere", input::reference_elsewhere),
    ("a reference with a staking part or script", input::reference_dressed),
    ("another reference before", input::reference_before),
    ("an input's datum changed", input::input_datum),
    ("an input of another grid", input::input_of_other_grid),
    ("an input without token", input::input_without_token),
    ("an input's value one off", input::input_value),
    ("a token of ours minted", frame::minted),
    ("a token of ours burned", frame::burned),
    ("a foreign token minted", frame::foreign_minted),
    ("another transition", redeemer::other_transition),
    ("the transition's numbers changed", redeemer::other_numbers),
    ("a primary that follows", redeemer::primary_follows),
    ("a follower that acts", redeemer::follower_acts),
    ("a payment's tag changed", output::payment_tag),
    ("the policy's redeemer changed", redeemer::policy_redeemer),
    ("a redeemer that is none", redeemer::malformed),
    ("a redeemer of the policy that is none", redeemer::policy_malformed),
];

/// Spoils a transaction in one way of these dice, now and then in two; a name for it.
pub fn mutate(healthy: &Healthy, dice: &mut Dice) -> (String, TransactionView) {
    let mut transaction = healthy.transaction.clone();
    let mut names = Vec::new();
    let ways = if dice.once_in(6) { 2 } else { 1 };
    while names.len() < ways {
        let (name, mutation) = dice.pick(MUTATIONS);
        let mut changed = transaction.clone();
        if mutation(healthy, &mut changed, dice).is_some() && changed != transaction {
            changed.inputs.sort_by_key(|input| input.reference);
            changed.references.sort_by_key(|input| input.reference);
            if has_each_once(&changed.inputs) && has_each_once(&changed.references) {
                transaction = changed;
                names.push(*name);
            }
        }
    }
    (names.join(" and "), transaction)
}

/// Whether no output is named twice among these, which are sorted.
fn has_each_once(inputs: &[InputView]) -> bool {
    inputs.windows(2).all(|pair| pair[0].reference != pair[1].reference)
}

/// A position in something, if there is one.
fn position(dice: &mut Dice, length: usize) -> Option<usize> {
    (length > 0).then(|| dice.position(length))
}

/// The value with one unit more or less of an asset that it holds.
fn one_off(value: &Value, dice: &mut Dice) -> Option<Value> {
    let assets: Vec<Asset> = value.iter().map(|(asset, _)| asset.clone()).collect();
    let asset = &assets[position(dice, assets.len())?];
    if dice.once_in(2) { value.clone().plus(asset, amount(1)) } else { value.clone().minus(asset, amount(1)) }
        .ok()
}

fn foreign(dice: &mut Dice) -> Asset {
    crate::make::token(dice.of(&[0x00, 0x80, 0xff]), b"foreign")
}

/// A token of ours, of this grid or of another.
pub(super) fn ours(world: &World, dice: &mut Dice) -> Asset {
    let token = dice.of(&[Token::Grid, Token::Pool, Token::Operator, Token::Slot]);
    let id = dice.of(&[world.grid.id, crate::make::grid_id(0x42)]);
    world.scripts.token(token, &id)
}
