//! The ground that the slice plays on: a head, who is there, what they bring, and what they ask for.
//!
//! Keys, purses and times are constants, so that the same calls give the same bytes. Whatever is submitted through
//! [`Ledger::submit`] is recorded and audited.

use std::collections::BTreeSet;
use std::rc::Rc;

use demeter_core::transition::Held;
use demeter_core::{
    Address, Amount, Asset, Count, GridId, KeyHash, Label, Labels, Method, Need, OutputReference, Ppm,
    PriceRange, Quantity, Request, ResourceName, Resources, Span, State, Term, Terms, TermsDraft, Time,
    TransactionId, Value, Window, WorkloadHash,
};
use demeter_tx::builder::{Summary, UnsignedTransaction};
use demeter_tx::head::{EmbeddedHead, EventStream, Head as _, UtxoQuery};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::{Composer, Contract, Funds, Plan, SlotRange, read_state};
use demeter_tx::{
    LedgerSettings, Network, OutputDraft, ProtocolParameters, SignedTransaction, Slot, SlotClock, UtxoSet,
};
use futures_executor::block_on;

use crate::audit;

/// 2026-01-01T00:00:00Z.
const START: u64 = 1_767_225_600_000;
/// How long a transaction stays valid, in slots of a second.
const VALIDITY: u64 = 60;
/// How much of the settlement asset, where that is a token, a purse holds beside its ada.
const TOKENS: u64 = 100_000_000;

/// Somebody with a key.
pub(crate) struct Party {
    pub(crate) name: &'static str,
    pub(crate) key: PaymentKey,
    /// What it brings, in ada.
    ada: u64,
}

impl Party {
    fn new(name: &'static str, seed: u8, ada: u64) -> Self {
        Self { name, key: PaymentKey::from_seed(&[seed; 32]), ada }
    }

    pub(crate) fn hash(&self) -> KeyHash {
        self.key.key_hash()
    }

    pub(crate) fn address(&self) -> Address {
        Address::of_key(self.hash())
    }
}

/// Everybody.
pub(crate) struct Cast {
    /// Founds the grid and publishes the scripts.
    pub(crate) founder: Party,
    /// Gets the fees.
    pub(crate) treasury: Party,
    /// Admit operators, two of them each.
    pub(crate) entities: [Party; 3],
    pub(crate) operators: [Party; 3],
    pub(crate) application: Party,
    /// Has no part in anything.
    pub(crate) stranger: Party,
}

impl Cast {
    fn new() -> Self {
        Self {
            founder: Party::new("founder", 1, 500),
            treasury: Party::new("treasury", 2, 0),
            entities: [("entity 0", 3), ("entity 1", 4), ("entity 2", 5)]
                .map(|(name, seed)| Party::new(name, seed, 0)),
            operators: [("ana", 6), ("bo", 7), ("cy", 8)].map(|(name, seed)| Party::new(name, seed, 200)),
            application: Party::new("application", 9, 300),
            stranger: Party::new("stranger", 10, 100),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Party> {
        let alone = [&self.founder, &self.treasury, &self.application, &self.stranger];
        alone.into_iter().chain(&self.entities).chain(&self.operators)
    }

    /// What a party brings.
    pub(crate) fn purse(&self, party: &Party, asset: &Asset) -> Value {
        let ada = Value::of_lovelace(amount(party.ada * 1_000_000));
        match asset {
            Asset::Token { .. } if party.ada > 0 => ada.plus(asset, amount(TOKENS)).unwrap(),
            _ => ada,
        }
    }
}

/// A transaction that was submitted and found valid.
pub(crate) struct Recorded {
    /// Which kind of transaction it is.
    pub(crate) kind: &'static str,
    pub(crate) transaction: SignedTransaction,
    pub(crate) summary: Summary,
}

/// A head, what happened in it, and what composes for it.
pub(crate) struct Ledger {
    pub(crate) head: EmbeddedHead,
    pub(crate) composer: Composer,
    pub(crate) events: EventStream,
    pub(crate) cast: Rc<Cast>,
    pub(crate) recorded: Vec<Recorded>,
    /// All that there is, of every asset.
    pub(crate) all: Value,
}

impl Ledger {
    /// A head that holds a purse of each party.
    pub(crate) fn open(asset: &Asset) -> Self {
        let start = Time::from_milliseconds(START).unwrap();
        let settings = LedgerSettings {
            network: Network::Testnet,
            parameters: ProtocolParameters::hydra_l2().unwrap(),
            clock: SlotClock::of_seconds(start).unwrap(),
        };
        let cast = Rc::new(Cast::new());
        let purses = cast.all().filter(|party| party.ada > 0);
        let purses = (0..).zip(purses).map(|(index, party)| {
            let reference = OutputReference { transaction: TransactionId::from_bytes([0; 32]), index };
            (reference, OutputDraft::new(party.address(), cast.purse(party, asset)).finish(Network::Testnet))
        });
        let utxos: UtxoSet = purses.collect();
        let all = audit::sum(&utxos);
        let head = EmbeddedHead::open(settings.clone(), utxos, start).unwrap();
        let events = head.events();
        let composer = Composer::new(Contract::embedded().unwrap(), settings);
        Self { head, composer, events, cast, recorded: Vec::new(), all }
    }

    pub(crate) fn utxos(&self) -> UtxoSet {
        block_on(self.head.utxos(&UtxoQuery::All)).unwrap()
    }

    pub(crate) fn funds(&self, party: &Party) -> Funds {
        Funds::at(party.address(), &self.utxos())
    }

    pub(crate) fn now(&self) -> Time {
        block_on(self.head.now()).unwrap().time
    }

    /// Lets time pass until this moment, which must be to come.
    pub(crate) fn wait_until(&self, moment: Time) {
        assert!(moment >= self.now(), "{moment} is over");
        self.head.advance(moment.since(self.now())).unwrap();
    }

    /// When a transaction is valid that is submitted now.
    pub(crate) fn range(&self) -> SlotRange {
        let from = block_on(self.head.now()).unwrap().slot;
        SlotRange { from, before: Slot::from_number(from.to_number() + VALIDITY) }
    }

    /// The one state that satisfies a condition.
    pub(crate) fn find(&self, wanted: impl Fn(&State) -> bool) -> Held<State> {
        let scripts = self.composer.contract().scripts();
        let states =
            self.utxos().into_iter().filter_map(|(at, output)| read_state(&scripts, at, &output).ok());
        let mut found: Vec<_> = states.filter(|held| wanted(&held.state)).collect();
        assert_eq!(found.len(), 1, "one state is wanted, found {found:?}");
        found.remove(0)
    }

    pub(crate) fn grid(&self) -> OutputReference {
        self.find(|state| matches!(state, State::Grid(_))).reference
    }

    pub(crate) fn pool(&self) -> OutputReference {
        self.find(|state| matches!(state, State::Pool(_))).reference
    }

    pub(crate) fn operator(&self, number: usize) -> OutputReference {
        self.find(
            |state| matches!(state, State::Operator(operator) if operator.number == count(number as u64)),
        )
        .reference
    }

    /// The first slot of an operator: the one that it offers with here.
    pub(crate) fn slot(&self, operator: usize) -> Held<State> {
        let number = count(operator as u64);
        self.find(|state| {
            matches!(state, State::Slot(slot) if slot.operator == number && slot.index == Count::ZERO)
        })
    }

    pub(crate) fn bid(&self, terms: &Terms) -> OutputReference {
        self.find(|state| matches!(state, State::Bid(bid) if bid.terms == *terms)).reference
    }

    /// Composes the transaction of a plan, valid from now on, at the expense of `payer` and signed by it and these.
    pub(crate) fn act(&mut self, kind: &'static str, plan: Plan, payer: &Party, others: &[&Party]) {
        let parties: Vec<&Party> = std::iter::once(payer).chain(others.iter().copied()).collect();
        let plan = parties.iter().fold(plan.within(self.range()), |plan, party| plan.signed_by(party.hash()));
        let transaction = self.composer.compose(&plan, &self.utxos(), &self.funds(payer)).unwrap();
        // The same again gives the same bytes.
        assert_eq!(transaction, self.composer.compose(&plan, &self.utxos(), &self.funds(payer)).unwrap());
        self.submit(kind, transaction, &parties);
    }

    /// Has the parties sign, submits, and audits what the ledger holds and tells thereafter.
    pub(crate) fn submit(
        &mut self,
        kind: &'static str,
        transaction: UnsignedTransaction,
        parties: &[&Party],
    ) {
        let summary = transaction.summary().clone();
        let transaction = signed_apart(transaction, parties);
        assert_eq!(summary.size, transaction.to_cbor().len() as u64);
        let id = block_on(self.head.submit(transaction.clone())).unwrap();
        let snapshot = block_on(self.head.confirm(id)).unwrap();
        self.recorded.push(Recorded { kind, transaction: transaction.clone(), summary });
        audit::events(self, &transaction, snapshot);
        audit::outputs(self);
    }
}

/// Each party signs a copy of its own, which it got as text and sends back as text; the copies are then merged.
fn signed_apart(transaction: UnsignedTransaction, parties: &[&Party]) -> SignedTransaction {
    let sent = transaction.transaction().to_hex();
    let copies: Vec<SignedTransaction> = parties
        .iter()
        .map(|party| {
            let mut copy: SignedTransaction = sent.parse().unwrap();
            let witness = block_on(party.key.sign_body(copy.body())).unwrap();
            copy.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
            copy.to_hex().parse().unwrap()
        })
        .collect();
    let merged = |copies: &mut dyn Iterator<Item = &SignedTransaction>| {
        let mut whole = transaction.clone();
        copies.for_each(|copy| whole.merge(copy).unwrap());
        whole.finish().unwrap()
    };
    let whole = merged(&mut copies.iter());
    assert_eq!(whole.to_cbor(), merged(&mut copies.iter().rev()).to_cbor(), "the order of signing shows");
    let signers: BTreeSet<KeyHash> = whole.signers().collect();
    assert_eq!(signers, parties.iter().map(|party| party.hash()).collect());
    whole
}

pub(crate) fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

pub(crate) fn count(number: u64) -> Count {
    Count::from_number(number).unwrap()
}

pub(crate) fn seconds(seconds: u64) -> Span {
    Span::from_seconds(seconds).unwrap()
}

pub(crate) fn ppm(millionths: u64) -> Ppm {
    Ppm::from_millionths(millionths).unwrap()
}

/// What is needed, and what is preferred: eight resources.
const NEEDS: [(&str, u64, u64); 8] = [
    ("cpu", 4_000, 8_000),
    ("memory", 8 << 30, 16 << 30),
    ("ephemeral-storage", 20 << 30, 20 << 30),
    ("requests.storage", 100 << 30, 200 << 30),
    ("nvidia.com/gpu", 1, 2),
    ("hugepages-2Mi", 1 << 30, 1 << 30),
    ("pods", 10, 40),
    ("example.com/fpga", 0, 1),
];

/// Just what is required.
pub(crate) fn required() -> Vec<Quantity> {
    NEEDS.map(|(_, required, _)| Quantity::from_units(required).unwrap()).to_vec()
}

/// All that is preferred.
pub(crate) fn preferred() -> Vec<Quantity> {
    NEEDS.map(|(_, _, preferred)| Quantity::from_units(preferred).unwrap()).to_vec()
}

/// What a slot of an operator may carry. Ana's carry no more than is required, the others' all that is preferred.
pub(crate) fn capacity(operator: usize) -> Resources {
    let amounts = if operator == 0 { required() } else { preferred() };
    NEEDS.iter().map(|(name, ..)| ResourceName::from(*name)).zip(amounts).collect()
}

/// What an operator says of its clusters: ana is elsewhere.
pub(crate) fn labels(operator: usize) -> Labels {
    let region = if operator == 0 { "us" } else { "eu" };
    [Label::new("region", region), Label::new("arch", "amd64")].into_iter().collect()
}

/// The terms of a bid for these labels: an auction in which a perfect fit is worth more than half the price range.
pub(crate) fn terms(ledger: &Ledger, grid: GridId, asset: &Asset, nonce: u64, labels: &[Label]) -> Terms {
    let application = &ledger.cast.application;
    let opens = ledger.now().after(seconds(600)).unwrap();
    let closes = opens.after(seconds(600)).unwrap();
    Terms::new(TermsDraft {
        grid,
        nonce: count(nonce),
        application: application.hash(),
        refund: application.address(),
        asset: asset.clone(),
        fee_ppm: ppm(10_000),
        request: Request {
            needs: NEEDS
                .into_iter()
                .zip(required().into_iter().zip(preferred()))
                .map(|((name, ..), (required, preferred))| Need { name: name.into(), required, preferred })
                .collect(),
            labels: labels.iter().cloned().collect(),
            endorsed: Labels::default(),
        },
        price: PriceRange { floor: amount(1_000_000), ceiling: amount(5_000_000) },
        term: Term { period: seconds(3_600), periods: count(4), grace: seconds(900) },
        bond: amount(2_000_000),
        window: Window { opens, closes, settles: closes.after(seconds(600)).unwrap() },
        method: Method::auction(ppm(500_000), ppm(400_000), ppm(100_000)),
        workload: WorkloadHash::from_bytes([0xab; 32]),
    })
    .unwrap()
}
