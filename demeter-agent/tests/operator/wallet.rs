//! Wallets that are kept in order.

use demeter_agent::driver::WalletPolicy;
use demeter_agent::sandbox::{Sandbox, SandboxOptions};
use demeter_core::Labels;
use futures_executor::block_on;

use super::stage::*;

/// A ground with one operator that has these many ada in outputs of their own, besides what it needs to join.
fn ground(outputs: &[u64]) -> Ground {
    let mut options = SandboxOptions::default().purse(key_hash(10), ada(100));
    for output in outputs {
        options = options.purse(key_hash(10), ada(*output));
    }
    let sandbox = block_on(Sandbox::open(options)).unwrap();
    let ground = Ground { sandbox, application: key(APPLICATION) };
    block_on(ground.sandbox.admit(&key(10), None, resources(4_000, 8_000), Labels::default(), count(2)))
        .unwrap();
    ground
}

fn outputs(ground: &Ground) -> Vec<u64> {
    let funds = block_on(ground.sandbox.funds(address(&key(10)))).unwrap();
    let mut found: Vec<u64> =
        funds.utxos.values().map(|output| output.value().lovelace().to_units() / 1_000_000).collect();
    found.sort_unstable();
    found
}

#[test]
fn small_outputs_become_one() {
    let ground = ground(&[3; 11]);
    assert_eq!(outputs(&ground).len(), 12);
    let mut driver = ground.driver(0, 300_000);
    assert_eq!(done(&settle(&mut driver)), [("tidy", "confirmed")]);
    // Nine of three ada each became one of 27.
    assert_eq!(outputs(&ground), [3, 3, 27, 78]);
    assert_eq!(done(&settle(&mut driver)), []);
}

#[test]
fn a_large_output_is_split_where_that_is_wanted() {
    let ground = ground(&[]);
    let policy = WalletPolicy { most: 8, least: 3, apart: ada(20) };
    let options = ground.sandbox.driver_options().wallet(policy);
    let mut driver = ground.drive_with(ground.operator(0, 300_000), key(10), options);
    assert_eq!(outputs(&ground), [78]);
    assert_eq!(done(&settle(&mut driver)), [("tidy", "confirmed")]);
    assert_eq!(outputs(&ground), [20, 20, 38]);
    assert_eq!(done(&settle(&mut driver)), []);
}
