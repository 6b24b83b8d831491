//! Any bytes as a Kubernetes manifest. That it takes no longer than it may is for the fuzzer's time limit to say.

#![no_main]

use std::collections::BTreeMap;

use demeter_core::{Quantity, ResourceName};
use demeter_kube::{Unit, Workload, parse_quantity};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Workload::parse(bytes) {
        Ok(workload) => check(&workload),
        Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error:?}"),
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        for unit in [Unit::Milli, Unit::Whole, Unit::Piece] {
            drop(parse_quantity(text, unit));
        }
    }
});

/// What the whole needs is what its objects request.
fn check(workload: &Workload) {
    assert!(!workload.objects.is_empty());
    let mut sum: BTreeMap<ResourceName, Quantity> = BTreeMap::new();
    for (name, quantity) in workload.objects.iter().flat_map(|object| &object.requests) {
        assert_ne!(*quantity, Quantity::ZERO, "{name} is requested, but none of it");
        let entry = sum.entry(name.clone()).or_default();
        *entry = entry.checked_add(*quantity).expect("the whole can be counted, so its parts can");
    }
    assert_eq!(sum, workload.needs);
}
