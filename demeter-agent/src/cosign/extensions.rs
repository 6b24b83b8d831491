//! A slot's owner who lets leases be extended.

use demeter_core::{Count, KeyHash, MarketTransition, OutputReference, Span, Stage, Time, Transition};
use demeter_tx::view::GridView;

use super::CoSigner;
use crate::Reason as AnyReason;
use crate::reason::reasons;

reasons! {
    /// Why a slot's owner agrees to something, or does not.
    Reason {
        /// It serves on.
        Agrees {
            /// For how many periods more.
            periods: Count,
        } = "agrees", "the lease goes on for {periods} periods, at its price";

        /// It is asked for something else than an extension.
        NotAnExtension {
            /// What.
            transition: &'static str,
        } = "not_an_extension", "{transition} is not agreed to, only extend";
        /// The slot is not its own, or carries no lease.
        NotOurLease = "not_our_lease", "the slot is another's, or carries no lease";
        /// The lease would go on for too long.
        TooFarAhead {
            /// When it would end.
            ends: Time,
            /// The latest that is agreed to.
            latest: Time,
        } = "too_far_ahead", "it would end at {ends}, the latest is {latest}";
    }
}

/// A slot's owner who lets its leases be extended at their prices, as long as they do not end too far ahead.
///
/// Whoever prices anew gives this a short horizon, or stops it: an application that gets no extension places a bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions {
    /// The key that owns the slots.
    pub owner: KeyHash,
    /// How far ahead from now an extended lease may end.
    pub horizon: Span,
}

impl CoSigner for Extensions {
    fn assent(
        &self,
        transition: &Transition,
        consumed: &[OutputReference],
        view: &GridView,
        now: Time,
    ) -> Result<AnyReason, AnyReason> {
        let Transition::Market(MarketTransition::Extend { periods }) = transition else {
            return Err(Reason::NotAnExtension { transition: transition.name() }.into());
        };
        let slot = view.slots_owned_by(&self.owner).find(|held| consumed.contains(&held.reference));
        let Some(Stage::Leased(lease)) = slot.map(|held| &held.state.stage) else {
            return Err(Reason::NotOurLease.into());
        };
        let more = lease.period.checked_mul(periods.to_number());
        let ends = lease.end().and_then(|end| end.after(more?)).unwrap_or(Time::MAX);
        let latest = now.after(self.horizon).unwrap_or(Time::MAX);
        if ends > latest {
            return Err(Reason::TooFarAhead { ends, latest }.into());
        }
        Ok(Reason::Agrees { periods: *periods }.into())
    }
}
