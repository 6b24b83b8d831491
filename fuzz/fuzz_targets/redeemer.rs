//! Any bytes as every kind of redeemer.

#![no_main]

use demeter_core::{Genesis, MarketRedeemer, MarketTransition, RegistryRedeemer, RegistryTransition};
use demeter_fuzz::{cbor, codec::check};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| {
    check::<RegistryRedeemer>(bytes);
    check::<RegistryTransition>(bytes);
    check::<MarketRedeemer>(bytes);
    check::<MarketTransition>(bytes);
    check::<Genesis>(bytes);
});

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    cbor::mutate(bytes, size, most, seed)
});
