//! What is planted in a history is found, and nothing else.

use demeter_core::transition::{Datum, TransactionView};
use demeter_core::{
    Address, Asset, Leader, MarketRedeemer, Merit, PlutusData as _, Slot, Stage, State, Token, Value,
};
use demeter_tests::make::{amount, count, key};
use demeter_tx::UtxoSet;
use demeter_tx::audit::{
    AccountEnd, AllocationKind, Audit, Auditor, Content, Contradiction, Fate, Fault, Judgement, Unjudged,
    Weight,
};
use demeter_tx::head::{Event, Lagged, SnapshotNumber};

use crate::paper::{Act, OPERATORS, Paper, codes, told};

/// The codes, the judgements of awards, and what is unaccounted for.
fn seen(audit: &Audit) -> (Vec<&'static str>, Vec<Judgement>, u64) {
    let awards = audit.recorded.allocations.iter().filter(|one| one.kind == AllocationKind::Award);
    let judgements = awards.map(|one| one.judgement.clone()).collect();
    let lost = audit.report.flows.iter().map(|flows| flows.flows.unaccounted.to_units()).sum();
    (codes(audit), judgements, lost)
}

fn offered(paper: &mut Paper) {
    for (operator, price) in OPERATORS.into_iter().zip([300_000, 250_000, 200_000]) {
        paper.act(&paper.offer(operator, price));
    }
}

#[test]
fn nothing_planted_is_nothing_found() {
    let audit = told().audit();
    assert!(audit.report.is_clean(), "{:?}", audit.recorded.findings);
    assert_eq!((audit.report.leads.confirmed, audit.report.awards.confirmed), (2, 1));
    let award = audit.recorded.allocations.last().unwrap();
    let places: Vec<_> =
        award.offers.iter().map(|one| (one.standing.offer.operator.to_number(), one.fate)).collect();
    assert_eq!(places, [(5, Fate::Leads), (4, Fate::Stands), (3, Fate::Ousted)]);
    assert!(award.offers[1].why.ends_with("mostly for its price"), "{}", award.offers[1].why);
    let [account] = audit.recorded.accounts.as_slice() else { panic!("{:?}", audit.recorded.accounts) };
    let flows = account.flows;
    // Two of ten periods had begun; the fee is a hundredth of the price of all.
    let figures = [flows.funded, flows.bonded, flows.paid, flows.returned, flows.refunded, flows.fee];
    assert_eq!(
        figures.map(|amount| amount.to_units()),
        [4_040_000, 1_000_000, 200_000, 1_000_000, 3_820_000, 20_000]
    );
    assert_eq!(account.end, Some(AccountEnd::Settled));
}

/// The better offer leads; a lesser one ousts it, and gets the lease.
#[test]
fn a_lesser_offer_wins() {
    let mut paper = Paper::new();
    offered(&mut paper);
    paper.act(&paper.lead(5));
    let act = paper.lead(3);
    // As if the leader had been worse: but the ousted slot is its own.
    let mut pretended = Act { inputs: act.inputs.clone(), ..paper.lead(3) };
    let State::Bid(bid) = &mut pretended.inputs[0].state else { panic!("a bid") };
    bid.leader = bid.leader.take().map(|leader| Leader { merit: Merit::ZERO, ..leader });
    paper.pretend(&act, &pretended);
    paper.act(&paper.award());
    let audit = paper.audit();
    let (codes, awards, lost) = seen(&audit);
    assert_eq!((codes, lost), (vec!["not_better", "wrong_allocation"], 0));
    let [Judgement::Contradicted(Contradiction::Better(best))] = awards.as_slice() else {
        panic!("{awards:?}")
    };
    assert_eq!((best.operator.to_number(), best.price), (5, amount(200_000)));
}

/// An offer claims more merit than it has, leads by it, and wins.
#[test]
fn a_merit_that_is_claimed() {
    let mut paper = Paper::new();
    paper.spoil(&paper.offer(3, 300_000), |view| {
        change_state(view, |state| {
            let State::Slot(slot) = state else { panic!("a slot") };
            let Stage::Offered(offered) = &mut slot.stage else { panic!("an offer") };
            offered.merit = Merit::from_points(2_000_000_000_000).unwrap();
        });
    });
    paper.act(&paper.offer(4, 250_000));
    paper.act(&paper.lead(4));
    paper.act(&paper.lead(3));
    paper.act(&paper.award());
    let audit = paper.audit();
    let (codes, awards, _) = seen(&audit);
    // The lead is what the contract allows, by the merit that stands; the rule does not.
    assert_eq!(codes, ["state_output", "wrong_allocation", "wrong_allocation"]);
    assert!(matches!(&awards[..], [Judgement::Contradicted(Contradiction::Better(_))]), "{awards:?}");
    let Fault::Refused { expected, found, .. } = &audit.recorded.findings[0].fault else { panic!("refused") };
    let merit = |content: &Option<Box<Content>>| match &content.as_ref().unwrap().state {
        Some(State::Slot(Slot { stage: Stage::Offered(offered), .. })) => offered.merit.to_points(),
        other => panic!("{other:?}"),
    };
    assert!(merit(expected) < merit(found));
    let claimed = audit.recorded.allocations.last().unwrap().offers.iter().map(|one| one.claimed.is_some());
    assert_eq!(claimed.collect::<Vec<_>>(), [false, true]);
}

/// The better offer is there, but nobody puts it in: no rule is broken.
#[test]
fn an_offer_that_never_led() {
    let mut paper = Paper::new();
    offered(&mut paper);
    paper.act(&paper.lead(3));
    paper.act(&paper.award());
    let audit = paper.audit();
    let (codes, awards, _) = seen(&audit);
    assert_eq!((codes, awards), (vec!["overlooked"], vec![Judgement::Confirmed]));
    assert_eq!((audit.report.notes, audit.report.is_clean()), (1, true));
    let Fault::Overlooked { offer, .. } = &audit.recorded.findings[0].fault else { panic!("overlooked") };
    assert_eq!(offer.operator.to_number(), 5);
}

/// Led, and about to be awarded.
fn settled() -> Paper {
    let mut paper = Paper::new();
    offered(&mut paper);
    paper.act(&paper.lead(5));
    paper
}

#[test]
fn a_surplus_that_is_kept() {
    let mut paper = settled();
    paper.spoil(&paper.award(), |view| {
        let refund = &mut view.outputs[1].value;
        *refund = refund.clone().minus(&Asset::Lovelace, amount(1_234)).unwrap();
    });
    let audit = paper.audit();
    // Who got the lease is right; what was not refunded is missing.
    assert_eq!(seen(&audit), (vec!["payment_output"], vec![Judgement::Confirmed], 1_234));
    assert!(audit.recorded.findings[0].fault.to_string().starts_with("award is refused: output 1"));
}

#[test]
fn a_fee_that_is_not_paid() {
    let mut paper = settled();
    paper.spoil(&paper.award(), |view| drop(view.outputs.pop()));
    let audit = paper.audit();
    assert_eq!(seen(&audit), (vec!["missing_output"], vec![Judgement::Confirmed], 20_000));
}

#[test]
fn a_lease_at_another_price() {
    let mut paper = settled();
    paper.spoil(&paper.award(), |view| {
        change_state(view, |state| {
            let State::Slot(slot) = state else { panic!("a slot") };
            let Stage::Leased(lease) = &mut slot.stage else { panic!("a lease") };
            lease.price = amount(400_000);
        });
    });
    let audit = paper.audit();
    let other = Judgement::Contradicted(Contradiction::OtherTerms);
    assert_eq!(seen(&audit), (vec!["state_output"], vec![other], 0));
}

#[test]
fn a_lease_of_another_slot() {
    let mut paper = settled();
    paper.spoil(&paper.award(), |view| {
        change_state(view, |state| {
            let State::Slot(slot) = state else { panic!("a slot") };
            slot.index = count(7);
        });
    });
    let (codes, awards, _) = seen(&paper.audit());
    assert_eq!(codes, ["state_output"]);
    assert_eq!(awards, [Judgement::Contradicted(Contradiction::NoOffer)]);
}

#[test]
fn an_award_too_early() {
    let mut paper = settled();
    let early = Act { lower: paper.terms().window.closes, ..paper.award() };
    paper.pretend(&early, &paper.award());
    let (codes, awards, _) = seen(&paper.audit());
    assert_eq!(codes, ["too_early"]);
    assert!(matches!(&awards[..], [Judgement::Contradicted(Contradiction::Refused(_))]), "{awards:?}");
}

/// An offer that names a time at which it was allowed, when that was over.
#[test]
fn an_offer_dated_back() {
    let mut paper = Paper::new();
    paper.act(&paper.offer(3, 300_000));
    paper.act(&paper.lead(3));
    let mut late = Paper::new();
    late.act(&late.offer(3, 300_000));
    late.act(&late.offer(4, 250_000));
    // The bid that it reads is open no more: this one reads it all the same, and nothing else is wrong with it.
    let [.., offer] = late.events.as_slice() else { panic!("an offer") };
    let Event::SnapshotConfirmed { transactions, .. } = &offer.event else { panic!("a snapshot") };
    paper.tell(transactions[0].as_ref().clone());
    assert_eq!(codes(&paper.audit()), ["time_runs_back", "unexplained"]);
}

#[test]
fn a_token_sent_away() {
    let mut paper = settled();
    let slot = paper.scene.scripts.token(Token::Slot, &paper.scene.grid.id);
    let mut thief = None;
    paper.spoil(&paper.award(), |view| {
        let lease = &mut view.outputs[0].value;
        *lease = lease.clone().minus(&slot, amount(1)).unwrap();
        let mut output = view.outputs[1].clone();
        (output.address, output.value) = (
            Address::of_key(key(0xef)),
            Value::of_lovelace(amount(2_000_000)).plus(&slot, amount(1)).unwrap(),
        );
        thief = Some(output.address);
        view.outputs.push(output);
    });
    let audit = paper.audit();
    assert_eq!(codes(&audit), ["state_output", "astray"]);
    let Fault::Astray { address, .. } = &audit.recorded.findings[1].fault else { panic!("astray") };
    assert_eq!(Some(*address), thief);
}

/// Out of nothing: no transition, no mint, and a token more.
#[test]
fn a_token_conjured() {
    let mut paper = settled();
    let slot = paper.slot(3);
    paper.spoil(&paper.award(), |view| {
        let mut output = view.outputs[0].clone();
        (output.value, output.datum) = (slot.value.clone(), Datum::Inline(slot.state.encode()));
        view.outputs.push(output);
    });
    assert_eq!(codes(&paper.audit()), ["tokens"]);
}

#[test]
fn a_mint() {
    let mut paper = settled();
    let slot = paper.scene.scripts.token(Token::Slot, &paper.scene.grid.id);
    paper.spoil(&paper.award(), |view| {
        view.minted.push((slot.clone(), 1));
        view.policy_redeemer = Some(MarketRedeemer::Follow.encode());
        let payment = &mut view.outputs[1].value;
        *payment = payment.clone().plus(&slot, amount(1)).unwrap();
    });
    assert_eq!(codes(&paper.audit()), ["malformed_policy_redeemer", "astray"]);
}

/// Who could have come when, and for how much at most.
#[test]
fn a_race_that_is_won() {
    let mut paper = Paper::racing();
    paper.act(&paper.take(4, 150_000, 60_000));
    let audit = paper.audit();
    assert!(audit.report.is_clean(), "{:?}", audit.recorded.findings);
    assert_eq!((audit.report.takes.confirmed, audit.report.allocations()), (1, 1));
    let [take] = &audit.recorded.allocations[..] else { panic!("one allocation") };
    assert_eq!((take.kind, take.winner.operator.to_number()), (AllocationKind::Take, 4));
    let opens = paper.terms().window.opens;
    let could: Vec<_> = take
        .entrants
        .iter()
        .map(|one| {
            (one.operator.to_number(), one.entry.since(opens).to_milliseconds(), one.ineligible.is_some())
        })
        .collect();
    // By their scores of 0.56 and 0.5: a newcomer comes half a minute after the opening.
    assert_eq!(
        could.iter().map(|one| (one.0, one.2)).collect::<Vec<_>>(),
        [(4, false), (5, true), (3, false)]
    );
    assert_eq!(could[2].1, 30_000);
    assert!(could[0].1 < could[2].1);
    // A quarter of the way up, of 100,000 to 400,000.
    assert_eq!(take.entrants[2].limit, Some(amount(175_000)));
    assert!(take.entrants.iter().all(|one| one.idle));
}

#[test]
fn races_that_are_won_wrongly() {
    let allowed = |paper: &Paper| paper.take(4, 100_000, 60_000);
    // Before its entry, and at a price that it may not name yet.
    for (after, price, code) in [(1_000, 100_000, "too_early"), (60_000, 400_000, "above_ramp")] {
        let mut paper = Paper::racing();
        paper.pretend(&paper.take(4, price, after), &allowed(&paper));
        let audit = paper.audit();
        assert_eq!(codes(&audit), [code]);
        assert_eq!(audit.report.takes.contradicted, 1);
    }
    let mut paper = Paper::racing();
    paper.spoil(&allowed(&paper), |view| {
        change_state(view, |state| {
            let State::Slot(slot) = state else { panic!("a slot") };
            let Stage::Leased(lease) = &mut slot.stage else { panic!("a lease") };
            lease.price = amount(400_000);
        });
    });
    let audit = paper.audit();
    assert_eq!(codes(&audit), ["state_output"]);
    let other = Judgement::Contradicted(Contradiction::OtherTerms);
    assert_eq!(audit.recorded.allocations[0].judgement, other);
}

/// A transaction that those it names have not signed.
#[test]
fn signatures_are_not_believed() {
    let paper = told();
    let audit = paper.auditor().audit(&paper.events);
    assert_eq!(
        codes(&audit),
        [
            "not_signed",
            "not_signed",
            "not_signed",
            "wrong_allocation",
            "wrong_allocation",
            "wrong_allocation",
            "not_signed"
        ]
    );
}

/// Whichever event is dropped, its snapshot is missing, and what rested on it is unexplained, but nothing is called wrong.
#[test]
fn an_event_that_is_dropped() {
    let whole = told();
    for dropped in 0..whole.events.len() {
        let mut events = whole.events.clone();
        let lost = events.remove(dropped);
        let audit = whole.auditor().trusting_signatures().audit(&events);
        let found = codes(&audit);
        let last = dropped + 1 == whole.events.len();
        // The last cannot be told from a history that ends earlier.
        let missing = found.iter().filter(|code| **code == "missed").count();
        assert_eq!(missing, usize::from(!last), "{lost:?}");
        assert_eq!(audit.report.violations, 0, "{dropped}: {:?}", audit.recorded.findings);
        assert!(found.iter().all(|code| ["missed", "unexplained"].contains(code)), "{found:?}");
        assert_eq!(audit.report.is_clean(), last, "{dropped}");
        for award in audit.recorded.allocations.iter().filter(|one| one.kind == AllocationKind::Award) {
            assert_eq!(
                matches!(award.judgement, Judgement::Unjudged(_)),
                dropped < 6,
                "{dropped}: {award:?}"
            );
        }
    }
}

#[test]
fn an_event_told_twice() {
    let paper = told();
    let mut events = paper.events.clone();
    events.insert(5, events[4].clone());
    let audit = paper.auditor().trusting_signatures().audit(&events);
    assert_eq!(codes(&audit), ["repeated"]);
    assert_eq!((audit.report.awards.confirmed, audit.report.violations, audit.report.gaps), (1, 0, 1));
}

/// Two offers change places: neither depends on the other.
#[test]
fn events_out_of_order() {
    let paper = told();
    let mut events = paper.events.clone();
    events.swap(1, 2);
    let audit = paper.auditor().trusting_signatures().audit(&events);
    // The first lead rests on the offer that came too late.
    assert_eq!(codes(&audit), ["missed", "out_of_order", "unexplained"]);
    assert_eq!((audit.report.violations, audit.report.awards.unjudged), (0, 1));
}

#[test]
fn what_cannot_be_read() {
    let mut paper = Paper::new();
    offered(&mut paper);
    // A field that no body has.
    paper.tell("84a400d901028001800200186300a0f5f6".parse().unwrap());
    paper.act(&paper.lead(5));
    paper.act(&paper.award());
    let audit = paper.audit();
    assert_eq!(codes(&audit), ["unreadable"]);
    assert_eq!(seen(&audit).1, [Judgement::Unjudged(Unjudged::Missed)]);
    assert_eq!(audit.recorded.findings[0].weight, Weight::Gap);
}

#[test]
fn a_reader_that_falls_behind() {
    let paper = told();
    let mut auditor = paper.auditor();
    let recorded = auditor.missed(Lagged { missed: 3 });
    assert_eq!(recorded.findings[0].fault.to_string(), "3 events were missed");
    assert!(!auditor.report().is_clean());
}

/// What a history rests on and does not hold is the head's fault only where it is known to be whole.
#[test]
fn a_beginning_that_does_not_fit() {
    let paper = told();
    let auditor = Auditor::new(paper.scene.scripts, paper.scene.grid.id, paper.clock(), &paper.beginning);
    let audit = auditor.trusting_signatures().audit(&paper.events[1..]);
    assert_eq!(audit.report.violations, 0);
    assert!(audit.report.gaps > 0 && audit.report.awards.unjudged == 1);
    let mut empty = Auditor::new(paper.scene.scripts, paper.scene.grid.id, paper.clock(), &UtxoSet::new());
    empty = empty.after(SnapshotNumber::default()).trusting_signatures();
    assert_eq!(empty.record_numbered(&paper.events[0]).findings, []);
    let [finding] = &empty.record_numbered(&paper.events[1]).findings[..] else { panic!("one finding") };
    assert_eq!((finding.fault.code(), finding.weight), ("unexplained", Weight::Violation));
}

/// An audit that begins when the bid is led says that it cannot judge what follows.
#[test]
fn a_history_that_begins_late() {
    let paper = told();
    let mut beginning = paper.beginning.clone();
    for event in &paper.events[..6] {
        let Event::SnapshotConfirmed { transactions, .. } = &event.event else { panic!("a snapshot") };
        transactions.iter().for_each(|one| one.effect().unwrap().apply_to(&mut beginning));
    }
    let auditor = Auditor::new(paper.scene.scripts, paper.scene.grid.id, paper.clock(), &beginning);
    let audit = auditor.trusting_signatures().audit(&paper.events[6..]);
    assert_eq!(codes(&audit), Vec::<&str>::new());
    assert_eq!(seen(&audit).1, [Judgement::Unjudged(Unjudged::BegunBefore)]);
    // The bid, and the offer that stands beside it.
    assert_eq!(audit.report.given.len(), 2);
    assert!(!audit.report.is_clean());
}

fn change_state(view: &mut TransactionView, change: impl FnOnce(&mut State)) {
    let Datum::Inline(bytes) = &mut view.outputs[0].datum else { panic!("a datum") };
    let mut state = State::decode(bytes).unwrap();
    change(&mut state);
    *bytes = state.encode();
}
