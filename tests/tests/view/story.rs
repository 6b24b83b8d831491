//! A history told anew, one transaction after the other.

use demeter_core::transition::{Outcome, Range};
use demeter_core::{Address, GridId, KeyHash, Scripts, Time};
use demeter_tests::drt::Dice;
use demeter_tests::history::cast::Cast;
use demeter_tests::history::{Choice, Ground, Record, Walk};
use demeter_tx::market::{ComposeError, Composer, Plan, SlotRange};
use demeter_tx::view::GridView;
use demeter_tx::{Effect, SignedTransaction, Slot, UtxoSet};

/// How long the transactions are valid that the tests try, in slots of a second.
const VALIDITY: u64 = 60;

/// A history: where it began, and what was accepted, when.
pub(crate) struct Story {
    ground: Ground,
    opening: UtxoSet,
    accepted: Vec<(Time, SignedTransaction)>,
}

/// What there is between two transactions of a history.
pub(crate) struct Moment<'s> {
    story: &'s Story,
    pub(crate) now: Time,
    pub(crate) utxos: &'s UtxoSet,
}

impl Story {
    /// A history of so many steps drawn from a seed.
    pub(crate) fn drawn(seed: u64, steps: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut walk = Walk::new(Ground::recorded(seed.is_multiple_of(2)), None);
        while walk.tally.steps < steps {
            walk.step(&Choice::draw(&mut dice)).unwrap_or_else(|violation| panic!("{violation}"));
        }
        let Record { opening, accepted } = walk.ground.clone().into_record().unwrap();
        Self { ground: walk.ground, opening, accepted }
    }

    pub(crate) fn scripts(&self) -> Scripts {
        self.composer().contract().scripts()
    }

    pub(crate) fn composer(&self) -> &Composer {
        &self.ground.composer
    }

    pub(crate) fn grid(&self) -> GridId {
        self.ground.grid_id()
    }

    pub(crate) fn cast(&self) -> &Cast {
        &self.ground.cast
    }

    /// All keys of everybody.
    pub(crate) fn keys(&self) -> Vec<KeyHash> {
        let cast = self.cast();
        let mut keys: Vec<_> =
            cast.all().flat_map(|party| [0, 1].map(|index| cast.key_hash(party, index))).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// A view of the grid that watches everybody's addresses, and holds nothing yet.
    pub(crate) fn view(&self) -> GridView {
        let view = GridView::new(self.scripts(), self.grid());
        self.keys().into_iter().map(Address::of_key).fold(view, GridView::watching)
    }

    /// Shows what there is in the beginning, and after each transaction, with what the transaction did.
    pub(crate) fn tell(&self, mut see: impl FnMut(&Moment<'_>, &Effect)) {
        let mut utxos = self.opening.clone();
        let start = Time::from_milliseconds(demeter_tests::history::ground::START).unwrap();
        see(&Moment { story: self, now: start, utxos: &utxos }, &Effect::default());
        for (now, transaction) in &self.accepted {
            let effect = transaction.effect().unwrap();
            effect.apply_to(&mut utxos);
            see(&Moment { story: self, now: *now, utxos: &utxos }, &effect);
        }
    }
}

impl Moment<'_> {
    /// A view of what there is, loaded anew.
    pub(crate) fn view(&self) -> GridView {
        self.story.view().load(self.utxos)
    }

    /// From a time on, rounded up to the next slot, for as long as the tests try.
    pub(crate) fn from(&self, time: Time) -> SlotRange {
        let clock = &self.story.composer().settings().clock;
        let from = clock.first_slot_from(time.max(clock.zero_time())).unwrap();
        SlotRange { from, before: Slot::from_number(from.to_number() + VALIDITY) }
    }

    /// Ranges around a time: up to it, over it, from it on.
    pub(crate) fn around(&self, time: Time) -> [SlotRange; 3] {
        let from = self.from(time);
        let moved = |back: u64| {
            let [from, before] = [from.from, from.before].map(|slot| slot.to_number().saturating_sub(back));
            SlotRange { from: Slot::from_number(from), before: Slot::from_number(before) }
        };
        [moved(VALIDITY), moved(VALIDITY / 2), from]
    }

    /// When a range begins and ends.
    pub(crate) fn times(&self, range: SlotRange) -> Range {
        let clock = &self.story.composer().settings().clock;
        Range { lower: clock.time_of(range.from).unwrap(), upper: clock.time_of(range.before).unwrap() }
    }

    /// What a plan yields in a range.
    pub(crate) fn preview(&self, plan: &Plan, range: SlotRange) -> Result<Outcome, ComposeError> {
        self.story.composer().preview(&plan.clone().within(range), self.utxos)
    }
}
