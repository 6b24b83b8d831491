//! Mutants of what is made: the states, and the payments after them.

use demeter_core::transition::{Datum, OutputView};
use demeter_core::{Address, Asset, Credential, PlutusData, Script, Token};

use super::case::{Case, Reason, reason};
use super::change::{add, give, rewrite, take};
use super::field::{changes, small};
use super::scene::{Scene, THIEF, foreign};
use crate::make::reference;
use crate::{machine, tree};

impl Case {
    /// Every change of every state that is made, and nothing made at all; for each the condition that compares it.
    ///
    /// # Panics
    /// There are not as many conditions as states.
    pub(super) fn yields(&mut self, scene: &Scene, nothing: &'static str, traces: &[&'static str]) {
        let gain = "all that was in the states";
        self.mutant("no outputs", gain, reason("missing_output", nothing), |view| view.outputs.clear());
        assert_eq!(traces.len(), self.outcome.states.len(), "a condition for each state of {}", self.name);
        for (output, trace) in traces.iter().enumerate() {
            let reason = reason("state_output", trace);
            self.state_value(scene, output, reason);
            self.state_dress(scene, output, reason);
            self.state_order(output, reason);
            self.state_datum(output, reason);
            self.state_fields(output, reason, |_| true);
        }
    }

    /// The value of a state one unit short or over, and tokens that come or go.
    pub(super) fn state_value(&mut self, scene: &Scene, output: usize, reason: Reason) {
        for (asset, _) in self.healthy.outputs[output].value.clone().iter() {
            let (word, is_ours) = match asset {
                Asset::Lovelace => ("lovelace".to_owned(), false),
                Asset::Token { policy, name } if *policy == scene.scripts.registry => {
                    (format!("{} token", String::from_utf8_lossy(&name.as_bytes()[..4])), true)
                }
                Asset::Token { .. } => ("unit of the settlement asset".to_owned(), false),
            };
            let (short, over) = (asset.clone(), asset.clone());
            let gain =
                if is_ours { "a token in a wallet: states forged at will" } else { "one unit each time" };
            self.mutant(format!("output {output}: one {word} moved out"), gain, reason, move |view| {
                take(view, output, &short, 1);
            });
            let gain = "a state with more than its books say is nobody's, or too large for an output";
            self.mutant(format!("output {output}: one {word} over"), gain, reason, move |view| {
                // NOTE: no wallet ever holds a token of ours, so that one comes from nowhere.
                if is_ours {
                    add(&mut view.outputs[output].value, &over, 1);
                } else {
                    give(view, output, &over, 1);
                }
            });
        }
        let gain = "a state so large that it fits no output, or no fan-out";
        self.mutant(format!("output {output}: a foreign token stuffed in"), gain, reason, move |view| {
            give(view, output, &foreign(), 1);
        });
        let rogue = scene.rogue_token(Token::Slot);
        self.mutant(format!("output {output}: another grid's token stuffed in"), gain, reason, move |view| {
            add(&mut view.outputs[output].value, &rogue, 1);
        });
    }

    /// Where a state stands, and with what.
    pub(super) fn state_dress(&mut self, scene: &Scene, output: usize, reason: Reason) {
        let scripts = scene.scripts;
        let mut dressed = |what: &str, gain: &'static str, change: fn(&mut OutputView)| {
            self.mutant(format!("output {output}: {what}"), gain, reason, move |view| {
                change(&mut view.outputs[output]);
            });
        };
        dressed("a staking key added", "the staking rewards of all escrow", |output| {
            output.address.stake = Some(Credential::Key(THIEF));
        });
        dressed("a staking script added", "states that no index of the address finds", |output| {
            output.address.stake = Some(Credential::Script(crate::make::script(0x55)));
        });
        dressed("a reference script attached", "a state that costs a fortune to consume", |output| {
            output.has_reference_script = true;
        });
        dressed("sent to the thief", "the state with all that it holds", |output| {
            output.address = Address::of_key(THIEF);
        });
        let at_market = self.healthy.outputs[output].address == scripts.address(Script::Market);
        let other = if at_market { Script::Registry } else { Script::Market };
        let gain = "a state that no transition knows, stuck for ever";
        self.mutant(format!("output {output}: sent to the other script"), gain, reason, move |view| {
            view.outputs[output].address = scripts.address(other);
        });
    }

    /// Where among the outputs a state stands.
    pub(super) fn state_order(&mut self, output: usize, reason: Reason) {
        let gain = "what is checked is one output, what is kept another";
        self.mutant(format!("output {output}: left out"), gain, reason, move |view| {
            view.outputs.remove(output);
        });
        self.mutant(format!("output {output}: after the next one"), gain, reason, move |view| {
            view.outputs.swap(output, output + 1);
        });
    }

    /// The datum of a state gone, in whole or but for its hash.
    pub(super) fn state_datum(&mut self, output: usize, reason: Reason) {
        let gain = "a state that nobody can read or move";
        self.mutant(format!("output {output}: no datum"), gain, reason, move |view| {
            view.outputs[output].datum = Datum::None;
        });
        self.mutant(format!("output {output}: only the hash of a datum"), gain, reason, move |view| {
            view.outputs[output].datum = Datum::Hash;
        });
    }

    /// Each field of a state, as far as its name is wanted, with another value.
    pub(super) fn state_fields(&mut self, output: usize, reason: Reason, wanted: fn(&str) -> bool) {
        let state = &self.outcome.states[output].state;
        let kind = state.kind();
        for field in changes(&machine::decoded(&state.encode())) {
            if !wanted(&field.name) {
                continue;
            }
            let name = format!("output {output}: {kind}.{}", field.name);
            let gain = format!("the {kind} says what the submitter likes");
            self.mutant(name, gain, reason, move |view| {
                rewrite(&mut view.outputs[output], &field.path, field.node.clone());
            });
        }
    }

    /// Every change of every payment that is due: where it goes, what is in it, by what it is tagged.
    pub(super) fn pays(&mut self) {
        let states = self.outcome.exact_outputs();
        for position in 0..self.outcome.payments.len() {
            self.payment(states + position, position);
        }
    }

    fn payment(&mut self, output: usize, position: usize) {
        let address = reason("payment_output", "address == to");
        let tag = reason("payment_output", "datum == expected");
        let value = reason("payment_output", "value.covers(value, lovelace, asset, amount)");
        let gain = "money that is another's";
        self.mutant(format!("payment {position}: sent to the thief"), gain, address, move |view| {
            view.outputs[output].address = Address::of_key(THIEF);
        });
        let stake = "the staking rewards of another's money";
        self.mutant(format!("payment {position}: another staking part"), stake, address, move |view| {
            view.outputs[output].address.stake = Some(Credential::Key(THIEF));
        });
        self.mutant(format!("payment {position}: left out"), gain, address, move |view| {
            view.outputs.remove(output);
        });
        // Before the fee, the contract looks whether there is anything after the refund.
        let first_of_two = position == 0 && self.outcome.payments.len() == 2;
        let last = if first_of_two {
            "expect [_, ..after] = rest"
        } else {
            "expect [Output { address, value, datum,"
        };
        let nothing = reason("missing_output", last);
        self.mutant(format!("payment {position}: no outputs from there on"), gain, nothing, move |view| {
            view.outputs.truncate(output);
        });
        let (hidden, script) = (
            "money that its owner's wallet leaves alone",
            reason("payment_output", "reference_script == None"),
        );
        self.mutant(
            format!("payment {position}: a reference script attached"),
            hidden,
            script,
            move |view| {
                view.outputs[output].has_reference_script = true;
            },
        );
        let twice = "one output that pays for two transitions";
        self.mutant(format!("payment {position}: tagged with another bid"), twice, tag, move |view| {
            view.outputs[output].datum = Datum::Inline(reference(0x41, 0).encode());
        });
        self.mutant(format!("payment {position}: tagged with another output"), twice, tag, move |view| {
            let OutputView { datum: Datum::Inline(bytes), .. } = &view.outputs[output] else { return };
            let tag = machine::decoded(bytes);
            rewrite(&mut view.outputs[output], &[1], machine::integer(small(tree::at(&tag, &[1])) + 1));
        });
        self.mutant(format!("payment {position}: not tagged"), twice, tag, move |view| {
            view.outputs[output].datum = Datum::None;
        });
        self.mutant(format!("payment {position}: only the hash of a tag"), twice, tag, move |view| {
            view.outputs[output].datum = Datum::Hash;
        });
        for (asset, _) in self.outcome.payments[position].value.clone().iter() {
            let asset = asset.clone();
            let word = if asset == Asset::Lovelace { "lovelace" } else { "unit of the settlement asset" };
            let more = asset.clone();
            self.neighbour(&format!("payment {position}: one {word} over"), |view| {
                give(view, output, &more, 1)
            });
            self.mutant(format!("payment {position}: one {word} short"), gain, value, move |view| {
                take(view, output, &asset, 1);
            });
        }
    }
}
