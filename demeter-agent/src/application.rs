//! The reference application: workloads that shall run, and what keeps them running.
//!
//! # What it is
//! An [`Order`] says what shall run (a workload, by the hash of its manifest, and what it needs), from when until when,
//! and a [`Wish`] says for how much, for how long at once and how the operator is chosen. The [`Application`] compares
//! that with what stands on the head. Where nothing serves an order, it places a bid; it leads with the best offer if its
//! maker does not, awards, renews in time, takes back what nobody answered and bids again, for more; it bids again when an
//! operator gives up or is judged; it closes what was stopped. What it does not do, it gives a reason for, and says until
//! when.
//!
//! ```
//! use demeter_agent::application::{Application, Order, Prices, Wish};
//! use demeter_core::{Address, Amount, Count, KeyHash, Quantity, Span, Time, WorkloadHash};
//!
//! let ada = |count: u64| Amount::from_units(count * 1_000_000);
//! let time = Time::from_milliseconds;
//! // At most 3 ada an hour, a day at once, from a moment in 2026 on and for a week.
//! let wish = Wish::new(Prices::rising(ada(1)?, ada(2)?, ada(3)?), Span::from_seconds(3_600)?, Count::from_number(24)?);
//! let (from, until) = (time(1_790_000_000_000)?, time(1_790_604_800_000)?);
//! // Half a core and a gibibyte for what the manifest of this hash describes.
//! let workload = WorkloadHash::from_bytes([1; 32]);
//! let needs = [("cpu".into(), Quantity::from_units(500)?), ("memory".into(), Quantity::from_units(1 << 30)?)];
//! let order = Order::new("web", workload, needs.into(), wish, from, until)?;
//!
//! let key = KeyHash::from_bytes([7; 28]);
//! let application = Application::new(key, Address::of_key(key), ada(100)?, [order])?;
//! # assert_eq!(application.orders().count(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Who has a Kubernetes manifest need not count: `demeter_kube::Workload` reads it and makes the order.
//!
//! Put to work by a [`Driver`](crate::driver::Driver), that is all.
//!
//! # What it remembers
//! Nothing. Time is cut into rounds, each for one bid, so that the terms of every bid follow from its order: its window,
//! its price, its nonce, which is made of the hash of the application's and the order's names and of the round's number.
//! An application that was killed and starts on an empty disk knows its bids by their nonces and its leases by the hash
//! of the manifest, under the application's key. Therefore two orders of one application have different names and
//! different manifests (a comment makes a manifest another), and an order ends at a time, not after so many periods
//! served, which nobody could tell once they are over.
//!
//! Two instances of the same application do the same. Mostly they make the same transaction, which happens once. Where
//! both place the bid of a round, the later by reference is taken back as soon as the contract allows; where both bids
//! became leases, the later is closed, and has cost the periods begun and the fee.
//!
//! # Keys
//!
//! | action | signed by |
//! |---|---|
//! | place | whatever locks the wallet's money: **hot**, it pays |
//! | cancel, close, extend | the application's key: **hot**; an extension also by the slot's owner |
//! | lead, award | nobody; the wallet puts up collateral |
//!
//! The refund address is the wallet. What is in escrow at any time is bounded by the budget, and what the hot key can
//! lose by that and by what the wallet holds: keep the rest behind a cold key and fill up the wallet.
//!
//! # Limits
//! The budget is compared with what is confirmed: a bid that is submitted and not final yet does not count. An
//! operator's service is not looked at: whether pods run is for a monitor to say, and to stop or complain.

mod agent;
mod books;
mod follow;
mod order;
mod place;
mod reason;
mod renew;
mod rounds;
mod serve;
#[cfg(test)]
mod tests;
mod wish;

pub use agent::{Application, ApplicationError};
pub use order::{Order, OrderError};
pub use reason::Reason;
pub use wish::{Bond, Campaign, Prices, Renewal, Timing, Wish};
