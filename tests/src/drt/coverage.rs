//! Which conditions of the mirror are ever the reason of a refusal.

use super::Summary;

/// Every code that a refusal can have.
pub const CODES: &[&str] = &[
    "not_of_this_state",
    "inputs",
    "missing_token",
    "missing_reference",
    "range_not_finite",
    "range_too_long",
    "too_early",
    "too_late",
    "auction_is_on",
    "not_signed",
    "no_quorum",
    "wrong_stage",
    "other_grid",
    "other_operator",
    "other_bid",
    "not_funded",
    "led",
    "not_led",
    "not_better",
    "wrong_method",
    "above_ramp",
    "not_payable",
    "not_more_claimed",
    "claimed_too_much",
    "no_more_periods",
    "term_too_long",
    "ruling_too_high",
    "same_owner",
    "slots_out_of_range",
    "operator_too_long",
    "pool_exhausted",
    "grid_not_well_formed",
    "settlement_in_own_tokens",
    "other_market",
    "seed_not_consumed",
    "other_grid_id",
    "no_tokens",
    "out_of_range",
    "minted",
    "wrong_mint",
    "missing_policy_redeemer",
    "malformed_policy_redeemer",
    "registry_input",
    "missing_redeemer",
    "malformed_redeemer",
    "missing_datum",
    "malformed_state",
    "misplaced",
    "cannot_follow",
    "missing_output",
    "state_output",
    "deposit_output",
    "payment_output",
    "other_asset",
    "fee_too_low",
    "price_out_of_range",
    "resource_count",
    "too_little_of_a_resource",
    "too_much_of_a_resource",
    "missing_label",
    "missing_endorsement",
];

/// Codes that no case can have, and why.
pub const UNREACHED: &[(&str, &str)] = &[
    ("missing_redeemer", "the ledger refuses a script's input without redeemer before any script runs"),
    ("missing_policy_redeemer", "the ledger refuses a policy without redeemer before any script runs"),
];

/// The codes that could have been the reason of a refusal in this run, and were not.
pub fn unreached(summary: &Summary) -> Vec<&'static str> {
    let reached = |code: &&str| summary.transitions.values().any(|counts| counts.reasons.contains_key(*code));
    let unreachable = |code: &&str| UNREACHED.iter().any(|(other, _)| other == code);
    CODES.iter().copied().filter(|code| !reached(code) && !unreachable(code)).collect()
}
