//! The application: its orders, taken together.

use std::collections::BTreeMap;

use demeter_core::transition::Held;
use demeter_core::{Address, Amount, KeyHash, Slot, Stage, Time, WorkloadHash};
use demeter_tx::view::{DueAction, GridView, SlotName, Subject};

use super::books::Books;
use super::follow::follow;
use super::order::Bidder;
use super::serve::{Serving, serve};
use super::{Order, Reason};
use crate::{Action, Agent, Bounds, Decision};

/// Workloads that shall run, a key that acts for them, and a wallet that pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    bidder: Bidder,
    most_in_escrow: Amount,
    orders: Vec<Order>,
}

/// Orders do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// Two orders have one name.
    #[error("two orders are called {name:?}, or their names hash alike")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// Two orders have one manifest, by which leases are told apart.
    #[error("the orders {one:?} and {other:?} have the same manifest {workload}")]
    WorkloadTwice {
        /// The first order.
        one: String,
        /// The second.
        other: String,
        /// The hash of the manifest.
        workload: WorkloadHash,
    },
}

impl Application {
    /// An application that pays from a wallet and never has more in escrow than this: in bids what they hold for the
    /// operator and the fee, in leases what is not claimed yet.
    ///
    /// # Errors
    /// Two orders have the same name or the same manifest.
    pub fn new(
        key: KeyHash,
        wallet: Address,
        most_in_escrow: Amount,
        orders: impl IntoIterator<Item = Order>,
    ) -> Result<Self, ApplicationError> {
        let orders: Vec<Order> = orders.into_iter().collect();
        let mut tags = BTreeMap::new();
        let mut workloads = BTreeMap::new();
        for order in &orders {
            if tags.insert(order.tag(&key), order.name()).is_some() {
                return Err(ApplicationError::NameTwice { name: order.name().to_owned() });
            }
            if let Some(one) = workloads.insert(order.workload(), order.name()) {
                let (one, other) = (one.to_owned(), order.name().to_owned());
                return Err(ApplicationError::WorkloadTwice { one, other, workload: order.workload() });
            }
        }
        Ok(Self { bidder: Bidder { application: key, refund: wallet }, most_in_escrow, orders })
    }

    /// The key that acts for it.
    pub const fn key(&self) -> KeyHash {
        self.bidder.application
    }

    /// Its orders, which come in this order where the budget does not allow all.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.iter()
    }

    /// Stops an order, and says whether there is one of this name. One that is made anew must be told again.
    pub fn stop(&mut self, name: &str) -> bool {
        let mut found = false;
        for order in self.orders.iter_mut().filter(|order| order.name() == name) {
            *order = order.clone().stopped();
            found = true;
        }
        found
    }

    pub(super) const fn bidder(&self) -> Bidder {
        self.bidder
    }

    pub(super) fn books<'a>(&self, view: &'a GridView) -> Result<Books<'a>, Reason> {
        let grid = view.grid().map_err(|why| Reason::NoGrid { why })?;
        Ok(Books::new(view, &grid.state, &self.bidder, self.most_in_escrow))
    }

    /// The leases that are for an order's workload and pay back to this wallet.
    pub(super) fn leases<'a>(&self, view: &'a GridView, order: &Order) -> Vec<&'a Held<Slot>> {
        let ours = |held: &&Held<Slot>| match &held.state.stage {
            Stage::Leased(lease) => lease.workload == order.workload() && lease.refund == self.bidder.refund,
            _ => false,
        };
        view.leases_of(&self.bidder.application).filter(ours).collect()
    }

    /// Bids and leases in the application's name that no order placed.
    fn strays(&self, view: &GridView, now: Time, decisions: &mut Vec<Decision>) {
        for due in view.due(&self.bidder.application, now) {
            let (DueAction::Cancel { useless_from }, Some(plan)) = (due.action, due.plan()) else { continue };
            let standing = plan.consumed().find_map(|reference| view.bid_at(&reference));
            if standing.is_some_and(|bid| self.orders.iter().any(|order| order.placed(bid, &self.bidder))) {
                continue;
            }
            // One that can still become a lease is left alone: somebody paid for it. One that does not count cannot.
            let from = if standing.is_some() { useless_from.max(due.from) } else { due.from };
            decisions.push(if now < from {
                Decision::pass(due.subject, Reason::Stray { until: from })
            } else {
                let bounds = Bounds { from: Some(due.from), before: due.before, ..Bounds::default() };
                Decision::act(due.subject, Action::transition(plan.clone(), bounds), Reason::CancelsStray)
            });
        }
        for held in view.leases_of(&self.bidder.application) {
            let Stage::Leased(lease) = &held.state.stage else { continue };
            let known = self.orders.iter().any(|order| order.workload() == lease.workload);
            if !known || lease.refund != self.bidder.refund {
                let ends = lease.end().unwrap_or(Time::MAX);
                decisions
                    .push(Decision::pass(Subject::Slot(SlotName::of(&held.state)), Reason::NoOrder { ends }));
            }
        }
    }
}

impl Agent for Application {
    fn wallet(&self) -> Address {
        self.bidder.refund
    }

    fn decide(&self, view: &GridView, now: Time) -> Vec<Decision> {
        let mut books = match self.books(view) {
            Ok(books) => books,
            Err(reason) => return vec![Decision::pass(Subject::Grid, reason)],
        };
        let mut decisions = Vec::new();
        for order in &self.orders {
            let mut serving = Serving::default();
            serve(order, &self.leases(view, order), view, now, &mut serving, &mut decisions);
            let bids = view.bids_of(&self.bidder.application).filter(|bid| order.placed(bid, &self.bidder));
            follow(order, bids.collect(), view, now, &mut serving, &mut decisions);
            self.place(order, &serving, &mut books, now, &mut decisions);
            // It is proposed at a desk; here is said why it is not.
            let extension = self.extension(order, view, &mut books, now);
            decisions.extend(extension.filter(|decision| decision.action.is_none()));
        }
        self.strays(view, now, &mut decisions);
        // Least can wait what ends at a time; what is only said comes last.
        decisions.sort_by_key(|decision| {
            let before = decision.action.as_ref().and_then(|action| action.bounds().before);
            (decision.action.is_none(), before.unwrap_or(Time::MAX))
        });
        decisions
    }
}
