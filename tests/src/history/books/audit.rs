//! Holds the ledger against the books.

use std::collections::BTreeMap;

use demeter_core::limits::{GRID_RESERVE, POOL_RESERVE};
use demeter_core::{
    Amount, Asset, Bid, Credential, OutputReference, Script, Slot, Stage, State, Token, Value,
};
use demeter_tx::market::read_state;
use demeter_tx::{Output, UtxoSet};

use super::account::{Account, SlotAccount, Standing};
use super::{Books, Money, account, purses, sum};
use crate::history::violation::{Promise, Violation};
use crate::make::amount;

/// The most outputs that a head may hold.
const MOST_OUTPUTS: usize = 4_095;

type Audit = Result<(), Violation>;

fn broken(promise: Promise, seen: String) -> Audit {
    Err(Violation::new(promise, seen))
}

impl Books {
    /// How many things an audit of so many outputs looks at.
    pub fn checks(&self, utxos: &UtxoSet) -> u64 {
        // Each output its minimum and its tokens, each purse, each account its value and state; the three balances.
        (utxos.len() * 2 + self.purses.len() + self.places.len() * 2 + 3) as u64
    }

    /// Holds what is on the ledger against what should be.
    ///
    /// # Errors
    /// The first promise that is seen broken.
    pub fn audit(&self, utxos: &UtxoSet) -> Audit {
        self.audit_outputs(utxos)?;
        self.audit_states(utxos)?;
        let purses = purses(&self.cast, utxos, &self.asset);
        for (party, booked) in &self.purses {
            let (found, booked) = (purses.get(party).copied().unwrap_or_default(), *booked);
            if found != booked {
                let name = &self.cast[*party].name;
                let seen = format!("{name} has {found}, in the books {booked}");
                return broken(Promise::Conservation, seen);
            }
        }
        self.audit_balance(utxos)
    }

    /// Minimum, count, and where our tokens are.
    fn audit_outputs(&self, utxos: &UtxoSet) -> Audit {
        if utxos.len() > MOST_OUTPUTS {
            return broken(Promise::Fits, format!("there are {} outputs", utxos.len()));
        }
        let mut tokens = BTreeMap::new();
        for (reference, output) in utxos {
            let minimum = output.minimum_lovelace(&self.settings.parameters).unwrap_or(Amount::MAX);
            let held = output.value().lovelace();
            if held < minimum {
                return broken(Promise::Fits, format!("{reference} holds {held}, the minimum is {minimum}"));
            }
            let ours = self.own_tokens(output.value());
            if !ours.is_empty() && read_state(&self.scripts, *reference, output).is_err() {
                return broken(Promise::TokensStay, format!("{reference} holds {ours:?} and no state"));
            }
            for (asset, count) in ours {
                *tokens.entry(asset).or_insert(0) += count;
            }
        }
        let (operators, slots) = self.tokens;
        let wanted = [(Token::Grid, 1), (Token::Pool, 1), (Token::Operator, operators), (Token::Slot, slots)];
        let wanted: BTreeMap<Asset, u64> =
            wanted.into_iter().map(|(token, count)| (self.scripts.token(token, &self.grid), count)).collect();
        if tokens == wanted {
            return Ok(());
        }
        broken(Promise::TokensStay, format!("there are {tokens:?}, minted were {wanted:?}"))
    }

    fn own_tokens(&self, value: &Value) -> BTreeMap<Asset, u64> {
        let policy = self.scripts.registry;
        let ours = |asset: &Asset| matches!(asset, Asset::Token { policy: of, .. } if *of == policy);
        let tokens = value.iter().filter(|(asset, _)| ours(asset));
        tokens.map(|(asset, count)| (asset.clone(), count.to_units())).collect()
    }

    /// What is at the contract is what the books say, in value and in state.
    fn audit_states(&self, utxos: &UtxoSet) -> Audit {
        let at_contract = |output: &Output| matches!(output.address().payment, Credential::Script(_));
        for (reference, output) in utxos.iter().filter(|(_, output)| at_contract(output)) {
            let Some(account) = self.account_at(reference) else {
                return broken(Promise::Conservation, format!("{reference} is not in the books"));
            };
            let expected = self.value_of(account);
            if *output.value() != expected {
                let seen = format!("{account:?} holds {:?}, in the books {expected:?}", output.value());
                return broken(Promise::Conservation, seen);
            }
            if !matches!(account, Account::Litter(_)) {
                self.audit_state(account, *reference, output)?;
            }
        }
        match self.places.iter().find(|(reference, _)| !utxos.contains_key(reference)) {
            Some((reference, account)) => {
                broken(Promise::Conservation, format!("{account:?} is not at {reference}"))
            }
            None => Ok(()),
        }
    }

    /// All that the output of an account holds.
    fn value_of(&self, account: Account) -> Value {
        let led = matches!(account, Account::Bid(number) if self.bids[&number].leader.is_some());
        let money = match account {
            Account::Grid => Money::ada(GRID_RESERVE.to_units()),
            Account::Pool => Money::ada(POOL_RESERVE.to_units()),
            Account::Operator(_) => account::operator_holding(),
            Account::Slot(operator, index) => {
                account::slot_holding(&self.slots[&(operator, index)], &self.asset).unwrap_or_default()
            }
            Account::Bid(number) => account::bid_holding(&self.bids[&number], &self.asset),
            Account::Litter(number) => self.litter[&number],
        };
        let with = |value: Value, token, count| {
            value.plus(&self.scripts.token(token, &self.grid), amount(count)).unwrap()
        };
        let value = match account::token(account, led) {
            Some(token) => with(money.to_value(&self.asset), token, 1),
            None => money.to_value(&self.asset),
        };
        let (operators, slots) = self.idle_tokens();
        match account {
            Account::Pool => with(with(value, Token::Operator, operators), Token::Slot, slots),
            _ => value,
        }
    }

    fn audit_state(&self, account: Account, reference: OutputReference, output: &Output) -> Audit {
        let wrong =
            |seen: String| broken(Promise::Conservation, format!("{account:?} at {reference}: {seen}"));
        let held = match read_state(&self.scripts, reference, output) {
            Ok(held) => held,
            Err(error) => return wrong(error.to_string()),
        };
        let at = self.scripts.hash(held.state.script());
        if output.address().payment != Credential::Script(at) || output.reference_script().is_some() {
            return wrong("is not where it belongs".into());
        }
        let agrees = match (&held.state, account) {
            (State::Grid(grid), Account::Grid) => grid.treasury == self.treasury,
            (State::Pool(pool), Account::Pool) => pool.next.to_number() == self.next,
            (State::Operator(operator), Account::Operator(number)) => {
                let booked = &self.operators[&number];
                operator.number.to_number() == number
                    && operator.owner == booked.owner
                    && operator.slots.to_number() == booked.slots
            }
            (State::Slot(slot), Account::Slot(operator, index)) => {
                slot.operator.to_number() == operator
                    && slot.index.to_number() == index
                    && agrees(slot, &self.slots[&(operator, index)])
            }
            (State::Bid(bid), Account::Bid(number)) => {
                let booked = &self.bids[&number];
                bid.terms == booked.terms && leader(bid) == booked.leader
            }
            _ => false,
        };
        if agrees && held.state.script() == script_of(account) {
            Ok(())
        } else {
            wrong(format!("is {:?}", held.state))
        }
    }

    /// What went into escrow and reserves is what came out and what is held.
    fn audit_balance(&self, utxos: &UtxoSet) -> Audit {
        let found = sum(utxos, &self.asset);
        if found != self.all {
            return broken(Promise::Conservation, format!("there is {found}, and was {}", self.all));
        }
        let mut held = Money::default();
        let mut purses = 0;
        for (reference, account) in &self.places {
            if matches!(account, Account::Grid | Account::Pool | Account::Litter(_)) {
                continue;
            }
            held += Money::in_value(utxos[reference].value(), &self.asset);
        }
        for slot in self.slots.values() {
            purses += slot.purse;
        }
        let (escrow, reserves) = (self.escrow.held() + purses, self.reserves.held());
        let booked = Money { lovelace: reserves, tokens: 0 } + Money::of(&self.asset, escrow);
        if held == booked {
            return Ok(());
        }
        let seen = format!("{held} are held, by what went in and came out {booked}: {:?}", self.escrow);
        broken(Promise::Conservation, seen)
    }
}

fn leader(bid: &Bid) -> Option<(u64, u64)> {
    bid.leader.as_ref().map(|leader| (leader.operator.to_number(), leader.index.to_number()))
}

const fn script_of(account: Account) -> Script {
    match account {
        Account::Grid | Account::Pool | Account::Operator(_) => Script::Registry,
        Account::Slot(..) | Account::Bid(_) | Account::Litter(_) => Script::Market,
    }
}

/// Whether a slot on the ledger does what the books say.
fn agrees(slot: &Slot, booked: &SlotAccount) -> bool {
    match (&slot.stage, &booked.standing) {
        (Stage::Idle, Standing::Idle) => true,
        (Stage::Offered(offered), Standing::Offered { bid, price, until, .. }) => {
            offered.bid == *bid
                && i128::from(offered.price.to_units()) == *price
                && offered.until.to_milliseconds() == *until
        }
        (Stage::Leased(leased), Standing::Leased(lease)) => {
            i128::from(leased.price.to_units()) == lease.price
                && leased.periods.to_number() == lease.periods
                && leased.claimed.to_number() == lease.claimed
                && leased.start.to_milliseconds() == lease.start
                && leased.refund == lease.refund
                && i128::from(leased.bond.to_units()) == lease.bond
        }
        (Stage::Settled(settled), Standing::Settled { kept, broken }) => {
            i128::from(settled.kept.to_units()) == *kept && i128::from(settled.broken.to_units()) == *broken
        }
        _ => false,
    }
}
