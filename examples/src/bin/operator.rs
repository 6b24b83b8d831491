//! An operator in a few lines over `demeter-agent`. Run at once: `cargo run --bin operator`.

#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::sync::Arc;

use demeter_agent::KeyRing;
use demeter_agent::driver::{Driver, DriverOptions};
use demeter_agent::operator::{Inventory, Operator, Policy};
use demeter_agent::pricing::{CostPlus, Markup, Rate, Rates};
use demeter_core::{Address, Amount, Count, GridId, Ppm, Quantity};
use demeter_examples::staging::{Fallible, Named, Staging, capacity, operator_key};
use demeter_tx::head::Head;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::Contract;

/// The operator: what it has, what that costs, and what it adds. All that it needs besides is a head, a grid and a key.
async fn operator(
    head: Arc<dyn Head>,
    grid: GridId,
    number: Count,
    key: PaymentKey,
    options: DriverOptions,
) -> Fallible<Driver<Operator>> {
    // A core costs it 0.2 ada an hour, a gibibyte of memory 0.01, storage nothing.
    let rate = |price, per| {
        Ok::<_, Box<dyn std::error::Error>>(Rate {
            price: Amount::from_units(price)?,
            per: Quantity::from_units(per)?,
        })
    };
    let costs = Rates::new()
        .with("cpu", rate(200_000, 1_000)?)
        .with("memory", rate(10_000, 1 << 30)?)
        .with("ephemeral-storage", rate(0, 1)?)
        .with("requests.storage", rate(0, 1)?);
    // It adds a tenth while it is empty, and half when it is full.
    let markup = Markup { empty: Ppm::from_millionths(100_000)?, full: Ppm::from_millionths(500_000)? };
    // It draws its pay once in three periods.
    let mut policy = Policy::default();
    policy.claiming.periods = Count::from_number(3)?;

    let (owner, clusters) = (key.key_hash(), Inventory::single("home", capacity()?));
    let pricing = CostPlus::new(costs, markup);
    let operator =
        Operator::new(number, Address::of_key(owner), [owner], clusters, pricing).with_policy(policy);
    let (contract, keys) = (Contract::embedded()?, KeyRing::new().with(key));
    Ok(Driver::open(head, contract, grid, operator, keys, options).await?)
}

fn main() -> Fallible<()> {
    futures_executor::block_on(async {
        let staging = Staging::open().await?;
        let sandbox = &staging.sandbox;
        let options = sandbox.driver_options();
        let driver =
            operator(sandbox.shared_head(), sandbox.grid(), staging.number, operator_key(), options).await?;
        // On a head of one's own: `driver.run(shutdown, |round| ...).await`.
        let mut operator = Named("operator", driver);
        let mut application = staging.some_application().await?;
        let served =
            staging.play(&mut [&mut operator, &mut application], 9_000, |deed| println!("{deed}")).await?;
        println!("{} leases won, {} served to their end", served.won, served.ended);
        Ok(())
    })
}
