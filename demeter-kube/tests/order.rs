//! A manifest becomes an order in one call, with the needs counted and the hash of its own bytes.

#![expect(clippy::unwrap_used, reason = "clippy's leave for tests ends where helpers begin")]

use demeter_agent::application::{OrderError, Prices, Wish};
use demeter_core::{Amount, Count, Quantity, Span, Time};
use demeter_kube::Workload;

const MANIFEST: &[u8] = b"{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [
  {name: server, resources: {requests: {cpu: 1, memory: 4000}}}]}}";

fn time(seconds: u64) -> Time {
    Time::from_milliseconds(seconds * 1_000).unwrap()
}

fn wish() -> Wish {
    let prices = Prices::between(Amount::ZERO, Amount::from_units(1_000).unwrap());
    Wish::new(prices, Span::from_seconds(600).unwrap(), Count::from_number(6).unwrap())
}

#[test]
fn the_order_is_for_the_manifest_s_bytes_and_times() {
    let workload = Workload::parse(MANIFEST).unwrap();
    let order = workload.order("web", wish(), time(1_000), time(87_400)).unwrap();
    assert_eq!((order.name(), order.workload()), ("web", workload.hash));
    assert_eq!((order.from(), order.until()), (time(1_000), time(87_400)));
}

/// What is preferred is compared with what the manifest requests: a core is 1,000 millicores.
#[test]
fn the_needs_are_those_that_were_counted() {
    let workload = Workload::parse(MANIFEST).unwrap();
    let preferring = |name: &str, units| {
        let preferred = [(name.into(), Quantity::from_units(units).unwrap())].into();
        workload.order("web", Wish { preferred, ..wish() }, time(0), time(86_400))
    };
    assert!(preferring("cpu", 1_000).is_ok() && preferring("memory", 4_000).is_ok());
    let refused = preferring("cpu", 999).unwrap_err();
    assert_eq!(refused.to_string(), "999 of cpu are preferred, less than the 1000 that the workload needs");
    assert!(matches!(preferring("nvidia.com/gpu", 1), Err(OrderError::NotNeeded { .. })));
}
