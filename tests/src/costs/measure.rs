//! Measuring: a plan is built, signed and submitted, and what that took is written down.

use demeter_core::{Address, KeyHash, Stage, State, Time};
use demeter_tx::builder::UnsignedTransaction;
use demeter_tx::evaluate::Machine;
use demeter_tx::head::EmbeddedHead;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::{Funds, Plan, SlotRange, read_state};
use demeter_tx::{Output, SignedTransaction, Slot, ledger};
use futures_executor::block_on;

use super::file::{Figures, OutputFigures, Shape};
use super::ground::{Ground, TREASURY, application, owner, staked};

/// How long a transaction stays valid, in slots of a second: as long as may be.
const VALIDITY: u64 = 300;

/// What part of the limits is aimed at, in millionths: a tenth.
const TENTH: u64 = 100_000;

impl Ground {
    /// Carries a plan out from this moment on, at the expense of the first of those who sign.
    pub(super) fn carry_out(
        &self,
        shape: &str,
        transition: &'static str,
        plan: Plan,
        from: Time,
        signers: &[PaymentKey],
    ) -> Shape {
        let payer = signers[0].key_hash();
        let plan = signers.iter().fold(plan, |plan, signer| plan.signed_by(signer.key_hash()));
        let plan = plan.within(self.range(from));
        let transaction = self.composer.compose(&plan, &self.utxos, &self.funds(payer)).unwrap();
        self.measure(shape, transition, transaction, from, signers)
    }

    /// The slots in which a transaction is valid that is submitted at this moment.
    pub(super) fn range(&self, from: Time) -> SlotRange {
        let from = self.composer.settings().clock.first_slot_from(from).unwrap();
        SlotRange { from, before: Slot::from_number(from.to_number() + VALIDITY) }
    }

    /// What a party can spend.
    pub(super) fn funds(&self, party: KeyHash) -> Funds {
        Funds::at(Address::of_key(party), &self.utxos)
    }

    /// Has the parties sign and the head judge, and writes down what the transaction took.
    pub(super) fn measure(
        &self,
        shape: &str,
        transition: &'static str,
        mut transaction: UnsignedTransaction,
        from: Time,
        signers: &[PaymentKey],
    ) -> Shape {
        for signer in signers {
            block_on(transaction.sign(signer)).unwrap();
        }
        let settings = self.composer.settings();
        let head = EmbeddedHead::open(settings.clone(), self.utxos.clone(), from).unwrap();
        let signed = transaction.clone().finish().unwrap();
        head.apply(&signed).unwrap();
        self.alike_on_both_machines(&signed, from);

        let units = transaction.summary().total_units();
        let cost = Figures { size: signed.to_cbor().len() as u64, mem: units.memory, cpu: units.steps };
        let outputs = transaction.outputs().map(|(reference, output)| OutputFigures {
            output: self.name_of(reference, output),
            minimum: output.minimum_lovelace(&settings.parameters).unwrap(),
            held: output.value().lovelace(),
        });
        Shape {
            shape: shape.to_owned(),
            transition,
            aim_ppm: Some(TENTH),
            cost,
            share_ppm: cost.share_of(Figures::limits(&settings.parameters)),
            outputs: outputs.collect(),
        }
    }

    /// Which machine runs the scripts changes nothing of what the ledger says.
    fn alike_on_both_machines(&self, signed: &SignedTransaction, from: Time) {
        let settings = self.composer.settings();
        let slot = settings.clock.slot_at(from).unwrap();
        let judge = |machine| ledger::validate_on(machine, signed, &self.utxos, settings, slot).unwrap();
        assert_eq!(judge(Machine::Fast), judge(Machine::Reference));
    }

    fn name_of(&self, reference: demeter_core::OutputReference, output: &Output) -> &'static str {
        if let Ok(held) = read_state(&self.composer.contract().scripts(), reference, output) {
            return match held.state {
                State::Grid(_) => "grid",
                State::Pool(_) => "pool",
                State::Operator(_) => "operator",
                State::Slot(slot) => match slot.stage {
                    Stage::Idle => "idle slot",
                    Stage::Offered(_) => "offered slot",
                    Stage::Leased(_) => "leased slot",
                    Stage::Settled(_) => "settled slot",
                },
                State::Bid(bid) if bid.leader.is_some() => "led bid",
                State::Bid(_) => "open bid",
            };
        }
        // A payment carries its tag; change carries nothing.
        if output.inline_datum().is_none() {
            return "change";
        }
        let names = [
            (staked(application().key_hash()), "refund"),
            (staked(TREASURY), "fee"),
            (Address::of_script(self.grid.deposit), "deposit"),
            (Address::of_key(owner().key_hash()), "owner's"),
        ];
        names.iter().find(|(address, _)| address == output.address()).unwrap().1
    }
}
