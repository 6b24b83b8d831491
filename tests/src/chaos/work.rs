//! What the clients of a run do.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use demeter_core::OutputReference;
use demeter_tx::head::{Head as _, UtxoQuery};
use demeter_tx::hydra::HydraHead;
use demeter_tx::{Output, SignedTransaction};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use tokio::time::sleep;

use super::ground::Ground;
use super::{Duty, Submitted, Told, blind, client};
use crate::drt::Dice;

/// How many purses each client has, from its own first one on. The contested ones come before all of them.
const OWN: u64 = 16;
const CONTESTED: u64 = 6;
/// How many moves of the shared state each client tries, until they are made.
const MOVES: u64 = 3;

/// How a client submits.
#[derive(Clone)]
pub(super) enum Means {
    Session(HydraHead),
    Blind(SocketAddr),
}

impl Means {
    async fn submit(&self, transaction: SignedTransaction) -> Told {
        match self {
            Self::Session(head) => client::submit(head, transaction).await,
            Self::Blind(address) => blind::submit(*address, &transaction).await,
        }
    }
}

/// What was submitted until now: told nothing, unless it was told more since.
#[derive(Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Vec<Submitted>>>);

impl Ledger {
    pub(super) fn submitted(&self) -> Vec<Submitted> {
        self.0.lock().unwrap().clone()
    }

    /// How many of them something was told of.
    pub(super) fn told(&self) -> usize {
        let is_told = |submitted: &&Submitted| !matches!(submitted.told, Told::Nothing(_));
        self.0.lock().unwrap().iter().filter(is_told).count()
    }
}

/// One client of a run.
#[derive(Clone)]
pub(super) struct Trader {
    pub(super) ground: Arc<Ground>,
    pub(super) means: Means,
    pub(super) ledger: Ledger,
    /// Its number, from 0, and of how many.
    pub(super) number: u64,
}

impl Trader {
    fn own(&self, number: u64) -> (OutputReference, Output) {
        assert!(number < OWN, "each has so many");
        self.ground.held(CONTESTED + self.number * OWN + number)
    }

    /// Submits now, and notes what is told.
    fn submit(&self, transaction: SignedTransaction, duty: Duty) -> impl Future<Output = Told> + use<> {
        let trader = self.clone();
        let position = {
            let mut submitted = trader.ledger.0.lock().unwrap();
            let told = Told::Nothing("not yet".to_owned());
            submitted.push(Submitted { transaction: transaction.clone(), duty, told });
            submitted.len() - 1
        };
        async move {
            let told = trader.means.submit(transaction).await;
            trader.ledger.0.lock().unwrap()[position].told = told.clone();
            told
        }
    }

    /// All that it does, at once.
    pub(super) async fn trade(self, mut dice: Dice) {
        let mut deeds: Vec<BoxFuture<'_, ()>> = vec![self.payments(), self.unsigned()];
        for number in 0..CONTESTED {
            let mixed = dice.once_in(2);
            deeds.push(self.contested(number, mixed, &mut dice));
        }
        // A chain is for those who wait for nothing.
        if let Means::Session(head) = &self.means {
            deeds.push(self.chain());
            deeds.push(self.moves(head).boxed());
        }
        join_all(deeds).await;
    }

    /// Payments that nobody stands against. One of them every client submits.
    fn payments(&self) -> BoxFuture<'_, ()> {
        let own = (0..2).map(|number| self.ground.pay(&[self.own(number)], 1));
        let shared = self.ground.pay(&[self.ground.held(CONTESTED + 3 * OWN)], 1);
        let payments = own.chain([shared]).map(|payment| self.submit(payment, Duty::Applied));
        join_all(payments.collect::<Vec<_>>()).map(drop).boxed()
    }

    fn unsigned(&self) -> BoxFuture<'_, ()> {
        self.submit(self.ground.unsigned(&[self.own(2)]), Duty::Never).map(drop).boxed()
    }

    /// A payment that every client wants to make out of one purse, perhaps with one of its own, and another out of all
    /// that it makes: when all is over, nothing is left of it.
    fn contested(&self, number: u64, mixed: bool, dice: &mut Dice) -> BoxFuture<'_, ()> {
        let mut purses = vec![self.ground.held(number)];
        if mixed {
            purses.push(self.own(3 + number));
        }
        let payee = u8::try_from(10 + self.number).unwrap();
        let payment = self.ground.pay(&purses, payee);
        let change = payment.effect().unwrap().made.pop().unwrap();
        let next = self.ground.pay(&[change], payee);
        let first = self.submit(payment, Duty::OneOf(number));
        if dice.once_in(2) {
            // Without waiting.
            let second = self.submit(next, Duty::Either);
            return join_all([first.boxed(), second.boxed()]).map(drop).boxed();
        }
        async move {
            if let Told::Confirmed(_) = first.await {
                self.submit(next, Duty::Applied).await;
            }
        }
        .boxed()
    }

    /// Payments out of the change of the one before, submitted without waiting.
    fn chain(&self) -> BoxFuture<'_, ()> {
        let mut purse = self.own(9);
        let mut payments = Vec::new();
        for _ in 0..4 {
            let payment = self.ground.pay(&[purse], 1);
            purse = payment.effect().unwrap().made.pop().unwrap();
            payments.push(self.submit(payment, Duty::Applied));
        }
        join_all(payments).map(drop).boxed()
    }

    /// Moves of one state that all clients want to move: who comes too late tries again.
    async fn moves(&self, head: &HydraHead) {
        for number in 0..MOVES {
            let purse = self.own(10 + number);
            loop {
                let query = UtxoQuery::Address(self.ground.states());
                let Ok(states) = head.utxos(&query).await else { continue };
                let Some(state) = states.into_iter().next() else {
                    sleep(Duration::from_millis(1)).await;
                    continue;
                };
                let push = self.ground.push(state, purse.clone());
                match self.submit(push, Duty::Either).await {
                    Told::Rejected => {}
                    _ => break,
                }
            }
        }
    }
}
