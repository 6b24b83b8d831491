//! What the fuzz targets share. The targets themselves are in `fuzz_targets/`, and `cargo xtask fuzz` runs them.
//!
//! A target fails by panicking, so everything here may panic.

pub mod agreement;
pub mod cbor;
pub mod codec;
pub mod integers;
pub mod stage;
mod view;

// The scenario of the golden transactions, as the tests play it.
#[path = "../../tests/tests/slice/audit.rs"]
mod audit;
#[path = "../../tests/tests/slice/fixture.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod fixture;
#[path = "../../tests/tests/slice/story.rs"]
mod story;
