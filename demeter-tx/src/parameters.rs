//! Protocol parameters: the figures that the ledger's rules depend on.
//!
//! They are read from the JSON that `cardano-cli query protocol-parameters` writes and that `hydra-node` takes
//! and serves; fields that no rule here needs are ignored. [`ProtocolParameters::hydra_l2`] has the figures that
//! hydra recommends for a head: no fees, almost everything else as on mainnet ([`ProtocolParameters::mainnet`]).

use demeter_core::Amount;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{ExecutionUnits, PlutusVersion};

/// The text is not a set of protocol parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("protocol parameters: {reason}")]
pub struct ParametersError {
    /// What is wrong, with line and column.
    pub reason: String,
}

/// The parameters that the rules here depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProtocolParameters {
    /// The protocol's version: it decides what script builtins exist and how they behave.
    pub protocol_version: ProtocolVersion,
    /// The part of the fee that every transaction pays, in lovelace.
    #[serde(rename = "txFeeFixed")]
    pub fee_fixed: Amount,
    /// The part of the fee for each byte of the transaction, in lovelace.
    #[serde(rename = "txFeePerByte")]
    pub fee_per_byte: Amount,
    /// The part of the fee for each byte of a reference script, in lovelace, in the first tier of size.
    #[serde(rename = "minFeeRefScriptCostPerByte", default)]
    pub fee_per_reference_script_byte: Ratio,
    /// The part of the fee for execution units.
    #[serde(rename = "executionUnitPrices")]
    pub prices: ExecutionPrices,
    /// The least lovelace in an output for each of its bytes and 160 more.
    pub utxo_cost_per_byte: Amount,
    /// The most bytes of a transaction.
    #[serde(rename = "maxTxSize")]
    pub max_transaction_size: u64,
    /// The most bytes of an output's value.
    pub max_value_size: u64,
    /// The most that all scripts of a transaction together may use.
    #[serde(rename = "maxTxExecutionUnits")]
    pub max_transaction_units: ExecutionUnits,
    /// The collateral of a transaction with scripts, in hundredths of its fee.
    pub collateral_percentage: u64,
    /// The most collateral inputs of a transaction.
    pub max_collateral_inputs: u64,
    /// What the script machine charges.
    pub cost_models: CostModels,
}

/// The version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolVersion {
    /// The number that changes at hard forks.
    pub major: u16,
    /// The number that changes without.
    pub minor: u16,
}

/// The prices of execution units, in lovelace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionPrices {
    /// For one unit of memory.
    pub price_memory: Ratio,
    /// For one processor step.
    pub price_steps: Ratio,
}

/// The cost models of the versions of Plutus, each in the ledger's order. One that is empty stands for a version
/// that no script can be run in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CostModels {
    /// The costs of Plutus V1.
    #[serde(rename = "PlutusV1")]
    pub plutus_v1: Vec<i64>,
    /// The costs of Plutus V2.
    #[serde(rename = "PlutusV2")]
    pub plutus_v2: Vec<i64>,
    /// The costs of Plutus V3.
    #[serde(rename = "PlutusV3")]
    pub plutus_v3: Vec<i64>,
}

impl CostModels {
    /// The costs of a version.
    pub fn of(&self, version: PlutusVersion) -> &[i64] {
        match version {
            PlutusVersion::V1 => &self.plutus_v1,
            PlutusVersion::V2 => &self.plutus_v2,
            PlutusVersion::V3 => &self.plutus_v3,
        }
    }
}

/// A non-negative fraction, exact. It is written as `{ "numerator": .., "denominator": .. }`, and read as a decimal
/// number too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// The fraction `numerator / denominator`; `None` if that is a division by zero.
    pub const fn new(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 { None } else { Some(Self { numerator, denominator }) }
    }

    /// The part above the line.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// The part below the line, never 0.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// Reads a decimal number as JSON writes it: digits, perhaps a point with digits, perhaps an exponent.
    pub(crate) fn from_decimal(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse::<u64>().ok()?;
        let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let power = 10u64.checked_pow(exponent.unsigned_abs())?;
        if exponent < 0 { Self::new(digits, power) } else { Self::new(digits.checked_mul(power)?, 1) }
    }
}

impl Default for Ratio {
    fn default() -> Self {
        Self { numerator: 0, denominator: 1 }
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(serde_json::Number),
            Fraction { numerator: u64, denominator: u64 },
        }
        let ratio = match Written::deserialize(deserializer)? {
            // NOTE: a float prints as the shortest decimal that reads back as it, which is what was written.
            Written::Number(number) => Self::from_decimal(&number.to_string()),
            Written::Fraction { numerator, denominator } => Self::new(numerator, denominator),
        };
        ratio.ok_or_else(|| serde::de::Error::custom("expected a non-negative fraction"))
    }
}

impl ProtocolParameters {
    /// The figures that hydra recommends for a head, from `parameters/hydra-l2.json`.
    ///
    /// # Errors
    /// None in practice: a test reads the file.
    pub fn hydra_l2() -> Result<Self, ParametersError> {
        Self::from_json(include_str!("../parameters/hydra-l2.json"))
    }

    /// Figures like those of mainnet, from `parameters/mainnet.json`: what L1 charges and allows.
    ///
    /// NOTE: they are what a ledger in this process and its tests go by. A real transaction on L1 is built by the
    /// figures of its day, as `cardano-cli query protocol-parameters` gives them.
    ///
    /// # Errors
    /// None in practice: a test reads the file.
    pub fn mainnet() -> Result<Self, ParametersError> {
        Self::from_json(include_str!("../parameters/mainnet.json"))
    }

    /// Reads the JSON of `cardano-cli query protocol-parameters`.
    ///
    /// # Errors
    /// A figure is missing or is not what it should be.
    pub fn from_json(text: &str) -> Result<Self, ParametersError> {
        serde_json::from_str(text).map_err(|error| ParametersError { reason: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_a_head() {
        let parameters = ProtocolParameters::hydra_l2().unwrap();
        assert_eq!(parameters.fee_fixed, Amount::ZERO);
        assert_eq!(parameters.fee_per_byte, Amount::ZERO);
        assert_eq!(parameters.utxo_cost_per_byte.to_units(), 4310);
        assert_eq!(parameters.max_transaction_size, 10_250);
        assert_eq!(
            parameters.max_transaction_units,
            ExecutionUnits { memory: 14_000_000, steps: 10_000_000_000 }
        );
        assert_eq!(parameters.cost_models.plutus_v3.len(), 297);
        assert_eq!(parameters.prices.price_memory, Ratio::default());
    }

    #[test]
    fn the_figures_of_mainnet() {
        let parameters = ProtocolParameters::mainnet().unwrap();
        assert_eq!(parameters.fee_fixed.to_units(), 155_381);
        assert_eq!(parameters.fee_per_byte.to_units(), 44);
        assert_eq!(parameters.fee_per_reference_script_byte, Ratio::new(15, 1).unwrap());
        assert_eq!(parameters.max_transaction_size, 16_384);
        let prices = ExecutionPrices {
            price_memory: Ratio::new(577, 10_000).unwrap(),
            price_steps: Ratio::new(721, 10_000_000).unwrap(),
        };
        assert_eq!(parameters.prices, prices);
        assert_eq!(parameters.cost_models, ProtocolParameters::hydra_l2().unwrap().cost_models);
    }

    #[test]
    fn ratios_are_exact() {
        let ratio = |text: &str| serde_json::from_str::<Ratio>(text).unwrap();
        assert_eq!(ratio("0.0577"), Ratio::new(577, 10_000).unwrap());
        assert_eq!(ratio("7.21e-5"), Ratio::new(721, 10_000_000).unwrap());
        assert_eq!(ratio("15"), Ratio::new(15, 1).unwrap());
        assert_eq!(ratio(r#"{"numerator": 577, "denominator": 10000}"#), Ratio::new(577, 10_000).unwrap());
        assert!(serde_json::from_str::<Ratio>("-1").is_err());
        assert!(serde_json::from_str::<Ratio>(r#"{"numerator": 1, "denominator": 0}"#).is_err());
    }

    #[test]
    fn a_missing_figure_is_named() {
        let error = ProtocolParameters::from_json("{}").unwrap_err();
        assert!(error.to_string().contains("missing field `protocolVersion`"), "{error}");
    }
}
