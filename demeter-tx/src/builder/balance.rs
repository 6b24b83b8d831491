//! What is left over, and what collateral is at risk.

use std::collections::BTreeMap;

use demeter_core::{Amount, Asset, RangeError, Value};

use super::{BuildError, TransactionBuilder};
use crate::ledger::required_collateral;
use crate::{Output, OutputDraft};

/// The collateral's part of a transaction.
#[derive(Default)]
pub(super) struct CollateralPlan {
    pub(super) returned: Option<Output>,
    pub(super) total: Option<u64>,
}

impl TransactionBuilder {
    /// The change output, if anything is left over.
    pub(super) fn change_output(&self, fee: Amount) -> Result<Option<Output>, BuildError> {
        let left = self.left_over(fee)?;
        if left.is_empty() {
            return Ok(None);
        }
        let found = left.lovelace();
        let change = OutputDraft::new(self.change, left).finish(self.settings.network);
        let minimum = change.minimum_lovelace(&self.settings.parameters)?;
        match minimum.checked_sub(found) {
            Ok(lacking) if lacking > Amount::ZERO => {
                Err(BuildError::ChangeTooSmall { minimum, found, lacking })
            }
            _ => Ok(Some(change)),
        }
    }

    fn left_over(&self, fee: Amount) -> Result<Value, BuildError> {
        let mut balance: BTreeMap<Asset, i128> = BTreeMap::new();
        let mut count = |asset: &Asset, units: i128| *balance.entry(asset.clone()).or_default() += units;
        for (asset, amount) in self.inputs.values().flat_map(|input| input.output.value().iter()) {
            count(asset, i128::from(amount.to_units()));
        }
        for (policy, mint) in &self.mint {
            for (name, quantity) in &mint.quantities {
                let asset = Asset::Token { policy: *policy, name: name.clone() };
                count(&asset, i128::from(*quantity));
            }
        }
        for (asset, amount) in self.outputs.iter().flat_map(|output| output.value().iter()) {
            count(asset, -i128::from(amount.to_units()));
        }
        count(&Asset::Lovelace, -i128::from(fee.to_units()));
        let mut left = Value::default();
        for (asset, units) in balance {
            if units < 0 {
                return Err(BuildError::NotEnough { asset, lacking: units.unsigned_abs() });
            }
            left = left.plus(&asset, Amount::try_from(units.unsigned_abs())?)?;
        }
        Ok(left)
    }

    /// Puts at risk what the fee demands and returns the rest. Where that is nothing and the collateral holds
    /// only ada, nothing is declared: it makes the transaction smaller, and heads take no collateral.
    pub(super) fn collateral_plan(&self, fee: Amount) -> Result<CollateralPlan, BuildError> {
        let held = self
            .used_collateral()
            .values()
            .try_fold(Value::default(), |sum, output| sum.checked_add(output.value()))?;
        let required = required_collateral(fee.to_units(), self.settings.parameters.collateral_percentage);
        let required = Amount::try_from(required.unsigned_abs())?;
        let has_tokens = held.iter().any(|(asset, _)| *asset != Asset::Lovelace);
        if held.is_empty() || (required == Amount::ZERO && !has_tokens) {
            return Ok(CollateralPlan::default());
        }
        let rest =
            held.clone().minus(&Asset::Lovelace, required).map_err(|_| BuildError::CollateralTooSmall {
                lacking: u128::from(required.to_units().saturating_sub(held.lovelace().to_units())),
            })?;
        if rest.is_empty() {
            return Ok(CollateralPlan { returned: None, total: Some(required.to_units()) });
        }
        let returned = OutputDraft::new(self.change, rest).finish(self.settings.network);
        let minimum = returned.minimum_lovelace(&self.settings.parameters)?;
        match minimum.checked_sub(returned.value().lovelace()) {
            Ok(lacking) if lacking > Amount::ZERO && has_tokens => {
                Err(BuildError::CollateralTooSmall { lacking: u128::from(lacking.to_units()) })
            }
            // Too little to return: all of it is at risk.
            Ok(lacking) if lacking > Amount::ZERO => {
                Ok(CollateralPlan { returned: None, total: Some(held.lovelace().to_units()) })
            }
            Ok(_) | Err(RangeError { .. }) => {
                Ok(CollateralPlan { returned: Some(returned), total: Some(required.to_units()) })
            }
        }
    }
}
