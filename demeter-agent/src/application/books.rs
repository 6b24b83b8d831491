//! What is in escrow, what may be, and what the wallet holds.

use demeter_core::limits::BID_RESERVE;
use demeter_core::{Amount, Asset, Grid, RangeError, Stage, Terms};
use demeter_tx::view::GridView;

use super::Reason;
use super::order::Bidder;

/// The lovelace that stay in the wallet, for change and collateral.
const LEFT_OVER: Amount = match Amount::from_units(3_000_000) {
    Ok(amount) => amount,
    Err(_) => Amount::ZERO,
};

/// What is in escrow, what may be, and what the wallet holds, as actions are decided upon one after another.
#[derive(Clone, Debug)]
pub(super) struct Books<'a> {
    pub(super) grid: &'a Grid,
    left: Amount,
    ada: Amount,
    money: Amount,
}

impl<'a> Books<'a> {
    pub(super) fn new(view: &GridView, grid: &'a Grid, bidder: &Bidder, most: Amount) -> Self {
        let bids = view.bids_of(&bidder.application).filter(|bid| bid.terms().asset == grid.asset);
        let in_bids = bids.map(|bid| bid.terms().escrow());
        let in_leases = view.leases_of(&bidder.application).filter_map(|held| match &held.state.stage {
            Stage::Leased(lease) if lease.asset == grid.asset => Some(unclaimed(lease)),
            _ => None,
        });
        // What cannot be counted leaves nothing to spend.
        let bound = in_bids.chain(in_leases).try_fold(Amount::ZERO, |sum, part| sum.checked_add(part?));
        let left = bound.and_then(|bound| most.checked_sub(bound)).unwrap_or(Amount::ZERO);
        let held = |asset: &Asset| {
            let amounts =
                view.funds(&bidder.refund).utxos.into_values().map(|output| output.value().amount_of(asset));
            amounts.fold(Amount::ZERO, |sum, part| sum.checked_add(part).unwrap_or(Amount::MAX))
        };
        Self { grid, left, ada: held(&Asset::Lovelace), money: held(&grid.asset) }
    }

    /// Spends what a bid takes.
    pub(super) fn place(&mut self, terms: &Terms) -> Result<(), Reason> {
        self.spend(terms.escrow().map_err(|_| Reason::OutOfRange)?, BID_RESERVE)
    }

    /// Spends so much of the settlement asset on a lease, where the budget and the wallet allow it.
    pub(super) fn spend(&mut self, escrow: Amount, reserve: Amount) -> Result<(), Reason> {
        let left = self.left.checked_sub(escrow);
        let left = left.map_err(|_| Reason::OverBudget { needed: escrow, left: self.left })?;
        let ada = reserve.checked_add(LEFT_OVER).map_err(|_| Reason::OutOfRange)?;
        let wanted = match &self.grid.asset {
            Asset::Lovelace => {
                vec![(Asset::Lovelace, ada.checked_add(escrow).map_err(|_| Reason::OutOfRange)?)]
            }
            token @ Asset::Token { .. } => vec![(Asset::Lovelace, ada), (token.clone(), escrow)],
        };
        for (asset, needed) in wanted {
            let found = if asset == Asset::Lovelace { self.ada } else { self.money };
            if found < needed {
                return Err(Reason::LacksFunds { asset, needed, found });
            }
        }
        let spend = |held: Amount, part| held.checked_sub(part).unwrap_or(Amount::ZERO);
        (self.left, self.ada) = (left, spend(self.ada, reserve));
        self.money = spend(self.money, escrow);
        if self.grid.asset == Asset::Lovelace {
            self.ada = spend(self.ada, escrow);
        }
        Ok(())
    }
}

fn unclaimed(lease: &demeter_core::Leased) -> Result<Amount, RangeError> {
    lease.price.checked_mul(lease.periods.checked_sub(lease.claimed)?.to_number())
}
