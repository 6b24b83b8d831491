//! Execution units: what running a script costs.

use std::fmt;

use pallas_primitives::conway::ExUnits;

/// Units of memory and of processor steps that scripts use or may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct ExecutionUnits {
    /// Units of memory.
    pub memory: u64,
    /// Units of processor time.
    pub steps: u64,
}

impl ExecutionUnits {
    /// Nothing.
    pub const ZERO: Self = Self { memory: 0, steps: 0 };

    /// The sum, each at most `u64::MAX`.
    ///
    /// NOTE: a sum that saturates is far above every limit, so it is refused wherever limits are checked.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self {
            memory: self.memory.saturating_add(other.memory),
            steps: self.steps.saturating_add(other.steps),
        }
    }

    /// What is left of these when others are taken; nothing where the others are larger.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self {
            memory: self.memory.saturating_sub(other.memory),
            steps: self.steps.saturating_sub(other.steps),
        }
    }

    /// Whether neither kind is more than the limit's.
    pub const fn within(self, limit: Self) -> bool {
        self.memory <= limit.memory && self.steps <= limit.steps
    }

    /// The sum of many.
    pub fn total(units: impl IntoIterator<Item = Self>) -> Self {
        units.into_iter().fold(Self::ZERO, Self::saturating_add)
    }
}

impl From<ExUnits> for ExecutionUnits {
    fn from(units: ExUnits) -> Self {
        Self { memory: units.mem, steps: units.steps }
    }
}

impl fmt::Display for ExecutionUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mem and {} steps", self.memory, self.steps)
    }
}
