//! The ground that histories play on: a head, a grid in it, and the states at hand.

use std::sync::Arc;

use demeter_core::codec::grid_id;
use demeter_core::transition::Held;
use demeter_core::{
    Asset, Bid, Genesis, Grid, GridDraft, GridId, KeyHash, Operator, OutputReference, Pool, Script, Slot,
    Span, State, Time, TransactionId,
};
use demeter_tx::builder::UnsignedTransaction;
use demeter_tx::head::{EmbeddedHead, Head as _, HeadTime, UtxoQuery};
use demeter_tx::ledger::{Applied, LedgerError};
use demeter_tx::market::{Composer, Contract, Funds, GenesisPlan, SlotRange, read_state};
use demeter_tx::{
    LedgerSettings, Network, OutputDraft, ProtocolParameters, SignedTransaction, Slot as LedgerSlot,
    SlotClock, UtxoSet,
};
use futures_executor::block_on;

use super::cast::{Cast, Party, Role};
use crate::make::{amount, count, ppm, script, span, time, token};

/// 2026-01-01T00:00:00Z.
pub const START: u64 = 1_767_225_600_000;
/// How many OPER and SLOT tokens the grid has.
pub const TOKENS: (u64, u64) = (9, 24);
/// How much of the settlement asset, where that is a token, each party brings.
const BROUGHT: u64 = 1_000_000_000;
/// How many entities govern at a time, and how many of them decide.
pub const ENTITIES: (usize, u64) = (3, 2);

/// A head with a grid in it.
#[derive(Clone, Debug)]
pub struct Ground {
    head: EmbeddedHead,
    /// What composes for it.
    pub composer: Composer,
    /// Who is there.
    pub cast: Arc<Cast>,
    /// What the grid settles in.
    pub asset: Asset,
    utxos: UtxoSet,
    states: Vec<Held<State>>,
}

impl Ground {
    /// A head in which a grid was founded and the scripts published, and nobody has joined.
    ///
    /// # Panics
    /// That does not go.
    pub fn open(settles_in_tokens: bool) -> Self {
        let start = time(START);
        let settings = LedgerSettings {
            network: Network::Testnet,
            parameters: ProtocolParameters::hydra_l2().unwrap(),
            clock: SlotClock::of_seconds(start).unwrap(),
        };
        let cast = Arc::new(Cast::default());
        let asset = if settles_in_tokens { token(0x5e, b"settlement") } else { Asset::Lovelace };
        let purses = (0..).zip(cast.all()).map(|(index, party)| {
            let reference = OutputReference { transaction: TransactionId::from_bytes([0; 32]), index };
            let mut value = cast.ada(party);
            if settles_in_tokens {
                value = value.plus(&asset, amount(BROUGHT)).unwrap();
            }
            (reference, OutputDraft::new(cast.address(party), value).finish(Network::Testnet))
        });
        let head = EmbeddedHead::open(settings.clone(), purses.collect(), start).unwrap();
        let composer = Composer::new(Contract::embedded().unwrap(), settings);
        let mut ground = Self { head, composer, cast, asset, utxos: UtxoSet::new(), states: Vec::new() };
        ground.look();
        ground.found();
        ground
    }

    /// The same at the same time, in a head of its own.
    ///
    /// # Panics
    /// Never: the head's time is one.
    pub fn fork(&self) -> Self {
        let settings = self.composer.settings().clone();
        let head = EmbeddedHead::open(settings, self.utxos.clone(), self.now().time).unwrap();
        Self { head, ..self.clone() }
    }

    /// All that there is.
    pub const fn utxos(&self) -> &UtxoSet {
        &self.utxos
    }

    /// What time it is.
    ///
    /// # Panics
    /// Never: an embedded head can be asked.
    pub fn now(&self) -> HeadTime {
        block_on(self.head.now()).unwrap()
    }

    /// Lets time pass until the first slot from a moment on, if that is to come.
    ///
    /// # Panics
    /// The time leaves its range.
    pub fn wait_until(&self, moment: Time) {
        self.wait_until_slot(self.first_slot_from(moment));
    }

    /// The first slot that begins at a moment or after it.
    ///
    /// # Panics
    /// The moment is before the head's first.
    pub fn first_slot_from(&self, moment: Time) -> LedgerSlot {
        self.composer.settings().clock.first_slot_from(moment).unwrap()
    }

    /// Lets time pass until a slot begins, if that is to come.
    ///
    /// # Panics
    /// The time leaves its range.
    pub fn wait_until_slot(&self, slot: LedgerSlot) {
        let moment = self.composer.settings().clock.time_of(slot).unwrap();
        self.head.advance(moment.since(self.now().time)).unwrap();
    }

    /// From now on, for so many seconds, but not after a moment.
    ///
    /// # Panics
    /// The moment is before the head's first.
    pub fn range(&self, seconds: u64, bound: Option<Time>) -> SlotRange {
        let from = self.now().slot;
        let before = from.to_number() + seconds;
        let clock = &self.composer.settings().clock;
        let bound = bound.map_or(before, |bound| clock.slot_at(bound.max(time(START))).unwrap().to_number());
        SlotRange { from, before: LedgerSlot::from_number(before.min(bound).max(from.to_number() + 1)) }
    }

    /// When a range begins and ends, in milliseconds.
    ///
    /// # Panics
    /// It is before the head's first slot.
    pub fn times(&self, range: SlotRange) -> (u64, u64) {
        let at = |slot| self.composer.settings().clock.time_of(slot).unwrap().to_milliseconds();
        (at(range.from), at(range.before))
    }

    /// All that somebody can spend.
    pub fn funds(&self, party: Party) -> Funds {
        let own = self
            .utxos
            .iter()
            .filter(|(_, output)| self.cast.owns(party, output) && output.reference_script().is_none());
        let utxos = own.map(|(reference, output)| (*reference, output.clone())).collect();
        Funds { utxos, change: self.cast.address(party) }
    }

    /// Submits, and looks at what there is then.
    ///
    /// # Errors
    /// The head refuses.
    pub fn submit(&mut self, transaction: &SignedTransaction) -> Result<Applied, LedgerError> {
        let applied = self.head.apply(transaction);
        self.look();
        applied
    }

    /// The transaction with the signatures of all who must sign it.
    ///
    /// # Panics
    /// Some of them are nobody.
    pub fn signed(&self, unsigned: &UnsignedTransaction) -> SignedTransaction {
        let mut transaction = unsigned.transaction().clone();
        for key in unsigned.needed_signers() {
            self.cast.sign(&mut transaction, key);
        }
        transaction
    }

    /// The states at hand: those that hold their token, and open bids.
    pub fn states(&self) -> impl Iterator<Item = &Held<State>> {
        self.states.iter()
    }

    /// The slots outside bids.
    pub fn slots(&self) -> Vec<(OutputReference, &Slot)> {
        self.states()
            .filter_map(|held| match &held.state {
                State::Slot(slot) => Some((held.reference, slot)),
                _ => None,
            })
            .collect()
    }

    /// The bids.
    pub fn bids(&self) -> Vec<(OutputReference, &Bid)> {
        self.states()
            .filter_map(|held| match &held.state {
                State::Bid(bid) => Some((held.reference, bid.as_ref())),
                _ => None,
            })
            .collect()
    }

    /// The operators.
    pub fn operators(&self) -> Vec<(OutputReference, &Operator)> {
        self.states()
            .filter_map(|held| match &held.state {
                State::Operator(operator) => Some((held.reference, operator.as_ref())),
                _ => None,
            })
            .collect()
    }

    /// The operator of a number.
    pub fn operator(&self, number: u64) -> Option<(OutputReference, &Operator)> {
        self.operators().into_iter().find(|(_, operator)| operator.number.to_number() == number)
    }

    /// The grid.
    ///
    /// # Panics
    /// It is gone.
    pub fn grid(&self) -> (OutputReference, &Grid) {
        let grid = self.states().find_map(|held| match &held.state {
            State::Grid(grid) => Some((held.reference, grid.as_ref())),
            _ => None,
        });
        grid.unwrap()
    }

    /// The pool.
    ///
    /// # Panics
    /// It is gone.
    pub fn pool(&self) -> (OutputReference, &Pool) {
        let pool = self.states().find_map(|held| match &held.state {
            State::Pool(pool) => Some((held.reference, pool)),
            _ => None,
        });
        pool.unwrap()
    }

    /// As many of the grid's entities as decide, beginning at one of them.
    pub fn quorum(&self, first: u32) -> Vec<KeyHash> {
        let (_, grid) = self.grid();
        let needed = usize::try_from(grid.threshold.to_number()).unwrap_or(usize::MAX);
        grid.entities.iter().cycle().skip(first as usize).take(needed).copied().collect()
    }

    /// Reads the head again.
    fn look(&mut self) {
        let scripts = self.composer.contract().scripts();
        self.utxos = block_on(self.head.utxos(&UtxoQuery::All)).unwrap();
        let held = self.utxos.iter().filter_map(|(at, output)| read_state(&scripts, *at, output).ok());
        self.states = held.filter(|held| scripts.is_authentic(&held.state, &held.value)).collect();
    }

    /// Founds the grid and publishes the scripts.
    fn found(&mut self) {
        let founder = self.cast.of_role(Role::Founder)[0];
        let treasury = self.cast.of_role(Role::Treasury)[0];
        let entities = self.cast.of_role(Role::Entity);
        let entities =
            entities.iter().take(ENTITIES.0).map(|entity| self.cast.key_hash(*entity, 0)).collect();
        let funds = self.funds(founder);
        let seed = *funds.utxos.keys().next().unwrap();
        let deadline = self.now().time.after(span(3_600_000)).unwrap();
        let grid = Grid::new(GridDraft {
            id: grid_id(&seed, deadline),
            market: self.composer.contract().scripts().market,
            deposit: script(0xdd),
            asset: self.asset.clone(),
            entities,
            admission: count(ENTITIES.1),
            threshold: count(ENTITIES.1),
            fee_ppm: ppm(10_000),
            treasury: self.cast.address(treasury),
            prior: amount(5_000_000),
            penalty: count(4),
            half_life: span(86_400_000),
        });
        let genesis = Genesis { seed, deadline, operators: count(TOKENS.0), slots: count(TOKENS.1) };
        let plan = GenesisPlan { genesis, grid: grid.unwrap(), range: self.range(60, None) };
        let transaction = self.composer.genesis(&plan, &funds).unwrap();
        self.submit(&self.signed(&transaction)).unwrap();
        for which in [Script::Registry, Script::Market] {
            let holder = self.cast.address(founder);
            let transaction = self.composer.publish(which, holder, &self.funds(founder)).unwrap();
            self.submit(&self.signed(&transaction)).unwrap();
        }
        let holder = self.cast.address(founder);
        self.composer = self.composer.clone().with_published(&holder, &self.utxos);
        self.head.advance(Span::from_seconds(7_200).unwrap()).unwrap();
    }

    /// The name of the grid.
    pub fn grid_id(&self) -> GridId {
        self.grid().1.id
    }
}
