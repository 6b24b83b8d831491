//! What each deed does to the books: the table of the specification, as bookkeeping.

use demeter_core::limits::{BID_RESERVE, FEE_ADA, LATE_AWARD, OPERATOR_RESERVE, SLOT_RESERVE};
use demeter_core::{
    Address, MarketTransition as Market, OutputReference, PlutusData as _, RegistryTransition as Registry,
    TransactionId, Transition,
};
use demeter_tx::{Data, OutputDraft};

use super::account::{Account, BidAccount, Lease, OperatorAccount, SlotAccount, Standing};
use super::{Books, Fault, Money};
use crate::history::deed::{Act, Deed, Step};

/// Where an accepted transaction's states stand, and what it pays to third parties.
#[derive(Default)]
struct Entry {
    /// The accounts of its first outputs, in order.
    states: Vec<Account>,
    dues: Vec<(Address, Money)>,
}

impl Entry {
    fn of(states: impl IntoIterator<Item = Account>) -> Self {
        Self { states: states.into_iter().collect(), dues: Vec::new() }
    }

    fn due(mut self, to: Address, due: Money) -> Self {
        if due != Money::default() {
            self.dues.push((to, due));
        }
        self
    }
}

impl Books {
    /// Enters a deed that the head has accepted under this name; `times` are the bounds of its validity.
    ///
    /// # Panics
    /// It cannot have been: the state that it is of is not in the books.
    pub fn enter(&mut self, act: &Act, id: TransactionId, times: (u64, u64)) {
        let before = self.held();
        let (entry, tag) = match &act.deed {
            Deed::Place { terms, funded } => {
                let number = self.next_made();
                let application = self.cast.of_key(&terms.application).unwrap();
                let terms = terms.as_ref().clone();
                let (name, funded) = (terms.name(), *funded);
                let bid = BidAccount { name, terms, application, funded, leader: None };
                self.bids.insert(number, bid);
                self.put_behind(funded);
                (Entry::of([Account::Bid(number)]), None)
            }
            Deed::Litter { lost, .. } => {
                let number = self.next_made();
                self.litter.insert(number, *lost);
                (Entry::of([Account::Litter(number)]), None)
            }
            Deed::Sweep => (Entry::default(), None),
            Deed::Transition(step) => {
                let primary = self.places[&step.primary];
                let entry = self.transition(step, primary, times);
                for consumed in step.followers.iter().chain([&step.primary]) {
                    self.places.remove(consumed);
                }
                (entry, Some(step.primary))
            }
        };
        for (index, account) in (0..).zip(&entry.states) {
            self.places.insert(OutputReference { transaction: id, index }, *account);
        }
        // Whatever the states hold less and nobody is owed is the payer's; so is what they hold more.
        let mut change = before - self.held();
        for (to, due) in entry.dues {
            let paid = self.topped_up(to, due, tag.unwrap());
            change = change - paid;
            let party = self.cast.at(&to).unwrap();
            *self.purses.get_mut(&party).unwrap() += paid;
        }
        *self.purses.get_mut(&act.payer).unwrap() += change;
    }

    fn next_made(&mut self) -> usize {
        self.made += 1;
        self.made - 1
    }

    /// What a payment comes to, once there is as much ada in it as the ledger asks for.
    fn topped_up(&self, to: Address, due: Money, tag: OutputReference) -> Money {
        let tag = Data::from_cbor(tag.encode()).unwrap();
        let draft = OutputDraft::new(to, due.to_value(&self.asset)).with_inline_datum(tag);
        Money::in_value(draft.topped_up(&self.settings.parameters).unwrap().value(), &self.asset)
    }

    fn units(&self, units: i128) -> Money {
        Money::of(&self.asset, units)
    }

    fn transition(&mut self, step: &Step, primary: Account, times: (u64, u64)) -> Entry {
        match &step.transition {
            Transition::Registry(transition) => self.at_registry(step, transition, primary),
            Transition::Market(transition) => match primary {
                Account::Bid(number) => self.of_bid(step, transition, number, times),
                Account::Slot(operator, index) => self.of_slot(step, transition, (operator, index), times),
                other => panic!("{transition:?} of {other:?}"),
            },
        }
    }

    fn at_registry(&mut self, step: &Step, transition: &Registry, primary: Account) -> Entry {
        match transition {
            Registry::Admit { owner, slots, .. } => {
                let (number, slots) = (self.next, slots.to_number());
                let party = self.cast.of_key(owner).unwrap();
                self.next += 1;
                self.operators.insert(number, OperatorAccount { party, owner: *owner, slots });
                for index in 0..slots {
                    let slot = SlotAccount { party, standing: Standing::Idle, purse: 0 };
                    self.slots.insert((number, index), slot);
                }
                self.reserves.put += reserves_of(slots);
                let slots = (0..slots).map(|index| Account::Slot(number, index));
                Entry::of([Account::Pool, Account::Operator(number)].into_iter().chain(slots))
            }
            Registry::Report => {
                let Account::Slot(operator, index) = self.places[&step.followers[0]] else {
                    panic!("a slot is reported")
                };
                self.slot(operator, index).standing = Standing::Idle;
                Entry::of([primary, Account::Slot(operator, index)])
            }
            Registry::Retire => self.retire(step),
            Registry::Rotate { treasury, .. } => {
                self.treasury = *treasury;
                Entry::of([primary])
            }
            Registry::Update { owner, .. } => {
                let Account::Operator(number) = primary else { panic!("an operator is updated") };
                self.operators.get_mut(&number).unwrap().owner = *owner;
                Entry::of([primary])
            }
            Registry::Endorse { .. } => Entry::of([primary]),
            Registry::Deposit { .. } => panic!("a deposit happens on L1"),
        }
    }

    fn retire(&mut self, step: &Step) -> Entry {
        let number = step.followers.iter().find_map(|follower| match self.places[follower] {
            Account::Operator(number) => Some(number),
            _ => None,
        });
        let number = number.unwrap();
        let operator = self.operators.remove(&number).unwrap();
        let mut all = Money::ada(OPERATOR_RESERVE.to_units());
        for index in 0..operator.slots {
            let slot = self.slots.remove(&(number, index)).unwrap();
            all += Money::ada(SLOT_RESERVE.to_units()) + self.units(slot.purse);
        }
        self.reserves.back += reserves_of(operator.slots);
        if step.signers.contains(&operator.owner) {
            return Entry::of([Account::Pool]);
        }
        Entry::of([Account::Pool]).due(Address::of_key(operator.owner), all)
    }

    fn of_bid(&mut self, step: &Step, transition: &Market, number: usize, times: (u64, u64)) -> Entry {
        match transition {
            Market::Lead => {
                let Account::Slot(operator, index) = self.places[&step.followers[0]] else {
                    panic!("a slot leads")
                };
                let ousted = self.bids.get_mut(&number).unwrap().leader.replace((operator, index));
                let slot = self.slot(operator, index);
                let Standing::Offered { price, .. } = slot.standing else { panic!("an offer leads") };
                slot.standing = Standing::Leading { bid: number, price };
                let mut states = vec![Account::Bid(number)];
                if let Some((operator, index)) = ousted {
                    let bond = self.bids[&number].bond();
                    self.escrow.returned += bond;
                    let slot = self.slot(operator, index);
                    (slot.standing, slot.purse) = (Standing::Idle, bond);
                    states.push(Account::Slot(operator, index));
                }
                Entry::of(states)
            }
            Market::Award => {
                let bid = self.bids.remove(&number).unwrap();
                let late = bid.terms.window.settles.to_milliseconds() + LATE_AWARD.to_milliseconds();
                let charged = times.0 < late || self.fault == Some(Fault::ForgetsLateAwards);
                let treasury = charged.then_some(self.treasury);
                let slot = bid.leader.unwrap();
                let Standing::Leading { price, .. } = self.slots[&slot].standing else { panic!("no leader") };
                self.opened(&bid, slot, price, times.1, treasury)
            }
            Market::Take { price, .. } => {
                let Account::Slot(operator, index) = self.places[&step.followers[0]] else {
                    panic!("a slot takes")
                };
                let bid = self.bids.remove(&number).unwrap();
                self.escrow.put += bid.bond();
                let price = price.to_units().into();
                self.opened(&bid, (operator, index), price, times.1, Some(self.treasury))
            }
            Market::Cancel => {
                let bid = self.bids.remove(&number).unwrap();
                self.take_back(bid.funded);
                Entry::default()
            }
            other => panic!("{other:?} of a bid"),
        }
    }

    /// A lease begins.
    fn opened(
        &mut self,
        bid: &BidAccount,
        (operator, index): (u64, u64),
        price: i128,
        start: u64,
        treasury: Option<Address>,
    ) -> Entry {
        let term = bid.terms.term;
        let lease = Lease {
            application: bid.application,
            refund: bid.terms.refund,
            price,
            period: term.period.to_milliseconds(),
            periods: term.periods.to_number(),
            claimed: 0,
            grace: term.grace.to_milliseconds(),
            start,
            bond: bid.bond(),
            fee_ppm: bid.terms.fee_ppm.to_millionths().into(),
        };
        let slot = self.slot(operator, index);
        (slot.standing, slot.purse) = (Standing::Leased(lease), 0);
        let pay = price * bid.periods();
        let fee = if treasury.is_some() { bid.fee(pay) } else { 0 };
        let beside = if fee > 0 { FEE_ADA.to_units() } else { 0 };
        let rest = bid.escrow() - pay - fee;
        self.escrow.refunded += rest;
        self.escrow.fees += fee;
        self.reserves.beside_fees += i128::from(beside);
        self.reserves.back += i128::from(BID_RESERVE.to_units() - beside);
        let refund = Money::ada(BID_RESERVE.to_units() - beside) + self.units(rest);
        let entry = Entry::of([Account::Slot(operator, index)]).due(bid.terms.refund, refund);
        match treasury {
            Some(treasury) if fee > 0 => entry.due(treasury, Money::ada(beside) + self.units(fee)),
            _ => entry,
        }
    }

    fn of_slot(&mut self, step: &Step, transition: &Market, key: (u64, u64), times: (u64, u64)) -> Entry {
        let entry = Entry::of([Account::Slot(key.0, key.1)]);
        match transition {
            Market::Rekey => entry,
            Market::Collect => {
                self.slot(key.0, key.1).purse = 0;
                entry
            }
            Market::Offer { price, .. } => {
                let bid = step.reads.iter().find_map(|read| match self.places.get(read) {
                    Some(Account::Bid(number)) => Some(&self.bids[number]),
                    _ => None,
                });
                let bid = bid.unwrap();
                let (name, bond, price) = (bid.name, bid.bond(), price.to_units().into());
                let until = bid.terms.window.settles.to_milliseconds();
                self.escrow.put += bond;
                let slot = self.slot(key.0, key.1);
                (slot.standing, slot.purse) = (Standing::Offered { bid: name, bond, price, until }, 0);
                entry
            }
            Market::Withdraw => {
                let slot = self.slot(key.0, key.1);
                let Standing::Offered { bond, .. } = slot.standing else { panic!("no offer") };
                (slot.standing, slot.purse) = (Standing::Idle, bond);
                self.escrow.returned += bond;
                entry
            }
            transition => {
                let Standing::Leased(lease) = self.slots[&key].standing.clone() else { panic!("no lease") };
                self.of_lease(entry, transition, key, lease, times)
            }
        }
    }

    fn of_lease(
        &mut self,
        entry: Entry,
        transition: &Market,
        key: (u64, u64),
        mut lease: Lease,
        (lower, upper): (u64, u64),
    ) -> Entry {
        let unclaimed = lease.price_of(lease.periods - lease.claimed);
        match transition {
            Market::Claim { claimed } => {
                self.escrow.paid += lease.price_of(claimed.to_number() - lease.claimed);
                lease.claimed = claimed.to_number();
                self.slot(key.0, key.1).standing = Standing::Leased(lease);
                entry
            }
            Market::Extend { periods } => {
                let more = lease.periods + periods.to_number();
                let fee = lease.fee_of(more) - lease.fee_of(lease.periods);
                self.escrow.put += lease.price_of(periods.to_number()) + fee;
                self.escrow.fees += fee;
                lease.periods = more;
                self.slot(key.0, key.1).standing = Standing::Leased(lease);
                if self.fault == Some(Fault::ForgetsFeeOfExtension) {
                    return entry;
                }
                entry.due(self.treasury, self.units(fee))
            }
            Market::Close => {
                let (begun, whole) = (lease.begun(upper), lease.whole(upper));
                let pay = lease.price_of(begun - lease.claimed);
                self.escrow.refunded += unclaimed - pay;
                self.settle(key, pay, lease.bond, lease.price_of(whole), 0);
                entry
            }
            Market::Complete => {
                self.settle(key, unclaimed, lease.bond, lease.price_of(lease.periods), 0);
                entry
            }
            Market::Resign => {
                let whole = lease.whole(lower);
                let (pay, broken) =
                    (lease.price_of(whole - lease.claimed), lease.price_of(lease.periods - whole));
                self.escrow.refunded += broken;
                self.escrow.slashed += lease.bond;
                self.settle(key, pay, 0, lease.price_of(whole), broken);
                let forgets = self.fault == Some(Fault::ForgetsBondOfResigned);
                let bond = if forgets { 0 } else { lease.bond };
                entry.due(lease.refund, self.units(broken + bond))
            }
            Market::Arbitrate { paid, slashed, broken } => {
                let units = |amount: &demeter_core::Amount| i128::from(amount.to_units());
                let (paid, slashed, broken) = (units(paid), units(slashed), units(broken));
                self.escrow.refunded += unclaimed - paid;
                self.escrow.slashed += slashed;
                let kept = lease.price_of(lease.claimed) + paid;
                self.settle(key, paid, lease.bond - slashed, kept, broken);
                entry.due(lease.refund, self.units(unclaimed - paid + slashed))
            }
            other => panic!("{other:?} of a lease"),
        }
    }

    /// A lease ends: its operator gets pay and what is left of the bond into its purse.
    fn settle(&mut self, key: (u64, u64), pay: i128, bond: i128, kept: i128, broken: i128) {
        self.escrow.paid += pay;
        self.escrow.returned += bond;
        let slot = self.slot(key.0, key.1);
        (slot.standing, slot.purse) = (Standing::Settled { kept, broken }, pay + bond);
    }

    fn slot(&mut self, operator: u64, index: u64) -> &mut SlotAccount {
        self.slots.get_mut(&(operator, index)).unwrap()
    }

    /// An application puts money behind a bid.
    fn put_behind(&mut self, funded: Money) {
        let (reserve, escrow) = self.parts(funded);
        self.reserves.put += reserve;
        self.escrow.put += escrow;
    }

    /// An application takes the money behind its bid back.
    fn take_back(&mut self, funded: Money) {
        let (reserve, escrow) = self.parts(funded);
        self.reserves.back += reserve;
        self.escrow.refunded += escrow;
    }

    /// What is behind an open bid: its reserve, and the rest.
    fn parts(&self, funded: Money) -> (i128, i128) {
        let reserve = i128::from(BID_RESERVE.to_units());
        let rest = funded - Money::ada(BID_RESERVE.to_units());
        (reserve, if self.units(1).tokens == 1 { rest.tokens } else { rest.lovelace })
    }
}

/// What is behind an operator and so many slots.
fn reserves_of(slots: u64) -> i128 {
    i128::from(OPERATOR_RESERVE.to_units() + slots * SLOT_RESERVE.to_units())
}
