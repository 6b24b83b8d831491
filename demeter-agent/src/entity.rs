//! The reference entity: what it stands for, and what it does about it.
//!
//! # What it is
//! A [`Charter`] says what one entity stands for: whom it admits, which labels it vouches for, how the grid should be
//! governed, how it rules on leases, whom it expels. Most of that takes as many entities as the grid's `threshold` says.
//! An [`Entity`] compares its charter with the grid; where they differ it proposes, in its turn, what would make them
//! agree, at a [`Desk`](crate::cosign::Desk), and it signs of what others propose just what its own charter asks for. So
//! a quorum of charters that say the same becomes what the grid says, and one charter alone becomes nothing.
//!
//! Turns are five minutes long and go round: who proposes asks those after it in the grid's list. An entity that is away
//! delays what is proposed to it until the turn of one that asks others. Who joins is admitted in the same way: its
//! [`Candidacy`] proposes, pays the reserves, and asks a different set of entities each turn.
//!
//! What needs no quorum the entity does alone, run by a [`Driver`](crate::driver::Driver): it awards bids that their
//! parties leave lying, for an award made late pays the treasury no fee, and reports settlements that their operators
//! leave unreported, for those are mostly breaches. A [`Treasurer`] does the former out of the treasury itself, and its
//! driver sweeps what the fees left there in small outputs, as far as the treasury is an address of a key that is at
//! hand: what a script holds is the script's to spend.
//!
//! ```
//! use demeter_agent::driver::Driver;
//! use demeter_agent::entity::{Charter, Entity};
//! use demeter_agent::sandbox::{Sandbox, SandboxOptions};
//! use demeter_agent::KeyRing;
//! use demeter_core::{Address, Amount, Count, Label, Labels, Resources};
//! use demeter_tx::keys::{PaymentKey, Signer as _};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures_executor::block_on(async {
//! // The only entity of its grid needs no desk: its signature decides, and its driver does what the charter asks for.
//! let (key, operator) = (PaymentKey::from_seed(&[1; 32]), PaymentKey::from_seed(&[2; 32]));
//! let hundred = Amount::from_units(100_000_000)?;
//! let options = SandboxOptions::default().purse(key.key_hash(), hundred).purse(operator.key_hash(), hundred);
//! let sandbox = Sandbox::open(options.entity(key.key_hash())).await?;
//! let (capacity, slots) = (Resources::default(), Count::from_number(1)?);
//! let number = sandbox.admit(&operator, Some(&key), capacity, Labels::default(), slots).await?;
//!
//! let labels: Labels = [Label::new("region", "eu")].into_iter().collect();
//! let charter = Charter { endorsed: [(number, labels.clone())].into(), ..Charter::default() };
//! let entity = Entity::new(key.key_hash(), Address::of_key(key.key_hash()), charter);
//! let (head, contract, grid) = (sandbox.shared_head(), sandbox.contract(), sandbox.grid());
//! let keys = KeyRing::new().with(key);
//! let mut driver = Driver::open(head, contract, grid, entity, keys, sandbox.driver_options()).await?;
//! let round = driver.settle(8).await?;
//! assert_eq!(round.reports[0].reason.to_string(), "the charter vouches for this of operator 0: region=eu");
//! assert!(round.reports[0].outcome.is_confirmed());
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Keys
//!
//! | action | signed by |
//! |---|---|
//! | award, report | nobody; the wallet puts up collateral: **hot** |
//! | endorse, arbitrate, admit | the entity's key, with others': **warm**, as its charter is what it signs |
//! | rotate, retire of another | the entity's key, with others': **cold**, where the charter is silent until it is wanted |
//! | sweep | the key of the treasury's address |
//!
//! # Limits
//! Charters are settings: how the entities come to the same ones is theirs to talk over. A ruling is of one lease, by
//! its slot and start, and is spent with it.

mod agent;
mod candidacy;
mod charter;
mod deeds;
mod reason;
#[cfg(test)]
mod tests;
mod treasurer;
mod turn;

pub use agent::Entity;
pub use candidacy::Candidacy;
pub use charter::{Admission, Charter, LeaseName};
pub use reason::Reason;
pub use treasurer::Treasurer;
