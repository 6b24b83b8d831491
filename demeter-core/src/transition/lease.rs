//! How a lease opens, what it holds, and how it ends: common to Award and Take, and to all that a lease goes
//! through.

use super::answer::{slot_in, wrong_stage};
use super::{Outcome, Range, Refusal, StateOutput, context::Context};
use crate::limits::{BID_RESERVE, FEE_ADA, SLOT_RESERVE};
use crate::{
    Address, Amount, Count, Leader, Leased, Resource, Settled, Slot, Stage, Terms, Time, Token, Value,
};

/// What the opening of a lease yields: the leased slot, the refund of what the price leaves, and the fee unless
/// there is no treasury to take it.
pub(super) fn opened(
    context: Context<'_>,
    terms: &Terms,
    winner: &Leader,
    start: Time,
    treasury: Option<Address>,
) -> Result<Outcome, Refusal> {
    let pay = terms.price_of_all(winner.price)?;
    let needs = &terms.request.needs;
    let resources = needs
        .iter()
        .zip(&winner.resources)
        .map(|(need, amount)| Resource { name: need.name.clone(), amount: *amount })
        .collect();
    let lease = Leased {
        bid: terms.name(),
        application: terms.application,
        refund: terms.refund,
        asset: terms.asset.clone(),
        fee_ppm: terms.fee_ppm,
        price: winner.price,
        period: terms.term.period,
        grace: terms.term.grace,
        bond: terms.bond,
        workload: terms.workload,
        resources,
        start,
        periods: terms.term.periods,
        claimed: Count::ZERO,
    };
    let amount = pay.checked_add(terms.bond)?;
    let value = context.state_value(Token::Slot, &terms.grid, SLOT_RESERVE, &terms.asset, amount)?;
    let slot = Slot {
        grid: terms.grid,
        operator: winner.operator,
        index: winner.index,
        owner: winner.owner,
        stage: Stage::Leased(Box::new(lease)),
    };
    let rest = terms.escrow()?.checked_sub(pay)?;
    let fee = terms.fee(pay)?;
    let (refund, fee) = match treasury {
        Some(treasury) if fee > Amount::ZERO => {
            let refund = Value::of_lovelace(BID_RESERVE.checked_sub(FEE_ADA)?)
                .plus(&terms.asset, rest.checked_sub(fee)?)?;
            let fee = Value::of_lovelace(FEE_ADA).plus(&terms.asset, fee)?;
            (refund, context.payment(treasury, fee))
        }
        _ => (Value::of_lovelace(BID_RESERVE).plus(&terms.asset, rest)?, None),
    };
    let payments = context.payment(terms.refund, refund).into_iter().chain(fee).collect();
    Ok(Outcome { payments, ..Outcome::of_states(vec![StateOutput::new(value, slot)]) })
}

/// The lease of a slot.
pub(super) fn lease_of(slot: &Slot) -> Result<&Leased, Refusal> {
    slot.lease().ok_or_else(|| wrong_stage("leased", &slot.stage))
}

/// The price of so many periods.
pub(super) fn price_of(lease: &Leased, periods: Count) -> Result<Amount, Refusal> {
    Ok(lease.price.checked_mul(periods.to_number())?)
}

/// What has not been paid out of the price of so many periods in all.
pub(super) fn unclaimed(lease: &Leased, periods: Count) -> Result<Amount, Refusal> {
    price_of(lease, periods.checked_sub(lease.claimed)?)
}

/// The slot with its lease changed, holding what that owes.
pub(super) fn leased(context: Context<'_>, slot: &Slot, lease: Leased) -> Result<Outcome, Refusal> {
    let amount = unclaimed(&lease, lease.periods)?.checked_add(lease.bond)?;
    let value = context.state_value(Token::Slot, &slot.grid, SLOT_RESERVE, &lease.asset, amount)?;
    Ok(slot_in(slot, value, Stage::Leased(Box::new(lease))))
}

/// No fewer periods than claimed, and no more than there are.
pub(super) fn clamped(lease: &Leased, periods: Count) -> Count {
    periods.min(lease.periods).max(lease.claimed)
}

/// The whole periods that have passed, clamped.
pub(super) fn whole_periods(lease: &Leased, at: Time) -> Count {
    clamped(lease, lease.whole_periods(at))
}

/// The slot with its lease settled, holding its reserve and this amount.
pub(super) fn settled(
    context: Context<'_>,
    slot: &Slot,
    lease: &Leased,
    range: Range,
    amount: Amount,
    kept: Amount,
    broken: Amount,
) -> Result<Outcome, Refusal> {
    let at = range.lower.min(lease.end_of_grace()?);
    let value = context.state_value(Token::Slot, &slot.grid, SLOT_RESERVE, &lease.asset, amount)?;
    Ok(slot_in(slot, value, Stage::Settled(Settled { kept, broken, at })))
}

/// A payment of the settlement asset, where any is due.
pub(super) fn with_payment(
    context: Context<'_>,
    mut outcome: Outcome,
    address: Address,
    lease: &Leased,
    amount: Amount,
) -> Outcome {
    outcome.payments.extend(context.payment(address, Value::of(lease.asset.clone(), amount)));
    outcome
}
