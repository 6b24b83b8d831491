//! Whether an operator agrees to extend a lease.

use demeter_core::{OutputReference, Stage, Time, Transition};
use demeter_tx::view::GridView;

use super::{Operator, Reason, Schedule};
use crate::Reason as AnyReason;
use crate::cosign::{self, CoSigner, Extensions};

/// An operator proposes nothing, and agrees to extensions of its leases as far as policy, clusters and orders allow.
impl CoSigner for Operator {
    fn assent(
        &self,
        transition: &Transition,
        consumed: &[OutputReference],
        view: &GridView,
        now: Time,
    ) -> Result<AnyReason, AnyReason> {
        let slot = view.slots_of(self.number).find(|slot| consumed.contains(&slot.reference));
        let slot = slot.filter(|slot| matches!(slot.state.stage, Stage::Leased(_)));
        let slot = &slot.ok_or(cosign::Reason::NotOurLease)?.state;
        if self.orders.retire {
            return Err(Reason::Leaving.into());
        }
        if let Some((cluster, state)) = self.inventory.cluster_of(slot.index)
            && state.schedule == Schedule::Draining
        {
            return Err(Reason::NotScheduled { cluster: cluster.to_owned(), schedule: state.schedule }.into());
        }
        let horizon = self.policy.extensions.ok_or(Reason::NoExtensions)?;
        Extensions { owner: slot.owner, horizon }.assent(transition, consumed, view, now)
    }
}
