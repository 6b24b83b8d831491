//! Asking operators to extend leases.

use demeter_core::transition::Held;
use demeter_core::{Amount, Count, Leased, OutputReference, Slot, Stage, Time, Transition, fee};
use demeter_tx::market::Plan;
use demeter_tx::view::{GridView, SlotName, Subject};

use super::books::Books;
use super::serve::{Serving, serve};
use super::{Application, Order, Reason, Renewal};
use crate::cosign::CoSigner;
use crate::{Action, Bounds, Decision, Reason as AnyReason};

impl Application {
    /// The extension that the operator of the order's last lease is asked for, or why it is not asked; nothing, where it is
    /// not time.
    pub(super) fn extension(
        &self,
        order: &Order,
        view: &GridView,
        books: &mut Books<'_>,
        now: Time,
    ) -> Option<Decision> {
        let Renewal::Extend { before } = order.wish().renewal else { return None };
        let leases = self.leases(view, order);
        let mut serving = Serving::default();
        serve(order, &leases, view, now, &mut serving, &mut Vec::new());
        let (slot, ends) = serving.last?;
        let held: &Held<Slot> = leases.into_iter().find(|held| SlotName::of(&held.state) == slot)?;
        let Stage::Leased(lease) = &held.state.stage else { return None };
        let periods = order.periods_from(ends);
        if order.is_stopped() || periods == Count::ZERO || ends.since(now) > before {
            return None;
        }
        let pass = |reason| Some(Decision::pass(Subject::Slot(slot), reason));
        let Some((price, escrow)) = cost(lease, periods) else { return pass(Reason::OutOfRange) };
        if let Err(reason) = books.spend(escrow, Amount::ZERO) {
            return pass(reason);
        }
        let grid = view.grid().ok()?;
        let plan = Plan::extend(held.reference, grid.reference, periods)
            .signed_by(held.state.owner)
            .signed_by(lease.application);
        let reason = Reason::Extends { order: order.name().to_owned(), periods, price };
        let bounds = Bounds { before: Some(ends), ..Bounds::default() };
        Some(Decision::act(Subject::Slot(slot), Action::transition(plan, bounds), reason))
    }
}

/// The price of more periods, and with it the fee.
fn cost(lease: &Leased, more: Count) -> Option<(Amount, Amount)> {
    let price = |periods: Count| lease.price.checked_mul(periods.to_number());
    let fee_on = |periods| fee(price(periods).ok()?, lease.fee_ppm).ok();
    let fee = fee_on(lease.periods.checked_add(more).ok()?)?.checked_sub(fee_on(lease.periods)?).ok()?;
    let price = price(more).ok()?;
    Some((price, price.checked_add(fee).ok()?))
}

impl CoSigner for Application {
    fn proposals(&self, view: &GridView, now: Time) -> Vec<Decision> {
        let Ok(mut books) = self.books(view) else { return Vec::new() };
        self.orders().filter_map(|order| self.extension(order, view, &mut books, now)).collect()
    }

    fn assent(
        &self,
        transition: &Transition,
        _: &[OutputReference],
        _: &GridView,
        _: Time,
    ) -> Result<AnyReason, AnyReason> {
        Err(Reason::NotAsked { transition: transition.name() }.into())
    }
}
