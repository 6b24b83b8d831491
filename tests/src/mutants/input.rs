//! Mutants of what is consumed and read: states too many, states that are forged, states that only follow.

use demeter_core::transition::Held;
use demeter_core::{Address, MarketRedeemer, OutputReference, PlutusData, Stage, State, Token};

use super::case::{Case, Reason, reason};
use super::change::{add, at, exchange};
use super::scene::{EARLY, LATE, Scene, THIEF, WALLET};
use crate::drt::input;
use crate::make::script;
use crate::{machine, tree};

/// A slot follows what it may not follow.
pub(super) const CANNOT_FOLLOW: Reason = reason("cannot_follow", "registry_leads() || bid_leads()");
/// An operator or a pool does.
pub(super) const LEADERLESS: Reason = reason("cannot_follow", "list.any( inputs, fn(input) {");
/// A bid follows.
pub(super) const BID_FOLLOWS: Reason = reason("cannot_follow", "expect Slot { grid, .. } = state");
/// A grid follows.
pub(super) const GRID_FOLLOWS: Reason = reason("cannot_follow", "never follows");
/// Something at the registry is consumed in a transition of the market.
const AT_REGISTRY: Reason = reason("registry_input", "input at registry");
/// No reference is the state looked for.
pub(super) const NOT_READ: Reason =
    reason("missing_reference", "expect [Input { output, .. }, ..rest] = references");

/// The conditions that count the inputs with our tokens: the one that each sort of input too many comes upon.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    /// A slot.
    pub(super) slot: &'static str,
    /// An operator.
    pub(super) operator: &'static str,
    /// A grid or pool.
    pub(super) other: &'static str,
    /// A wallet with such a token.
    pub(super) wallet: &'static str,
}

impl Counts {
    /// The same for all.
    pub(super) const fn all(count: &'static str) -> Self {
        Self { slot: count, operator: count, other: count, wallet: count }
    }
}

impl Case {
    /// One more state is consumed.
    pub(super) fn intruder(
        &mut self,
        scene: &Scene,
        what: &str,
        gain: &'static str,
        state: Held<State>,
        redeemer: Vec<u8>,
        reason: Reason,
    ) {
        let intruder = input(scene.scripts, &state, Some(redeemer));
        self.mutant(what, gain, reason, move |view| view.inputs.push(intruder.clone()));
    }

    /// A transition of the market consumes nothing of ours but what it names. The conditions: the one that counts the
    /// inputs, and the one that a slot meets which follows and comes first.
    pub(super) fn alone_at_market(&mut self, scene: &Scene, count: &'static str, early: Reason) {
        let inputs = reason("inputs", count);
        let follow = || MarketRedeemer::Follow.encode();
        let gain = "one output satisfies two transitions";
        let slot = |reference| {
            let state = scene.slot(1, Stage::Idle);
            Held { state: state.into(), reference, ..scene.held_slot(Stage::Idle, 0) }
        };
        self.intruder(scene, "a second slot consumed", gain, slot(LATE), follow(), inputs);
        self.intruder(scene, "a second slot consumed before", gain, slot(EARLY), follow(), early);
        let primary = self.healthy.inputs.iter().find_map(|input| input.redeemer.clone()).expect("a primary");
        self.intruder(scene, "a second slot acts too", gain, slot(LATE), primary, inputs);
        let bid = Held { reference: LATE, ..scene.open_bid() };
        self.intruder(scene, "an open bid consumed", gain, bid, follow(), inputs);
        let gain = "a state of the registry consumed unchecked";
        for (what, state) in [
            ("the grid consumed", scene.held_grid()),
            ("the pool consumed", scene.held_pool()),
            ("an operator consumed", scene.held_operator()),
        ] {
            let state = Held { reference: LATE, ..state };
            self.intruder(scene, what, gain, state, follow(), AT_REGISTRY);
        }
    }

    /// A transition of the registry consumes nothing that holds our tokens but what it names.
    pub(super) fn alone_at_registry(&mut self, scene: &Scene, counts: Counts) {
        let Counts { slot, operator, other, wallet } = counts;
        let follow = || MarketRedeemer::Follow.encode();
        let gain = "one output satisfies two transitions";
        let slot_state = Held { reference: LATE, ..scene.held_slot(Stage::Idle, 0) };
        self.intruder(scene, "a slot too many consumed", gain, slot_state, follow(), reason("inputs", slot));
        let state = Held { reference: LATE, ..scene.held_operator() };
        self.intruder(scene, "a second operator consumed", gain, state, follow(), reason("inputs", operator));
        let gain = "the grid or its pool consumed unchecked";
        for (what, state) in
            [("a second grid consumed", scene.held_grid()), ("a second pool consumed", scene.held_pool())]
        {
            let state = Held { reference: LATE, ..state };
            self.intruder(scene, what, gain, state, follow(), reason("inputs", other));
        }
        let bid = Held { reference: LATE, ..scene.open_bid() };
        let gain = "an open bid, which holds no token and is not counted";
        self.intruder(scene, "an open bid consumed", gain, bid, follow(), BID_FOLLOWS);
        // NOTE: no wallet holds such a token as long as the contract holds.
        let rogue = scene.rogue_token(Token::Slot);
        let gain = "another grid's token brought in unseen";
        self.mutant(
            "a wallet with another grid's token",
            gain,
            reason("missing_datum", wallet),
            move |view| {
                add(&mut at(view, WALLET).output.value, &rogue, 1);
            },
        );
    }

    /// The primary input follows, so that nothing checks the transaction.
    pub(super) fn must_act(&mut self, primary: OutputReference, reason: Reason) {
        let gain = "nobody checks anything";
        self.mutant("the primary only follows", gain, reason, move |view| {
            at(view, primary).redeemer = Some(MarketRedeemer::Follow.encode());
        });
        self.understands(primary);
    }

    /// The primary input is told something that is no transition.
    pub(super) fn understands(&mut self, primary: OutputReference) {
        let gain = "a check that looks at nothing";
        let unread = reason("malformed_redeemer", "redeemer: Redeemer");
        self.mutant("told what is no transition", gain, unread, move |view| {
            at(view, primary).redeemer = Some(machine::encoded(&tree::constructor(2, Vec::new())));
        });
    }

    /// An input that should follow acts too.
    pub(super) fn must_follow(
        &mut self,
        follower: OutputReference,
        primary: OutputReference,
        reason: Reason,
    ) {
        let gain = "two primaries, each of which takes the other for its own";
        self.mutant("a second primary", gain, reason, move |view| {
            let act = at(view, primary).redeemer.clone();
            at(view, follower).redeemer = act;
        });
    }

    /// A state consumed must hold its token, and no other grid's; the conditions that see it in each case.
    pub(super) fn needs_token(
        &mut self,
        scene: &Scene,
        what: &str,
        reference: OutputReference,
        token: Token,
        none: Reason,
        rogue: Reason,
    ) {
        let (own, other) = (scene.token(token), scene.rogue_token(token));
        let gain = "a state with whatever datum the thief likes";
        let taken = own.clone();
        self.mutant(format!("a forged {what}, without token"), gain, none, move |view| {
            exchange(&mut at(view, reference).output.value, &taken, None);
        });
        self.mutant(format!("a forged {what}, with another grid's token"), gain, rogue, move |view| {
            exchange(&mut at(view, reference).output.value, &own, Some(&other));
        });
    }

    /// A state that is read must be there, and authentic.
    pub(super) fn reads(&mut self, scene: &Scene, what: &str, reference: OutputReference, token: Token) {
        let (own, other) = (scene.token(token), scene.rogue_token(token));
        let gain = "rules that the thief has written";
        self.mutant(format!("the {what} is not read"), gain, NOT_READ, move |view| {
            view.references.retain(|input| input.reference != reference);
        });
        let taken = own.clone();
        self.mutant(format!("a forged {what} read, without token"), gain, NOT_READ, move |view| {
            exchange(&mut at(view, reference).output.value, &taken, None);
        });
        self.mutant(
            format!("a forged {what} read, with another grid's token"),
            gain,
            NOT_READ,
            move |view| {
                exchange(&mut at(view, reference).output.value, &own, Some(&other));
            },
        );
        self.mutant(format!("a forged {what} read, at the thief's address"), gain, NOT_READ, move |view| {
            at(view, reference).output.address = Address::of_key(THIEF);
        });
        self.mutant(
            format!("a forged {what} read, at a script of the thief's"),
            gain,
            NOT_READ,
            move |view| {
                at(view, reference).output.address = Address::of_script(script(0x55));
            },
        );
    }
}
