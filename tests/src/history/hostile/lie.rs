//! How a transaction gets past the composer: whoever composes it believes something that is not so.

use demeter_core::{KeyHash, OutputReference, PlutusData as _, Span, State, Value};
use demeter_tx::market::Composer;
use demeter_tx::{Data, LedgerSettings, Network, OutputDraft, SignedTransaction, Slot, SlotClock};

use crate::history::cast::Role;
use crate::history::deed::Act;
use crate::history::walk::Walk;

/// What is believed, and what is changed in the bytes thereafter.
#[derive(Default)]
pub(super) struct Lie {
    /// The clock is this far ahead, or behind.
    ahead: Option<Span>,
    behind: Option<Span>,
    /// An output holds this.
    told: Vec<(OutputReference, State, Value)>,
    /// Bytes of the body, and what stands in their place: the first occurrence, or the last.
    replaced: Vec<(Vec<u8>, Vec<u8>, End)>,
}

/// From which end of the body bytes are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

impl Lie {
    /// It is later than it is.
    pub(super) fn later(span: Span) -> Self {
        Self { ahead: Some(span), ..Self::default() }
    }

    /// It is earlier than it is.
    pub(super) fn earlier(span: Span) -> Self {
        Self { behind: Some(span), ..Self::default() }
    }

    /// An output holds this state and this value.
    pub(super) fn told(reference: OutputReference, state: State, value: Value) -> Self {
        Self { told: vec![(reference, state, value)], ..Self::default() }
    }

    /// And another holds that.
    pub(super) fn and_told(mut self, reference: OutputReference, state: State, value: Value) -> Self {
        self.told.push((reference, state, value));
        self
    }

    /// In the body, these bytes stand where those did.
    pub(super) fn replaced(found: impl Into<Vec<u8>>, by: impl Into<Vec<u8>>, end: End) -> Self {
        Self { replaced: vec![(found.into(), by.into(), end)], ..Self::default() }
    }

    /// What an act becomes under this lie, signed by these keys; none if even so it cannot be composed.
    pub(super) fn compose(&self, walk: &Walk, act: &Act, signers: &[KeyHash]) -> Option<SignedTransaction> {
        let ground = &walk.ground;
        let mut utxos = ground.utxos().clone();
        for (reference, state, value) in &self.told {
            let output = utxos.get_mut(reference)?;
            let data = Data::from_cbor(state.encode()).ok()?;
            let draft = OutputDraft::new(*output.address(), value.clone()).with_inline_datum(data);
            *output = draft.finish(Network::Testnet);
        }
        let mut settings = LedgerSettings::clone(ground.composer.settings());
        let zero = settings.clock.time_of(Slot::from_number(0)).ok()?;
        if let Some(ahead) = self.ahead {
            settings.clock = SlotClock::of_seconds(zero.after(ahead).ok()?).ok()?;
        }
        if let Some(behind) = self.behind {
            let earlier = zero.since(demeter_core::Time::ZERO).checked_sub(behind).ok()?;
            settings.clock = SlotClock::of_seconds(demeter_core::Time::ZERO.after(earlier).ok()?).ok()?;
        }
        let holder = ground.cast.address(ground.cast.of_role(Role::Founder)[0]);
        let composer =
            Composer::new(ground.composer.contract().clone(), settings).with_published(&holder, &utxos);
        let plan = act.step()?.plan();
        let unsigned = composer.compose(&plan, &utxos, &ground.funds(act.payer)).ok()?;
        let mut bytes = unsigned.transaction().to_cbor();
        // The body follows the one byte that says that a transaction has four parts.
        let body = bytes.get_mut(1..=unsigned.body().len())?;
        for (found, by, end) in &self.replaced {
            let mut windows = body.windows(found.len());
            let at = match end {
                End::First => windows.position(|window| window == found),
                End::Last => windows.rposition(|window| window == found),
            };
            let at = at?;
            body[at..at + found.len()].copy_from_slice(by);
        }
        let mut transaction = SignedTransaction::from_cbor(&bytes).ok()?;
        for key in unsigned.needed_signers().iter().chain(signers) {
            let gone = self.replaced.iter().any(|(found, ..)| found == key.as_bytes());
            if !gone {
                ground.cast.sign(&mut transaction, key);
            }
        }
        Some(transaction)
    }
}
