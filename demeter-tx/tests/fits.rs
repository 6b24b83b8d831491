//! Invariant 6: every state that the contract allows fits an output, and its reserve covers the ledger's minimum.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use demeter_core::limits::{
    BID_RESERVE, GRID_RESERVE, MAX_NEEDS, MAX_OPERATOR_SIZE, MAX_TERMS_SIZE, OPERATOR_RESERVE, POOL_RESERVE,
    SLOT_RESERVE,
};
use demeter_core::transition::Held;
use demeter_core::{
    Address, Amount, Asset, AssetName, Bid, BidName, Commit, Count, Credential, Deposit, Grid, GridDraft,
    GridId, KeyHash, Label, Leader, Leased, Merit, Method, Need, Operator, OutputReference, PlutusData as _,
    Pool, Ppm, PriceRange, Quantity, Reputation, Request, Resource, ResourceName, Script, ScriptHash,
    Settled, Slot, Span, Stage, State, Term, Terms, TermsDraft, TermsError, Text, Time, Token, TransactionId,
    Value, Window, WorkloadHash,
};
use demeter_tx::market::Contract;
use demeter_tx::{Data, Network, OutputDraft, ProtocolParameters};

fn scripts() -> demeter_core::Scripts {
    Contract::embedded().unwrap().scripts()
}

fn widest_address() -> Address {
    Address {
        payment: Credential::Script(ScriptHash::from_bytes([0xff; 28])),
        stake: Some(Credential::Script(ScriptHash::from_bytes([0xff; 28]))),
    }
}

fn widest_asset() -> Asset {
    Asset::Token { policy: ScriptHash::from_bytes([0xff; 28]), name: AssetName::from([0xff; 32]) }
}

/// The least lovelace for a state with these tokens; at `market` it owes as much as can be of the widest asset.
fn minimum(state: State, tokens: &[(Token, u64)]) -> u64 {
    let grid = GridId::from_bytes([0xff; 28]);
    let mut value = Value::of_lovelace(SLOT_RESERVE);
    if state.script() == Script::Market {
        value = value.plus(&widest_asset(), Amount::MAX).unwrap();
    }
    for (token, count) in tokens {
        value = value.plus(&scripts().token(*token, &grid), Amount::from_units(*count).unwrap()).unwrap();
    }
    let output = OutputDraft::new(scripts().address(state.script()), value)
        .with_inline_datum(Data::from_cbor(state.encode()).unwrap())
        .finish(Network::Mainnet);
    output.minimum_lovelace(&ProtocolParameters::hydra_l2().unwrap()).unwrap().to_units()
}

/// Terms with these needs and nothing small in them, filled up with labels to the largest size that may stand.
fn largest_terms(needs: Vec<Need>) -> Option<Terms> {
    let fits = |padding: usize| {
        let labels = if padding == 0 {
            Default::default()
        } else {
            [Label::new(&"k".repeat(padding), "")].into_iter().collect()
        };
        Terms::new(TermsDraft {
            grid: GridId::from_bytes([0xff; 28]),
            nonce: Count::MAX,
            application: KeyHash::from_bytes([0xff; 28]),
            refund: widest_address(),
            asset: widest_asset(),
            fee_ppm: Ppm::from_millionths(100_000).unwrap(),
            request: Request { needs: needs.clone(), labels, endorsed: Default::default() },
            price: PriceRange {
                floor: Amount::from_units(1 << 50).unwrap(),
                ceiling: Amount::from_units(1 << 51).unwrap(),
            },
            term: Term {
                period: Span::from_seconds(3_600).unwrap(),
                periods: Count::from_number(1_000).unwrap(),
                grace: Span::from_seconds(86_400).unwrap(),
            },
            // As wide as an integer gets, and as high as sums allow.
            bond: Amount::from_units(1 << 62).unwrap(),
            window: Window {
                opens: Time::from_milliseconds(1 << 60).unwrap(),
                closes: Time::from_milliseconds((1 << 60) + 1).unwrap(),
                settles: Time::from_milliseconds((1 << 60) + 300_001).unwrap(),
            },
            method: Method::auction(Ppm::ONE, Ppm::ONE, Ppm::ONE),
            workload: WorkloadHash::from_bytes([0xff; 32]),
        })
    };
    (0..MAX_TERMS_SIZE).rev().find_map(|padding| match fits(padding) {
        Ok(terms) => Some(terms),
        Err(TermsError::Size { .. }) => None,
        Err(error) => panic!("{error}"),
    })
}

/// Needs of several shapes: none, one with a name as long as fits, and as many as may be, short and long.
fn shapes() -> Vec<Terms> {
    let need = |name: String| Need {
        name: ResourceName::from_bytes(name),
        required: Quantity::ZERO,
        preferred: Quantity::ZERO,
    };
    let longest =
        (1..MAX_TERMS_SIZE).rev().find_map(|length| largest_terms(vec![need("n".repeat(length))])).unwrap();
    let many = |length: usize| {
        let name = |index: usize| format!("{index:x}{}", "n".repeat(length));
        largest_terms((0..MAX_NEEDS).map(|index| need(name(index))).collect())
    };
    let most = (0..64).rev().find_map(many).unwrap();
    vec![largest_terms(Vec::new()).unwrap(), longest, many(0).unwrap(), most]
}

fn leader(terms: &Terms) -> Leader {
    Leader {
        operator: Count::MAX,
        index: Count::MAX,
        owner: KeyHash::from_bytes([0xff; 28]),
        price: Amount::MAX,
        resources: vec![Quantity::MAX; terms.request.needs.len()],
        merit: Merit::MAX,
    }
}

fn slot(stage: Stage) -> State {
    State::from(Slot {
        grid: GridId::from_bytes([0xff; 28]),
        operator: Count::MAX,
        index: Count::MAX,
        owner: KeyHash::from_bytes([0xff; 28]),
        stage,
    })
}

fn lease(terms: &Terms) -> Stage {
    let resources = terms.request.needs.iter();
    Stage::Leased(Box::new(Leased {
        bid: BidName::from_bytes([0xff; 32]),
        application: terms.application,
        refund: terms.refund,
        asset: terms.asset.clone(),
        fee_ppm: terms.fee_ppm,
        price: Amount::MAX,
        period: terms.term.period,
        grace: terms.term.grace,
        bond: terms.bond,
        workload: terms.workload,
        resources: resources
            .map(|need| Resource { name: need.name.clone(), amount: Quantity::MAX })
            .collect(),
        start: Time::MAX,
        periods: terms.term.periods,
        claimed: terms.term.periods,
    }))
}

#[test]
fn bids_hold_their_minimum() {
    for terms in shapes() {
        let open = minimum(State::from(Bid { terms: terms.clone(), leader: None }), &[]);
        let led = Bid { leader: Some(leader(&terms)), terms };
        let led = minimum(State::from(led), &[(Token::Slot, 1)]);
        println!("bid: open {open}, led {led}");
        assert!(open <= BID_RESERVE.to_units(), "an open bid needs {open}");
        // A led bid holds its slot's reserve as well.
        assert!(led <= BID_RESERVE.to_units() + SLOT_RESERVE.to_units(), "a led bid needs {led}");
    }
}

#[test]
fn slots_hold_their_minimum() {
    let mut stages =
        vec![Stage::Idle, Stage::Settled(Settled { kept: Amount::MAX, broken: Amount::MAX, at: Time::MAX })];
    for terms in shapes() {
        stages.push(lease(&terms));
        stages.push(Stage::Offered(demeter_core::Offered {
            bid: BidName::from_bytes([0xff; 32]),
            price: Amount::MAX,
            resources: vec![Quantity::MAX; terms.request.needs.len()],
            merit: Merit::MAX,
            until: Time::MAX,
        }));
    }
    for stage in stages {
        let needed = minimum(slot(stage), &[(Token::Slot, 1)]);
        println!("slot: {needed}");
        assert!(needed <= SLOT_RESERVE.to_units(), "a slot needs {needed}");
    }
}

#[test]
fn the_registry_holds_its_minimum() {
    let grid = GridId::from_bytes([0xff; 28]);
    let operator = |padding: usize| Operator {
        grid,
        number: Count::MAX,
        owner: KeyHash::from_bytes([0xff; 28]),
        endpoint: Text::from_bytes(vec![0xff; padding]),
        capacity: Default::default(),
        labels: Default::default(),
        endorsed: Default::default(),
        reputation: Reputation { fulfilled: Amount::MAX, breached: Amount::MAX, as_of: Time::MAX },
        slots: Count::MAX,
        updated: Time::MAX,
    };
    let largest = (0..MAX_OPERATOR_SIZE).rev().map(operator).find(|one| one.size() <= MAX_OPERATOR_SIZE);
    let needed = minimum(State::from(largest.unwrap()), &[(Token::Operator, 1)]);
    println!("operator: {needed}");
    assert!(needed <= OPERATOR_RESERVE.to_units(), "an operator needs {needed}");

    let needed = minimum(State::from(largest_grid()), &[(Token::Grid, 1)]);
    println!("grid: {needed}");
    assert!(needed <= GRID_RESERVE.to_units(), "a grid needs {needed}");

    let needed = minimum(State::from(largest_pool()), &IDLE);
    println!("pool: {needed}");
    assert!(needed <= POOL_RESERVE.to_units(), "a pool needs {needed}");
}

/// The tokens of a pool, as many as can be.
const IDLE: [(Token, u64); 3] =
    [(Token::Pool, 1), (Token::Operator, u64::MAX >> 1), (Token::Slot, u64::MAX >> 1)];

fn largest_pool() -> Pool {
    Pool { grid: GridId::from_bytes([0xff; 28]), next: Count::MAX }
}

fn largest_grid() -> Grid {
    Grid::new(GridDraft {
        id: GridId::from_bytes([0xff; 28]),
        market: ScriptHash::from_bytes([0xff; 28]),
        deposit: ScriptHash::from_bytes([0xff; 28]),
        asset: widest_asset(),
        entities: (0..16).map(|index| KeyHash::from_bytes([index; 28])).collect(),
        admission: Count::from_number(16).unwrap(),
        threshold: Count::from_number(16).unwrap(),
        fee_ppm: Ppm::from_millionths(100_000).unwrap(),
        treasury: widest_address(),
        prior: Amount::MAX,
        penalty: Count::MAX,
        half_life: Span::MAX,
    })
    .unwrap()
}

/// The deposit of the largest grid and pool holds just their reserves, which must do: hydra ignores a deposit that
/// holds more than it records.
#[test]
fn a_deposit_holds_its_minimum() {
    let held = |byte: u8, reserve: Amount, tokens: &[(Token, u64)], state: State| {
        let mut value = Value::of_lovelace(reserve);
        for (token, count) in tokens {
            let token = scripts().token(*token, &GridId::from_bytes([0xff; 28]));
            value = value.plus(&token, Amount::from_units(*count).unwrap()).unwrap();
        }
        let transaction = TransactionId::from_bytes([byte; 32]);
        Held { reference: OutputReference { transaction, index: 65_535 }, value, state }
    };
    let grid = held(0xfe, GRID_RESERVE, &[(Token::Grid, 1)], largest_grid().into());
    let pool = held(0xff, POOL_RESERVE, &IDLE, largest_pool().into());
    let datum = Deposit {
        head: ScriptHash::from_bytes([0xff; 28]),
        deadline: Time::MAX,
        commits: [&grid, &pool].map(|held| Commit::of(&scripts(), held)).into(),
    };
    let value = grid.value.checked_add(&pool.value).unwrap();
    let output = OutputDraft::new(Address::of_script(ScriptHash::from_bytes([0xff; 28])), value.clone())
        .with_inline_datum(Data::from_cbor(datum.encode()).unwrap())
        .finish(Network::Mainnet);
    let needed = output.minimum_lovelace(&ProtocolParameters::hydra_l2().unwrap()).unwrap();
    println!("deposit: {needed}");
    assert!(needed <= value.lovelace(), "a deposit needs {needed}");
}
