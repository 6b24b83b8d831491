//! What is decided on states that nobody had to play through, reason by reason.

use std::collections::BTreeMap;

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, SLOT_RESERVE};
use demeter_core::{
    Address, Amount, Asset, Bid, Count, Grid, GridDraft, GridId, KeyHash, Label, Labels, Leader, Leased,
    Merit, Method, Offered, Operator, OutputReference, PlutusData as _, Ppm, Quantity, Reputation,
    ResourceName, Resources, ScriptHash, Slot, Span, Stage, State, Terms, TermsDraft, Time, Token,
    TransactionId, Value, WorkloadHash,
};
use demeter_tx::market::Contract;
use demeter_tx::view::GridView;
use demeter_tx::{Data, Network, OutputDraft, UtxoSet};

use super::order::Bidder;
use super::rounds::Phase;
use super::*;
use crate::cosign::CoSigner as _;
use crate::{Agent as _, Decision};

const KEY: KeyHash = KeyHash::from_bytes([9; 28]);
const OWNER: KeyHash = KeyHash::from_bytes([5; 28]);
const GRID: GridId = GridId::from_bytes([7; 28]);
const WORKLOAD: WorkloadHash = WorkloadHash::from_bytes([3; 32]);
/// When the order begins, in seconds.
const BEGIN: u64 = 1_000_000;

fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

fn count(number: u64) -> Count {
    Count::from_number(number).unwrap()
}

fn seconds(seconds: u64) -> Span {
    Span::from_seconds(seconds).unwrap()
}

/// So many seconds after the order begins.
fn at(later: u64) -> Time {
    Time::from_milliseconds((BEGIN + later) * 1000).unwrap()
}

fn wish() -> Wish {
    let prices = Prices::rising(amount(1_000), amount(10_000), amount(40_000));
    let wish = Wish::new(prices, seconds(600), count(6));
    Wish { labels: [Label::new("region", "eu")].into_iter().collect(), ..wish }
}

fn needs() -> BTreeMap<ResourceName, Quantity> {
    let quantity = |units| Quantity::from_units(units).unwrap();
    [("cpu".into(), quantity(1_000)), ("memory".into(), quantity(4_000))].into()
}

/// An order for a day, which begins at 0.
fn order(wish: Wish) -> Order {
    named("web", WORKLOAD, wish)
}

/// As [`order`], by another name or for another workload.
fn named(name: &str, workload: WorkloadHash, wish: Wish) -> Order {
    Order::new(name, workload, needs(), wish, at(0), at(86_400)).unwrap()
}

fn application(orders: impl IntoIterator<Item = Order>) -> Application {
    Application::new(KEY, Address::of_key(KEY), amount(1_000_000), orders).unwrap()
}

/// A grid with one operator of one slot, and what stands besides.
#[derive(Clone)]
struct Scene {
    states: Vec<(State, Value)>,
    purse: u64,
    fee_ppm: Ppm,
    labels: Labels,
    with_grid: bool,
}

impl Scene {
    fn new() -> Self {
        let labels = [Label::new("region", "eu")].into_iter().collect();
        Self { states: Vec::new(), purse: 100_000_000, fee_ppm: Ppm::ZERO, labels, with_grid: true }
    }

    fn with(mut self, state: impl Into<State>, lovelace: Amount) -> Self {
        let state = state.into();
        let scripts = Contract::embedded().unwrap().scripts();
        let token = match &state {
            State::Bid(bid) if bid.leader.is_none() => None,
            State::Bid(_) | State::Slot(_) => Some(Token::Slot),
            State::Grid(_) => Some(Token::Grid),
            State::Operator(_) => Some(Token::Operator),
            State::Pool(_) => Some(Token::Pool),
        };
        let value = Value::of_lovelace(lovelace);
        let value = match token {
            Some(token) => value.plus(&scripts.token(token, &GRID), amount(1)).unwrap(),
            None => value,
        };
        self.states.push((state, value));
        self
    }

    /// The bid of the round at this time, for so many periods.
    fn bid(self, order: &Order, placed: u64, leader: Option<u64>) -> Self {
        let terms = terms(order, placed);
        let held = BID_RESERVE.checked_add(terms.escrow().unwrap()).unwrap();
        let leader = leader.map(|price| Leader {
            operator: count(0),
            index: count(0),
            owner: OWNER,
            price: amount(price),
            resources: terms.request.needs.iter().map(|need| need.required).collect(),
            merit: merit(&terms, price),
        });
        self.with(Bid { terms, leader }, held)
    }

    /// The same with a lovelace too much, so that nobody can answer it.
    fn misfunded(self, order: &Order, placed: u64) -> Self {
        let terms = terms(order, placed);
        let held = BID_RESERVE.checked_add(terms.escrow().unwrap()).unwrap();
        self.with(Bid { terms, leader: None }, held.checked_add(amount(1)).unwrap())
    }

    /// An offer of slot 1 on the bid of the round at this time.
    fn offer(self, order: &Order, placed: u64, price: u64) -> Self {
        let terms = terms(order, placed);
        let offered = Offered {
            bid: terms.name(),
            price: amount(price),
            resources: terms.request.needs.iter().map(|need| need.required).collect(),
            merit: merit(&terms, price),
            until: terms.window.settles,
        };
        self.slot(1, Stage::Offered(offered))
    }

    /// A lease in a slot, from a time on, for so many periods.
    fn lease(self, order: &Order, slot: u64, from: u64, periods: u64) -> Self {
        self.leased(order, slot, from, periods, |_| {})
    }

    fn leased(self, order: &Order, slot: u64, from: u64, periods: u64, change: impl Fn(&mut Leased)) -> Self {
        let mut lease = Leased {
            bid: terms(order, 0).name(),
            application: KEY,
            refund: Address::of_key(KEY),
            asset: Asset::Lovelace,
            fee_ppm: Ppm::ZERO,
            price: amount(5_000),
            period: seconds(600),
            grace: seconds(300),
            bond: amount(0),
            workload: order.workload(),
            resources: resources(),
            start: at(from),
            periods: count(periods),
            claimed: Count::ZERO,
        };
        change(&mut lease);
        self.slot(slot, Stage::Leased(Box::new(lease)))
    }

    fn slot(self, index: u64, stage: Stage) -> Self {
        let slot = Slot { grid: GRID, operator: count(0), index: count(index), owner: OWNER, stage };
        self.with(slot, SLOT_RESERVE)
    }

    fn view(&self) -> GridView {
        let mut scene = self.clone();
        if self.with_grid {
            let fee_ppm = scene.fee_ppm;
            scene = scene.with(grid(fee_ppm), GRID_RESERVE);
        }
        let operator = Operator {
            grid: GRID,
            number: count(0),
            owner: OWNER,
            endpoint: "https://ana.example".into(),
            capacity: resources(),
            labels: self.labels.clone(),
            endorsed: Labels::default(),
            reputation: Reputation::default(),
            slots: count(3),
            updated: Time::ZERO,
        };
        scene = scene.with(operator, OPERATOR_RESERVE);
        let scripts = Contract::embedded().unwrap().scripts();
        let states = scene.states.into_iter().map(|(state, value)| {
            let datum = Data::from_cbor(state.encode()).unwrap();
            OutputDraft::new(scripts.address(state.script()), value).with_inline_datum(datum)
        });
        let purse = OutputDraft::new(Address::of_key(KEY), Value::of_lovelace(amount(scene.purse)));
        let outputs =
            states.chain((scene.purse > 0).then_some(purse)).map(|draft| draft.finish(Network::Testnet));
        let utxos: UtxoSet = (0..)
            .zip(outputs)
            .map(|(index, output)| {
                (OutputReference { transaction: TransactionId::from_bytes([1; 32]), index }, output)
            })
            .collect();
        GridView::new(scripts, GRID).watching(Address::of_key(KEY)).load(&utxos)
    }
}

fn resources() -> Resources {
    let amounts = [("cpu", 1_000), ("memory", 4_000)];
    amounts.map(|(name, units)| (name.into(), Quantity::from_units(units).unwrap())).into_iter().collect()
}

fn grid(fee_ppm: Ppm) -> Grid {
    Grid::new(GridDraft {
        id: GRID,
        market: Contract::embedded().unwrap().scripts().market,
        deposit: ScriptHash::from_bytes([3; 28]),
        asset: Asset::Lovelace,
        entities: Vec::new(),
        admission: Count::ZERO,
        threshold: count(1),
        fee_ppm,
        treasury: Address::of_key(KeyHash::from_bytes([4; 28])),
        prior: amount(1),
        penalty: count(4),
        half_life: seconds(86_400),
    })
    .unwrap()
}

fn merit(terms: &Terms, price: u64) -> Merit {
    let range = terms.price.ceiling.to_units() - terms.price.floor.to_units();
    Merit::from_points((terms.price.ceiling.to_units() - price) * 1_000_000 / range * 1_000_000).unwrap()
}

/// The terms of the bid of the round at a time.
fn terms(order: &Order, placed: u64) -> Terms {
    let Phase::Round(round) = order.wish().phase(order.from(), at(placed)).unwrap() else {
        panic!("no round")
    };
    let bidder = Bidder { application: KEY, refund: Address::of_key(KEY) };
    order.terms(&round, order.periods_from(round.lease), bidder, &grid(Ppm::ZERO)).unwrap()
}

/// What is done, or not, and why, in short.
fn said(decisions: &[Decision]) -> Vec<String> {
    let deed = |decision: &Decision| decision.action.as_ref().map_or("-", crate::Action::name);
    decisions.iter().map(|decision| format!("{} {}", deed(decision), decision.reason.code())).collect()
}

/// Rounds are 480 seconds long: a bid opens after 60, closes after 180, settles after 480. A campaign has four, and 600
/// seconds of rest: it begins anew after 2,520.
#[test]
fn each_reason_has_its_state() {
    let web = order(wish());
    let race = order(Wish { method: Method::race(Span::ZERO), ..wish() });
    let alone = order(Wish { renewal: Renewal::None, ..wish() });
    let extended = order(Wish { renewal: Renewal::Extend { before: seconds(2_000) }, ..wish() });
    let stopped = || web.clone().stopped();
    let scene = Scene::new;
    type Row = (&'static str, Scene, Vec<Order>, u64, Vec<&'static str>);
    let mut rows: Vec<Row> = vec![
        ("nothing is there", scene(), vec![web.clone()], 0, vec!["place places"]),
        ("the round is half over", scene(), vec![web.clone()], 119, vec!["place places"]),
        ("it is late in the round", scene(), vec![web.clone()], 120, vec!["- awaits_round"]),
        ("the campaign is over", scene(), vec![web.clone()], 1_920, vec!["- rests"]),
        ("the next campaign", scene(), vec![web.clone()], 2_520, vec!["place places"]),
        ("the end is near", scene(), vec![web.clone()], 85_801, vec!["- done"]),
        ("it was stopped", scene(), vec![stopped()], 0, vec!["- stopped"]),
        ("a bid waits", scene().bid(&web, 0, None), vec![web.clone()], 59, vec!["- awaits_opening"]),
        ("a bid is open", scene().bid(&web, 0, None), vec![web.clone()], 60, vec!["- awaits_answers"]),
        ("nobody answered", scene().bid(&web, 0, None), vec![web.clone()], 180, vec!["- awaits_cancelling"]),
        ("it is over", scene().bid(&web, 0, None), vec![web.clone()], 480, vec!["cancel cancels_unanswered"]),
        (
            "an offer waits for its maker",
            scene().bid(&web, 0, None).offer(&web, 0, 2_000),
            vec![web.clone()],
            359,
            vec!["- awaits_lead"],
        ),
        (
            "its maker sleeps",
            scene().bid(&web, 0, None).offer(&web, 0, 2_000),
            vec![web.clone()],
            360,
            vec!["lead leads_for_maker"],
        ),
        (
            "everybody slept",
            scene().bid(&web, 0, None).offer(&web, 0, 2_000),
            vec![web.clone()],
            480,
            vec!["cancel cancels_unled"],
        ),
        (
            "the best leads",
            scene().bid(&web, 0, Some(2_000)).offer(&web, 0, 3_000),
            vec![web.clone()],
            400,
            vec!["- awaits_settling"],
        ),
        (
            "a better one does not",
            scene().bid(&web, 0, Some(3_000)).offer(&web, 0, 2_000),
            vec![web.clone()],
            400,
            vec!["lead leads_for_maker"],
        ),
        ("it has settled", scene().bid(&web, 0, Some(2_000)), vec![web.clone()], 480, vec!["award awards"]),
        (
            "a stopped bid waits",
            scene().bid(&web, 0, None),
            vec![stopped()],
            0,
            vec!["cancel cancels_stopped"],
        ),
        ("a stopped bid is on", scene().bid(&web, 0, None), vec![stopped()], 60, vec!["- awaits_answers"]),
        (
            "a stopped bid is over",
            scene().bid(&web, 0, None),
            vec![stopped()],
            480,
            vec!["cancel cancels_stopped"],
        ),
        ("a race is on", scene().bid(&race, 0, None), vec![race.clone()], 60, vec!["- awaits_answers"]),
        (
            "a race is over",
            scene().bid(&race, 0, None),
            vec![race.clone()],
            180,
            vec!["cancel cancels_unanswered"],
        ),
        (
            "there are two bids",
            scene().bid(&web, 0, None).bid(&web, 0, None),
            vec![web.clone()],
            0,
            vec!["cancel cancels_surplus", "- awaits_opening"],
        ),
        (
            "a lease was faster",
            scene().bid(&web, 480, None).lease(&web, 0, 480, 6),
            vec![web.clone()],
            500,
            vec!["cancel cancels_surplus"],
        ),
        ("a lease serves", scene().lease(&web, 0, 480, 6), vec![web.clone()], 600, vec!["- served"]),
        // It ends after 4,080: two bids, the rest of a round and a rest before that is 2,040.
        ("just before its time", scene().lease(&web, 0, 480, 6), vec![web.clone()], 2_039, vec!["- served"]),
        (
            "a lease ends soon",
            scene().lease(&web, 0, 480, 6),
            vec![web.clone()],
            3_000,
            vec!["place places_next"],
        ),
        // Asked for from 2,080 on, and given up at 2,520.
        (
            "an extension comes later",
            scene().lease(&extended, 0, 480, 6),
            vec![extended.clone()],
            2_079,
            vec!["- served"],
        ),
        (
            "it is asked for",
            scene().lease(&extended, 0, 480, 6),
            vec![extended.clone()],
            2_080,
            vec!["- awaits_extension"],
        ),
        (
            "it was not given",
            scene().lease(&extended, 0, 480, 6),
            vec![extended.clone()],
            2_520,
            vec!["place places_next"],
        ),
        ("nobody renews", scene().lease(&alone, 0, 480, 6), vec![alone.clone()], 4_079, vec!["- served"]),
        (
            "until it is over",
            scene().lease(&alone, 0, 480, 6),
            vec![alone.clone()],
            4_080,
            vec!["- awaits_round"],
        ),
        (
            "a lease ends with the order",
            scene().lease(&web, 0, 82_000, 7),
            vec![web.clone()],
            84_000,
            vec!["- served_to_end"],
        ),
        // One more period could be bought; but what the next bid gives ends a third of a period later.
        (
            "what is left is not worth a bid",
            scene().lease(&web, 0, 82_700, 5),
            vec![web.clone()],
            83_700,
            vec!["- served_to_end"],
        ),
        (
            "a lease outlasts its order",
            scene().lease(&web, 0, 83_000, 9),
            vec![web.clone()],
            86_400,
            vec!["close closes_over", "- done"],
        ),
        (
            "a stopped lease",
            scene().lease(&web, 0, 480, 6),
            vec![stopped()],
            600,
            vec!["close closes_stopped", "- stopped"],
        ),
        (
            "two leases do the same",
            scene().lease(&web, 0, 480, 6).lease(&web, 1, 500, 6),
            vec![web.clone()],
            600,
            vec!["close closes_surplus", "- served"],
        ),
        (
            "two leases follow each other",
            scene().lease(&web, 0, 480, 6).lease(&web, 1, 3_900, 6),
            vec![web.clone()],
            4_000,
            vec!["- served"],
        ),
        (
            "somebody planted a lease that carries too little",
            scene().leased(&web, 0, 480, 6, |lease| lease.resources = Resources::default()),
            vec![web.clone()],
            500,
            vec!["place places", "- served_short"],
        ),
        (
            "another lease serves",
            scene()
                .leased(&web, 0, 480, 6, |lease| lease.resources = Resources::default())
                .lease(&web, 1, 500, 6),
            vec![web.clone()],
            600,
            vec!["close closes_unfit", "- served"],
        ),
        (
            "somebody planted a lease on another operator",
            Scene { labels: Labels::default(), ..scene() }.lease(&web, 0, 480, 6),
            vec![web.clone()],
            500,
            vec!["place places", "- served_without"],
        ),
        (
            "a lease that no order knows",
            scene().leased(&web, 0, 480, 6, |lease| lease.workload = WorkloadHash::from_bytes([1; 32])),
            vec![web.clone()],
            500,
            vec!["place places", "- no_order"],
        ),
        (
            "a lease that pays back elsewhere",
            scene().leased(&web, 0, 480, 6, |lease| lease.refund = Address::of_key(OWNER)),
            vec![web.clone()],
            500,
            vec!["place places", "- no_order"],
        ),
        ("a bid that no order placed", scene().bid(&web, 0, None), vec![], 60, vec!["- stray"]),
        ("and is over", scene().bid(&web, 0, None), vec![], 480, vec!["cancel cancels_stray"]),
        ("a bid that does not count waits", scene().misfunded(&web, 0), vec![], 60, vec!["- stray"]),
        ("and is taken back at once", scene().misfunded(&web, 0), vec![], 59, vec!["cancel cancels_stray"]),
        (
            "beside one that does",
            scene().misfunded(&web, 0).bid(&web, 0, None),
            vec![web.clone()],
            59,
            vec!["cancel cancels_stray", "- awaits_opening"],
        ),
        ("the wallet is empty", Scene { purse: 0, ..scene() }, vec![web.clone()], 0, vec!["- lacks_funds"]),
        ("there is no grid", Scene { with_grid: false, ..scene() }, vec![web.clone()], 0, vec!["- no_grid"]),
    ];
    let early = Order::new("web", WORKLOAD, needs(), wish(), at(10), at(86_400)).unwrap();
    rows.push(("it begins later", scene(), vec![early], 0, vec!["- not_begun"]));
    let dear = Wish { prices: Prices::between(amount(0), amount(400_000)), ..wish() };
    rows.push(("it costs more than may be in escrow", scene(), vec![order(dear)], 0, vec!["- over_budget"]));
    let mut seen = BTreeMap::new();
    for (name, scene, orders, now, expected) in rows {
        let view = scene.view();
        let decisions = application(orders).decide(&view, at(now));
        assert_eq!(said(&decisions), expected, "{name}");
        for decision in decisions {
            assert!(!decision.reason.to_string().is_empty(), "{name}");
            // What only waits says until when it does, and that is to come.
            if let Some(until) = decision.reason.until() {
                assert!(decision.action.is_none() && until > at(now), "{name}: {}", decision.reason);
            }
            seen.insert(decision.reason.code(), name);
        }
    }
    // The others have tests of their own below, but for numbers that are out of range.
    assert_eq!(seen.len(), 33, "{seen:?}");
}

#[test]
fn a_fee_that_makes_terms_too_dear_to_count_is_said() {
    // Seven eighths of what can be counted; the fee and a bond that covers it are more than the last one.
    let prices = Prices::between(amount(0), amount(1 << 60));
    let wish = Wish { prices, bond: Bond::Fixed(amount(0)), most_periods: count(7), ..wish() };
    let web = order(wish);
    let said_at = |millionths| {
        let scene = Scene { fee_ppm: Ppm::from_millionths(millionths).unwrap(), ..Scene::new() };
        said(&application([web.clone()]).decide(&scene.view(), at(0)))
    };
    assert_eq!(said_at(0), ["- over_budget"]);
    assert_eq!(said_at(100_000), ["- ill_formed"]);
}

#[test]
fn the_highest_price_rises_bid_by_bid_and_falls_with_a_campaign() {
    let web = order(wish());
    let ceiling = |placed| terms(&web, placed).price.ceiling.to_units();
    assert_eq!([0, 480, 960, 1_440, 2_520].map(ceiling), [10_000, 20_000, 30_000, 40_000, 10_000]);
}

#[test]
fn a_bid_gets_as_many_periods_as_end_in_time() {
    let web = order(wish());
    let periods = |placed| terms(&web, placed).term.periods.to_number();
    // The campaign that begins after 83,160 seconds: its first bid settles 480 later, 2,760 before the end.
    assert_eq!([periods(0), periods(83_160), periods(83_640)], [6, 4, 3]);
}

#[test]
fn its_own_bids_are_known_by_nonce_refund_and_manifest() {
    let web = order(wish());
    let bidder = Bidder { application: KEY, refund: Address::of_key(KEY) };
    let placed = |change: &dyn Fn(&mut TermsDraft)| {
        let mut draft = terms(&web, 0).into_draft();
        change(&mut draft);
        let terms = Terms::new(draft).unwrap();
        let held = BID_RESERVE.checked_add(terms.escrow().unwrap()).unwrap();
        let view = Scene::new().with(Bid { terms, leader: None }, held).view();
        view.bids().any(|bid| web.placed(bid, &bidder))
    };
    assert!(placed(&|_| {}));
    // Other settings, the same order.
    assert!(placed(&|draft| draft.price.ceiling = amount(999_999)));
    assert!(placed(&|draft| draft.nonce = count(draft.nonce.to_number() + 1)));
    assert!(!placed(&|draft| draft.nonce = count(draft.nonce.to_number() ^ 1 << 24)));
    assert!(!placed(&|draft| draft.refund = Address::of_key(OWNER)));
    assert!(!placed(&|draft| draft.workload = WorkloadHash::from_bytes([1; 32])));
    assert!(!placed(&|draft| draft.application = OWNER));
    let other = named("api", WORKLOAD, wish());
    assert_ne!(web.tag(&KEY), other.tag(&KEY));
    assert_ne!(web.tag(&KEY), web.tag(&OWNER));
}

#[test]
fn the_budget_counts_what_stands_and_what_is_decided() {
    let cheap = || Wish { prices: Prices::between(amount(0), amount(10_000)), ..wish() };
    let second = named("api", WorkloadHash::from_bytes([4; 32]), cheap());
    let orders = [order(cheap()), second];
    // Each bid is of 6 periods at 10,000.
    let with = |most, view: &GridView| {
        let wallet = Address::of_key(KEY);
        said(&Application::new(KEY, wallet, amount(most), orders.clone()).unwrap().decide(view, at(0)))
    };
    let empty = Scene::new().view();
    assert_eq!(with(120_000, &empty), ["place places", "place places"]);
    assert_eq!(with(119_999, &empty), ["place places", "- over_budget"]);
    assert_eq!(with(59_999, &empty), ["- over_budget", "- over_budget"]);
    let standing = Scene::new().bid(&orders[0], 0, None).view();
    assert_eq!(with(120_000, &standing), ["place places", "- awaits_opening"]);
    assert_eq!(with(119_999, &standing), ["- awaits_opening", "- over_budget"]);
    // A lease of 6 periods at 5,000, of which nothing is claimed.
    let leased = Scene::new().lease(&orders[0], 0, 0, 6).view();
    assert_eq!(with(90_000, &leased), ["place places", "- served"]);
    assert_eq!(with(89_999, &leased), ["- served", "- over_budget"]);
}

#[test]
fn an_extension_is_proposed_in_time_and_within_the_budget() {
    let web = order(Wish { renewal: Renewal::Extend { before: seconds(2_000) }, ..wish() });
    let view = Scene::new().lease(&web, 0, 480, 6).view();
    let with = |most| Application::new(KEY, Address::of_key(KEY), amount(most), [web.clone()]).unwrap();
    let application = with(1_000_000);
    let proposed = |now| said(&application.proposals(&view, at(now)));
    assert_eq!(proposed(2_079), Vec::<String>::new());
    assert_eq!(proposed(2_080), ["extend extends"]);
    let proposals = application.proposals(&view, at(2_080));
    let signers = proposals[0].action.as_ref().unwrap().signers();
    assert_eq!(signers, [KEY, OWNER].into());
    // The lease holds 30,000, and 6 periods more take as much.
    assert_eq!(said(&with(59_999).proposals(&view, at(2_080))), ["- over_budget"]);
    assert_eq!(said(&with(59_999).decide(&view, at(2_080))), ["- awaits_extension", "- over_budget"]);
    assert_eq!(said(&with(60_000).proposals(&view, at(2_080))), ["extend extends"]);
    // Nobody asks an application.
    let transition = proposals[0].action.as_ref().map(|action| action.deed().clone());
    let Some(crate::Deed::Transition(plan)) = transition else { panic!("an extension is a transition") };
    let answer = application.assent(plan.transition(), &[], &view, at(2_080)).unwrap_err();
    assert_eq!((answer.code(), answer.to_string()), ("not_asked", "no extend was asked for".to_owned()));
}

#[test]
fn orders_that_cannot_be_are_refused() {
    let refused =
        |wish, until| Order::new("web", WORKLOAD, needs(), wish, at(0), until).unwrap_err().to_string();
    assert_eq!(refused(wish(), at(0)), "it begins at 1000000000, which is not before it ends at 1000000000");
    let falling = Wish { prices: Prices::rising(amount(1), amount(3), amount(2)), ..wish() };
    assert_eq!(refused(falling, at(1)), "the highest price is 3 at first, which is above 2 at last");
    let prefer = |name: &str, units| {
        let preferred = BTreeMap::from([(name.into(), Quantity::from_units(units).unwrap())]);
        Wish { preferred, ..wish() }
    };
    assert_eq!(refused(prefer("gpu", 1), at(1)), "gpu is preferred, and the workload needs none");
    assert_eq!(
        refused(prefer("cpu", 999), at(1)),
        "999 of cpu are preferred, less than the 1000 that the workload needs"
    );
    let short = Wish { period: seconds(59), ..wish() };
    assert_eq!(refused(short, at(1)), "the terms of its bids: a period lasts at least 60000 ms, found 59000");
    let preferred = order(prefer("cpu", 1_500));
    let need = &terms(&preferred, 0).request.needs[0];
    assert_eq!((need.required.to_units(), need.preferred.to_units()), (1_000, 1_500));
}

#[test]
fn orders_that_could_be_mistaken_for_each_other_are_refused() {
    let together = |orders: [Order; 2]| {
        let made = Application::new(KEY, Address::of_key(KEY), amount(0), orders);
        made.unwrap_err().to_string()
    };
    let web = || order(wish());
    assert_eq!(together([web(), web()]), "two orders are called \"web\", or their names hash alike");
    let api = named("api", WORKLOAD, wish());
    assert_eq!(
        together([web(), api]),
        format!("the orders \"web\" and \"api\" have the same manifest {}", web().workload())
    );
}

#[test]
fn stopping_tells_whether_there_was_such_an_order() {
    let mut application = application([order(wish())]);
    assert!(!application.stop("api"));
    assert!(!application.orders().next().unwrap().is_stopped());
    assert!(application.stop("web"));
    assert!(application.orders().next().unwrap().is_stopped());
}
