//! The least fee of a transaction.

use demeter_core::{Amount, RangeError};

use crate::{ExecutionUnits, ProtocolParameters, Ratio};

/// How many bytes of reference scripts have one price; each further such tier costs a fifth more.
const TIER: u64 = 25_600;

/// What a fee is charged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charged {
    /// The transaction's size in bytes, as the ledger counts it.
    pub size: u64,
    /// What is declared for its scripts.
    pub units: ExecutionUnits,
    /// The bytes of all scripts on its inputs and reference inputs.
    pub reference_script_bytes: u64,
}

/// The least fee: `size * txFeePerByte + txFeeFixed`, the declared units at their prices rounded up, and the
/// bytes of reference scripts at a price that grows by a fifth every 25,600 bytes, rounded down.
///
/// Source: ledger `getConwayMinFeeTx`.
///
/// # Errors
/// The sum is out of range, which takes absurd parameters or units.
pub fn minimum_fee(parameters: &ProtocolParameters, charged: Charged) -> Result<Amount, RangeError> {
    let units = units_fee(parameters, charged.units).ok_or(OUT_OF_RANGE)?;
    let scripts = reference_fee(parameters.fee_per_reference_script_byte, charged.reference_script_bytes)
        .ok_or(OUT_OF_RANGE)?;
    parameters
        .fee_per_byte
        .checked_mul(charged.size)?
        .checked_add(parameters.fee_fixed)?
        .checked_add(Amount::try_from(units)?)?
        .checked_add(Amount::try_from(scripts)?)
}

const OUT_OF_RANGE: RangeError = RangeError { name: "fee", operation: "multiplication" };

fn units_fee(parameters: &ProtocolParameters, units: ExecutionUnits) -> Option<u128> {
    let (memory, steps) = (parameters.prices.price_memory, parameters.prices.price_steps);
    let part = |units: u64, price: Ratio, other: Ratio| {
        u128::from(units)
            .checked_mul(u128::from(price.numerator()))?
            .checked_mul(u128::from(other.denominator()))
    };
    let numerator = part(units.memory, memory, steps)?.checked_add(part(units.steps, steps, memory)?)?;
    let denominator = u128::from(memory.denominator()).checked_mul(u128::from(steps.denominator()))?;
    Some(numerator.div_ceil(denominator))
}

fn reference_fee(price: Ratio, bytes: u64) -> Option<u128> {
    // The sum of `bytes_i * price * (6/5)^i` over the tiers, over one denominator.
    let mut numerator = 0u128;
    let mut denominator = u128::from(price.denominator());
    let mut tier_price = u128::from(price.numerator());
    let mut left = bytes;
    while left > 0 && tier_price > 0 {
        let here = left.min(TIER);
        numerator = numerator.checked_add(tier_price.checked_mul(u128::from(here))?)?;
        left = left.saturating_sub(here);
        if left > 0 {
            tier_price = tier_price.checked_mul(6)?;
            numerator = numerator.checked_mul(5)?;
            denominator = denominator.checked_mul(5)?;
        }
    }
    numerator.checked_div(denominator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mainnet() -> ProtocolParameters {
        ProtocolParameters::mainnet().unwrap()
    }

    fn fee(size: u64, memory: u64, steps: u64, reference_script_bytes: u64) -> u64 {
        let units = ExecutionUnits { memory, steps };
        minimum_fee(&mainnet(), Charged { size, units, reference_script_bytes }).unwrap().to_units()
    }

    #[test]
    fn each_part_is_charged() {
        assert_eq!(fee(300, 0, 0, 0), 44 * 300 + 155_381);
        // 0.0577 * 1 + 0.0000721 * 1, rounded up.
        assert_eq!(fee(0, 1, 1, 0), 155_381 + 1);
        assert_eq!(fee(0, 10_000, 10_000_000, 0), 155_381 + 577 + 721);
        assert_eq!(fee(0, 0, 0, 1_000), 155_381 + 15_000);
    }

    #[test]
    fn reference_scripts_cost_more_by_the_tier() {
        assert_eq!(fee(0, 0, 0, 25_600), 155_381 + 384_000);
        assert_eq!(fee(0, 0, 0, 25_601), 155_381 + 384_000 + 18);
        assert_eq!(fee(0, 0, 0, 51_201), 155_381 + 384_000 + 460_800 + 21);
    }

    #[test]
    fn a_head_charges_nothing() {
        let parameters = ProtocolParameters::hydra_l2().unwrap();
        let units = parameters.max_transaction_units;
        let charged = Charged { size: 10_250, units, reference_script_bytes: 200_000 };
        assert_eq!(minimum_fee(&parameters, charged).unwrap(), Amount::ZERO);
    }

    #[test]
    fn absurd_units_are_an_error() {
        let units = ExecutionUnits { memory: u64::MAX, steps: u64::MAX };
        let mut parameters = mainnet();
        parameters.prices.price_memory = Ratio::new(u64::MAX, u64::MAX).unwrap();
        assert!(minimum_fee(&parameters, Charged { size: 0, units, reference_script_bytes: 0 }).is_err());
    }
}
