//! Generators of every type, for property tests: `any_*` gives what may exist, `any_*_draft` also what may not.

pub use crate::address::{any_address, any_credential};
pub use crate::bid::{any_bid, any_leader};
pub use crate::deposit::any_deposit;
pub use crate::grid::{any_grid, any_grid_draft};
pub use crate::id::{
    any_bid_name, any_grid_id, any_key_hash, any_script_hash, any_transaction_id, any_workload_hash,
};
pub use crate::integer::{any_amount, any_count, any_merit, any_ppm, any_quantity, any_span, any_time};
pub use crate::label::any_labels;
pub use crate::operator::any_operator;
pub use crate::output::any_output_reference;
pub use crate::pool::any_pool;
pub use crate::redeemer::{any_genesis, any_market_transition, any_registry_transition};
pub use crate::reputation::any_reputation;
pub use crate::request::{any_method, any_price_range, any_request, any_term, any_window};
pub use crate::resource::{any_need, any_resource_name, any_resources};
pub use crate::slot::any_slot;
pub use crate::stage::{any_leased, any_offered, any_stage};
pub use crate::state::any_state;
pub use crate::terms::{any_terms, any_terms_draft};
pub use crate::text::any_text;
pub use crate::value::any_asset;
