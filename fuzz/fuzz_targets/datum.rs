//! Any bytes as every kind of state, and as terms.

#![no_main]

use demeter_core::{Bid, Grid, GridDraft, Operator, Pool, Slot, State, Terms, TermsDraft};
use demeter_fuzz::{cbor, codec::check};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| {
    check::<State>(bytes);
    check::<Grid>(bytes);
    check::<GridDraft>(bytes);
    check::<Pool>(bytes);
    check::<Operator>(bytes);
    check::<Slot>(bytes);
    check::<Bid>(bytes);
    check::<Terms>(bytes);
    check::<TermsDraft>(bytes);
});

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    cbor::mutate(bytes, size, most, seed)
});
