//! Histories as data: each step a choice of small numbers.

use std::fmt;

use crate::drt::Dice;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $weight:literal,)*) => {
        /// What may be tried in a step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Each with how often it is drawn.
            const WEIGHTED: &'static [(Self, u64)] = &[$((Self::$name, $weight)),*];
        }
    };
}

actions! {
    /// Time passes.
    Jump 110,
    /// An application makes a bid.
    Place 60,
    /// An application makes a bid again, on the same terms.
    Twin 8,
    /// An operator joins.
    Admit 30,
    /// An operator changes its key or its capacity.
    Update 14,
    /// A slot learns its operator's key.
    Rekey 24,
    /// The entities vouch for a label.
    Endorse 14,
    /// The entities change the grid.
    Rotate 8,
    /// A settled slot goes into the record.
    Report 40,
    /// An operator leaves.
    Retire 4,
    /// The entities turn an operator out.
    Evict 3,
    /// A slot answers an auction.
    Offer 130,
    /// An offer leads.
    Lead 40,
    /// A leader gets its lease.
    Award 70,
    /// A slot wins a race.
    Take 90,
    /// An offer is withdrawn.
    Withdraw 40,
    /// A bid is taken back.
    Cancel 5,
    /// Pay is drawn.
    Claim 40,
    /// A lease gets more periods.
    Extend 24,
    /// An application ends its lease.
    Close 9,
    /// An operator ends a lease that is over.
    Complete 60,
    /// An operator gives up.
    Resign 8,
    /// The entities rule.
    Arbitrate 10,
    /// A purse is emptied.
    Collect 24,
    /// Somebody makes one output of all that it has.
    Sweep 24,
    /// Somebody sends what makes no sense to the contract.
    Litter 10,
    /// The one who flaps sheds its record: resigns, reports, retires, joins anew.
    Flap 12,
    /// Somebody acts on another's state with its own signature.
    Steal 40,
    /// Somebody acts before it is time, or after.
    Hurry 36,
    /// An offer that is no better, or was ousted, is to lead.
    Spam 20,
    /// A payment is to go elsewhere.
    Divert 30,
    /// What was accepted is submitted again.
    Replay 6,
    /// Two submit the same, the second too late.
    FrontRun 16,
    /// An operator leaves while its slots are out.
    Desert 16,
    /// What was littered is used as if it were a state.
    Forge 30,
}

/// One step: what is tried, and numbers that say by whom, on what and how.
///
/// What a number means depends on what there is at the time: it counts through the candidates, and starts again after
/// the last. So a choice means something in any history, or nothing, and then it is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// What is tried.
    pub action: Action,
    /// By whom, where several could.
    pub actor: u32,
    /// On what.
    pub object: u32,
    /// How: the digits of this number, lowest first.
    pub manner: u32,
}

/// How many different numbers there are for actor and object.
const SMALL: u64 = 240;
/// How many different manners there are.
const MANNERS: u64 = 1_000_000;

impl Choice {
    /// Draws a choice.
    ///
    /// # Panics
    /// Never: the numbers are small.
    pub fn draw(dice: &mut Dice) -> Self {
        let total: u64 = Action::WEIGHTED.iter().map(|(_, weight)| weight).sum();
        let mut left = dice.roll() % total;
        let chosen = Action::WEIGHTED.iter().find(|(_, weight)| match left.checked_sub(*weight) {
            Some(less) => {
                left = less;
                false
            }
            None => true,
        });
        let mut number = |limit| u32::try_from(dice.roll() % limit).unwrap();
        Self {
            action: chosen.unwrap().0,
            actor: number(SMALL),
            object: number(SMALL),
            manner: number(MANNERS),
        }
    }

    /// One of these, by the choice's object.
    pub fn pick<'i, T>(&self, items: &'i [T]) -> Option<&'i T> {
        nth(items, self.object)
    }

    /// One of these, by the choice's actor.
    pub fn actor<T: Copy>(&self, items: &[T]) -> Option<T> {
        nth(items, self.actor).copied()
    }

    /// The digits of the choice's manner.
    pub const fn digits(&self) -> Digits {
        Digits(self.manner)
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({}, {}, {})", self.action, self.actor, self.object, self.manner)
    }
}

fn nth<T>(items: &[T], number: u32) -> Option<&T> {
    items.get((number as usize).checked_rem(items.len())?)
}

/// A number read digit by digit, each to a base of its own.
#[derive(Clone, Copy, Debug)]
pub struct Digits(u32);

impl Digits {
    /// The next digit, below the base.
    pub const fn below(&mut self, base: u32) -> u32 {
        let digit = self.0 % base;
        self.0 /= base;
        digit
    }

    /// One of these, by the next digit.
    ///
    /// # Panics
    /// There is none.
    pub fn of<T: Copy>(&mut self, items: &[T]) -> T {
        let base = u32::try_from(items.len()).unwrap();
        items[self.below(base) as usize]
    }
}
