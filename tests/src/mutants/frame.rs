//! Mutants of what is around inputs and outputs: who signs, when, what is minted.

use demeter_core::{Genesis, KeyHash, PlutusData, Token};

use super::case::{Case, Reason, reason};
use super::change::{add, change, lower, shift, signed, subtract, unsigned, upper};
use super::scene::{Scene, THIEF};
use crate::make::{count, reference, time};

const TOKENS: [(Token, &str); 4] =
    [(Token::Grid, "GRID"), (Token::Pool, "POOL"), (Token::Operator, "OPER"), (Token::Slot, "SLOT")];

impl Case {
    /// Whoever must sign does not, or the thief does instead.
    pub(super) fn needs_signature(&mut self, who: &str, key: KeyHash, gain: &'static str, reason: Reason) {
        self.mutant(format!("{who} does not sign"), gain, reason, move |view| unsigned(view, key));
        self.mutant(format!("the thief signs instead of {who}"), gain, reason, move |view| {
            unsigned(view, key);
            signed(view, THIEF);
        });
    }

    /// Nothing of ours is minted or burned beside the transition.
    ///
    /// The mirror looks at the policy first, and finds no genesis in such a transaction: there is no grid in its first
    /// output, or its seed is not consumed. The contract runs its policy last.
    pub(super) fn mints_nothing(&mut self, scene: &Scene, code: &'static str) {
        let reason = reason(code, "!value.has_policy(mint,");
        for (token, letters) in TOKENS {
            let asset = scene.token(token);
            let minted = asset.clone();
            let gain = "a token with which any state can be forged";
            self.mutant(format!("a {letters} token minted"), gain, reason, move |view| {
                add(&mut change(view).value, &minted, 1);
                view.minted.push((minted.clone(), 1));
                view.policy_redeemer = Some(no_genesis());
            });
            let held = |case: &Self| {
                case.healthy.outputs.iter().position(|output| output.value.amount_of(&asset).to_units() > 0)
            };
            if let Some(output) = held(self) {
                let gain = "the state can never be found again, and the head not be finalised";
                self.mutant(format!("a {letters} token burned"), gain, reason, move |view| {
                    subtract(&mut view.outputs[output].value, &asset, 1);
                    view.minted.push((asset.clone(), -1));
                    view.policy_redeemer = Some(no_genesis());
                });
            }
        }
    }

    /// Both bounds are there, and near to each other.
    pub(super) fn reads_time(&mut self) {
        let gain = "a range without an end is every time at once";
        let infinite =
            reason("range_not_finite", "expect Interval { lower: IntervalBound { bound: Finite(lower)");
        self.mutant("no lower bound", gain, infinite, |view| view.lower = None);
        self.mutant("no upper bound", gain, infinite, |view| view.upper = None);
        let long = reason("range_too_long", "range");
        let gain = "a long range stands on more sides of a bound than one";
        self.mutant("the range a slot longer at its beginning", gain, long, |view| lower(view, -1000));
        self.mutant("the range a slot longer at its end", gain, long, |view| upper(view, 1000));
    }

    /// The healthy range begins just when this may happen.
    pub(super) fn begins_on_bound(&mut self, gain: &'static str, trace: &'static str) {
        self.mutant("a slot too early", gain, reason("too_early", trace), |view| shift(view, -1000));
    }

    /// The healthy range ends just when this may happen no more.
    pub(super) fn ends_on_bound(&mut self, gain: &'static str, trace: &'static str) {
        self.mutant("a slot too late", gain, reason("too_late", trace), |view| shift(view, 1000));
    }
}

/// A redeemer for the policy, which never gets to see it.
fn no_genesis() -> Vec<u8> {
    let one = count(1);
    Genesis { seed: reference(0x99, 0), deadline: time(u64::MAX >> 1), operators: one, slots: one }.encode()
}
