//! Protocol parameters as cardano-cli writes them and hydra-node takes and serves them.

use std::collections::BTreeMap;

use demeter_core::{Amount, RangeError};

use super::UnknownFields;
use super::number::{Decimal, RatioJson};
use super::record::record;
use crate::{CostModels, ExecutionPrices, ExecutionUnits, ProtocolParameters, ProtocolVersion, Ratio};

record! {
    /// All protocol parameters, also those that no rule in a head depends on.
    pub struct ParametersJson {
        /// The protocol's version.
        protocol_version: VersionJson = required "protocolVersion",
        /// The part of the fee that every transaction pays, in lovelace.
        fee_fixed: u64 = required "txFeeFixed",
        /// The part of the fee for each byte of the transaction, in lovelace.
        fee_per_byte: u64 = required "txFeePerByte",
        /// The part of the fee for each byte of a reference script, in lovelace.
        fee_per_reference_script_byte: Option<RatioJson> = optional "minFeeRefScriptCostPerByte",
        /// The least lovelace in an output for each of its bytes and 160 more.
        utxo_cost_per_byte: u64 = required "utxoCostPerByte",
        /// The part of the fee for execution units.
        prices: PricesJson = required "executionUnitPrices",
        /// The most that all scripts of a transaction together may use.
        max_transaction_units: UnitsJson = required "maxTxExecutionUnits",
        /// The most that all scripts of a block together may use.
        max_block_units: UnitsJson = required "maxBlockExecutionUnits",
        /// The most bytes of a transaction.
        max_transaction_size: u64 = required "maxTxSize",
        /// The most bytes of a block's body.
        max_block_body_size: u64 = required "maxBlockBodySize",
        /// The most bytes of a block's header.
        max_block_header_size: u64 = required "maxBlockHeaderSize",
        /// The most bytes of an output's value.
        max_value_size: u64 = required "maxValueSize",
        /// The collateral of a transaction with scripts, in hundredths of its fee.
        collateral_percentage: u64 = required "collateralPercentage",
        /// The most collateral inputs of a transaction.
        max_collateral_inputs: u64 = required "maxCollateralInputs",
        /// What the script machine charges, by language.
        cost_models: BTreeMap<String, Vec<i64>> = required "costModels",
        /// What a stake key deposits, in lovelace.
        stake_address_deposit: u64 = required "stakeAddressDeposit",
        /// What a pool deposits, in lovelace.
        stake_pool_deposit: u64 = required "stakePoolDeposit",
        /// The least cost of a pool, in lovelace.
        min_pool_cost: u64 = required "minPoolCost",
        /// How far ahead a pool may say that it retires, in epochs.
        pool_retire_max_epoch: u64 = required "poolRetireMaxEpoch",
        /// How many pools are aimed at.
        stake_pool_target: u64 = required "stakePoolTargetNum",
        /// What a pool's pledge counts.
        pool_pledge_influence: Decimal = required "poolPledgeInfluence",
        /// What is paid out of the reserve each epoch.
        monetary_expansion: Decimal = required "monetaryExpansion",
        /// What the treasury gets of that.
        treasury_cut: Decimal = required "treasuryCut",
    }
}

record! {
    /// The version of the protocol.
    pub struct VersionJson {
        /// The number that changes at hard forks.
        major: u16 = required "major",
        /// The number that changes without.
        minor: u16 = required "minor",
    }
}

record! {
    /// The prices of execution units, in lovelace.
    pub struct PricesJson {
        /// For one unit of memory.
        memory: RatioJson = required "priceMemory",
        /// For one processor step.
        steps: RatioJson = required "priceSteps",
    }
}

record! {
    /// What scripts may use.
    pub struct UnitsJson {
        /// Units of memory.
        memory: u64 = required "memory",
        /// Processor steps.
        steps: u64 = required "steps",
    }
}

/// The languages, by the names of their cost models.
const LANGUAGES: [&str; 3] = ["PlutusV1", "PlutusV2", "PlutusV3"];

impl ParametersJson {
    /// The parameters that the rules in a head depend on.
    ///
    /// # Errors
    /// An amount is `2^63` or more.
    pub fn parameters(&self) -> Result<ProtocolParameters, RangeError> {
        let [plutus_v1, plutus_v2, plutus_v3] =
            LANGUAGES.map(|language| self.cost_models.get(language).cloned().unwrap_or_default());
        Ok(ProtocolParameters {
            protocol_version: ProtocolVersion {
                major: self.protocol_version.major,
                minor: self.protocol_version.minor,
            },
            fee_fixed: Amount::from_units(self.fee_fixed)?,
            fee_per_byte: Amount::from_units(self.fee_per_byte)?,
            fee_per_reference_script_byte: self
                .fee_per_reference_script_byte
                .map_or_else(Ratio::default, |RatioJson(ratio)| ratio),
            prices: ExecutionPrices { price_memory: self.prices.memory.0, price_steps: self.prices.steps.0 },
            utxo_cost_per_byte: Amount::from_units(self.utxo_cost_per_byte)?,
            max_transaction_size: self.max_transaction_size,
            max_value_size: self.max_value_size,
            max_transaction_units: ExecutionUnits {
                memory: self.max_transaction_units.memory,
                steps: self.max_transaction_units.steps,
            },
            collateral_percentage: self.collateral_percentage,
            max_collateral_inputs: self.max_collateral_inputs,
            cost_models: CostModels { plutus_v1, plutus_v2, plutus_v3 },
        })
    }
}

impl From<&ProtocolParameters> for ParametersJson {
    /// Those parameters, and for all that no rule in a head depends on the figures of mainnet.
    fn from(parameters: &ProtocolParameters) -> Self {
        let models = &parameters.cost_models;
        let models = LANGUAGES.into_iter().zip([&models.plutus_v1, &models.plutus_v2, &models.plutus_v3]);
        let tenths_of_percent = |count: u64| {
            Ratio::new(count, 1_000).and_then(Decimal::of_ratio).unwrap_or_else(|| Decimal::from(0))
        };
        let units = |memory, steps| UnitsJson { memory, steps, unknown: UnknownFields::new() };
        let limit = &parameters.max_transaction_units;
        Self {
            protocol_version: VersionJson {
                major: parameters.protocol_version.major,
                minor: parameters.protocol_version.minor,
                unknown: UnknownFields::new(),
            },
            fee_fixed: parameters.fee_fixed.to_units(),
            fee_per_byte: parameters.fee_per_byte.to_units(),
            fee_per_reference_script_byte: Some(RatioJson(parameters.fee_per_reference_script_byte)),
            utxo_cost_per_byte: parameters.utxo_cost_per_byte.to_units(),
            prices: PricesJson {
                memory: RatioJson(parameters.prices.price_memory),
                steps: RatioJson(parameters.prices.price_steps),
                unknown: UnknownFields::new(),
            },
            max_transaction_units: units(limit.memory, limit.steps),
            max_block_units: units(62_000_000, 20_000_000_000),
            max_transaction_size: parameters.max_transaction_size,
            max_block_body_size: 90_112,
            max_block_header_size: 1_100,
            max_value_size: parameters.max_value_size,
            collateral_percentage: parameters.collateral_percentage,
            max_collateral_inputs: parameters.max_collateral_inputs,
            cost_models: models.map(|(language, costs)| (language.to_owned(), costs.clone())).collect(),
            stake_address_deposit: 2_000_000,
            stake_pool_deposit: 500_000_000,
            min_pool_cost: 170_000_000,
            pool_retire_max_epoch: 18,
            stake_pool_target: 500,
            pool_pledge_influence: tenths_of_percent(300),
            monetary_expansion: tenths_of_percent(3),
            treasury_cut: tenths_of_percent(200),
            unknown: UnknownFields::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_round_trip() {
        for parameters in [ProtocolParameters::hydra_l2(), ProtocolParameters::mainnet()] {
            let parameters = parameters.unwrap();
            let text = serde_json::to_string(&ParametersJson::from(&parameters)).unwrap();
            let read: ParametersJson = serde_json::from_str(&text).unwrap();
            assert_eq!(read.parameters().unwrap(), parameters);
            // What the parameters themselves are read from is the same text.
            assert_eq!(ProtocolParameters::from_json(&text).unwrap(), parameters);
        }
    }

    #[test]
    fn fractions_are_written_as_they_are_on_mainnet() {
        let json = ParametersJson::from(&ProtocolParameters::mainnet().unwrap());
        assert_eq!(serde_json::to_string(&json.prices.memory).unwrap(), "0.0577");
        assert_eq!(serde_json::to_string(&json.prices.steps).unwrap(), "0.0000721");
        assert_eq!(json.monetary_expansion.as_text(), "0.003");
    }
}
