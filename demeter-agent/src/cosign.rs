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
