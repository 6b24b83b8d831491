//! Rules on money: fee, conservation, what outputs hold, collateral.

use std::collections::BTreeMap;

use demeter_core::{Amount, Asset, Credential, Value};

use super::LedgerError;
use super::subject::Subject;
use crate::fee::{Charged, minimum_fee};

/// The fee is at least what the size, the declared units and the reference scripts cost.
///
/// Source: ledger rule UTXO, `FeeTooSmallUTxO`.
pub(super) fn fee(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let minimum = minimum_fee(
        &subject.settings.parameters,
        Charged {
            size: subject.size(),
            units: subject.decoded.declared_units(),
            reference_script_bytes: subject.reference_script_bytes(),
        },
    )?;
    let found = Amount::from_units(subject.decoded.transaction.transaction_body.fee)?;
    if found >= minimum { Ok(()) } else { Err(LedgerError::FeeTooSmall { minimum, found }) }
}

/// What goes in comes out: inputs and what is minted are outputs, the fee and what is burned.
///
/// Source: ledger rule UTXO, `ValueNotConservedUTxO`.
pub(super) fn conserved(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let mut consumed = sum(subject.spent.values().map(|output| output.value()));
    let mut produced = sum(subject.decoded.outputs.iter().map(|output| output.value()));
    for (asset, quantity) in &subject.decoded.mint {
        let side = if *quantity > 0 { &mut consumed } else { &mut produced };
        *side.entry(asset.clone()).or_default() += i128::from(quantity.unsigned_abs());
    }
    *produced.entry(Asset::Lovelace).or_default() +=
        i128::from(subject.decoded.transaction.transaction_body.fee);
    for asset in consumed.keys().chain(produced.keys()) {
        let amount = |side: &BTreeMap<Asset, i128>| side.get(asset).copied().unwrap_or_default();
        let (consumed, produced) = (amount(&consumed), amount(&produced));
        if consumed != produced {
            return Err(LedgerError::NotConserved { asset: asset.clone(), consumed, produced });
        }
    }
    Ok(())
}

/// Every output holds at least `(160 + its size) * utxoCostPerByte`, its size being that of its own bytes.
///
/// Source: ledger rule UTXO, `BabbageOutputTooSmallUTxO`; CIP-55.
pub(super) fn minimum_held(subject: &Subject<'_>) -> Result<(), LedgerError> {
    for (index, output) in subject.made() {
        let minimum = output.minimum_lovelace(&subject.settings.parameters)?;
        let found = output.value().lovelace();
        if found < minimum {
            return Err(LedgerError::BelowMinimum { index, minimum, found });
        }
    }
    Ok(())
}

/// No output's value is too big.
///
/// Source: ledger rule UTXO, `OutputTooBigUTxO`.
pub(super) fn value_sizes(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let maximum = subject.settings.parameters.max_value_size;
    match subject.made().find(|(_, output)| output.value_size() as u64 > maximum) {
        Some((index, output)) => Err(LedgerError::ValueTooBig { index, maximum, found: output.value_size() }),
        None => Ok(()),
    }
}

/// There are not too many collateral inputs.
///
/// Source: ledger rule UTXO, `TooManyCollateralInputs`.
pub(super) fn collateral_count(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let (maximum, found) = (subject.settings.parameters.max_collateral_inputs, subject.collateral.len());
    if found as u64 <= maximum { Ok(()) } else { Err(LedgerError::TooMuchCollateral { maximum, found }) }
}

/// A transaction with scripts has collateral: locked by keys, nothing but ada once the return is taken off, at
/// least its percentage of the fee, and as much as declared if that is declared.
///
/// Source: ledger rule UTXO, `feesOK`: `NoCollateralInputs`, `ScriptsNotPaidUTxO`, `CollateralContainsNonADA`,
/// `InsufficientCollateral`, `IncorrectTotalCollateralField`.
pub(super) fn collateral(subject: &Subject<'_>) -> Result<(), LedgerError> {
    if subject.decoded.redeemers.is_empty() {
        return Ok(());
    }
    if subject.collateral.is_empty() {
        return Err(LedgerError::NoCollateral);
    }
    let locked = |credential: Credential| matches!(credential, Credential::Script(_));
    if let Some((reference, _)) =
        subject.collateral.iter().find(|(_, output)| locked(output.address().payment))
    {
        return Err(LedgerError::CollateralLockedByScript { reference: *reference });
    }
    let mut balance = sum(subject.collateral.values().map(|output| output.value()));
    for (asset, amount) in subject.decoded.collateral_return.iter().flat_map(|output| output.value().iter()) {
        *balance.entry(asset.clone()).or_default() -= i128::from(amount.to_units());
    }
    let found = balance.remove(&Asset::Lovelace).unwrap_or_default();
    if let Some((asset, found)) = balance.into_iter().find(|(_, left)| *left != 0) {
        return Err(LedgerError::CollateralNotAda { asset, found });
    }
    let body = &subject.decoded.transaction.transaction_body;
    let minimum = required_collateral(body.fee, subject.settings.parameters.collateral_percentage);
    if found < minimum {
        return Err(LedgerError::CollateralTooSmall { minimum, found });
    }
    match body.total_collateral {
        Some(declared) if i128::from(declared) != found => {
            Err(LedgerError::CollateralDeclared { declared, found })
        }
        _ => Ok(()),
    }
}

/// The percentage of a fee that collateral must cover, rounded up.
pub(crate) fn required_collateral(fee: u64, percentage: u64) -> i128 {
    let hundredths = u128::from(fee).saturating_mul(u128::from(percentage));
    i128::try_from(hundredths.div_ceil(100)).unwrap_or(i128::MAX)
}

/// INVARIANT: amounts are below `2^63` and a transaction has fewer than `2^32` outputs, so no sum overflows.
fn sum<'v>(values: impl Iterator<Item = &'v Value>) -> BTreeMap<Asset, i128> {
    let mut total = BTreeMap::new();
    for (asset, amount) in values.flat_map(Value::iter) {
        *total.entry(asset.clone()).or_default() += i128::from(amount.to_units());
    }
    total
}
