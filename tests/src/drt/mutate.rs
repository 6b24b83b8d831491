//! Ways to spoil a healthy transaction, one at a time.
//!
//! Inputs stay what could be there: their data decode, because nothing else ever comes to stand at our scripts with a
//! token. Outputs and redeemers are the submitter's: they may hold anything.

use demeter_core::limits::MIN_PERIOD;
use demeter_core::transition::{Datum, InputView, OutputView, TransactionView};
use demeter_core::{
    Address, Amount, Asset, Count, Credential, GridId, KeyHash, MarketRedeemer, MarketTransition, PlutusData,
    Redeemer, RegistryRedeemer, RegistryTransition, Script, Slot, Stage, State, Time, Token, Value,
};
use pallas_primitives::PlutusData as Data;

use super::Dice;
use super::healthy::{Healthy, input};
use super::world::STRANGER;
use crate::make::{amount, key};
use crate::{machine, tree};

/// A way to spoil a transaction; nothing where it does not apply.
pub(super) type Mutation = fn(&Healthy, &mut TransactionView, &mut Dice) -> Option<()>;

/// All ways by name.
pub(super) const MUTATIONS: &[(&str, Mutation)] = &[
    ("signer dropped", signer_dropped),
    ("stranger signs instead", stranger_instead),
    ("stranger signs too", stranger_too),
    ("a bound moved by a slot", bound_moved),
    ("both bounds moved", both_bounds_moved),
    ("a bound missing", bound_missing),
    ("the range a slot too long", range_too_long),
    ("an output's value one off", value_off),
    ("an output with a foreign token", foreign_token),
    ("an output with one token of ours more", token_more),
    ("an output with a staking part", output_staked),
    ("an output elsewhere", output_elsewhere),
    ("an output with a reference script", output_with_script),
    ("an output's datum changed", output_datum),
    ("an output's datum gone", output_datum_gone),
    ("two outputs swapped", outputs_swapped),
    ("an output dropped", output_dropped),
    ("an output put first", output_first),
    ("another state consumed", state_consumed),
    ("a foreign input with a token of ours", token_in_wallet),
    ("a reference dropped", reference_dropped),
    ("a reference of another grid", reference_of_other_grid),
    ("a reference without token", reference_without_token),
    ("a reference's datum changed", reference_datum),
    ("a reference elsewhere", reference_elsewhere),
    ("a reference with a staking part or script", reference_dressed),
    ("another reference before", reference_before),
    ("an input's datum changed", input_datum),
    ("an input of another grid", input_of_other_grid),
    ("an input without token", input_without_token),
    ("an input's value one off", input_value),
    ("a token of ours minted", minted),
    ("a token of ours burned", burned),
    ("a foreign token minted", foreign_minted),
    ("another transition", other_transition),
    ("the transition's numbers changed", other_numbers),
    ("a primary that follows", primary_follows),
    ("a follower that acts", follower_acts),
    ("a payment's tag changed", payment_tag),
    ("the policy's redeemer changed", policy_redeemer),
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
            transaction = changed;
            names.push(*name);
        }
    }
    (names.join(" and "), transaction)
}

/// A position in something, if there is one.
fn position(dice: &mut Dice, length: usize) -> Option<usize> {
    (length > 0).then(|| dice.position(length))
}

fn signer_dropped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let mut keys: Vec<KeyHash> = view.signatories.iter().copied().collect();
    keys.remove(position(dice, keys.len())?);
    view.signatories = keys.into_iter().collect();
    Some(())
}

fn stranger_instead(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    signer_dropped(healthy, view, dice)?;
    stranger_too(healthy, view, dice)
}

fn stranger_too(_: &Healthy, view: &mut TransactionView, _: &mut Dice) -> Option<()> {
    view.signatories = view.signatories.iter().copied().chain([STRANGER]).collect();
    Some(())
}

fn moved(bound: Time, slots: i64) -> Option<Time> {
    let milliseconds = bound.to_milliseconds().checked_add_signed(slots * 1000)?;
    Time::from_milliseconds(milliseconds).ok()
}

fn bound_moved(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let slots = dice.of(&[-1, 1]);
    let bound = if dice.once_in(2) { &mut view.lower } else { &mut view.upper };
    *bound = Some(moved((*bound)?, slots)?);
    Some(())
}

fn both_bounds_moved(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let slots = dice.of(&[-1_000_000, -3600, -60, -1, 1, 60, 3600, 604_800, 5_000_000]);
    view.lower = Some(moved(view.lower?, slots)?);
    view.upper = Some(moved(view.upper?, slots)?);
    Some(())
}

fn bound_missing(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    if dice.once_in(2) { view.lower.take() } else { view.upper.take() }.map(|_| ())
}

fn range_too_long(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let (lower, upper) = (view.lower?, view.upper?);
    let slots = dice.of(&[300, 301]);
    if dice.once_in(2) {
        view.upper = Some(moved(lower, slots)?);
    } else {
        view.lower = Some(moved(upper, -slots)?);
    }
    Some(())
}

fn an_output<'v>(view: &'v mut TransactionView, dice: &mut Dice) -> Option<&'v mut OutputView> {
    let position = position(dice, view.outputs.len())?;
    Some(&mut view.outputs[position])
}

/// The value with one unit more or less of an asset that it holds.
fn one_off(value: &Value, dice: &mut Dice) -> Option<Value> {
    let assets: Vec<Asset> = value.iter().map(|(asset, _)| asset.clone()).collect();
    let asset = &assets[position(dice, assets.len())?];
    if dice.once_in(2) { value.clone().plus(asset, amount(1)) } else { value.clone().minus(asset, amount(1)) }
        .ok()
}

fn value_off(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.value = one_off(&output.value, dice)?;
    Some(())
}

fn foreign(dice: &mut Dice) -> Asset {
    crate::make::token(dice.of(&[0x00, 0x80, 0xff]), b"foreign")
}

fn ours(healthy: &Healthy, dice: &mut Dice) -> Asset {
    let token = dice.of(&[Token::Grid, Token::Pool, Token::Operator, Token::Slot]);
    let id = dice.of(&[healthy.world.grid.id, crate::make::grid_id(0x42)]);
    healthy.world.scripts.token(token, &id)
}

fn foreign_token(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.value = output.value.clone().plus(&foreign(dice), amount(1)).ok()?;
    Some(())
}

fn token_more(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.value = output.value.clone().plus(&ours(healthy, dice), amount(1)).ok()?;
    Some(())
}

fn output_staked(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.address.stake = match output.address.stake {
        Some(_) => None,
        None => Some(Credential::Key(STRANGER)),
    };
    Some(())
}

fn output_elsewhere(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let scripts = healthy.world.scripts;
    let to = [Address::of_key(STRANGER), scripts.address(Script::Market), scripts.address(Script::Registry)];
    an_output(view, dice)?.address = dice.of(&to);
    Some(())
}

fn output_with_script(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    an_output(view, dice)?.has_reference_script = true;
    Some(())
}

/// Other data in one node: spoiled, or another value of the same kind.
fn changed(data: &Data, dice: &mut Dice) -> Data {
    let paths = tree::paths(data);
    let path = dice.pick(&paths);
    let node = tree::at(data, path);
    let mut others: Vec<Data> = tree::spoiled(node).into_iter().map(|(_, node)| node).collect();
    others.extend(siblings(node));
    tree::replaced(data, path, dice.pick(&others).clone())
}

/// Other values of the same kind.
pub(super) fn siblings(node: &Data) -> Vec<Data> {
    match node {
        Data::BigInt(_) => {
            let integer = small(node);
            [integer + 1, (integer - 1).max(0), 0].into_iter().map(machine::integer).collect()
        }
        Data::BoundedBytes(bytes) => {
            let (mut flipped, mut longer) = (bytes.to_vec(), bytes.to_vec());
            longer.push(0);
            flipped.iter_mut().last().into_iter().for_each(|byte| *byte ^= 1);
            vec![machine::bytes(&flipped), machine::bytes(&longer)]
        }
        Data::Constr(_) => {
            let (index, fields) = (tree::index(node), tree::fields(node));
            vec![
                tree::constructor(index + 1, fields.clone()),
                tree::constructor(index.saturating_sub(1), fields),
            ]
        }
        Data::Array(_) => {
            let mut fewer = tree::fields(node);
            let mut more = fewer.clone();
            more.extend(fewer.last().cloned());
            fewer.pop();
            vec![tree::list(fewer), tree::list(more)]
        }
        Data::Map(pairs) => {
            let pairs = pairs.clone().to_vec();
            let (mut fewer, mut reversed, mut more) = (pairs.clone(), pairs.clone(), pairs.clone());
            fewer.pop();
            reversed.reverse();
            more.extend(pairs.first().cloned());
            vec![tree::map(fewer), tree::map(reversed), tree::map(more)]
        }
    }
}

fn small(node: &Data) -> i128 {
    match node {
        Data::BigInt(pallas_primitives::BigInt::Int(integer)) => i128::from(*integer),
        _ => 1 << 65,
    }
}

fn output_datum(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    let Datum::Inline(bytes) = &output.datum else { return None };
    output.datum = Datum::Inline(machine::encoded(&changed(&machine::decoded(bytes), dice)));
    Some(())
}

fn output_datum_gone(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    an_output(view, dice)?.datum = if dice.once_in(2) { Datum::None } else { Datum::Hash };
    Some(())
}

fn outputs_swapped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let (one, other) = (position(dice, view.outputs.len())?, position(dice, view.outputs.len())?);
    view.outputs.swap(one, other);
    Some(())
}

fn output_dropped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let position = position(dice, view.outputs.len())?;
    view.outputs.remove(position);
    Some(())
}

fn output_first(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let copy = an_output(view, dice)?.clone();
    let position = position(dice, view.outputs.len())?;
    view.outputs.insert(position, copy);
    Some(())
}

/// One more state among the inputs, of this grid or of another with the same keys and numbers.
fn state_consumed(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let mut world = healthy.world.clone();
    if dice.once_in(3) {
        let mut draft = world.grid.into_draft();
        draft.id = crate::make::grid_id(0x42);
        world.grid = demeter_core::Grid::new(draft).ok()?;
        world.operator.grid = crate::make::grid_id(0x42);
    }
    for _ in 0..40 {
        world.fresh(dice);
    }
    let held = match dice.position(5) {
        0 => world.held_slot(dice, 3, Stage::Idle, amount(0)),
        1 => world.open_bid(dice),
        2 => world.held_pool(dice, 1, 1),
        3 => world.held_operator(dice),
        _ => world.held_grid(dice),
    };
    let primary =
        view.inputs.iter().find(|input| input.redeemer.as_ref().is_some_and(|redeemer| is_act(redeemer)));
    let redeemer = match primary {
        Some(primary) if dice.once_in(3) => primary.redeemer.clone(),
        _ => Some(MarketRedeemer::Follow.encode()),
    };
    view.inputs.push(input(world.scripts, &held, redeemer));
    Some(())
}

fn is_act(redeemer: &[u8]) -> bool {
    tree::index(&machine::decoded(redeemer)) == 0
}

fn token_in_wallet(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let wallet = view.inputs.iter_mut().find(|input| input.redeemer.is_none())?;
    wallet.output.value = wallet.output.value.clone().plus(&ours(healthy, dice), amount(1)).ok()?;
    Some(())
}

fn a_reference<'v>(view: &'v mut TransactionView, dice: &mut Dice) -> Option<&'v mut InputView> {
    let position = position(dice, view.references.len())?;
    Some(&mut view.references[position])
}

fn reference_dropped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let position = position(dice, view.references.len())?;
    view.references.remove(position);
    Some(())
}

/// The same value with the tokens of another grid.
fn other_tokens(healthy: &Healthy, value: &Value, other: Option<GridId>) -> Option<Value> {
    let scripts = healthy.world.scripts;
    let mut changed = value.clone();
    for token in [Token::Grid, Token::Pool, Token::Operator, Token::Slot] {
        let asset = scripts.token(token, &healthy.world.grid.id);
        let count = value.amount_of(&asset);
        if count == Amount::ZERO {
            continue;
        }
        changed = changed.minus(&asset, count).ok()?;
        if let Some(other) = other {
            changed = changed.plus(&scripts.token(token, &other), count).ok()?;
        }
    }
    (changed != *value).then_some(changed)
}

fn of_other_grid(healthy: &Healthy, input: &mut InputView, dice: &mut Dice) -> Option<()> {
    let other = crate::make::grid_id(0x42);
    input.output.value = other_tokens(healthy, &input.output.value, Some(other))?;
    if dice.once_in(2) {
        let Datum::Inline(bytes) = &input.output.datum else { return None };
        let data = tree::replaced(&machine::decoded(bytes), &[0], machine::bytes(other.as_bytes()));
        keep_state(healthy, input, machine::encoded(&data))?;
    }
    Some(())
}

/// Gives an input this datum if such a state can come to stand there.
fn keep_state(healthy: &Healthy, input: &mut InputView, bytes: Vec<u8>) -> Option<()> {
    can_stand(healthy, &input.output.value, &bytes).then_some(())?;
    input.output.datum = Datum::Inline(bytes);
    Some(())
}

/// Whether a state can come to stand in an output of this value. Tokens enter only with a datum of their grid, and
/// leases only on well-formed terms: what the engines would say of others matters to nobody.
fn can_stand(healthy: &Healthy, value: &Value, bytes: &[u8]) -> bool {
    let Ok(state) = State::decode(bytes) else { return false };
    let grid = match &state {
        State::Grid(grid) => grid.id,
        State::Pool(pool) => pool.grid,
        State::Operator(operator) => operator.grid,
        State::Slot(slot) => slot.grid,
        State::Bid(bid) => bid.terms.grid,
    };
    let asset = healthy.world.scripts.token(state.kind().token(), &grid);
    let of_its_grid = !healthy.world.scripts.any_token_in(value) || value.amount_of(&asset) > Amount::ZERO;
    let sound = match &state {
        State::Slot(Slot { stage: Stage::Leased(lease), .. }) => {
            lease.period >= MIN_PERIOD && lease.periods > Count::ZERO && lease.claimed <= lease.periods
        }
        _ => true,
    };
    of_its_grid && sound
}

fn reference_of_other_grid(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    of_other_grid(healthy, a_reference(view, dice)?, dice)
}

fn reference_without_token(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let reference = a_reference(view, dice)?;
    reference.output.value = other_tokens(healthy, &reference.output.value, None)?;
    Some(())
}

fn input_changed(healthy: &Healthy, input: &mut InputView, dice: &mut Dice) -> Option<()> {
    let Datum::Inline(bytes) = &input.output.datum else { return None };
    let data = machine::decoded(bytes);
    let changed = until_read(
        || machine::encoded(&changed(&data, dice)),
        |bytes| can_stand(healthy, &input.output.value, bytes),
    )?;
    keep_state(healthy, input, changed)
}

/// The first of some tries that can be read: most changes are no state or redeemer any more.
fn until_read(mut make: impl FnMut() -> Vec<u8>, is_read: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    (0..100).map(|_| make()).find(|bytes| is_read(bytes))
}

fn reference_datum(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    input_changed(healthy, a_reference(view, dice)?, dice)
}

fn reference_elsewhere(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let scripts = healthy.world.scripts;
    let to = [Address::of_key(STRANGER), scripts.address(Script::Market), scripts.address(Script::Registry)];
    a_reference(view, dice)?.output.address = dice.of(&to);
    Some(())
}

fn reference_dressed(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = &mut a_reference(view, dice)?.output;
    if dice.once_in(2) {
        output.address.stake = Some(Credential::Key(STRANGER));
    } else {
        output.has_reference_script = true;
    }
    Some(())
}

/// A copy of a reference with another datum, which may come to stand before it.
fn reference_before(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let mut copy = a_reference(view, dice)?.clone();
    let mut world = healthy.world.clone();
    for _ in 0..50 {
        world.fresh(dice);
    }
    copy.reference = world.fresh(dice);
    input_changed(healthy, &mut copy, dice)?;
    view.references.push(copy);
    Some(())
}

fn a_state<'v>(view: &'v mut TransactionView, dice: &mut Dice) -> Option<&'v mut InputView> {
    let positions: Vec<_> =
        (0..view.inputs.len()).filter(|position| view.inputs[*position].redeemer.is_some()).collect();
    let position = *positions.get(position(dice, positions.len())?)?;
    Some(&mut view.inputs[position])
}

fn input_datum(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    input_changed(healthy, a_state(view, dice)?, dice)
}

fn input_of_other_grid(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    of_other_grid(healthy, a_state(view, dice)?, dice)
}

fn input_without_token(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let input = a_state(view, dice)?;
    input.output.value = other_tokens(healthy, &input.output.value, None)?;
    Some(())
}

fn input_value(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let input = a_state(view, dice)?;
    input.output.value = one_off(&input.output.value, dice)?;
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

fn minted(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    mint(healthy, view, &ours(healthy, dice), 1);
    Some(())
}

fn burned(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    mint(healthy, view, &ours(healthy, dice), -1);
    Some(())
}

fn foreign_minted(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    // NOTE: the script of a foreign policy is no concern of ours, and is not run.
    let asset = foreign(dice);
    if view.minted.iter().any(|(minted, _)| *minted == asset) {
        return None;
    }
    view.minted.push((asset, dice.of(&[1, -1])));
    Some(())
}

fn the_primary(view: &mut TransactionView) -> Option<&mut InputView> {
    view.inputs.iter_mut().find(|input| input.redeemer.as_ref().is_some_and(|redeemer| is_act(redeemer)))
}

fn other_transition(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
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
        let transitions = [RegistryTransition::Report, RegistryTransition::Retire, endorse];
        Redeemer::Act(dice.pick(&transitions).clone()).encode()
    };
    primary.redeemer = Some(redeemer);
    Some(())
}

/// Other numbers, of a kind that a redeemer of ours can hold.
fn other_numbers(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let market = healthy.world.scripts.address(Script::Market).payment;
    let primary = the_primary(view)?;
    let data = machine::decoded(primary.redeemer.as_ref()?);
    let at_market = primary.output.address.payment == market;
    let bytes = until_read(
        || machine::encoded(&changed(&data, dice)),
        |bytes| {
            if at_market {
                MarketRedeemer::decode(bytes).is_ok()
            } else {
                RegistryRedeemer::decode(bytes).is_ok()
            }
        },
    )?;
    primary.redeemer = Some(bytes);
    Some(())
}

fn primary_follows(_: &Healthy, view: &mut TransactionView, _: &mut Dice) -> Option<()> {
    the_primary(view)?.redeemer = Some(MarketRedeemer::Follow.encode());
    Some(())
}

fn follower_acts(_: &Healthy, view: &mut TransactionView, _: &mut Dice) -> Option<()> {
    let act = the_primary(view)?.redeemer.clone();
    let follower = view
        .inputs
        .iter_mut()
        .find(|input| input.redeemer.as_ref().is_some_and(|redeemer| !is_act(redeemer)))?;
    follower.redeemer = act;
    Some(())
}

fn payment_tag(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let states = healthy.outcome.states.len();
    let payment = position(dice, healthy.outcome.payments.len())?;
    let other = view.inputs[dice.position(view.inputs.len())].reference;
    view.outputs[states + payment].datum = Datum::Inline(other.encode());
    Some(())
}

fn policy_redeemer(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let data = machine::decoded(view.policy_redeemer.as_ref()?);
    let bytes = until_read(
        || machine::encoded(&changed(&data, dice)),
        |bytes| demeter_core::Genesis::decode(bytes).is_ok(),
    )?;
    view.policy_redeemer = Some(bytes);
    Some(())
}

/// Every single perturbation of an expected state output: none of these may be accepted.
pub fn perturbed(healthy: &Healthy) -> Vec<(String, TransactionView)> {
    let mut all = Vec::new();
    for (position, expected) in healthy.outcome.states.iter().enumerate() {
        let mut change = |what: &str, change: &dyn Fn(&mut OutputView)| {
            let mut transaction = healthy.transaction.clone();
            change(&mut transaction.outputs[position]);
            all.push((format!("output {position}: {what}"), transaction));
        };
        for (asset, _) in expected.value.iter() {
            change("one more", &|output| output.value = output.value.clone().plus(asset, amount(1)).unwrap());
            change("one less", &|output| {
                output.value = output.value.clone().minus(asset, amount(1)).unwrap()
            });
        }
        let foreign = crate::make::token(0x80, b"foreign");
        change("a foreign token", &|output| {
            output.value = output.value.clone().plus(&foreign, amount(1)).unwrap()
        });
        change("a staking part", &|output| output.address.stake = Some(Credential::Key(key(1))));
        change("a key's address", &|output| output.address = Address::of_key(key(1)));
        change("the other script's address", &|output| {
            let other = if expected.script == Script::Market { Script::Registry } else { Script::Market };
            output.address = healthy.world.scripts.address(other);
        });
        change("a reference script", &|output| output.has_reference_script = true);
        change("no datum", &|output| output.datum = Datum::None);
        change("the hash of a datum", &|output| output.datum = Datum::Hash);
        let data = machine::decoded(&expected.state.encode());
        for path in tree::paths(&data) {
            let node = tree::at(&data, &path);
            let spoiled = tree::spoiled(node).into_iter().map(|(_, node)| node);
            for other in spoiled.chain(siblings(node)) {
                let datum = machine::encoded(&tree::replaced(&data, &path, other));
                if datum != expected.state.encode() {
                    change(&format!("datum at {path:?}"), &|output| {
                        output.datum = Datum::Inline(datum.clone())
                    });
                }
            }
        }
        let mut dropped = healthy.transaction.clone();
        dropped.outputs.remove(position);
        all.push((format!("output {position}: dropped"), dropped));
        let mut behind = healthy.transaction.clone();
        let output = behind.outputs.remove(position);
        behind.outputs.push(output);
        if behind != healthy.transaction {
            all.push((format!("output {position}: at the end"), behind));
        }
    }
    all
}
