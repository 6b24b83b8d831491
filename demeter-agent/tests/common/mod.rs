//! What the grounds of the tests have in common: keys from seeds, amounts, and operators at work.

use std::sync::Arc;

use demeter_agent::driver::{Driver, DriverOptions};
use demeter_agent::operator::{Inventory, Operator};
use demeter_agent::pricing::{Fixed, Rate, Rates};
use demeter_agent::sandbox::Sandbox;
use demeter_agent::{Agent, KeyRing};
use demeter_core::{Address, Amount, Count, KeyHash, Quantity, ResourceName, Resources, Span};
use demeter_tx::head::Head;
use demeter_tx::keys::{PaymentKey, Signer as _};
use futures_executor::block_on;

/// The key of the application; those of the operators are 10, 11, ...
pub(crate) const APPLICATION: u8 = 99;

pub(crate) fn key(seed: u8) -> PaymentKey {
    PaymentKey::from_seed(&[seed; 32])
}

pub(crate) fn key_hash(seed: u8) -> KeyHash {
    key(seed).key_hash()
}

pub(crate) fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

pub(crate) fn ada(count: u64) -> Amount {
    amount(count * 1_000_000)
}

pub(crate) fn count(number: u64) -> Count {
    Count::from_number(number).unwrap()
}

pub(crate) fn seconds(seconds: u64) -> Span {
    Span::from_seconds(seconds).unwrap()
}

pub(crate) fn resources(cpu: u64, memory: u64) -> Resources {
    [("cpu", cpu), ("memory", memory)]
        .map(|(name, amount)| (ResourceName::from(name), Quantity::from_units(amount).unwrap()))
        .into_iter()
        .collect()
}

/// An operator with 4,000 millicores and 8,000 bytes of memory, which asks so much for a thousand millicores an hour, and
/// nothing for memory.
pub(crate) fn operator(number: u8, price: u64) -> Operator {
    let rate = |price, per| Rate { price: amount(price), per: Quantity::from_units(per).unwrap() };
    let rates = Rates::new().with("cpu", rate(price, 1_000)).with("memory", rate(0, 1));
    let inventory = Inventory::single("here", resources(4_000, 8_000));
    let owner = key_hash(10 + number);
    Operator::new(count(u64::from(number)), Address::of_key(owner), [owner], inventory, Fixed::new(rates))
}

/// The driver of an agent that has this key alone.
pub(crate) fn drive<A: Agent>(
    sandbox: &Sandbox,
    head: Arc<dyn Head>,
    agent: A,
    key: PaymentKey,
    options: DriverOptions,
) -> Driver<A> {
    let keys = KeyRing::new().with(key);
    block_on(Driver::open(head, sandbox.contract(), sandbox.grid(), agent, keys, options)).unwrap()
}

/// All the lovelace at an address.
pub(crate) fn lovelace_at(sandbox: &Sandbox, address: Address) -> u64 {
    let funds = block_on(sandbox.funds(address)).unwrap();
    funds.utxos.values().map(|output| output.value().lovelace().to_units()).sum()
}
