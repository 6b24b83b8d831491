//! Any bytes as a transaction, on the ledger of the golden ones.

#![no_main]

use demeter_fuzz::cbor;
use demeter_fuzz::stage::Stage;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

thread_local! {
    static STAGE: Stage = Stage::set();
}

// NOTE: the fuzzer ends the process at any panic; the ledger catches those of the script machine, so only what
// leaves the target may count.
fuzz_target!(init: drop(std::panic::take_hook()), |bytes: &[u8]| {
    STAGE.with(|stage| stage.check(bytes));
});

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    cbor::mutate(bytes, size, most, seed)
});
