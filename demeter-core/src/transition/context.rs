//! What every transition asks of the step around it.

use super::{Held, Payment, Range, Refusal, Step};
use crate::{
    Address, Amount, Asset, Count, Grid, GridId, KeyHash, Operator, OutputReference, Pool, RangeError,
    Scripts, Slot, State, StateKind, Token, Value,
};

/// A step at the contract's scripts.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) scripts: &'a Scripts,
    pub(super) step: &'a Step,
}

impl<'a> Context<'a> {
    /// The states consumed besides the primary one, when there are so many.
    pub(super) fn others(&self, count: usize, expected: &'static str) -> Result<&'a [Held<State>], Refusal> {
        match self.step.inputs.split_first() {
            Some((_, others)) if others.len() == count => Ok(others),
            _ => Err(self.wrong_inputs(expected)),
        }
    }

    /// The only state consumed besides the primary one, when it is a slot.
    pub(super) fn other_slot(&self, expected: &'static str) -> Result<(&'a Held<State>, &'a Slot), Refusal> {
        match self.others(1, expected)? {
            [held @ Held { state: State::Slot(slot), .. }] => Ok((held, slot)),
            _ => Err(self.wrong_inputs(expected)),
        }
    }

    pub(super) fn wrong_inputs(&self, expected: &'static str) -> Refusal {
        Refusal::Inputs { transition: self.step.transition.name(), expected, found: self.step.inputs.len() }
    }

    /// The range of a transition that reads time.
    pub(super) fn range(&self) -> Result<Range, Refusal> {
        self.step.range.ok_or(Refusal::RangeNotFinite)?.check_length()
    }

    pub(super) fn signed_by(&self, role: &'static str, key: KeyHash) -> Result<(), Refusal> {
        if self.step.signers.contains(&key) { Ok(()) } else { Err(Refusal::NotSigned { role, key }) }
    }

    pub(super) fn quorum(&self, entities: &[KeyHash], needed: Count) -> Result<(), Refusal> {
        let found = entities.iter().filter(|entity| self.step.signers.contains(entity)).count();
        if (found as u64) < needed.to_number() {
            return Err(Refusal::NoQuorum { needed, found });
        }
        Ok(())
    }

    /// Refuses a state that does not hold the token of its kind and of this grid.
    pub(super) fn holds(&self, held: &Held<State>, grid: &GridId) -> Result<(), Refusal> {
        let state = held.state.kind();
        let token = state.token();
        if self.scripts.tokens_in(&held.value, token, grid) > Amount::ZERO {
            Ok(())
        } else {
            Err(Refusal::MissingToken { state, token })
        }
    }

    /// The grid of this id, read.
    pub(super) fn grid(&self, id: &GridId) -> Result<&'a Grid, Refusal> {
        let grids = self.step.references.iter().filter_map(|held| match &held.state {
            State::Grid(grid) if self.holds(held, id).is_ok() => Some(grid.as_ref()),
            _ => None,
        });
        grids.into_iter().next().ok_or(Refusal::MissingReference { state: StateKind::Grid })
    }

    /// The grid of this id, read by a transition that yields states at its market: which must be ours.
    pub(super) fn grid_of_market(&self, id: &GridId) -> Result<&'a Grid, Refusal> {
        let grid = self.grid(id)?;
        check_market(self.scripts, grid)?;
        Ok(grid)
    }

    /// The operator of this number in its grid, read.
    pub(super) fn operator(&self, grid: &GridId, number: Count) -> Result<&'a Operator, Refusal> {
        let operators = self.step.references.iter().filter_map(|held| match &held.state {
            State::Operator(operator) if operator.number == number && self.holds(held, grid).is_ok() => {
                Some(operator.as_ref())
            }
            _ => None,
        });
        operators.into_iter().next().ok_or(Refusal::MissingReference { state: StateKind::Operator })
    }

    pub(super) fn payable(&self, role: &'static str, address: &Address) -> Result<(), Refusal> {
        if self.scripts.is_payable(address) {
            Ok(())
        } else {
            Err(Refusal::NotPayable { role, address: *address })
        }
    }

    /// What a state holds: its reserve, an amount of the settlement asset, its one token.
    pub(super) fn state_value(
        &self,
        token: Token,
        grid: &GridId,
        reserve: Amount,
        asset: &Asset,
        amount: Amount,
    ) -> Result<Value, RangeError> {
        state_value(self.scripts, token, grid, reserve, asset, amount)
    }

    /// What a pool holds: its ada, its own token, and so many idle ones.
    pub(super) fn pool_after(
        &self,
        held: &Held<State>,
        pool: &Pool,
        operators: Amount,
        slots: Amount,
    ) -> Result<Value, RangeError> {
        pool_value(self.scripts, &pool.grid, held.value.lovelace(), operators, slots)
    }

    /// A payment tagged with the primary input; none where nothing is due.
    pub(super) fn payment(&self, address: Address, value: Value) -> Option<Payment> {
        let tag = self.primary_reference()?;
        if value.is_empty() { None } else { Some(Payment { address, value, tag }) }
    }

    fn primary_reference(&self) -> Option<OutputReference> {
        self.step.inputs.first().map(|held| held.reference)
    }
}

/// Refuses a grid whose market is not ours.
pub(super) fn check_market(scripts: &Scripts, grid: &Grid) -> Result<(), Refusal> {
    if grid.market == scripts.market {
        Ok(())
    } else {
        Err(Refusal::OtherMarket { expected: scripts.market, found: grid.market })
    }
}

/// What the contract asks of a grid together with its scripts.
pub(super) fn check_grid(scripts: &Scripts, grid: &Grid) -> Result<(), Refusal> {
    check_market(scripts, grid)?;
    if matches!(grid.asset, Asset::Token { policy, .. } if policy == scripts.registry) {
        return Err(Refusal::SettlementInOwnTokens);
    }
    if !scripts.is_payable(&grid.treasury) {
        return Err(Refusal::NotPayable { role: "treasury", address: grid.treasury });
    }
    Ok(())
}

/// What a state holds: its reserve, an amount of the settlement asset, its one token.
pub(super) fn state_value(
    scripts: &Scripts,
    token: Token,
    grid: &GridId,
    reserve: Amount,
    asset: &Asset,
    amount: Amount,
) -> Result<Value, RangeError> {
    let one = Amount::from_units(1)?;
    Value::of_lovelace(reserve).plus(asset, amount)?.plus(&scripts.token(token, grid), one)
}

/// What a pool holds: its ada, its own token, and so many idle ones.
pub(super) fn pool_value(
    scripts: &Scripts,
    grid: &GridId,
    lovelace: Amount,
    operators: Amount,
    slots: Amount,
) -> Result<Value, RangeError> {
    Value::of_lovelace(lovelace)
        .plus(&scripts.token(Token::Pool, grid), Amount::from_units(1)?)?
        .plus(&scripts.token(Token::Operator, grid), operators)?
        .plus(&scripts.token(Token::Slot, grid), slots)
}
