//! A view that follows transactions is the one that is loaded anew.

use std::collections::BTreeSet;

use demeter_core::{Address, State, Time};
use demeter_tests::make::{count, grid_id};
use demeter_tx::market::read_state;
use demeter_tx::view::{Change, GridView, SlotName, Subject};
use demeter_tx::{Effect, UtxoSet};

use super::story::Story;

/// What a view shows, by names: those of its subjects.
fn shown(view: &GridView) -> BTreeSet<Subject> {
    let grid = view.grid().ok().map(|_| Subject::Grid);
    let pool = view.pool().map(|_| Subject::Pool);
    let operators = view.operators().map(|held| Subject::Operator(held.state.number));
    let slots = view.slots().map(|held| Subject::Slot(SlotName::of(&held.state)));
    let bids = view.bids().map(|bid| Subject::Bid(bid.name));
    let strangers = view.strangers().map(|(reference, _)| Subject::Stranger(reference));
    let wallets = view.watched().filter(|address| view.wallet(address).next().is_some());
    let wallets = wallets.map(|address| Subject::Wallet(*address));
    grid.into_iter()
        .chain(pool)
        .chain(operators)
        .chain(slots)
        .chain(bids)
        .chain(strangers)
        .chain(wallets)
        .collect()
}

/// What an output belongs to, read without the view.
fn subjects_of(story: &Story, effect: &Effect, before: &UtxoSet) -> BTreeSet<Subject> {
    let scripts = story.scripts();
    let consumed = effect.consumed.iter().filter_map(|at| Some((*at, before.get(at)?)));
    let made = effect.made.iter().map(|(at, output)| (*at, output));
    let keys = story.keys();
    let touched = consumed.chain(made).filter_map(|(at, output)| {
        if keys.iter().any(|key| Address::of_key(*key) == *output.address()) {
            return Some(Subject::Wallet(*output.address()));
        }
        let hash = output.address().payment;
        let ours = [scripts.registry, scripts.market].map(demeter_core::Credential::Script);
        if !ours.contains(&hash) {
            return None;
        }
        let state = read_state(&scripts, at, output).ok();
        let state = state.filter(|held| scripts.is_authentic(&held.state, &held.value));
        Some(match state.map(|held| (held.state, held.value)) {
            Some((State::Grid(_), _)) => Subject::Grid,
            Some((State::Pool(_), _)) => Subject::Pool,
            Some((State::Operator(operator), _)) => Subject::Operator(operator.number),
            Some((State::Slot(slot), _)) => Subject::Slot(SlotName::of(&slot)),
            Some((State::Bid(bid), _)) => Subject::Bid(bid.name()),
            None => Subject::Stranger(at),
        })
    });
    touched.collect()
}

#[test]
fn following_is_loading_anew() {
    for seed in 1..=4 {
        let story = Story::drawn(seed, 80);
        let mut view: Option<GridView> = None;
        let mut transactions = 0;
        story.tell(|moment, effect| {
            let loaded = moment.view();
            let Some(view) = &mut view else {
                view = Some(loaded);
                return;
            };
            let before = view.clone();
            let changes = view.apply(effect);
            assert_eq!(*view, loaded, "seed {seed}, {effect:#?}");
            // Once more does no harm, and is not told of.
            assert!(view.apply(effect).is_empty());
            assert_eq!(*view, loaded);
            // What changed is what came and went, and no more than the transaction touched.
            assert_eq!(changes, loaded.changes_since(&before));
            let (then, now) = (shown(&before), shown(&loaded));
            for (subject, change) in changes.iter() {
                let expected = match (then.contains(&subject), now.contains(&subject)) {
                    (false, true) => Change::Appeared,
                    (true, true) => Change::Changed,
                    (true, false) => Change::Gone,
                    (false, false) => panic!("{subject:?} was not there, and is not"),
                };
                assert_eq!(change, expected, "{subject:?}");
            }
            assert!(then.symmetric_difference(&now).all(|subject| changes.of(subject).is_some()));
            transactions += 1;
        });
        assert!(transactions > 40, "seed {seed}: {transactions} transactions");
    }
}

#[test]
fn what_a_transaction_touches_is_told() {
    let story = Story::drawn(7, 120);
    let mut before = None;
    story.tell(|moment, effect| {
        let then = before.replace(moment.utxos.clone());
        let Some(then) = then else { return };
        let mut view = story.view().load(&then);
        let changes = view.apply(effect);
        let touched = subjects_of(&story, effect, &then);
        // Open bids that are badly funded are strangers to the view: the one thing that plain reading does not tell.
        let told: BTreeSet<_> = changes.iter().map(|(subject, _)| subject).collect();
        for subject in told.symmetric_difference(&touched) {
            assert!(matches!(subject, Subject::Stranger(_) | Subject::Bid(_)), "{subject:?}");
        }
    });
}

#[test]
fn a_view_of_another_grid_shows_nothing_of_this_one() {
    let story = Story::drawn(8, 60);
    let other = GridView::new(story.scripts(), grid_id(9));
    let mut followed = other.clone();
    story.tell(|moment, effect| {
        followed = if followed.utxos().is_empty() { other.load(moment.utxos) } else { followed.clone() };
        followed.apply(effect);
        assert!(followed.grid().is_err());
        assert_eq!(followed.bids().count() + followed.slots().count() + followed.operators().count(), 0);
        assert!(followed.due(&story.keys()[0], moment.now).is_empty());
        assert!(followed.biddable(count(0), moment.now).is_err());
    });
    let reasons: BTreeSet<_> = followed.strangers().map(|(_, stranger)| stranger.reason.code()).collect();
    assert!(reasons.contains("other_grid"), "{reasons:?}");
}

/// Each lookup beside a scan of all that there is.
#[test]
fn lookups_find_what_scans_find() {
    let story = Story::drawn(9, 150);
    let mut found = [0; 5];
    story.tell(|moment, _| {
        let view = moment.view();
        let references = |bids: Vec<&demeter_tx::view::PlacedBid>| -> BTreeSet<_> {
            bids.iter().map(|bid| bid.reference()).collect()
        };
        for bid in view.bids() {
            let terms = bid.terms();
            let same = |other: &&demeter_tx::view::PlacedBid| other.terms().application == terms.application;
            let scanned = references(view.bids().filter(same).collect());
            assert_eq!(references(view.bids_of(&terms.application).collect()), scanned);
            let opens = terms.window.opens;
            let scanned = view.bids().filter(|other| other.is_open() && other.terms().window.opens <= opens);
            let scanned = references(scanned.collect());
            assert_eq!(references(view.open_bids_opening(Time::ZERO, opens).collect()), scanned);
            for need in &terms.request.needs {
                let needs = |other: &&demeter_tx::view::PlacedBid| {
                    other.is_open() && other.terms().request.needs.iter().any(|found| found.name == need.name)
                };
                let scanned = references(view.bids().filter(needs).collect());
                assert_eq!(references(view.open_bids_needing(&need.name).collect()), scanned);
                found[0] += scanned.len();
            }
            found[1] += view.offers_on(&bid.name).count();
        }
        for slot in view.slots() {
            assert_eq!(view.slot(SlotName::of(&slot.state)), Some(slot));
            assert!(view.slots_of(slot.state.operator).any(|other| other == slot));
            assert!(view.slots_owned_by(&slot.state.owner).any(|other| other == slot));
            if let demeter_core::Stage::Leased(lease) = &slot.state.stage {
                assert!(view.leases_of(&lease.application).any(|other| other == slot));
                found[2] += 1;
            }
        }
        for operator in view.operators() {
            assert_eq!(view.operator(operator.state.number), Some(operator));
            assert!(view.operators_of(&operator.state.owner).any(|other| other == operator));
            for resource in operator.state.capacity.iter() {
                let with =
                    |amount| view.operators_with(&resource.name, amount).filter(|other| *other == operator);
                assert_eq!(with(resource.amount).count(), 1);
                let more = resource.amount.checked_add(demeter_tests::make::quantity(1)).unwrap();
                assert_eq!(with(more).count(), 0);
                found[3] += 1;
            }
        }
        if let Ok(scored) = view.operators_by_score(moment.now) {
            assert!(scored.is_sorted_by_key(|(score, _)| std::cmp::Reverse(*score)));
            found[4] += scored.len();
        }
    });
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
}
