//! What `pallas-validate` says.

use std::panic::{AssertUnwindSafe, catch_unwind};

use demeter_core::OutputReference;
use demeter_tx::{ProtocolParameters, Ratio};
use pallas_primitives_1::conway::{
    CostModels, DRepVotingThresholds, ExUnits, PoolVotingThresholds, RationalNumber,
};
use pallas_primitives_1::{ExUnitPrices, TransactionInput};
use pallas_traverse_1::{Era, MultiEraInput, MultiEraOutput, MultiEraTx};
use pallas_validate::phase1::validate_txs;
use pallas_validate::utils::{
    AccountState, CertState, ConwayProtParams, Environment, MultiEraProtocolParameters, UTxOs,
    ValidationError,
};

use crate::case::{ACCEPTED, Case, SLOT, variant};

const fn rational(numerator: u64, denominator: u64) -> RationalNumber {
    RationalNumber { numerator, denominator }
}

const fn of(ratio: Ratio) -> RationalNumber {
    rational(ratio.numerator(), ratio.denominator())
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap()
}

/// Our parameters as theirs. What no rule of phase 1 looks at is whatever comes to mind.
fn parameters(ours: &ProtocolParameters) -> ConwayProtParams {
    let any = || rational(1, 2);
    let units = ours.max_transaction_units;
    let units = ExUnits { mem: units.memory, steps: units.steps };
    let costs = &ours.cost_models;
    ConwayProtParams {
        system_start: "1970-01-01T00:00:00+00:00".parse().unwrap(),
        epoch_length: 432_000,
        slot_length: 1,
        minfee_a: narrow(ours.fee_per_byte.to_units()),
        minfee_b: narrow(ours.fee_fixed.to_units()),
        max_block_body_size: 90_112,
        max_transaction_size: narrow(ours.max_transaction_size),
        max_block_header_size: 1_100,
        key_deposit: 2_000_000,
        pool_deposit: 500_000_000,
        desired_number_of_stake_pools: 500,
        protocol_version: (u64::from(ours.protocol_version.major), u64::from(ours.protocol_version.minor)),
        min_pool_cost: 0,
        ada_per_utxo_byte: ours.utxo_cost_per_byte.to_units(),
        cost_models_for_script_languages: CostModels {
            plutus_v1: Some(costs.plutus_v1.clone()).filter(|costs| !costs.is_empty()),
            plutus_v2: Some(costs.plutus_v2.clone()).filter(|costs| !costs.is_empty()),
            plutus_v3: Some(costs.plutus_v3.clone()).filter(|costs| !costs.is_empty()),
            unknown: Default::default(),
        },
        execution_costs: ExUnitPrices {
            mem_price: of(ours.prices.price_memory),
            step_price: of(ours.prices.price_steps),
        },
        max_tx_ex_units: units,
        max_block_ex_units: units,
        max_value_size: narrow(ours.max_value_size),
        collateral_percentage: narrow(ours.collateral_percentage),
        max_collateral_inputs: narrow(ours.max_collateral_inputs),
        expansion_rate: any(),
        treasury_growth_rate: any(),
        maximum_epoch: 18,
        pool_pledge_influence: any(),
        pool_voting_thresholds: PoolVotingThresholds {
            motion_no_confidence: any(),
            committee_normal: any(),
            committee_no_confidence: any(),
            hard_fork_initiation: any(),
            security_voting_threshold: any(),
        },
        drep_voting_thresholds: DRepVotingThresholds {
            motion_no_confidence: any(),
            committee_normal: any(),
            committee_no_confidence: any(),
            update_constitution: any(),
            hard_fork_initiation: any(),
            pp_network_group: any(),
            pp_economic_group: any(),
            pp_technical_group: any(),
            pp_governance_group: any(),
            treasury_withdrawal: any(),
        },
        min_committee_size: 0,
        committee_term_limit: 0,
        governance_action_validity_period: 0,
        governance_action_deposit: 0,
        drep_deposit: 0,
        drep_inactivity_period: 0,
        minfee_refscript_cost_per_byte: of(ours.fee_per_reference_script_byte),
    }
}

fn input(reference: &OutputReference) -> TransactionInput {
    TransactionInput { transaction_id: (*reference.transaction.as_bytes()).into(), index: reference.index }
}

/// The name of the rule that the transaction breaks.
pub(crate) fn verdict(bytes: &[u8], case: &Case) -> String {
    let Ok(transaction) = MultiEraTx::decode_for_era(Era::Conway, bytes) else {
        return "Malformed".to_owned();
    };
    let inputs: Vec<TransactionInput> = case.utxos.keys().map(input).collect();
    let outputs =
        case.utxos.values().map(|output| MultiEraOutput::decode(Era::Conway, output.as_bytes()).unwrap());
    let utxos: UTxOs<'_> = inputs.iter().map(MultiEraInput::from_alonzo_compatible).zip(outputs).collect();
    let environment = Environment {
        prot_params: MultiEraProtocolParameters::Conway(parameters(&case.settings.parameters)),
        prot_magic: 1,
        block_slot: SLOT,
        network_id: case.settings.network.id(),
        acnt: Some(AccountState::default()),
    };
    let judge =
        || validate_txs(std::slice::from_ref(&transaction), &environment, &utxos, &mut CertState::default());
    match catch_unwind(AssertUnwindSafe(judge)) {
        Ok(Ok(())) => ACCEPTED.to_owned(),
        Ok(Err(ValidationError::PostAlonzo(error))) => variant(&error),
        Ok(Err(error)) => variant(&error),
        Err(_) => "panicked".to_owned(),
    }
}
