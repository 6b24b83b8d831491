//! The transitions: from the states consumed to the states and payments that they yield, or a [`Refusal`].
//!
//! Each is a pure function of the same facts that its validator sees, so what it yields can be built into a
//! transaction, previewed or audited without a ledger. [`apply`] runs one transition; [`genesis`] founds a grid;
//! [`verify`] checks a whole transaction as both validators would, and [`demand`] says what it must yield.
//!
//! NOTE: in one respect this is stricter than the chain: transitions of a grid whose `market` is another script
//! than [`Scripts::market`](crate::Scripts) are refused where they would yield states there. Nobody should deal
//! with such a grid.

mod admit;
mod answer;
mod arbitrate;
mod award;
mod cancel;
mod claim;
mod close;
mod collect;
mod complete;
mod context;
mod deposit;
mod endorse;
mod extend;
mod genesis;
mod lead;
mod lease;
mod model;
mod offer;
mod refusal;
mod rekey;
mod report;
mod resign;
mod retire;
mod rotate;
mod take;
mod update;
mod verify;
mod view;
mod withdraw;

pub use genesis::{Founding, genesis};
pub use model::{DepositOutput, Held, Outcome, Payment, Range, Signers, StateOutput, Step};
pub use refusal::Refusal;
pub use verify::{Demand, demand, verify};
pub use view::{Datum, InputView, OutputView, TransactionView};

use context::Context;

use crate::{Bid, MarketTransition, RegistryTransition, Scripts, Slot, State, Transition};

/// Runs one transition: checks all that its validator checks, and says what it yields.
///
/// # Errors
/// The first condition that is violated.
pub fn apply(scripts: &Scripts, step: &Step) -> Result<Outcome, Refusal> {
    let context = Context { scripts, step };
    let Some(primary) = step.inputs.first() else {
        return Err(context.wrong_inputs("at least one state"));
    };
    match (&primary.state, &step.transition) {
        (State::Pool(pool), Transition::Registry(transition)) => {
            context.holds(primary, &pool.grid)?;
            match transition {
                RegistryTransition::Admit { owner, endpoint, capacity, labels, slots } => {
                    let newcomer =
                        admit::Newcomer { owner: *owner, endpoint, capacity, labels, slots: *slots };
                    admit::admit(context, primary, pool, newcomer)
                }
                RegistryTransition::Retire => retire::retire(context, primary, pool),
                _ => Err(not_of_this_state(step, primary)),
            }
        }
        (State::Operator(operator), Transition::Registry(transition)) => {
            context.holds(primary, &operator.grid)?;
            match transition {
                RegistryTransition::Update { owner, endpoint, capacity, labels } => {
                    update::update(context, primary, operator, *owner, endpoint, capacity, labels)
                }
                RegistryTransition::Endorse { endorsed } => {
                    endorse::endorse(context, primary, operator, endorsed)
                }
                RegistryTransition::Report => report::report(context, primary, operator),
                _ => Err(not_of_this_state(step, primary)),
            }
        }
        (State::Grid(grid), Transition::Registry(transition)) => {
            context.holds(primary, &grid.id)?;
            match transition {
                RegistryTransition::Rotate { .. } => rotate::rotate(context, primary, grid, transition),
                RegistryTransition::Deposit { head, deadline } => {
                    deposit::deposit(context, primary, grid, *head, *deadline)
                }
                _ => Err(not_of_this_state(step, primary)),
            }
        }
        (State::Bid(bid), Transition::Market(transition)) => of_bid(context, primary, bid, transition),
        (State::Slot(slot), Transition::Market(transition)) => {
            context.holds(primary, &slot.grid)?;
            of_slot(context, primary, slot, transition)
        }
        _ => Err(not_of_this_state(step, primary)),
    }
}

fn of_bid(
    context: Context<'_>,
    primary: &Held<State>,
    bid: &Bid,
    transition: &MarketTransition,
) -> Result<Outcome, Refusal> {
    match transition {
        MarketTransition::Lead => lead::lead(context, primary, bid),
        MarketTransition::Award => award::award(context, primary, bid),
        MarketTransition::Take { price, resources } => take::take(context, primary, bid, *price, resources),
        MarketTransition::Cancel => cancel::cancel(context, bid),
        _ => Err(not_of_this_state(context.step, primary)),
    }
}

fn of_slot(
    context: Context<'_>,
    primary: &Held<State>,
    slot: &Slot,
    transition: &MarketTransition,
) -> Result<Outcome, Refusal> {
    context.others(0, "a slot alone")?;
    match transition {
        MarketTransition::Offer { price, resources } => offer::offer(context, slot, *price, resources),
        MarketTransition::Withdraw => withdraw::withdraw(context, primary, slot),
        MarketTransition::Collect => collect::collect(context, slot),
        MarketTransition::Rekey => rekey::rekey(context, primary, slot),
        MarketTransition::Claim { claimed } => claim::claim(context, slot, *claimed),
        MarketTransition::Extend { periods } => extend::extend(context, slot, *periods),
        MarketTransition::Close => close::close(context, slot),
        MarketTransition::Complete => complete::complete(context, slot),
        MarketTransition::Resign => resign::resign(context, slot),
        MarketTransition::Arbitrate { paid, slashed, broken } => {
            arbitrate::arbitrate(context, slot, *paid, *slashed, *broken)
        }
        MarketTransition::Lead
        | MarketTransition::Award
        | MarketTransition::Take { .. }
        | MarketTransition::Cancel => Err(not_of_this_state(context.step, primary)),
    }
}

fn not_of_this_state(step: &Step, primary: &Held<State>) -> Refusal {
    Refusal::NotOfThisState { transition: step.transition.name(), found: primary.state.kind() }
}

#[cfg(test)]
mod tests;
