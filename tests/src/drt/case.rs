//! The cases of a run: each follows from the seed, its transition and its number, whatever else is run.

use demeter_core::Scripts;
use demeter_core::transition::{Datum, OutputView, TransactionView};

use super::{Dice, any_healthy, mutate, wild};

/// A transaction to be judged.
#[derive(Clone, Debug)]
pub struct Case {
    /// Around which transition it is made.
    pub transition: &'static str,
    /// Which case of that transition, from 0.
    pub number: u64,
    /// How it was made.
    pub kind: Kind,
    /// The transaction.
    pub transaction: TransactionView,
}

/// How a case was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the mirror yields, with all that it needs.
    Healthy,
    /// Healthy, but for this.
    Spoiled(String),
    /// From random pieces.
    Wild,
}

impl Case {
    /// Makes a case: of ten, four are healthy, three are spoiled and three are wild.
    pub fn new(scripts: Scripts, transition: &'static str, seed: u64, number: u64) -> Self {
        let mut dice = Dice::of_case(seed, transition, number);
        let (kind, transaction) = match number % 10 {
            0 | 3 | 6 | 8 => (Kind::Healthy, any_healthy(scripts, transition, &mut dice).transaction),
            1 | 4 | 7 => {
                let (change, transaction) = mutate(&any_healthy(scripts, transition, &mut dice), &mut dice);
                (Kind::Spoiled(change), transaction)
            }
            _ => (Kind::Wild, wild(scripts, transition, &mut dice)),
        };
        Self { transition, number, kind, transaction }
    }

    /// How much there is to look at: the bytes of data consumed, read and made, and a hundred for each
    /// output.
    pub fn size(&self) -> usize {
        let TransactionView { inputs, references, outputs, .. } = &self.transaction;
        let read = inputs.iter().chain(references).map(|input| &input.output);
        let size = |output: &OutputView| match &output.datum {
            Datum::Inline(bytes) => 100 + bytes.len(),
            Datum::None | Datum::Hash => 100,
        };
        read.chain(outputs).map(size).sum()
    }

    /// What it is, in words.
    pub fn describe(&self) -> String {
        let Self { transition, number, kind, .. } = self;
        match kind {
            Kind::Healthy => format!("{transition} {number}, healthy"),
            Kind::Spoiled(change) => format!("{transition} {number}, with {change}"),
            Kind::Wild => format!("{transition} {number}, wild"),
        }
    }
}
