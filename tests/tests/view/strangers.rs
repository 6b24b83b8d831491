//! What stands at the contract's addresses and does not count: each reason, from what was healthy.

use std::collections::BTreeSet;

use demeter_core::{
    Address, Bid, Credential, Grid, GridDraft, GridId, Label, Method, Operator, OutputReference,
    PlutusData as _, Pool, Script, Scripts, Slot, State, Terms, TermsDraft, Token, Value,
};
use demeter_tests::make::{amount, grid_id, key, labels, need, ppm, reference, span, token};
use demeter_tx::view::{GridView, Subject, Unanswerable, ViewError};
use demeter_tx::{Data, Effect, Network, Output, OutputDraft, UtxoSet};

use super::story::Story;

/// A view with open bids, slots and operators, and what it is made of.
fn busy(seed: u64) -> (Story, GridView, UtxoSet) {
    let story = Story::drawn(seed, 120);
    let mut found = None;
    story.tell(|moment, _| {
        let view = moment.view();
        let rich = view.open_bids().next().is_some() && view.slots().count() > 3;
        let rich = rich && view.grid().unwrap().state.fee_ppm > ppm(1);
        if rich && found.is_none() {
            found = Some((view, moment.utxos.clone()));
        }
    });
    let (view, utxos) = found.unwrap();
    (story, view, utxos)
}

fn draft(address: Address, value: &Value, state: impl Into<State>) -> OutputDraft {
    let datum = Data::from_cbor(state.into().encode()).unwrap();
    OutputDraft::new(address, value.clone()).with_inline_datum(datum)
}

fn output(draft: &OutputDraft) -> Output {
    draft.finish(Network::Testnet)
}

#[test]
fn each_reason_is_told_and_nothing_else_changes() {
    let (story, view, _) = busy(71);
    let scripts = story.scripts();
    let [registry, market] = [Script::Registry, Script::Market].map(|script| scripts.address(script));
    let staked = Address { stake: Some(Credential::Key(key(1))), ..market };
    let bid = view.open_bids().next().unwrap().held.clone();
    let slot = view.slots().next().unwrap().clone();
    let operator = view.operators().next().unwrap().clone();
    let terms = |change: &dyn Fn(&mut demeter_core::TermsDraft)| {
        let mut draft = bid.state.terms.clone().into_draft();
        change(&mut draft);
        Bid::open(demeter_core::Terms::new(draft).unwrap())
    };
    let ada = Value::of_lovelace(amount(20_000_000));
    let more = bid.value.clone().plus(&demeter_core::Asset::Lovelace, amount(1)).unwrap();
    let led = Bid {
        leader: Some(demeter_core::Leader {
            operator: slot.state.operator,
            index: slot.state.index,
            owner: slot.state.owner,
            price: bid.state.terms.price.floor,
            resources: Vec::new(),
            merit: Default::default(),
        }),
        ..bid.state.clone()
    };
    let script = story.composer().contract().market().clone();
    let other_token = scripts.token(Token::Slot, &grid_id(9));
    let foreign = Value::of_lovelace(amount(9_000_000)).plus(&other_token, amount(1)).unwrap();
    let cases = [
        ("staked", draft(staked, &bid.value, bid.state.clone()), "its address has a staking part"),
        ("no_datum", OutputDraft::new(market, ada.clone()), "it has no inline datum"),
        (
            "no_datum",
            OutputDraft::new(registry, ada.clone()).with_datum_hash([1; 32]),
            "it has no inline datum",
        ),
        (
            "malformed",
            OutputDraft::new(market, ada.clone()).with_inline_datum(Data::unit()),
            "its datum is no state: grid at byte 3: expected 12 fields, found 0",
        ),
        ("wrong_script", draft(market, &ada, operator.state.clone()), "it is a operator at the wrong script"),
        ("wrong_script", draft(registry, &bid.value, bid.state.clone()), "it is a bid at the wrong script"),
        (
            "other_grid",
            draft(market, &bid.value, terms(&|terms| terms.grid = grid_id(9))),
            "it is a bid of grid 09090909090909090909090909090909090909090909090909090909",
        ),
        ("no_token", draft(market, &ada, slot.state.clone()), "it is a slot without the grid's SLOT token"),
        (
            "no_token",
            draft(market, &foreign, slot.state.clone()),
            "it is a slot without the grid's SLOT token",
        ),
        (
            "no_token",
            draft(registry, &ada, operator.state.clone()),
            "it is a operator without the grid's OPER token",
        ),
        ("no_token", draft(market, &ada, led), "it is a bid without the grid's SLOT token"),
        (
            "carries_script",
            draft(market, &bid.value, bid.state.clone()).with_reference_script(script),
            "it carries a script",
        ),
        (
            "not_funded",
            draft(market, &more, bid.state.clone()),
            "it is an open bid that is not funded exactly",
        ),
        (
            "refund_not_payable",
            draft(market, &bid.value, terms(&|terms| terms.refund = registry)),
            "it is an open bid whose refund would go to a script of the contract",
        ),
    ];
    let at = reference(0xee, 0);
    let now = bid.state.terms.window.opens;
    for (code, draft, message) in cases {
        let mut seen = view.clone();
        let made = vec![(at, output(&draft))];
        let changes = seen.apply(&Effect { consumed: Vec::new(), made });
        assert_eq!(changes.iter().map(|(subject, _)| subject).collect::<Vec<_>>(), [Subject::Stranger(at)]);
        let (_, stranger) = seen.strangers().find(|(reference, _)| *reference == at).unwrap();
        assert_eq!((stranger.reason.code(), stranger.reason.to_string().as_str()), (code, message));
        assert_eq!(seen.bids().collect::<Vec<_>>(), view.bids().collect::<Vec<_>>());
        assert_eq!(seen.slots().collect::<Vec<_>>(), view.slots().collect::<Vec<_>>());
        assert_eq!(seen.operators().collect::<Vec<_>>(), view.operators().collect::<Vec<_>>());
        // What is an application's own, it is told to take back.
        let own = ["carries_script", "not_funded", "refund_not_payable"].contains(&code);
        let application = bid.state.terms.application;
        let more = seen.due(&application, now).len() - view.due(&application, now).len();
        assert_eq!(more, usize::from(own), "{code}");
        seen.apply(&Effect { consumed: vec![at], made: Vec::new() });
        assert_eq!(seen, view);
    }
}

/// Bids that grid or record forbid to answer count, since what they hold is as it should be: whoever looks for
/// something to answer is told why not.
#[test]
fn bids_that_the_grid_refuses_are_told_of_where_they_are_looked_for() {
    let (story, mut view, _) = busy(72);
    let market = story.scripts().address(Script::Market);
    let terms = view.open_bids().next().unwrap().terms().clone();
    let (operator, now) = (view.operators().next().unwrap().state.number, terms.window.opens);
    let fee_ppm = view.grid().unwrap().state.fee_ppm;
    let mars = labels(&[("region", "mars")]);
    let with = |change: &dyn Fn(&mut TermsDraft)| {
        // The grid may ask for more by now than the bid that this is made from.
        let mut draft = TermsDraft { fee_ppm, bond: amount(1 << 40), ..terms.clone().into_draft() };
        change(&mut draft);
        draft
    };
    let cases = [
        (with(&|terms| terms.fee_ppm = ppm(1)), "fee_too_low"),
        (with(&|terms| terms.asset = token(0x77, b"play money")), "other_asset"),
        (with(&|terms| terms.request.labels = mars.clone()), "missing_label"),
        (with(&|terms| terms.request.endorsed = mars.clone()), "missing_endorsement"),
        (with(&|terms| terms.request.needs = vec![need("cpu", 1 << 60, 0)]), "too_much_of_a_resource"),
        (with(&|terms| terms.method = Method::reputation(span(1 << 50), span(0))), "enters_too_late"),
    ];
    for (index, (draft_terms, code)) in (0..).zip(cases) {
        let terms = demeter_core::Terms::new(draft_terms).unwrap();
        let escrow = terms.escrow().unwrap();
        let value = Value::of_lovelace(demeter_core::limits::BID_RESERVE).plus(&terms.asset, escrow).unwrap();
        let at = reference(0xee, index);
        let made = vec![(at, output(&draft(market, &value, Bid::open(terms))))];
        view.apply(&Effect { consumed: Vec::new(), made });
        let biddable = view.biddable(operator, now).unwrap();
        let prospect = biddable.prospects.iter().find(|prospect| prospect.bid.reference() == at).unwrap();
        assert_eq!(prospect.verdict.as_ref().unwrap_err().code(), code);
    }
    let asking: Vec<_> = view.open_bids_asking(&Label::new("region", "mars")).collect();
    assert_eq!(asking.iter().map(|bid| bid.reference().index).collect::<Vec<_>>(), [2, 3]);
    let closes = view.bid_at(&reference(0xee, 5)).unwrap().terms().window.closes;
    let late = Unanswerable::EntersTooLate { entry: demeter_core::Time::MAX, closes };
    let told = format!("the race closes at {closes}, and the operator may enter at 9223372036854775807");
    assert_eq!(late.to_string(), told);
}

/// The same output on another grid: with its id and its tokens.
fn translated(scripts: Scripts, output: &Output, from: GridId, to: GridId) -> OutputDraft {
    let tokens = [Token::Grid, Token::Operator, Token::Pool, Token::Slot];
    let value = output.value().iter().fold(Value::default(), |value, (asset, units)| {
        let token = tokens.into_iter().find(|token| scripts.token(*token, &from) == *asset);
        let asset = token.map_or_else(|| asset.clone(), |token| scripts.token(token, &to));
        value.plus(&asset, units).unwrap()
    });
    let plain = OutputDraft::new(*output.address(), value.clone());
    let Some(data) = output.inline_datum() else { return plain };
    let Ok(state) = State::decode(data.as_bytes()) else { return plain.with_inline_datum(data.clone()) };
    let state: State = match state {
        State::Grid(grid) => Grid::new(GridDraft { id: to, ..grid.into_draft() }).unwrap().into(),
        State::Pool(pool) => Pool { grid: to, ..pool }.into(),
        State::Operator(operator) => Operator { grid: to, ..*operator }.into(),
        State::Slot(slot) => Slot { grid: to, ..slot }.into(),
        State::Bid(bid) => {
            let terms = Terms::new(TermsDraft { grid: to, ..bid.terms.into_draft() }).unwrap();
            Bid { terms, leader: bid.leader }.into()
        }
    };
    draft(*output.address(), &value, state)
}

#[test]
fn two_grids_on_one_ledger_see_only_their_own() {
    let (story, view, utxos) = busy(73);
    let (scripts, one, other) = (story.scripts(), story.grid(), grid_id(9));
    let both = utxos.iter().flat_map(|(at, was)| {
        let moved = OutputReference { index: at.index + 100, ..*at };
        [(*at, was.clone()), (moved, output(&translated(scripts, was, one, other)))]
    });
    let both: UtxoSet = both.collect();
    assert_eq!(both.len(), 2 * utxos.len());
    let shown = |view: &GridView| {
        let bids = view.bids().map(|bid| (bid.terms().nonce, bid.is_open(), bid.value().lovelace()));
        let bids: BTreeSet<_> = bids.collect();
        let slots = view.slots().map(|held| (held.state.operator, held.state.index, held.value.lovelace()));
        let slots: Vec<_> = slots.collect();
        let operators: Vec<_> = view.operators().map(|held| held.state.number).collect();
        (bids, slots, operators)
    };
    for grid in [one, other] {
        let together = GridView::new(scripts, grid).load(&both);
        assert_eq!(together.grid().unwrap().state.id, grid);
        assert_eq!(shown(&together), shown(&view));
        assert!(together.bids().all(|bid| bid.terms().grid == grid));
        let foreign = together.strangers().filter(|(_, stranger)| stranger.reason.code() == "other_grid");
        assert!(foreign.count() >= 2 + view.slots().count() + view.bids().count());
    }
}

#[test]
fn a_grid_that_is_not_there_or_not_ours_shows_nothing() {
    let (story, view, utxos) = busy(75);
    let grid_at = view.grid().unwrap().clone();
    let with = |grid: Option<demeter_core::Grid>, twice: bool| {
        let mut utxos = utxos.clone();
        let was = utxos.remove(&grid_at.reference).unwrap();
        if let Some(grid) = grid {
            let made = output(&draft(*was.address(), was.value(), grid));
            utxos.insert(grid_at.reference, made.clone());
            if twice {
                utxos.insert(reference(0xee, 0), made);
            }
        }
        story.view().load(&utxos)
    };
    let mut other = grid_at.state.clone().into_draft();
    other.market = demeter_tests::make::script(7);
    let other = demeter_core::Grid::new(other).unwrap();
    let [ours, found] = [story.scripts().market, other.market];
    for (view, error) in [
        (with(None, false), ViewError::NoGrid { grid: story.grid() }),
        (with(Some(other), false), ViewError::OtherMarket { expected: ours, found }),
        (
            with(Some(grid_at.state.clone()), true),
            ViewError::Several { state: demeter_core::StateKind::Grid, found: 2 },
        ),
    ] {
        assert_eq!(view.grid().unwrap_err(), error);
        assert_eq!(view.bids().count() + view.slots().count() + view.operators().count(), 0);
        assert!(view.pool().is_none());
        assert!(story.keys().iter().all(|key| view.due(key, grid_at_time()).is_empty()));
        // What anybody can pay with is its own, whatever the grid is.
        assert!(view.watched().any(|address| view.wallet(address).next().is_some()));
    }
    let error = ViewError::OtherMarket { expected: ours, found };
    let seven = "07".repeat(28);
    assert_eq!(error.to_string(), format!("the grid's market is {seven}, expected {ours}"));
    let error = ViewError::Several { state: demeter_core::StateKind::Grid, found: 2 };
    assert_eq!(error.to_string(), "there is one grid, found 2");
    let error = ViewError::NoOperator { number: demeter_tests::make::count(5) };
    assert_eq!(error.to_string(), "there is no operator 5");
}

fn grid_at_time() -> demeter_core::Time {
    demeter_tests::make::time(demeter_tests::history::ground::START)
}
