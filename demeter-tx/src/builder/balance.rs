//! What is left over, and what collateral is at risk.

use std::collections::BTreeMap;

use demeter_core::{Amount, Asset, RangeError, Value};

use super::{BuildError, TransactionBuilder};
use crate::ledger::required_collateral;
use crate::{Output, OutputDraft, wire};

/// The collateral's part of a transaction.
#[derive(Default)]
pub(super) struct CollateralPlan {
    pub(super) returned: Option<Output>,
    pub(super) total: Option<u64>,
}

impl TransactionBuilder {
    /// What is left over: nothing, one output, or as many as it takes where tokens would make one too big. The last has
    /// all the ada that the others need not have.
    pub(super) fn change_outputs(&self, fee: Amount) -> Result<Vec<Output>, BuildError> {
        let left = self.left_over(fee)?;
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let parameters = &self.settings.parameters;
        let (last, others) = split(&left, parameters.max_value_size)?;
        let found = left.lovelace();
        let mut outputs = Vec::new();
        let mut needed = Amount::ZERO;
        for tokens in others {
            let draft = OutputDraft::new(self.change, tokens).topped_up(parameters)?;
            needed = needed.checked_add(draft.value().lovelace())?;
            outputs.push(draft.finish(self.settings.network));
        }
        let rest = found.checked_sub(needed).unwrap_or(Amount::ZERO);
        let value = last.plus(&Asset::Lovelace, rest)?;
        let change = OutputDraft::new(self.change, value).finish(self.settings.network);
        let minimum = change.minimum_lovelace(parameters)?.checked_add(needed)?;
        match minimum.checked_sub(found) {
            Ok(lacking) if lacking > Amount::ZERO => {
                Err(BuildError::ChangeTooSmall { minimum, found, lacking })
            }
            _ => {
                outputs.push(change);
                Ok(outputs)
            }
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

/// The tokens of a value, in values that fit an output each: one, and others before it.
fn split(value: &Value, maximum: u64) -> Result<(Value, Vec<Value>), RangeError> {
    let tokens = value.iter().filter(|(asset, _)| **asset != Asset::Lovelace);
    let (mut last, mut others) = (Value::default(), Vec::new());
    for (asset, amount) in tokens {
        let more = last.clone().plus(asset, amount)?;
        // With as many bytes of ada as there can be.
        let whole = more.clone().plus(&Asset::Lovelace, Amount::MAX)?;
        if wire::encode(wire::value(&whole)).len() as u64 > maximum && !last.is_empty() {
            others.push(std::mem::replace(&mut last, Value::default().plus(asset, amount)?));
        } else {
            last = more;
        }
    }
    Ok((last, others))
}
