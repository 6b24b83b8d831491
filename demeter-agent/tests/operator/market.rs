//! Several operators and many bids, drawn at random.

use std::collections::BTreeMap;

use demeter_core::{BidName, Method, Ppm, Quantity, Stage, Terms, Time, Window};
use demeter_tx::UtxoSet;
use demeter_tx::view::SlotName;
use futures_executor::block_on;

use super::stage::*;

/// Terms of a bid that opens at some time within an hour.
fn any_terms(ground: &Ground, nonce: u64, numbers: &mut Numbers) -> Terms {
    let mut weight = || Ppm::from_millionths(numbers.below(1_000_001)).unwrap();
    let auction = Method::auction(weight(), weight(), weight());
    let method = match numbers.below(3) {
        0 => Method::reputation(seconds(numbers.below(200)), seconds(numbers.below(500))),
        _ => auction,
    };
    let mut draft = ground.terms(nonce, method);
    let opens = ground.after(60 + numbers.below(3_600));
    let closes = opens.after(seconds(120 + numbers.below(600))).unwrap();
    draft.window = Window { opens, closes, settles: closes.after(seconds(300)).unwrap() };
    let required = 500 + numbers.below(3_000);
    draft.request.needs[0].required = Quantity::from_units(required).unwrap();
    draft.request.needs[0].preferred = Quantity::from_units(required + numbers.below(1_000)).unwrap();
    draft.request.needs.truncate(1);
    draft.price.ceiling = amount(200_000 + numbers.below(1_500_000));
    draft.term.periods = count(1 + numbers.below(3));
    Terms::new(draft).unwrap()
}

/// What a market came to.
struct Market {
    end: UtxoSet,
    auctions: usize,
    races: usize,
}

fn market(seed: u64) -> Market {
    let mut numbers = Numbers::from_seed(seed);
    let ground = Ground::with_operators(4);
    let all =
        |utxos: &UtxoSet| -> u64 { utxos.values().map(|output| output.value().lovelace().to_units()).sum() };
    let before = all(&block_on(ground.sandbox.utxos()).unwrap());
    let bids: Vec<Terms> = (0..12).map(|nonce| any_terms(&ground, nonce, &mut numbers)).collect();
    for terms in &bids {
        block_on(ground.sandbox.place(&ground.application, terms)).unwrap();
    }
    let mut drivers: Vec<_> =
        (0..4).map(|number| ground.driver(number, 200_000 + 50_000 * u64::from(number))).collect();
    // What becomes of each bid is looked at when it closes, and again when it has settled.
    let mut moments: Vec<(Time, usize)> = bids.iter().map(|terms| terms.window.closes).zip(0..).collect();
    moments.extend(bids.iter().map(|terms| terms.window.settles.after(seconds(120)).unwrap()).zip(0..));
    moments.sort_unstable();
    let mut best: BTreeMap<BidName, SlotName> = BTreeMap::new();
    let mut came = Market { end: UtxoSet::new(), auctions: 0, races: 0 };
    for (moment, number) in moments {
        let terms = &bids[number];
        // A second before anybody leads.
        let closing = moment == terms.window.closes;
        let until = if closing { moment.to_milliseconds() - 1_000 } else { moment.to_milliseconds() };
        drive_until(&ground, &mut drivers, Time::from_milliseconds(until).unwrap().max(ground.now()));
        let (view, name) = (ground.view(), terms.name());
        let holder =
            view.slots().find(|slot| matches!(&slot.state.stage, Stage::Leased(lease) if lease.bid == name));
        let holder = holder.map(|slot| SlotName::of(&slot.state));
        if matches!(terms.method, Method::Race { .. }) {
            came.races += usize::from(closing && holder.is_some());
        } else if closing {
            let open = view.bids_named(&name).next().unwrap().reference();
            let leadable = view.leadable(&open).unwrap();
            best.extend(leadable.next_leader().map(|best| (name, SlotName::of(&best.slot.state))));
        } else {
            assert_eq!(holder, best.get(&name).copied(), "seed {seed}, bid {number}: not the best offer");
            came.auctions += usize::from(holder.is_some());
        }
    }
    let end = ground.after(5 * 3_600);
    drive_until(&ground, &mut drivers, end);
    for number in 0..4 {
        assert_eq!(ground.stages(number), ["idle", "idle"], "seed {seed}, operator {number}");
    }
    came.end = block_on(ground.sandbox.utxos()).unwrap();
    assert_eq!(all(&came.end), before, "seed {seed}: ada came or went");
    came
}

#[test]
fn the_best_offers_win_and_nothing_is_lost() {
    let (mut auctions, mut races) = (0, 0);
    for seed in 1..=4 {
        let came = market(seed);
        (auctions, races) = (auctions + came.auctions, races + came.races);
    }
    assert!(auctions > 8 && races > 4, "too little happened: {auctions} auctions, {races} races");
    assert_eq!(market(1).end, market(1).end, "the same seed gives another end");
}
