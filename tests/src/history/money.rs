//! Ada and the settlement asset beside each other.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use demeter_core::{Asset, Value};

use crate::make::amount;

/// An amount of ada and, where the grid settles in a token, of that token; below zero where it is owed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// In lovelace.
    pub lovelace: i128,
    /// Of the settlement asset, where that is a token.
    pub tokens: i128,
}

impl Money {
    /// Only ada.
    pub fn ada(lovelace: u64) -> Self {
        Self { lovelace: lovelace.into(), tokens: 0 }
    }

    /// An amount of the asset in which the grid settles.
    pub fn of(asset: &Asset, units: i128) -> Self {
        match asset {
            Asset::Lovelace => Self { lovelace: units, tokens: 0 },
            Asset::Token { .. } => Self { lovelace: 0, tokens: units },
        }
    }

    /// What a value holds of both.
    pub fn in_value(value: &Value, asset: &Asset) -> Self {
        let tokens = match asset {
            Asset::Lovelace => 0,
            Asset::Token { .. } => value.amount_of(asset).to_units().into(),
        };
        Self { lovelace: value.lovelace().to_units().into(), tokens }
    }

    /// The value that holds this.
    ///
    /// # Panics
    /// Something is below zero, or out of range.
    pub fn to_value(self, asset: &Asset) -> Value {
        let units = |count: i128| amount(u64::try_from(count).unwrap());
        let ada = Value::of_lovelace(units(self.lovelace));
        if self.tokens == 0 { ada } else { ada.plus(asset, units(self.tokens)).unwrap() }
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { lovelace: self.lovelace + other.lovelace, tokens: self.tokens + other.tokens }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self { lovelace: -self.lovelace, tokens: -self.tokens }
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lovelace and {} tokens", self.lovelace, self.tokens)
    }
}
