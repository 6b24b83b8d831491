//! An application in a few lines over `demeter-agent`. Run at once: `cargo run --bin application`.

#![expect(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::sync::Arc;

use demeter_agent::KeyRing;
use demeter_agent::application::{Application, Bond, Prices, Wish};
use demeter_agent::driver::{Driver, DriverOptions};
use demeter_core::{Address, Amount, Count, GridId, Method, Ppm, Span};
use demeter_examples::staging::{Fallible, MANIFEST, Named, Staging, ada, application_key};
use demeter_kube::Workload;
use demeter_tx::head::Head;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::Contract;

/// The application: what shall run, for how long, and what that may cost.
async fn application(
    head: Arc<dyn Head>,
    grid: GridId,
    key: PaymentKey,
    options: DriverOptions,
) -> Fallible<Driver<Application>> {
    // At first at most 0.05 ada for ten minutes; if nobody takes that, up to 0.5. An hour at once.
    let prices = Prices::rising(Amount::ZERO, Amount::from_units(50_000)?, Amount::from_units(500_000)?);
    let mut wish = Wish::new(prices, Span::from_seconds(600)?, Count::from_number(6)?);
    // A good record counts a third as much as a low price.
    wish.method = Method::auction(Ppm::from_millionths(750_000)?, Ppm::ZERO, Ppm::from_millionths(250_000)?);
    wish.bond = Bond::Fixed(ada(2)?);

    // From now on, for two hours.
    let now = head.now().await?.time;
    let until = now.after(Span::from_seconds(7_200)?)?;
    let order = Workload::parse(MANIFEST)?.order("shop", wish, now, until)?;
    // Never more than 20 ada in escrow.
    let owner = key.key_hash();
    let application = Application::new(owner, Address::of_key(owner), ada(20)?, [order])?;
    let (contract, keys) = (Contract::embedded()?, KeyRing::new().with(key));
    Ok(Driver::open(head, contract, grid, application, keys, options).await?)
}

fn main() -> Fallible<()> {
    futures_executor::block_on(async {
        let staging = Staging::open().await?;
        let sandbox = &staging.sandbox;
        let driver =
            application(sandbox.shared_head(), sandbox.grid(), application_key(), sandbox.driver_options())
                .await?;
        // On a head of one's own: `driver.run(shutdown, |round| ...).await`.
        let mut application = Named("application", driver);
        let mut operator = staging.some_operator().await?;
        let served =
            staging.play(&mut [&mut application, &mut operator], 9_000, |deed| println!("{deed}")).await?;
        println!("{} leases won, {} served to their end", served.won, served.ended);
        Ok(())
    })
}
