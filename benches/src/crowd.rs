//! A grid of any size: as many outputs as a head holds, all of them states of one grid.

use demeter_core::limits::{OPERATOR_RESERVE, SLOT_RESERVE};
use demeter_core::{
    Amount, Bid, Count, GridId, KeyHash, Leader, Leased, Offered, Operator, OutputReference, PlutusData as _,
    Scripts, Settled, Slot, Span, Stage, State, Terms, Time, Token, TransactionId, Value,
};
use demeter_tx::view::GridView;
use demeter_tx::{Data, Effect, Network, Output, OutputDraft, UtxoSet};

use crate::{Market, Outcome};

/// What every sixteen outputs are: an operator, its slots in all stages, bids open and led.
const CYCLE: u64 = 16;

/// A grid with so many outputs.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// The contract.
    pub scripts: Scripts,
    /// The grid.
    pub grid: GridId,
    /// All outputs.
    pub utxos: UtxoSet,
    /// An idle slot makes an offer.
    pub offered: Effect,
    /// It takes it back, into the very output where it was.
    pub withdrawn: Effect,
}

impl Crowd {
    /// Makes a grid of so many outputs: Grid and Pool, and states of all kinds in equal parts.
    ///
    /// # Errors
    /// The market on which it is modelled does not come about.
    pub fn new(market: &Market, count: u64) -> Outcome<Self> {
        let scripts = market.composer.contract().scripts();
        let named = |name: &str| {
            let state = market.states.iter().find(|(found, _)| *found == name);
            state.map(|(_, state)| state.clone()).ok_or_else(|| format!("no state is called {name}"))
        };
        let model = Model {
            scripts,
            terms: market.terms.clone(),
            operator: match named("operator-proven")? {
                State::Operator(operator) => *operator,
                _ => return Err("an operator is something else".into()),
            },
            leased: match named("slot-leased")? {
                State::Slot(Slot { stage: Stage::Leased(lease), .. }) => *lease,
                _ => return Err("a leased slot is something else".into()),
            },
        };
        let grid = model.terms.grid;
        let mut utxos = UtxoSet::new();
        utxos.insert(at(0), model.output(named("grid")?, Token::Grid, Amount::ZERO)?);
        let pool = demeter_core::Pool { grid, next: number(count)? };
        utxos.insert(at(1), model.output(pool.into(), Token::Pool, Amount::ZERO)?);
        for position in 2..count {
            utxos.insert(at(position), model.nth(position)?);
        }
        let (idle, idle_at) = (model.slot(3, Stage::Idle)?, at(3));
        let offer = model.slot(3, model.offer(3)?)?;
        let offer_at = at(u64::MAX);
        Ok(Self {
            scripts,
            grid,
            utxos,
            offered: Effect { consumed: vec![idle_at], made: vec![(offer_at, offer)] },
            withdrawn: Effect { consumed: vec![offer_at], made: vec![(idle_at, idle)] },
        })
    }

    /// A view that has not been loaded.
    pub fn view(&self) -> GridView {
        GridView::new(self.scripts, self.grid)
    }
}

struct Model {
    scripts: Scripts,
    terms: Terms,
    operator: Operator,
    leased: Leased,
}

impl Model {
    /// The output at a position.
    fn nth(&self, position: u64) -> Outcome<Output> {
        match position % CYCLE {
            2 => {
                let operator = Operator {
                    number: number(position / CYCLE)?,
                    owner: key(position / CYCLE),
                    ..self.operator.clone()
                };
                self.output(operator.into(), Token::Operator, Amount::ZERO)
            }
            3..6 => self.slot(position, Stage::Idle),
            6..9 => self.slot(position, self.offer(position)?),
            9..13 => {
                let lease = Leased { application: key(1_000 + position % 200), ..self.leased.clone() };
                self.slot(position, Stage::Leased(Box::new(lease)))
            }
            13 => {
                let settled =
                    Settled { kept: self.leased.price, broken: Amount::ZERO, at: self.leased.start };
                self.slot(position, Stage::Settled(settled))
            }
            14 => self.bid(position, true),
            _ => self.bid(position, false),
        }
    }

    fn slot(&self, position: u64, stage: Stage) -> Outcome<Output> {
        let operator = position / CYCLE;
        let slot = Slot {
            grid: self.terms.grid,
            operator: number(operator)?,
            index: number(position % CYCLE)?,
            owner: key(operator),
            stage,
        };
        self.output(slot.into(), Token::Slot, self.terms.bond)
    }

    /// An offer on the open bid of the cycle.
    fn offer(&self, position: u64) -> Outcome<Stage> {
        let bid = self.terms(position / CYCLE * CYCLE + CYCLE - 1)?;
        Ok(Stage::Offered(Offered {
            bid: bid.name(),
            price: bid.price.floor,
            resources: bid.request.needs.iter().map(|need| need.required).collect(),
            merit: Default::default(),
            until: bid.window.settles,
        }))
    }

    fn bid(&self, position: u64, is_led: bool) -> Outcome<Output> {
        let terms = self.terms(position)?;
        let escrow = terms.escrow()?;
        if !is_led {
            let value = terms.funding()?;
            return self.output_of(Bid::open(terms).into(), value);
        }
        let leader = Leader {
            operator: number(position / CYCLE)?,
            index: Count::ZERO,
            owner: key(position / CYCLE),
            price: terms.price.floor,
            resources: terms.request.needs.iter().map(|need| need.required).collect(),
            merit: Default::default(),
        };
        let bid = Bid { terms, leader: Some(leader) };
        self.output(bid.into(), Token::Slot, escrow)
    }

    fn terms(&self, position: u64) -> Outcome<Terms> {
        let mut draft = self.terms.clone().into_draft();
        let later = |time: Time| time.after(Span::from_seconds(position * 7)?);
        draft.nonce = number(position)?;
        draft.application = key(1_000 + position % 200);
        draft.window.opens = later(draft.window.opens)?;
        draft.window.closes = later(draft.window.closes)?;
        draft.window.settles = later(draft.window.settles)?;
        Ok(Terms::new(draft)?)
    }

    fn output(&self, state: State, token: Token, amount: Amount) -> Outcome<Output> {
        let reserve = match token {
            Token::Operator => OPERATOR_RESERVE,
            _ => SLOT_RESERVE,
        };
        let value = Value::of_lovelace(reserve.checked_add(amount)?);
        let one = Amount::from_units(1)?;
        self.output_of(state, value.plus(&self.scripts.token(token, &self.terms.grid), one)?)
    }

    fn output_of(&self, state: State, value: Value) -> Outcome<Output> {
        let datum = Data::from_cbor(state.encode())?;
        let draft = OutputDraft::new(self.scripts.address(state.script()), value);
        Ok(draft.with_inline_datum(datum).finish(Network::Testnet))
    }
}

/// References in no particular order, as they are the hashes of transactions.
fn at(position: u64) -> OutputReference {
    let mut id = [0; 32];
    let scattered = position.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    id.iter_mut().zip(scattered.to_be_bytes()).for_each(|(to, from)| *to = from);
    OutputReference { transaction: TransactionId::from_bytes(id), index: position % 3 }
}

fn key(number: u64) -> KeyHash {
    let mut hash = [0; 28];
    let scattered = number.wrapping_add(7).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash.iter_mut().zip(scattered.to_be_bytes()).for_each(|(to, from)| *to = from);
    KeyHash::from_bytes(hash)
}

fn number(number: u64) -> Outcome<Count> {
    Ok(Count::from_number(number)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_counts() {
        let crowd = Crowd::new(&Market::new().unwrap(), 1_000).unwrap();
        let view = crowd.view().load(&crowd.utxos);
        assert_eq!(view.strangers().count(), 0);
        let counted = view.operators().count() + view.slots().count() + view.bids().count();
        assert_eq!(counted + 2, crowd.utxos.len());
        assert_eq!(crowd.utxos.len(), 1_000);
    }

    #[test]
    fn what_is_done_is_undone() {
        let crowd = Crowd::new(&Market::new().unwrap(), 64).unwrap();
        let before = crowd.view().load(&crowd.utxos);
        let mut view = before.clone();
        assert_eq!(view.apply(&crowd.offered).slots().count(), 1);
        assert_ne!(view, before);
        view.apply(&crowd.withdrawn);
        assert_eq!(view, before);
    }
}
