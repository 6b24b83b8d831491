//! What a desk needs of whoever signs with others.

use demeter_core::{OutputReference, Time, Transition};
use demeter_tx::view::GridView;

use crate::{Decision, Reason};

/// Somebody who signs with others: what it proposes, and what it agrees to. Both follow from the view, the time and
/// itself, and the same gives the same.
pub trait CoSigner: Send + Sync {
    /// What it wants others to sign as well, if anything, and why; and what it does not, and why not. Nothing, unless it
    /// says otherwise.
    fn proposals(&self, view: &GridView, now: Time) -> Vec<Decision> {
        let _ = (view, now);
        Vec::new()
    }

    /// Why it wants a transition of these states, the primary one first, that others propose and that was found sound.
    ///
    /// # Errors
    /// Why it does not.
    fn assent(
        &self,
        transition: &Transition,
        consumed: &[OutputReference],
        view: &GridView,
        now: Time,
    ) -> Result<Reason, Reason>;
}
