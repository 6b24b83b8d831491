//! The ledger of the demo, and what the parties do on it: compose, sign, submit, and note what it cost.

use demeter_core::transition::Held;
use demeter_core::{Address, BidName, Count, Grid, OutputReference, State, StateKind, Terms, Time};
use demeter_tx::builder::UnsignedTransaction;
use demeter_tx::head::{EventStream, SnapshotNumber, UtxoQuery};
use demeter_tx::market::{Composer, Funds, Plan, SlotRange, read_state};
use demeter_tx::{Slot, UtxoSet};
use futures_executor::block_on;

use crate::cast::Party;
use crate::error::DemoError;
use crate::ground::Ground;
use crate::report::{EventLine, KeyLine, RecordLine, TransactionLine};

/// How long a transaction of the demo stays valid, in slots of one second.
pub(crate) const VALIDITY: u64 = 60;

/// A ledger and the transactions made on it.
pub(crate) struct Stage {
    ground: Ground,
    pub(crate) composer: Composer,
    /// What was there when the ledger was opened.
    pub(crate) beginning: UtxoSet,
    /// What happens on it from then on.
    pub(crate) told: EventStream,
    pub(crate) transactions: Vec<TransactionLine>,
    /// How records changed.
    pub(crate) records: Vec<RecordLine>,
    /// Which keys changed.
    pub(crate) keys: Vec<KeyLine>,
    /// What is worth telling.
    pub(crate) events: Vec<EventLine>,
    ledger: &'static str,
}

impl Stage {
    pub(crate) fn new(ledger: &'static str, ground: Ground, composer: Composer) -> Result<Self, DemoError> {
        // First, so that nothing happens between the two.
        let told = ground.head.events();
        let beginning = block_on(ground.head.utxos(&UtxoQuery::All))?;
        Ok(Self {
            ground,
            composer,
            beginning,
            told,
            transactions: Vec::new(),
            records: Vec::new(),
            keys: Vec::new(),
            events: Vec::new(),
            ledger,
        })
    }

    /// The last snapshot before anything happened.
    pub(crate) const fn first_snapshot(&self) -> SnapshotNumber {
        self.ground.snapshot
    }

    pub(crate) fn utxos(&self) -> Result<UtxoSet, DemoError> {
        Ok(block_on(self.ground.head.utxos(&UtxoQuery::All))?)
    }

    pub(crate) fn now(&self) -> Result<Time, DemoError> {
        Ok(block_on(self.ground.head.now())?.time)
    }

    /// Lets time pass until the first slot from this moment on, if it is still to come: a transaction counts from
    /// where its slot begins.
    pub(crate) fn wait_until(&self, moment: Time) -> Result<(), DemoError> {
        let clock = &self.composer.settings().clock;
        let moment = clock.time_of(clock.first_slot_from(moment)?)?;
        self.ground.advance(moment.since(self.now()?))?;
        Ok(())
    }

    /// The range of a transaction that is submitted now.
    pub(crate) fn range(&self) -> Result<SlotRange, DemoError> {
        let now = block_on(self.ground.head.now())?.slot;
        Ok(SlotRange { from: now, before: Slot::from_number(now.to_number().saturating_add(VALIDITY)) })
    }

    /// The upper bound of that range: when a lease that is opened now would start.
    pub(crate) fn before(&self) -> Result<Time, DemoError> {
        Ok(self.composer.settings().clock.time_of(self.range()?.before)?)
    }

    /// What a party can spend.
    pub(crate) fn funds(&self, party: &Party) -> Result<Funds, DemoError> {
        Ok(Funds::at(party.address(), &self.utxos()?))
    }

    /// Notes what has just happened.
    pub(crate) fn tell(&mut self, what: String) -> Result<(), DemoError> {
        self.events.push(EventLine { time: self.now()?, what });
        Ok(())
    }

    /// What a party has in outputs of its own, in lovelace.
    pub(crate) fn purse(&self, party: &Party) -> Result<u64, DemoError> {
        Ok(lovelace_at(&self.utxos()?, &party.address()))
    }

    /// Composes a plan's transaction at the expense of the first of the parties, has all of them sign, and submits it.
    pub(crate) fn act(&mut self, what: String, plan: Plan, parties: &[&Party]) -> Result<(), DemoError> {
        let plan =
            parties.iter().fold(plan.within(self.range()?), |plan, party| plan.signed_by(party.hash()));
        let payer = parties.first().ok_or_else(|| DemoError::Missing { what: "a payer".to_owned() })?;
        let transaction = self
            .composer
            .compose(&plan, &self.utxos()?, &self.funds(payer)?)
            .map_err(|source| DemoError::Compose { what: what.clone(), source })?;
        self.submit(what, transaction, parties).map(drop)
    }

    /// Has the parties sign a transaction, and submits it.
    pub(crate) fn submit(
        &mut self,
        what: String,
        mut transaction: UnsignedTransaction,
        parties: &[&Party],
    ) -> Result<Vec<OutputReference>, DemoError> {
        for party in parties {
            block_on(transaction.sign(&party.key))?;
        }
        let units = transaction.summary().total_units();
        let limit = self.composer.settings().parameters.max_transaction_units;
        let outputs = transaction.outputs().map(|(reference, _)| reference).collect();
        let line = TransactionLine {
            ledger: self.ledger,
            what,
            id: transaction.id(),
            time: self.now()?,
            size: transaction.summary().size,
            memory: units.memory,
            memory_limit: limit.memory,
            steps: units.steps,
            steps_limit: limit.steps,
            fee: transaction.summary().fee,
        };
        let id = block_on(self.ground.head.submit(transaction.finish()?))?;
        block_on(self.ground.head.confirm(id))?;
        self.transactions.push(line);
        Ok(outputs)
    }

    /// All states on the ledger.
    pub(crate) fn states(&self) -> Result<Vec<Held<State>>, DemoError> {
        let scripts = self.composer.contract().scripts();
        let utxos = self.utxos()?;
        Ok(utxos
            .iter()
            .filter_map(|(reference, output)| read_state(&scripts, *reference, output).ok())
            .collect())
    }

    /// The one state that satisfies a condition.
    pub(crate) fn find(
        &self,
        what: impl Into<String>,
        wanted: impl Fn(&State) -> bool,
    ) -> Result<Held<State>, DemoError> {
        let found = self.states()?.into_iter().find(|held| wanted(&held.state));
        found.ok_or_else(|| DemoError::Missing { what: what.into() })
    }

    pub(crate) fn grid(&self) -> Result<(OutputReference, Grid), DemoError> {
        match self.find("grid", |state| state.kind() == StateKind::Grid)? {
            Held { reference, state: State::Grid(grid), .. } => Ok((reference, *grid)),
            _ => Err(DemoError::Missing { what: "grid".to_owned() }),
        }
    }

    pub(crate) fn operator(
        &self,
        number: Count,
    ) -> Result<(OutputReference, demeter_core::Operator), DemoError> {
        let wanted = |state: &State| matches!(state, State::Operator(operator) if operator.number == number);
        match self.find(format!("operator {number}"), wanted)? {
            Held { reference, state: State::Operator(operator), .. } => Ok((reference, *operator)),
            _ => Err(DemoError::Missing { what: format!("operator {number}") }),
        }
    }

    /// The operators of the grid in the order of their numbers.
    pub(crate) fn operators(&self) -> Result<Vec<(OutputReference, demeter_core::Operator)>, DemoError> {
        let operators = self.states()?.into_iter().filter_map(|held| match held.state {
            State::Operator(operator) => Some((held.reference, *operator)),
            _ => None,
        });
        let mut operators: Vec<_> = operators.collect();
        operators.sort_by_key(|(_, operator)| operator.number);
        Ok(operators)
    }

    /// All slots of an operator in the order of their indices.
    pub(crate) fn slots(
        &self,
        operator: Count,
    ) -> Result<Vec<(OutputReference, demeter_core::Slot)>, DemoError> {
        let slots = self.states()?.into_iter().filter_map(|held| match held.state {
            State::Slot(slot) if slot.operator == operator => Some((held.reference, slot)),
            _ => None,
        });
        let mut slots: Vec<_> = slots.collect();
        slots.sort_by_key(|(_, slot)| slot.index);
        Ok(slots)
    }

    /// A slot of an operator that satisfies a condition, the one with the lowest index.
    pub(crate) fn slot(
        &self,
        what: &str,
        operator: Count,
        wanted: impl Fn(&demeter_core::Slot) -> bool,
    ) -> Result<(OutputReference, demeter_core::Slot), DemoError> {
        self.slots(operator)?
            .into_iter()
            .find(|(_, slot)| wanted(slot))
            .ok_or_else(|| DemoError::Missing { what: format!("{what} slot of operator {operator}") })
    }

    pub(crate) fn bid(&self, name: BidName) -> Result<(OutputReference, demeter_core::Bid), DemoError> {
        let wanted = |state: &State| matches!(state, State::Bid(bid) if bid.name() == name);
        match self.find(format!("bid {name}"), wanted)? {
            Held { reference, state: State::Bid(bid), .. } => Ok((reference, *bid)),
            _ => Err(DemoError::Missing { what: format!("bid {name}") }),
        }
    }

    /// Places a bid.
    pub(crate) fn place(&mut self, what: String, terms: &Terms, by: &Party) -> Result<(), DemoError> {
        let transaction = self
            .composer
            .place(terms, &self.funds(by)?)
            .map_err(|source| DemoError::Compose { what: what.clone(), source })?;
        self.submit(what, transaction, &[by]).map(drop)
    }
}

/// What an address holds, in lovelace.
pub(crate) fn lovelace_at(utxos: &UtxoSet, address: &Address) -> u64 {
    utxos
        .values()
        .filter(|output| output.address() == address)
        .map(|output| output.value().lovelace().to_units())
        .sum()
}
