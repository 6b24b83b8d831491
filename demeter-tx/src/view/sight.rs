//! Reading an output as a state of one grid.

use demeter_core::{
    Amount, Asset, Credential, GridId, PlutusData as _, Script, Scripts, State, StateKind, Terms, Token,
    Value,
};

use super::Strangeness;
use crate::Output;

/// What an output is to a view.
#[derive(Debug)]
pub(super) enum Sight {
    /// It is not at an address of the contract.
    Elsewhere,
    /// A state of the grid.
    State(State),
    /// It does not count, though its datum may be read.
    Stranger(Strangeness, Option<State>),
}

/// What a view knows of the grid that it is of, before it has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lens {
    pub(super) scripts: Scripts,
    pub(super) grid: GridId,
    tokens: [Asset; 4],
}

impl Lens {
    pub(super) fn new(scripts: Scripts, grid: GridId) -> Self {
        let tokens = [Token::Grid, Token::Operator, Token::Pool, Token::Slot];
        Self { scripts, grid, tokens: tokens.map(|token| scripts.token(token, &grid)) }
    }

    pub(super) fn see(&self, output: &Output) -> Sight {
        let at = match output.address().payment {
            Credential::Script(hash) if hash == self.scripts.registry => Script::Registry,
            Credential::Script(hash) if hash == self.scripts.market => Script::Market,
            _ => return Sight::Elsewhere,
        };
        let strange = |reason| Sight::Stranger(reason, None);
        if output.address().stake.is_some() {
            return strange(Strangeness::Staked);
        }
        let Some(data) = output.inline_datum() else { return strange(Strangeness::NoDatum) };
        let state = match State::decode(data.as_bytes()) {
            Ok(state) => state,
            Err(error) => return strange(Strangeness::Malformed(Box::new(error))),
        };
        if state.script() != at {
            return strange(Strangeness::WrongScript { found: state.kind() });
        }
        match self.fault(&state, output) {
            None => Sight::State(state),
            Some(reason) => Sight::Stranger(reason, Some(state)),
        }
    }

    /// Why a state does not count, if it does not.
    fn fault(&self, state: &State, output: &Output) -> Option<Strangeness> {
        let found = state.grid();
        if found != self.grid {
            return Some(Strangeness::OtherGrid { state: state.kind(), found });
        }
        if output.reference_script().is_some() {
            return Some(Strangeness::CarriesScript);
        }
        if let State::Bid(bid) = state
            && bid.leader.is_none()
        {
            return self.fault_of_open_bid(&bid.terms, output.value());
        }
        let [grid, operator, pool, slot] = &self.tokens;
        let asset = match state.kind() {
            StateKind::Grid => grid,
            StateKind::Pool => pool,
            StateKind::Operator => operator,
            StateKind::Slot | StateKind::Bid => slot,
        };
        let lacks = output.value().amount_of(asset) == Amount::ZERO;
        lacks.then(|| Strangeness::NoToken { state: state.kind(), token: state.kind().token() })
    }

    fn fault_of_open_bid(&self, terms: &Terms, value: &Value) -> Option<Strangeness> {
        if !self.scripts.is_payable(&terms.refund) {
            return Some(Strangeness::RefundNotPayable { address: terms.refund });
        }
        let expected = terms.funding().unwrap_or_default();
        (expected != *value)
            .then(|| Strangeness::NotFunded { expected: Box::new(expected), found: Box::new(value.clone()) })
    }
}
