//! Transactions that several parties sign, none of whom trusts another.
//!
//! # What it is
//! A [`Proposal`] says what shall happen and carries the transaction that does it, with the signatures so far. It is
//! text, JSON, and can be carried by anything: a [`Mailbox`]. Whoever gets it signs nothing that it has not derived
//! itself ([`Proposal::check`]): the states are those of its own view, the money is what its own head shows and none of
//! its own, and the same plan, composed anew, gives the same transaction, byte for byte, which sets nothing free but what
//! the transition pays to those whom it names. Then its [`CoSigner`] says whether it wants that. Signatures are
//! merged as copies come by, and whoever has the last one submits.
//!
//! A proposal lives no longer than its transaction is valid, five minutes at most. What is out of date is refused, with
//! an [`Objection`], and proposed anew by whoever still wants it, from the head as it is then. Nothing is lost with a
//! message or with a [`Desk`] that is killed.
//!
//! ```
//! use demeter_agent::KeyRing;
//! use demeter_agent::cosign::{Desk, DeskOptions, Exchange};
//! use demeter_agent::entity::{Charter, Entity};
//! use demeter_agent::sandbox::{Sandbox, SandboxOptions};
//! use demeter_core::{Address, Amount, Count, Label, Labels, Resources, Span};
//! use demeter_tx::keys::{PaymentKey, Signer as _};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures_executor::block_on(async {
//! // Three entities, two of whom decide, and an operator of which they vouch for nothing yet.
//! let [one, two, three, operator] = [1, 2, 3, 4].map(|seed| PaymentKey::from_seed(&[seed; 32]));
//! let mut options = SandboxOptions::default();
//! for key in [&one, &two, &three, &operator] {
//!     options = options.purse(key.key_hash(), Amount::from_units(100_000_000)?);
//! }
//! let entities = [one.key_hash(), two.key_hash(), three.key_hash()];
//! options = entities.into_iter().fold(options, SandboxOptions::entity);
//! let sandbox = Sandbox::open(options).await?;
//! let labels: Labels = [Label::new("region", "eu")].into_iter().collect();
//! let slots = Count::from_number(1)?;
//! let number = sandbox.admit(&operator, Some(&one), Resources::default(), labels.clone(), slots).await?;
//!
//! // Two of them come to vouch for its region, each by itself. They meet at their desks.
//! let exchange = Exchange::default();
//! let charter = Charter { endorsed: [(number, labels.clone())].into(), ..Charter::default() };
//! let publisher = sandbox.driver_options().publisher.ok_or("the sandbox publishes")?;
//! let mut seats = Vec::new();
//! for key in [one, two] {
//!     let (hash, wallet) = (key.key_hash(), Address::of_key(key.key_hash()));
//!     let (head, keys, mailbox) = (sandbox.shared_head(), KeyRing::new().with(key), exchange.mailbox());
//!     let options = DeskOptions::default().publisher(publisher);
//!     let desk = Desk::open(head, sandbox.contract(), keys, wallet, mailbox, options).await?;
//!     seats.push((desk, Entity::new(hash, wallet, charter.clone()), wallet));
//! }
//!
//! // It is done in the turn in which one asks the other, of three turns of five minutes.
//! for _ in 0..15 {
//!     for (desk, entity, wallet) in &mut seats {
//!         let view = sandbox.view(&[publisher, *wallet]).await?;
//!         desk.step(&view, entity).await?;
//!     }
//!     sandbox.wait_until(sandbox.now().await?.after(Span::from_seconds(60)?)?).await?;
//! }
//! let view = sandbox.view(&[]).await?;
//! assert_eq!(view.operator(number).map(|held| &held.state.endorsed), Some(&labels));
//! // What was posted is text, which says in plain terms what it does.
//! let posted = exchange.posted();
//! assert!(posted.iter().any(|text| text.contains("vouches for just this of operator 0: region=eu")));
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # What it takes
//! All parties compose with the same contract and refer to the same published scripts: those at one publisher's address,
//! of two outputs with the same script the first by reference. Where they do not, a proposal
//! [differs](Objection::Differs).
//!
//! # Who proposes what
//!
//! | transition | proposed by | signed by |
//! |---|---|---|
//! | Extend | the [application](crate::application::Application), which pays | it and the slot's owner ([`Extensions`]): hot keys |
//! | Admit | the [candidate](crate::entity::Candidacy), who pays the reserves | its owner, and as many entities as `admission` says |
//! | Endorse, Rotate, Arbitrate, Retire | the [entities](crate::entity::Entity), each in its turn | as many entities as `threshold` says |

mod check;
mod describe;
mod desk;
mod extensions;
mod mailbox;
mod party;
mod proposal;

pub use check::{Examiner, Objection};
pub use desk::{Desk, DeskOptions, DeskReport, Entry};
pub use extensions::{Extensions, Reason};
pub use mailbox::{Exchange, ExchangeMailbox, MailError, Mailbox};
pub use party::CoSigner;
pub use proposal::{Proposal, ProposalError};
