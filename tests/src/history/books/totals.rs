//! What became of all money that went into escrow, and of all reserves.

use serde::Serialize;

/// Sums over a history, in units of the settlement asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Escrow {
    /// Put behind bids, extensions and offers.
    pub put: i128,
    /// Paid to operators.
    pub paid: i128,
    /// Bonds that went back to operators.
    pub returned: i128,
    /// Given back to applications.
    pub refunded: i128,
    /// Taken from operators and given to applications.
    pub slashed: i128,
    /// Paid to treasuries.
    pub fees: i128,
}

impl Escrow {
    /// What must still be held.
    pub const fn held(&self) -> i128 {
        self.put - self.paid - self.returned - self.refunded - self.slashed - self.fees
    }
}

/// Sums over a history, in lovelace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reserves {
    /// Put behind bids, operators and slots.
    pub put: i128,
    /// Given back to whom they came from.
    pub back: i128,
    /// Given to treasuries beside a fee.
    pub beside_fees: i128,
}

impl Reserves {
    /// What must still be held.
    pub const fn held(&self) -> i128 {
        self.put - self.back - self.beside_fees
    }
}
