//! What keeps a head from being finalised.

use demeter_core::{Amount, Asset, RangeError};

use crate::decoded::{DecodeError, Decoded};
use crate::{ProtocolParameters, SignedTransaction};

/// A transaction would keep its head from being finalised: L1 could not take what it makes, and with that none of what
/// the head holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FanoutError {
    /// It mints or burns. L1 mints nothing at the end: what goes out is what came in.
    #[error("it mints or burns {asset}: {quantity}")]
    Minted {
        /// The asset.
        asset: Asset,
        /// How much is minted; less than zero is burned.
        quantity: i64,
    },
    /// An output's value is too big for L1.
    #[error("the value of output {index} has {found} bytes, L1 allows {maximum}")]
    ValueTooBig {
        /// The output's position.
        index: usize,
        /// The most bytes.
        maximum: u64,
        /// The bytes found.
        found: usize,
    },
    /// An output holds less than L1 demands.
    #[error("output {index} holds {found} lovelace, L1 demands {minimum}")]
    BelowMinimum {
        /// The output's position.
        index: usize,
        /// What L1 demands.
        minimum: Amount,
        /// What it holds.
        found: Amount,
    },
    /// What L1 demands of an output is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// What it makes cannot be told.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
}

/// Whether L1, with these parameters, could take what a transaction makes in a head.
///
/// That it is valid in the head is not checked; that an output by itself fits a transaction of L1 follows from hydra's
/// limit on the size of one in the head.
///
/// # Errors
/// It could not: the first reason found.
pub fn check_fanout(
    transaction: &SignedTransaction,
    main_chain: &ProtocolParameters,
) -> Result<(), FanoutError> {
    let bytes = transaction.to_cbor();
    let decoded = Decoded::from_cbor(&bytes)?;
    if let Some((asset, quantity)) = decoded.mint.iter().next() {
        return Err(FanoutError::Minted { asset: asset.clone(), quantity: *quantity });
    }
    for (index, output) in decoded.outputs.iter().enumerate() {
        let (maximum, found) = (main_chain.max_value_size, output.value_size());
        if found as u64 > maximum {
            return Err(FanoutError::ValueTooBig { index, maximum, found });
        }
        let (minimum, found) = (output.minimum_lovelace(main_chain)?, output.value().lovelace());
        if found < minimum {
            return Err(FanoutError::BelowMinimum { index, minimum, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OutputDraft;
    use crate::builder::TransactionBuilder;
    use crate::testing::*;
    use demeter_core::Value;

    /// A payment of this much lovelace.
    fn payment(lovelace: u64) -> SignedTransaction {
        let party = Party::new(1);
        let value = Value::of_lovelace(Amount::from_units(lovelace).unwrap());
        let built = TransactionBuilder::new(settings(), party.address())
            .spend(reference(1), held_by(&party, ada(20)))
            .pay(OutputDraft::new(Party::new(2).address(), value))
            .build();
        party.sign(built.unwrap())
    }

    #[test]
    fn an_output_must_hold_what_the_main_chain_demands() {
        let payment = payment(2_000_000);
        let mut parameters = ProtocolParameters::mainnet().unwrap();
        assert_eq!(check_fanout(&payment, &parameters), Ok(()));
        parameters.utxo_cost_per_byte = Amount::from_units(20_000).unwrap();
        let error = check_fanout(&payment, &parameters).unwrap_err();
        assert!(error.to_string().starts_with("output 0 holds 2000000 lovelace, L1 demands "), "{error}");
    }

    #[test]
    fn a_value_must_fit() {
        let mut parameters = ProtocolParameters::mainnet().unwrap();
        parameters.max_value_size = 4;
        let error = check_fanout(&payment(2_000_000), &parameters).unwrap_err();
        assert_eq!(error.to_string(), "the value of output 0 has 5 bytes, L1 allows 4");
    }

    #[test]
    fn nothing_is_minted_or_burned() {
        // Field 9: one token under the policy of 28 bytes 07, minted or burned.
        for (quantity, said) in [("01", "1"), ("20", "-1")] {
            let policy = "07".repeat(28);
            let text = format!("84a4 00d90102 80 0180 0200 09a1 581c{policy} a1 41aa {quantity} a0f5f6");
            let transaction: SignedTransaction = text.replace(' ', "").parse().unwrap();
            let error = check_fanout(&transaction, &ProtocolParameters::mainnet().unwrap()).unwrap_err();
            assert!(matches!(error, FanoutError::Minted { .. }), "{error}");
            assert!(error.to_string().ends_with(&format!(": {said}")), "{error}");
        }
    }
}
