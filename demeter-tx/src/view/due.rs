//! What is due to a party, from when on, and how it gets it.

use std::cmp::Ordering;

use demeter_core::limits::SLOT_RESERVE;
use demeter_core::transition::{Held, Range, Signers, Step, apply};
use demeter_core::{
    Amount, Asset, Count, Credential, Grid, KeyHash, Leased, MarketTransition, Method, OutputReference,
    Scripts, Slot, Stage, State, Time, Value,
};

use super::{GridView, PlacedBid, SlotName, Subject};
use crate::market::Plan;

/// Something that a party is to do, or may, to get what is its own or to keep its states in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub action: DueAction,
    /// With what.
    pub subject: Subject,
    /// From here on the contract allows it: the earliest lower bound of a transaction. [`Time::ZERO`] where time does
    /// not matter.
    pub from: Time,
    /// Until here the contract allows it, where it does not for ever: the latest upper bound.
    pub before: Option<Time>,
    /// What it brings.
    pub amount: Value,
    /// Whose signature it takes; nobody's in particular where there is none.
    pub signer: Option<KeyHash>,
    plan: Option<Plan>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DueAction {
    /// A payment lies at a watched address: it can be spent as any money.
    Payment {
        /// What it was paid out of.
        tag: OutputReference,
    },
    /// The pay of whole periods is drawn. The amount is that pay.
    Claim {
        /// How many periods are then drawn in all.
        claimed: Count,
    },
    /// A lease that ran its course is settled. The amount is what then lies in the slot's purse: pay and bond.
    Complete,
    /// An offer that did not win is taken back. The amount is its bond, which then lies in the slot's purse.
    Withdraw,
    /// A slot's purse is emptied. The amount is what is in it.
    Collect,
    /// The leader of a bid gets its lease. The amount is what the application gets back, where it asks.
    Award,
    /// An open bid is taken back. The amount is all that it holds.
    Cancel {
        /// When it can no longer be answered, or lead to a lease: before, to cancel is to change one's mind.
        useless_from: Time,
    },
    /// What a settled slot tells goes into the operator's record.
    Report,
    /// A slot learns its operator's key.
    Rekey,
}

impl Due {
    /// The transition that does it. It lacks only its range, for which see [`Due::allows`]. None for a payment, which
    /// takes none.
    pub const fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// Whether a transaction of this range may do it.
    pub fn allows(&self, range: Range) -> bool {
        self.from <= range.lower && self.before.is_none_or(|before| range.upper <= before)
    }
}

impl GridView {
    /// What is due to a key, now or later, as things stand: what can be done first first.
    ///
    /// Amounts are those at `now`, or at the earliest time for what comes later. It takes as long as the key has states:
    /// slots and operators that it acts for, bids that it made or leads, payments at its watched addresses.
    pub fn due(&self, party: &KeyHash, now: Time) -> Vec<Due> {
        let Ok(grid) = self.grid() else { return Vec::new() };
        let mut due = Vec::new();
        for slot in self.slots_owned_by(party) {
            self.due_from_slot(slot, grid, now, &mut due);
        }
        due.extend(self.operators_of(party).flat_map(|operator| {
            let others = self.slots_of(operator.state.number).filter(|slot| slot.state.owner != *party);
            others
                .map(|slot| of_slot(slot, DueAction::Rekey, Plan::rekey(slot.reference, operator.reference)))
        }));
        for bid in self.bids_of(party).chain(self.stray_bids_of(party)) {
            if bid.is_open() {
                due.push(cancel(bid, now));
            } else {
                let back = refund_of(self.scripts(), grid, bid, now).unwrap_or_default();
                due.push(award(bid, grid, back));
            }
        }
        let led = self.bids_led_by(party).filter(|bid| bid.terms().application != *party);
        due.extend(led.map(|bid| award(bid, grid, Value::default())));
        let watched = self.watched().filter(|address| address.payment == Credential::Key(*party));
        for address in watched {
            due.extend(self.payments_to(address).map(|(tag, _, output)| Due {
                action: DueAction::Payment { tag },
                subject: Subject::Wallet(*address),
                from: Time::ZERO,
                before: None,
                amount: output.value().clone(),
                signer: Some(*party),
                plan: None,
            }));
        }
        due.sort_by(in_order);
        due
    }

    fn due_from_slot(&self, slot: &Held<Slot>, grid: &Held<Grid>, now: Time, due: &mut Vec<Due>) {
        let owner = slot.state.owner;
        match &slot.state.stage {
            Stage::Idle => {}
            Stage::Offered(offered) => due.push(Due {
                from: offered.until,
                amount: purse_of(self.scripts(), &slot.value),
                ..signed(of_slot(slot, DueAction::Withdraw, Plan::withdraw(slot.reference)), owner)
            }),
            Stage::Leased(lease) => {
                due.extend(claim(slot, lease, now));
                due.extend(complete(slot, lease));
            }
            Stage::Settled(_) => {
                if let Some(operator) = self.operator(slot.state.operator) {
                    let plan = Plan::report(operator.reference, slot.reference, grid.reference);
                    due.push(of_slot(slot, DueAction::Report, plan));
                }
            }
        }
        let amount = purse_of(self.scripts(), &slot.value);
        if matches!(slot.state.stage, Stage::Idle | Stage::Settled(_)) && !amount.is_empty() {
            let collect = of_slot(slot, DueAction::Collect, Plan::collect(slot.reference));
            due.push(Due { amount, ..signed(collect, owner) });
        }
    }
}

fn of_slot(slot: &Held<Slot>, action: DueAction, plan: Plan) -> Due {
    planned(Subject::Slot(SlotName::of(&slot.state)), action, plan)
}

fn of_bid(bid: &PlacedBid, action: DueAction, plan: Plan) -> Due {
    planned(Subject::Bid(bid.name), action, plan)
}

/// Due at any time, from anybody, and for nothing, unless more is said.
fn planned(subject: Subject, action: DueAction, plan: Plan) -> Due {
    let (from, before, amount, signer) = (Time::ZERO, None, Value::default(), None);
    Due { action, subject, from, before, amount, signer, plan: Some(plan) }
}

fn signed(due: Due, signer: KeyHash) -> Due {
    Due { signer: Some(signer), plan: due.plan.map(|plan| plan.signed_by(signer)), ..due }
}

/// The pay of the whole periods until now, or of the next one where there is none.
fn claim(slot: &Held<Slot>, lease: &Leased, now: Time) -> Option<Due> {
    let whole = lease.whole_periods(now).min(lease.periods);
    let next = lease.claimed.checked_add(Count::from_number(1).ok()?).ok()?;
    let claimed = whole.max(next);
    if claimed > lease.periods {
        return None;
    }
    let from = lease.start.after(lease.period.checked_mul(claimed.to_number()).ok()?).ok()?;
    let periods = claimed.checked_sub(lease.claimed).ok()?;
    let pay = lease.price.checked_mul(periods.to_number()).ok()?;
    let due = of_slot(slot, DueAction::Claim { claimed }, Plan::claim(slot.reference, claimed));
    let amount = Value::of(lease.asset.clone(), pay);
    Some(Due { from, amount, ..signed(due, slot.state.owner) })
}

fn complete(slot: &Held<Slot>, lease: &Leased) -> Option<Due> {
    let unclaimed = lease.periods.checked_sub(lease.claimed).ok()?;
    let pay = lease.price.checked_mul(unclaimed.to_number()).ok()?;
    let amount = Value::of(lease.asset.clone(), pay.checked_add(lease.bond).ok()?);
    let due = of_slot(slot, DueAction::Complete, Plan::complete(slot.reference));
    Some(Due { from: lease.end_of_grace().ok()?, amount, ..signed(due, slot.state.owner) })
}

fn award(bid: &PlacedBid, grid: &Held<Grid>, amount: Value) -> Due {
    let plan = Plan::award(bid.reference(), grid.reference);
    Due { from: bid.settles(), amount, ..of_bid(bid, DueAction::Award, plan) }
}

fn cancel(bid: &PlacedBid, now: Time) -> Due {
    let window = bid.terms().window;
    let (useless_from, from, before) = match bid.terms().method {
        Method::Race { .. } => (window.closes, Time::ZERO, None),
        Method::Auction { .. } if now < window.opens => (window.settles, Time::ZERO, Some(window.opens)),
        Method::Auction { .. } => (window.settles, window.settles, None),
    };
    let due = of_bid(bid, DueAction::Cancel { useless_from }, Plan::cancel(bid.reference()));
    Due { from, before, amount: bid.value().clone(), ..signed(due, bid.terms().application) }
}

/// What an application gets back when its bid is awarded.
fn refund_of(scripts: &Scripts, grid: &Held<Grid>, bid: &PlacedBid, now: Time) -> Option<Value> {
    let at = now.max(bid.settles());
    let PlacedBid { held, .. } = bid;
    let bid = Held { reference: held.reference, value: held.value.clone(), state: held.state.clone().into() };
    let grid =
        Held { reference: grid.reference, value: grid.value.clone(), state: grid.state.clone().into() };
    let step = Step {
        transition: MarketTransition::Award.into(),
        inputs: vec![bid],
        references: vec![grid],
        range: Some(Range { lower: at, upper: at }),
        signers: Signers::default(),
    };
    let outcome = apply(scripts, &step).ok()?;
    let to = match &step.inputs.first()?.state {
        State::Bid(bid) => bid.terms.refund,
        _ => return None,
    };
    outcome.payments.into_iter().find(|payment| payment.address == to).map(|payment| payment.value)
}

/// What a slot holds beside its reserve and its token.
fn purse_of(scripts: &Scripts, value: &Value) -> Value {
    let money = value.iter().filter_map(|(asset, amount)| match asset {
        Asset::Lovelace => Some((asset, amount.checked_sub(SLOT_RESERVE).unwrap_or(Amount::ZERO))),
        Asset::Token { policy, .. } => (*policy != scripts.registry).then_some((asset, amount)),
    });
    money.fold(Value::default(), |purse, (asset, amount)| purse.clone().plus(asset, amount).unwrap_or(purse))
}

fn in_order(one: &Due, other: &Due) -> Ordering {
    let key = |due: &Due| (due.from, due.action, due.subject);
    key(one).cmp(&key(other))
}
