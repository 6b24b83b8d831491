//! Transactions that a head accepts one after the other.

use std::collections::BTreeMap;

use demeter_core::Time;
use demeter_tests::drt::Dice;
use demeter_tests::history::{Choice, Ground, Walk};
use demeter_tx::{LedgerSettings, SignedTransaction, UtxoSet};

use crate::{Outcome, Payments};

/// Transactions that a head accepts one after the other.
#[derive(Clone, Debug)]
pub struct Story {
    /// What the ledger depends on.
    pub settings: LedgerSettings,
    /// What there is in the beginning.
    pub opening: UtxoSet,
    /// The transactions, and when each is made.
    pub transactions: Vec<(Time, SignedTransaction)>,
    /// How many there are of each kind.
    pub mix: BTreeMap<String, u64>,
}

impl Story {
    /// So many payments that do not depend on each other.
    ///
    /// # Errors
    /// A payment cannot be built.
    pub fn of_payments(count: u64) -> Outcome<Self> {
        Ok(Payments::new(count)?.into_story())
    }

    /// A market's history of so many steps, with the founding of its grid.
    ///
    /// NOTE: it is the walk of the suite `histories`, recorded: everything in it is composed, signed and accepted there,
    /// in the proportions in which its parties happen to act.
    ///
    /// # Errors
    /// The walk breaks a promise.
    pub fn of_market(seed: u64, steps: u64) -> Outcome<Self> {
        let mut dice = Dice::new(seed);
        let mut walk = Walk::new(Ground::recorded(false), None);
        while walk.tally.steps < steps {
            walk.step(&Choice::draw(&mut dice)).map_err(|violation| violation.to_string())?;
        }
        let mut mix = walk.tally.accepted;
        let record = walk.ground.into_record().ok_or("the walk was not recorded")?;
        let counted: u64 = mix.values().sum();
        let founding = (record.accepted.len() as u64).saturating_sub(counted);
        mix.insert("founding".to_owned(), founding);
        let (opening, transactions) = (record.opening, record.accepted);
        Ok(Self { settings: Ground::settings(), opening, transactions, mix })
    }
}
