//! The story told to its end, with ada and with a token: who wins, and who has what.

use demeter_core::limits::{
    BID_RESERVE, FEE_ADA, GRID_RESERVE, OPERATOR_RESERVE, POOL_RESERVE, SLOT_RESERVE,
};
use demeter_core::rule::score;
use demeter_core::{Amount, Asset, AssetName, Leader, ScriptHash, Stage, State, Value, Verdict, explain};
use demeter_tx::UtxoSet;

use crate::audit;
use crate::fixture::{Ledger, Party, amount, seconds};
use crate::story::{ANA, BO, CY, SLOTS, Story};

/// The token of another policy that a grid may settle in.
pub(crate) fn token() -> Asset {
    Asset::Token {
        policy: ScriptHash::from_bytes([0x55; 28]),
        name: AssetName::from_bytes(*b"credit").unwrap(),
    }
}

/// What bo asks for a period; there are four, and the fee on them is a hundredth.
const PRICE: u64 = 2_400_000;
const PAY: u64 = 4 * PRICE;
const FEE: u64 = PAY / 100;

#[test]
fn an_auction_paid_with_ada() {
    tell(Asset::Lovelace);
}

#[test]
fn an_auction_paid_with_a_token() {
    tell(token());
}

fn tell(asset: Asset) {
    let story = Story::whole(asset.clone());
    let kinds: Vec<&str> = story.ledger.recorded.iter().map(|recorded| recorded.kind).collect();
    assert_eq!(
        kinds.join(" "),
        "genesis publish publish admit admit admit place place place cancel offer offer offer lead lead_taking_over \
         award withdraw cancel claim complete report collect collect collect"
    );
    for recorded in &story.ledger.recorded {
        let limit = story.ledger.composer.settings().parameters.max_transaction_units;
        assert!(recorded.summary.total_units().within(limit), "{}", recorded.transaction);
        assert_eq!(recorded.summary.fee, Amount::ZERO);
    }
    check_balances(&story, &asset);
    check_states(&story);
}

/// Every party has what it brought, plus and minus what the lease and its reserves say, to the unit.
fn check_balances(story: &Story, asset: &Asset) {
    let Ledger { cast, .. } = &story.ledger;
    let ada = |amount: Amount| (Asset::Lovelace, i128::from(amount.to_units()));
    let of = |units: u64| (asset.clone(), i128::from(units));
    let less = |(asset, units): (Asset, i128)| (asset, -units);
    let own_reserves = OPERATOR_RESERVE.checked_add(SLOT_RESERVE.checked_mul(SLOTS).unwrap()).unwrap();
    let [ana, bo, cy] = &cast.operators;
    let [first, second, third] = &cast.entities;
    let rows: [(&Party, Vec<(Asset, i128)>); 10] = [
        (&cast.founder, vec![less(ada(GRID_RESERVE)), less(ada(POOL_RESERVE))]),
        (ana, vec![less(ada(own_reserves))]),
        (bo, vec![less(ada(own_reserves)), of(PAY)]),
        (cy, vec![less(ada(own_reserves))]),
        (&cast.application, vec![less(of(PAY)), less(of(FEE)), less(ada(FEE_ADA))]),
        (&cast.treasury, vec![of(FEE), ada(FEE_ADA)]),
        (first, vec![]),
        (second, vec![]),
        (third, vec![]),
        (&cast.stranger, vec![]),
    ];
    assert_eq!(rows.len(), cast.all().count());
    let utxos = story.ledger.utxos();
    for (party, changes) in rows {
        let brought = cast.purse(party, asset);
        let has = held_by(party, &utxos);
        for wanted in [&Asset::Lovelace, asset] {
            let change: i128 =
                changes.iter().filter(|(asset, _)| asset == wanted).map(|(_, units)| units).sum();
            let expected = i128::from(brought.amount_of(wanted).to_units()) + change;
            assert_eq!(i128::from(has.amount_of(wanted).to_units()), expected, "{} of {wanted}", party.name);
        }
    }
}

/// Nothing is left in a bid or lease; each slot has its reserve and nothing else; the record knows the lease.
fn check_states(story: &Story) {
    let scripts = story.ledger.composer.contract().scripts();
    let State::Grid(grid) = story.ledger.find(|state| matches!(state, State::Grid(_))).state else {
        panic!("the grid");
    };
    for number in [ANA, BO, CY] {
        let held = story.ledger.slot(number);
        let State::Slot(slot) = &held.state else { panic!("a slot") };
        assert_eq!(slot.stage, Stage::Idle);
        let reserve = Value::of_lovelace(SLOT_RESERVE);
        assert_eq!(
            held.value,
            reserve.plus(&scripts.token(demeter_core::Token::Slot, &grid.id), amount(1)).unwrap()
        );
        let at = story.ledger.operator(number);
        let record = story
            .ledger
            .find(|state| matches!(state, State::Operator(record) if record.number == slot.operator));
        assert_eq!(record.reference, at);
        let State::Operator(record) = record.state else { panic!("a record") };
        let kept = if number == BO { PAY } else { 0 };
        assert_eq!(record.reputation.fulfilled.to_units(), kept);
        assert_eq!(record.reputation.breached, Amount::ZERO);
        let known = score(&grid, &record.reputation, story.ledger.now()).to_millionths();
        // Half-lives are counted from 1970 on, and within one a record fades along a line; a record starts with
        // 50,000,000 on either side.
        let half_life = grid.half_life.to_milliseconds();
        let fulfilled = kept - kept * (story.ledger.now().to_milliseconds() % half_life) / (2 * half_life);
        let expected = 1_000_000 * (fulfilled + 50_000_000) / (fulfilled + 100_000_000);
        assert_eq!(known, expected);
    }
    let bids = story.ledger.utxos();
    let market = scripts.address(demeter_core::Script::Market);
    assert_eq!(bids.values().filter(|output| *output.address() == market).count() as u64, 3 * SLOTS);
}

/// The lease went to the best offer by `explain`, at its price and with its resources.
#[test]
fn the_best_offer_of_explain_gets_the_lease() {
    let mut story = Story::place(Asset::Lovelace);
    story.cancel_early();
    story.open();
    story.offer();
    story.lead();

    let standings = explain(&story.bid, &story.offers).unwrap();
    let numbers: Vec<u64> = standings.iter().map(|standing| standing.offer.operator.to_number()).collect();
    assert_eq!(numbers, [BO as u64, ANA as u64, CY as u64]);
    let best = &standings[0].offer;
    assert_eq!(standings[0].verdict, Verdict::Best);
    assert!(matches!(standings[1].verdict, Verdict::LessMerit { mostly: demeter_core::Criterion::Fit, .. }));
    assert!(matches!(standings[2].verdict, Verdict::LessMerit { .. }));

    // The one ousted is idle again, with its reserve, its bond and its token.
    let ousted = story.ledger.slot(ANA);
    let State::Slot(slot) = &ousted.state else { panic!("a slot") };
    assert_eq!(slot.stage, Stage::Idle);
    let bond = story.bid.bond;
    assert_eq!(ousted.value.lovelace(), SLOT_RESERVE.checked_add(bond).unwrap());
    assert_eq!(leader(&story), *best);

    story.award();
    let State::Slot(slot) = story.ledger.slot(BO).state else { panic!("a slot") };
    let Stage::Leased(lease) = slot.stage else { panic!("a lease") };
    assert_eq!((slot.operator, slot.index, slot.owner), (best.operator, best.index, best.owner));
    assert_eq!((lease.price, lease.bid, lease.start), (best.price, story.bid.name(), story.start));
    let amounts: Vec<_> = lease.resources.iter().map(|resource| resource.amount).collect();
    assert_eq!(amounts, best.resources);
    assert_eq!(lease.end().unwrap(), story.start.after(seconds(4 * 3_600)).unwrap());
    let refunded = story.bid.escrow().unwrap().checked_add(BID_RESERVE).unwrap();
    let spent = amount(PAY + FEE).checked_add(FEE_ADA).unwrap();
    let payment = story
        .ledger
        .utxos()
        .into_values()
        .filter(|output| *output.address() == story.bid.refund && output.inline_datum().is_some());
    let sums: Vec<Amount> = payment.map(|output| output.value().lovelace()).collect();
    assert_eq!(sums, [refunded.checked_sub(spent).unwrap()]);
}

fn leader(story: &Story) -> Leader {
    let at = story.ledger.bid(&story.bid);
    let found = story.ledger.find(|state| matches!(state, State::Bid(bid) if bid.terms == story.bid));
    assert_eq!(found.reference, at);
    let State::Bid(bid) = found.state else { panic!("a bid") };
    bid.leader.unwrap()
}

/// What a party has in outputs of its own.
fn held_by(party: &Party, utxos: &UtxoSet) -> Value {
    audit::sum(utxos.iter().filter(|(_, output)| *output.address() == party.address()))
}
