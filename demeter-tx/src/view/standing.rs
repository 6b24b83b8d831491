//! What stands in an output, as a view keeps it.

use demeter_core::transition::Held;
use demeter_core::{Grid, Operator, OutputReference, Pool, Slot, State};

use super::sight::{Lens, Sight};
use super::{PlacedBid, SlotName, Stranger, Subject};
use crate::Output;

/// A state of the grid, or a stranger.
#[derive(Debug)]
pub(super) enum Standing {
    Grid(Box<Held<Grid>>),
    Pool(Held<Pool>),
    Operator(Box<Held<Operator>>),
    Slot(Held<Slot>),
    Bid(Box<PlacedBid>),
    Stranger(OutputReference, Stranger),
}

impl Standing {
    /// What stands in an output, unless it is at no address of the contract.
    pub(super) fn of(lens: &Lens, reference: OutputReference, output: &Output) -> Option<Self> {
        let value = || output.value().clone();
        let state = match lens.see(output) {
            Sight::Elsewhere => return None,
            Sight::State(state) => state,
            Sight::Stranger(reason, state) => {
                let bid = match state {
                    Some(State::Bid(bid)) if bid.leader.is_none() && bid.terms.grid == lens.grid => {
                        Some(Box::new(PlacedBid::new(reference, value(), *bid)))
                    }
                    _ => None,
                };
                return Some(Self::Stranger(reference, Stranger { reason, bid }));
            }
        };
        Some(match state {
            State::Grid(grid) => Self::Grid(Box::new(Held { reference, value: value(), state: *grid })),
            State::Pool(pool) => Self::Pool(Held { reference, value: value(), state: pool }),
            State::Operator(operator) => {
                Self::Operator(Box::new(Held { reference, value: value(), state: *operator }))
            }
            State::Slot(slot) => Self::Slot(Held { reference, value: value(), state: slot }),
            State::Bid(bid) => Self::Bid(Box::new(PlacedBid::new(reference, value(), *bid))),
        })
    }

    /// What it belongs to.
    pub(super) const fn subject(&self) -> Subject {
        match self {
            Self::Grid(_) => Subject::Grid,
            Self::Pool(_) => Subject::Pool,
            Self::Operator(held) => Subject::Operator(held.state.number),
            Self::Slot(held) => Subject::Slot(SlotName::of(&held.state)),
            Self::Bid(bid) => Subject::Bid(bid.name),
            Self::Stranger(reference, _) => Subject::Stranger(*reference),
        }
    }
}
