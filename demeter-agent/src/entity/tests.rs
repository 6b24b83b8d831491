//! What is decided on states that nobody had to play through, reason by reason.

use std::collections::BTreeSet;

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, POOL_RESERVE, SLOT_RESERVE};
use demeter_core::{
    Address, Amount, Asset, Bid, BidName, Count, Credential, Grid, GridDraft, GridId, KeyHash, Label, Labels,
    Leader, Leased, Merit, Method, Operator, OutputReference, PlutusData as _, Pool, Ppm, PriceRange,
    Reputation, Request, Resources, ScriptHash, Settled, Slot, Span, Stage, State, Term, Terms, TermsDraft,
    Time, Token, TransactionId, Value, Window, WorkloadHash,
};
use demeter_tx::market::{Candidate, Contract, Plan, Rotation, Ruling};
use demeter_tx::view::{GridView, SlotName};
use demeter_tx::{Data, Network, OutputDraft, UtxoSet};

use super::*;
use crate::cosign::CoSigner;
use crate::{Agent, Decision};

const GRID: GridId = GridId::from_bytes([7; 28]);
const KEYS: [KeyHash; 3] =
    [KeyHash::from_bytes([1; 28]), KeyHash::from_bytes([2; 28]), KeyHash::from_bytes([3; 28])];
const OWNER: KeyHash = KeyHash::from_bytes([5; 28]);
const TREASURY: Address = Address::of_key(KeyHash::from_bytes([4; 28]));

fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

fn count(number: u64) -> Count {
    Count::from_number(number).unwrap()
}

/// Nine hundred thousand seconds are three thousand turns, so that the first is the first entity's, of 300 seconds.
fn at(later: u64) -> Time {
    Time::from_milliseconds((900_000 + later) * 1000).unwrap()
}

fn seconds(seconds: u64) -> Span {
    Span::from_seconds(seconds).unwrap()
}

fn labels(region: &str) -> Labels {
    [Label::new("region", region)].into_iter().collect()
}

fn grid() -> Grid {
    Grid::new(GridDraft {
        id: GRID,
        market: Contract::embedded().unwrap().scripts().market,
        deposit: ScriptHash::from_bytes([3; 28]),
        asset: Asset::Lovelace,
        entities: KEYS.to_vec(),
        admission: count(1),
        threshold: count(2),
        fee_ppm: Ppm::from_millionths(10_000).unwrap(),
        treasury: TREASURY,
        prior: amount(1),
        penalty: count(4),
        half_life: seconds(86_400),
    })
    .unwrap()
}

/// A lease of ten periods at 1,000, with a bond of 500, of which nothing is claimed.
fn leased() -> Stage {
    Stage::Leased(Box::new(Leased {
        bid: BidName::from_bytes([1; 32]),
        application: OWNER,
        refund: TREASURY,
        asset: Asset::Lovelace,
        fee_ppm: Ppm::ZERO,
        price: amount(1_000),
        period: seconds(60),
        grace: seconds(0),
        bond: amount(500),
        workload: WorkloadHash::from_bytes([1; 32]),
        resources: Resources::default(),
        start: at(0),
        periods: count(10),
        claimed: Count::ZERO,
    }))
}

fn led_bid() -> Bid {
    let terms = Terms::new(TermsDraft {
        grid: GRID,
        nonce: Count::ZERO,
        application: OWNER,
        refund: TREASURY,
        asset: Asset::Lovelace,
        fee_ppm: Ppm::from_millionths(10_000).unwrap(),
        request: Request::default(),
        price: PriceRange { floor: amount(0), ceiling: amount(1_000) },
        term: Term { period: seconds(60), periods: count(10), grace: seconds(0) },
        bond: amount(500),
        window: Window { opens: at(0), closes: at(1), settles: at(301) },
        method: Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO),
        workload: WorkloadHash::from_bytes([1; 32]),
    })
    .unwrap();
    let leader = Leader {
        operator: count(0),
        index: count(1),
        owner: OWNER,
        price: amount(900),
        resources: Vec::new(),
        merit: Merit::from_points(0).unwrap(),
    };
    Bid { terms, leader: Some(leader) }
}

/// A grid with a pool, an operator of two slots in these stages (nothing, where the slot is in a bid), and a led bid.
#[derive(Clone)]
struct Scene {
    slots: [Option<Stage>; 2],
    bid: Option<Bid>,
    with_grid: bool,
    with_pool: bool,
}

impl Scene {
    fn new() -> Self {
        Self { slots: [Some(Stage::Idle), Some(Stage::Idle)], bid: None, with_grid: true, with_pool: true }
    }

    fn first(stage: Stage) -> Self {
        Self { slots: [Some(stage), Some(Stage::Idle)], ..Self::new() }
    }

    fn view(&self) -> GridView {
        let operator = Operator {
            grid: GRID,
            number: count(0),
            owner: OWNER,
            endpoint: "https://ana.example".into(),
            capacity: Resources::default(),
            labels: labels("eu"),
            endorsed: Labels::default(),
            reputation: Reputation::default(),
            slots: count(2),
            updated: Time::ZERO,
        };
        let mut states: Vec<(State, Token, Amount)> =
            vec![(operator.into(), Token::Operator, OPERATOR_RESERVE)];
        if self.with_grid {
            states.push((grid().into(), Token::Grid, GRID_RESERVE));
        }
        if self.with_pool {
            states.push((Pool { grid: GRID, next: count(1) }.into(), Token::Pool, POOL_RESERVE));
        }
        for (index, stage) in (0..).zip(self.slots.clone()) {
            let Some(stage) = stage else { continue };
            let slot = Slot { grid: GRID, operator: count(0), index: count(index), owner: OWNER, stage };
            states.push((slot.into(), Token::Slot, SLOT_RESERVE));
        }
        states.extend(self.bid.clone().map(|bid| (bid.into(), Token::Slot, BID_RESERVE)));
        let scripts = Contract::embedded().unwrap().scripts();
        let outputs = states.into_iter().map(|(state, token, lovelace)| {
            let value = Value::of_lovelace(lovelace).plus(&scripts.token(token, &GRID), amount(1)).unwrap();
            let datum = Data::from_cbor(state.encode()).unwrap();
            let draft = OutputDraft::new(scripts.address(state.script()), value).with_inline_datum(datum);
            draft.finish(Network::Testnet)
        });
        let transaction = TransactionId::from_bytes([1; 32]);
        let utxos: UtxoSet = (0..)
            .zip(outputs)
            .map(|(index, output)| (OutputReference { transaction, index }, output))
            .collect();
        GridView::new(scripts, GRID).load(&utxos)
    }
}

fn lease_name() -> LeaseName {
    LeaseName { slot: SlotName { operator: count(0), index: count(0) }, start: at(0) }
}

fn ruling(paid: u64) -> Charter {
    let ruling = Ruling { paid: amount(paid), slashed: amount(500), broken: amount(0) };
    Charter { rulings: [(lease_name(), ruling)].into(), ..Charter::default() }
}

fn said(decisions: &[Decision]) -> Vec<String> {
    let deed = |decision: &Decision| decision.action.as_ref().map_or("-", crate::Action::name);
    decisions.iter().map(|decision| format!("{} {}", deed(decision), decision.reason.code())).collect()
}

fn entity(charter: Charter) -> Entity {
    Entity::new(KEYS[0], Address::of_key(KEYS[0]), charter)
}

#[test]
fn each_reason_has_its_state() {
    let settled = || Stage::Settled(Settled { kept: amount(10), broken: amount(5), at: at(0) });
    let awarding = || Charter { award_after: Some(seconds(60)), ..Charter::default() };
    let reporting = || Charter { report_after: Some(seconds(60)), ..Charter::default() };
    let expelling = |operator| Charter { expelled: [count(operator)].into(), ..Charter::default() };
    let endorsing =
        |operator, labels| Charter { endorsed: [(count(operator), labels)].into(), ..Charter::default() };
    let rotating = |penalty| Charter {
        rotation: Some(Rotation { penalty: count(penalty), ..Rotation::of(&grid()) }),
        ..Charter::default()
    };
    let led = || Scene { bid: Some(led_bid()), slots: [Some(Stage::Idle), None], ..Scene::new() };
    type Row = (&'static str, Scene, Charter, u64, &'static [&'static str], &'static [&'static str]);
    let rows: Vec<Row> = vec![
        ("nothing is wanted", Scene::new(), Charter::default(), 0, &[], &[]),
        ("there is no grid", Scene { with_grid: false, ..Scene::new() }, ruling(0), 0, &["- no_grid"], &[]),
        ("a bid has just settled", led(), awarding(), 360, &["- awaits_parties"], &[]),
        ("nobody awards", led(), awarding(), 361, &["award awards"], &[]),
        ("an award is not its business", led(), Charter::default(), 361, &[], &[]),
        ("a lease has just ended", Scene::first(settled()), reporting(), 59, &["- awaits_parties"], &[]),
        ("nobody reports", Scene::first(settled()), reporting(), 60, &["report reports"], &[]),
        ("a ruling", Scene::first(leased()), ruling(0), 60, &["- proposes"], &["arbitrate arbitrates"]),
        ("late in the turn", Scene::first(leased()), ruling(0), 241, &["- turn_ends"], &["- turn_ends"]),
        ("another's turn", Scene::first(leased()), ruling(0), 300, &["- awaits_turn"], &["- awaits_turn"]),
        ("a lease that is over", Scene::new(), ruling(0), 0, &["- no_lease"], &["- no_lease"]),
        (
            "a ruling that pays too much",
            Scene::first(leased()),
            ruling(10_001),
            0,
            &["- ruling_refused"],
            &["- ruling_refused"],
        ),
        ("an operator that should leave", Scene::new(), expelling(0), 0, &["- proposes"], &["retire expels"]),
        ("is bound", Scene::first(leased()), expelling(0), 0, &["- slot_busy"], &["- slot_busy"]),
        ("leads a bid", led(), expelling(0), 0, &["- slot_leads"], &["- slot_leads"]),
        ("has left", Scene::new(), expelling(7), 0, &["- no_operator"], &["- no_operator"]),
        (
            "cannot leave",
            Scene { with_pool: false, ..Scene::new() },
            expelling(0),
            0,
            &["- no_pool"],
            &["- no_pool"],
        ),
        ("labels", Scene::new(), endorsing(0, labels("eu")), 0, &["- proposes"], &["endorse endorses"]),
        ("labels that stand", Scene::new(), endorsing(0, Labels::default()), 0, &[], &[]),
        (
            "labels of nobody",
            Scene::new(),
            endorsing(7, labels("eu")),
            0,
            &["- no_operator"],
            &["- no_operator"],
        ),
        ("a rotation", Scene::new(), rotating(9), 0, &["- proposes"], &["rotate rotates"]),
        ("a rotation that was", Scene::new(), rotating(4), 0, &[], &[]),
    ];
    for (name, scene, charter, now, decided, proposed) in rows {
        let (view, entity) = (scene.view(), entity(charter));
        let decisions = entity.decide(&view, at(now));
        assert_eq!(said(&decisions), decided, "{name}");
        assert_eq!(said(&entity.proposals(&view, at(now))), proposed, "{name}");
        for decision in decisions {
            if let Some(until) = decision.reason.until() {
                assert!(decision.action.is_none() && until > at(now), "{name}: {}", decision.reason);
            }
        }
    }
    let stranger = Entity::new(OWNER, TREASURY, ruling(0));
    let view = Scene::first(leased()).view();
    assert_eq!(said(&stranger.decide(&view, at(0))), ["- not_an_entity"]);
}

#[test]
fn a_proposal_is_signed_by_its_turn() {
    let view = Scene::first(leased()).view();
    let signers = |now| {
        let proposals = KEYS.map(|key| Entity::new(key, TREASURY, ruling(0)).proposals(&view, at(now)));
        let actions = proposals.iter().flatten().filter_map(|decision| decision.action.as_ref());
        actions.map(|action| (action.signers(), action.bounds().before)).collect::<Vec<_>>()
    };
    assert_eq!(signers(0), [([KEYS[0], KEYS[1]].into(), Some(at(300)))]);
    assert_eq!(signers(300), [([KEYS[1], KEYS[2]].into(), Some(at(600)))]);
    assert_eq!(signers(600), [([KEYS[2], KEYS[0]].into(), Some(at(900)))]);
}

/// What an entity of a charter says to a plan.
fn answer(charter: Charter, scene: &Scene, plan: impl Fn(&GridView) -> Plan) -> String {
    let view = scene.view();
    let plan = plan(&view);
    let consumed: Vec<OutputReference> = plan.consumed().collect();
    match entity(charter).assent(plan.transition(), &consumed, &view, at(0)) {
        Ok(reason) => format!("yes: {}", reason.code()),
        Err(reason) => format!("no: {}", reason.code()),
    }
}

fn candidate(owner: KeyHash, slots: u64) -> Candidate {
    let (endpoint, capacity) = ("https://new.example".into(), Resources::default());
    Candidate { owner, endpoint, capacity, labels: labels("eu"), slots: count(slots) }
}

#[test]
fn it_agrees_to_what_its_charter_asks_for_and_to_nothing_else() {
    let lease = Scene::first(leased());
    let grid_of = |view: &GridView| view.grid().unwrap().reference;
    let slot = |view: &GridView| view.slot(lease_name().slot).unwrap().reference;
    let arbitrate = |paid, slashed| {
        move |view: &GridView| {
            let ruling = Ruling { paid: amount(paid), slashed: amount(slashed), broken: amount(0) };
            Plan::arbitrate(slot(view), grid_of(view), ruling)
        }
    };
    assert_eq!(answer(ruling(7), &lease, arbitrate(7, 500)), "yes: arbitrates");
    assert_eq!(answer(ruling(7), &lease, arbitrate(8, 500)), "no: not_in_charter");
    assert_eq!(answer(ruling(7), &lease, arbitrate(7, 499)), "no: not_in_charter");
    assert_eq!(answer(Charter::default(), &lease, arbitrate(7, 500)), "no: not_in_charter");
    assert_eq!(
        answer(ruling(7), &lease, |view| Plan::extend(slot(view), grid_of(view), count(1))),
        "no: not_in_charter"
    );

    let operator = |view: &GridView| view.operator(count(0)).unwrap().reference;
    let endorse = |region: &'static str| {
        move |view: &GridView| Plan::endorse(operator(view), grid_of(view), labels(region))
    };
    let endorsing = || Charter { endorsed: [(count(0), labels("eu"))].into(), ..Charter::default() };
    assert_eq!(answer(endorsing(), &lease, endorse("eu")), "yes: endorses");
    assert_eq!(answer(endorsing(), &lease, endorse("us")), "no: not_in_charter");

    let rotate = |penalty| {
        move |view: &GridView| {
            Plan::rotate(grid_of(view), Rotation { penalty: count(penalty), ..Rotation::of(&grid()) })
        }
    };
    let rotation = Some(Rotation { penalty: count(9), ..Rotation::of(&grid()) });
    let rotating = || Charter { rotation: rotation.clone(), ..Charter::default() };
    assert_eq!(answer(rotating(), &lease, rotate(9)), "yes: rotates");
    assert_eq!(answer(rotating(), &lease, rotate(8)), "no: not_in_charter");

    let retire = |view: &GridView| {
        Plan::retire(view.pool().unwrap().reference, operator(view), [slot(view)], grid_of(view))
    };
    let expelling = |number| Charter { expelled: [count(number)].into(), ..Charter::default() };
    assert_eq!(answer(expelling(0), &lease, retire), "yes: expels");
    assert_eq!(answer(expelling(1), &lease, retire), "no: not_in_charter");

    let admit = |owner, slots| {
        move |view: &GridView| {
            Plan::admit(view.pool().unwrap().reference, grid_of(view), candidate(owner, slots))
        }
    };
    let admitting = |owner, allowed: Option<&str>| {
        let labels: Option<BTreeSet<Label>> = allowed.map(|region| [Label::new("region", region)].into());
        let owners = [(owner, count(2))].into();
        Charter { admission: Admission { owners, labels }, ..Charter::default() }
    };
    assert_eq!(answer(admitting(KEYS[1], None), &lease, admit(KEYS[1], 2)), "yes: admits");
    assert_eq!(answer(admitting(KEYS[1], Some("eu")), &lease, admit(KEYS[1], 2)), "yes: admits");
    assert_eq!(answer(admitting(KEYS[1], Some("us")), &lease, admit(KEYS[1], 2)), "no: label_not_allowed");
    assert_eq!(answer(admitting(KEYS[1], None), &lease, admit(KEYS[1], 3)), "no: too_many_slots");
    assert_eq!(answer(admitting(KEYS[1], None), &lease, admit(KEYS[2], 2)), "no: not_listed");
    assert_eq!(answer(admitting(OWNER, None), &lease, admit(OWNER, 2)), "no: has_record");
}

#[test]
fn a_candidate_asks_until_it_is_admitted() {
    let applies = |scene: &Scene, owner, now| {
        said(&Candidacy::new(candidate(owner, 1)).proposals(&scene.view(), at(now)))
    };
    let scene = Scene::new;
    assert_eq!(applies(&scene(), KEYS[1], 0), ["admit applies"]);
    assert_eq!(applies(&scene(), KEYS[1], 250), ["- turn_ends"]);
    assert_eq!(applies(&scene(), OWNER, 0), ["- admitted"]);
    assert_eq!(applies(&Scene { with_pool: false, ..scene() }, KEYS[1], 0), ["- no_pool"]);
    assert_eq!(applies(&Scene { with_grid: false, ..scene() }, KEYS[1], 0), ["- no_grid"]);
    let plan = Plan::lead(
        OutputReference { transaction: TransactionId::from_bytes([1; 32]), index: 0 },
        OutputReference { transaction: TransactionId::from_bytes([1; 32]), index: 1 },
    );
    let answer = Candidacy::new(candidate(OWNER, 1)).assent(plan.transition(), &[], &scene().view(), at(0));
    assert_eq!(answer.unwrap_err().code(), "not_in_charter");
}

#[test]
fn a_treasurer_sees_to_its_own_treasury() {
    let led = Scene { bid: Some(led_bid()), slots: [Some(Stage::Idle), None], ..Scene::new() };
    let decided = |treasury, scene: &Scene, now| {
        said(&Treasurer::new(treasury, seconds(60)).unwrap().decide(&scene.view(), at(now)))
    };
    assert_eq!(decided(TREASURY, &led, 360), ["- awaits_parties"]);
    assert_eq!(decided(TREASURY, &led, 361), ["award awards"]);
    assert_eq!(decided(Address::of_key(OWNER), &led, 361), ["- other_treasury"]);
    assert_eq!(decided(TREASURY, &Scene { with_grid: false, ..led }, 361), ["- no_grid"]);
    let script = Address { payment: Credential::Script(ScriptHash::from_bytes([1; 28])), stake: None };
    assert_eq!(Treasurer::new(script, seconds(60)).unwrap_err().code(), "treasury_of_script");
}

#[test]
fn an_award_says_which_fee_it_saves() {
    let led = Scene { bid: Some(led_bid()), slots: [Some(Stage::Idle), None], ..Scene::new() };
    let charter = Charter { award_after: Some(Span::ZERO), ..Charter::default() };
    let decisions = entity(charter).decide(&led.view(), at(301));
    // One percent of ten periods at 900.
    let reason = Reason::Awards { settled: at(301), fee: amount(90) };
    assert_eq!(decisions.iter().map(|decision| &decision.reason).collect::<Vec<_>>(), [&reason.into()]);
}
