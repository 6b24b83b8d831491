//! Payments that clients make to themselves, one after the other.

use demeter_core::{Address, Amount, OutputReference, TransactionId, Value};
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{LedgerSettings, OutputDraft, SignedTransaction, UtxoSet};
use futures_executor::block_on;

use crate::{Outcome, market};

/// Payments that clients make to themselves, one after the other.
pub(super) struct Chains {
    pub(super) settings: LedgerSettings,
    /// One output for each client.
    pub(super) opening: UtxoSet,
    /// What each client sends, in this order.
    pub(super) lanes: Vec<Vec<SignedTransaction>>,
}

impl Chains {
    /// So many payments, the same share for each client.
    pub(super) fn new(clients: usize, payments: usize) -> Outcome<Self> {
        let settings = market::settings()?;
        let mut this = Self { settings, opening: UtxoSet::new(), lanes: Vec::new() };
        for client in 0..clients {
            this.add(client, payments.div_ceil(clients))?;
        }
        Ok(this)
    }

    fn add(&mut self, client: usize, payments: usize) -> Outcome<()> {
        let mut seed = [0x5c; 32];
        seed.iter_mut().zip(client.to_be_bytes()).for_each(|(to, from)| *to = from);
        let key = PaymentKey::from_seed(&seed);
        let holder = Address::of_key(key.key_hash());
        let money = OutputDraft::new(holder, Value::of_lovelace(Amount::from_units(20_000_000)?));
        let mut held = (
            OutputReference { transaction: TransactionId::from_bytes(seed), index: 0 },
            money.finish(self.settings.network),
        );
        self.opening.insert(held.0, held.1.clone());
        let mut lane = Vec::with_capacity(payments);
        for _ in 0..payments {
            let builder = TransactionBuilder::new(self.settings.clone(), holder).spend(held.0, held.1);
            let mut payment = builder.build()?.transaction().clone();
            let witness = block_on(key.sign_body(payment.body()))?;
            payment.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes())?;
            held = payment.effect()?.made.pop().ok_or("a payment makes an output")?;
            lane.push(payment);
        }
        self.lanes.push(lane);
        Ok(())
    }
}
