//! Samples of the five states and of terms.

use demeter_core::{
    Amount, Bid, Count, Credential, Grid, GridDraft, Leader, Leased, Merit, Method, Offered, Operator, Pool,
    Quantity, Reputation, Settled, Slot, Span, Stage, State, Terms, TermsDraft, Time,
};

use super::records::{grid, leader, leased, operator, staked, terms};
use super::{Sample, sample};
use crate::make::{
    amount, bid_name, count, grid_id, key, labels, merit, need, ppm, quantities, resources, script, span,
    time, token, workload,
};

/// A value with some of its fields changed.
fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}

/// Grids.
pub fn grids() -> Vec<Sample<State>> {
    let state = |draft: GridDraft| State::from(Grid::new(draft).unwrap());
    vec![
        sample("three entities, fees in ada to a key", state(grid())),
        sample(
            "no entities: admission is open, nobody decides",
            state(with(grid(), |grid| {
                grid.entities.clear();
                (grid.admission, grid.threshold) = (count(0), count(1));
            })),
        ),
        sample(
            "sixteen entities, settled in a token with a name of 32 bytes, treasury a script with a staking key",
            state(with(grid(), |grid| {
                grid.entities = (0..16).map(key).collect();
                (grid.admission, grid.threshold) = (count(16), count(9));
                grid.asset = token(0x55, &[0x6e; 32]);
                grid.treasury = staked(Credential::Script(script(0x78)), Credential::Key(key(0x79)));
            })),
        ),
        sample(
            "a token without a name, the least and the largest parameters",
            state(with(grid(), |grid| {
                grid.asset = token(0x55, b"");
                grid.treasury = staked(Credential::Key(key(0x78)), Credential::Script(script(0x79)));
                grid.fee_ppm = ppm(100_000);
                (grid.prior, grid.penalty, grid.half_life) = (amount(1), Count::MAX, span(3_600_000));
            })),
        ),
        sample(
            "no fee, no penalty, the largest prior and half-life",
            state(with(grid(), |grid| {
                grid.fee_ppm = ppm(0);
                (grid.prior, grid.penalty, grid.half_life) = (Amount::MAX, count(0), Span::MAX);
            })),
        ),
    ]
}

/// Pools.
pub fn pools() -> Vec<Sample<State>> {
    let pool = |next| Pool { grid: grid_id(0x11), next };
    vec![
        sample("no operator yet", pool(count(0))),
        sample("23 operators, the largest integer of one byte", pool(count(23))),
        sample("24 operators, the smallest integer of two bytes", pool(count(24))),
        sample("256 operators, the smallest integer of three bytes", pool(count(256))),
        sample("65,536 operators, the smallest integer of five bytes", pool(count(65_536))),
        sample("2^32 operators, the smallest integer of nine bytes", pool(count(1 << 32))),
        sample("2^63 - 1 operators", pool(Count::MAX)),
    ]
}

/// Operators.
pub fn operators() -> Vec<Sample<State>> {
    vec![
        sample("a newcomer", operator()),
        sample(
            "nothing said of itself",
            with(operator(), |operator| {
                operator.endpoint = "".into();
                operator.capacity = resources(&[]);
                operator.labels = labels(&[]);
            }),
        ),
        sample(
            "endorsed, with a record, and updated",
            Operator {
                number: count(300),
                endorsed: labels(&[("tier", "gold"), ("region", "eu-west")]),
                reputation: Reputation {
                    fulfilled: amount(12_345_678),
                    breached: amount(90),
                    as_of: time(1_800_000_000_000),
                },
                slots: count(16),
                updated: time(1_800_000_100_000),
                ..operator()
            },
        ),
        sample(
            "texts of 64 bytes in one piece, of 65 and 129 in chunks, and a label that is not text",
            Operator {
                endpoint: "e".repeat(129).as_str().into(),
                labels: [(&"k".repeat(64), &"v".repeat(65)), (&"k".repeat(65), &"v".repeat(64))]
                    .iter()
                    .map(|(key, value)| demeter_core::Label::new(key, value))
                    .chain([demeter_core::Label {
                        key: demeter_core::Text::from_bytes([0xff, 0x00]),
                        value: "".into(),
                    }])
                    .collect(),
                ..operator()
            },
        ),
        sample(
            "names twice and out of order stay as they are; integers of 0 and 2^63 - 1",
            Operator {
                number: Count::MAX,
                capacity: resources(&[
                    ("memory", Quantity::MAX.to_units()),
                    ("cpu", 0),
                    ("memory", 1),
                    ("nvidia.com/gpu", 8),
                ]),
                labels: labels(&[("b", "1"), ("a", "2"), ("b", "1")]),
                reputation: Reputation { fulfilled: Amount::MAX, breached: Amount::MAX, as_of: Time::MAX },
                slots: count(1),
                updated: Time::MAX,
                ..operator()
            },
        ),
    ]
}

/// Slots in every stage.
pub fn slots() -> Vec<Sample<State>> {
    let slot =
        |stage| Slot { grid: grid_id(0x11), operator: count(3), index: count(1), owner: key(0x21), stage };
    let offered = Offered {
        bid: bid_name(0x44),
        price: amount(250_000),
        resources: quantities(&[2000, 1 << 31]),
        merit: merit(512_500_000_000),
        until: time(1_800_001_200_000),
    };
    let lease = |change: fn(&mut Leased)| slot(Stage::Leased(Box::new(with(leased(), change))));
    let settled = |kept, broken, at| slot(Stage::Settled(Settled { kept, broken, at }));
    vec![
        sample("idle", slot(Stage::Idle)),
        sample(
            "idle, the last of 2^63 operators",
            Slot { operator: Count::MAX, index: Count::MAX, ..slot(Stage::Idle) },
        ),
        sample("behind an offer", slot(Stage::Offered(offered.clone()))),
        sample(
            "behind an offer on a bid without needs, at price 0",
            slot(Stage::Offered(Offered {
                price: amount(0),
                resources: Vec::new(),
                merit: Merit::ZERO,
                until: time(0),
                ..offered.clone()
            })),
        ),
        sample(
            "behind an offer of the largest integers",
            slot(Stage::Offered(Offered {
                price: Amount::MAX,
                resources: vec![Quantity::MAX; 16],
                merit: Merit::MAX,
                until: Time::MAX,
                ..offered
            })),
        ),
        sample("leased, nothing claimed", lease(|_| ())),
        sample(
            "leased in a token, refund to a script with a staking script, some claimed",
            lease(|lease| {
                lease.asset = token(0x55, b"USDM");
                lease.refund = staked(Credential::Script(script(0xa2)), Credential::Script(script(0xa3)));
                lease.claimed = count(9);
            }),
        ),
        sample(
            "leased without resources, fee, bond and grace",
            lease(|lease| {
                lease.resources = resources(&[]);
                (lease.fee_ppm, lease.bond, lease.grace) = (ppm(0), amount(0), span(0));
                lease.refund = staked(Credential::Key(key(0xa2)), Credential::Key(key(0xa3)));
            }),
        ),
        sample(
            "leased at the largest integers, a resource's name in chunks",
            lease(|lease| {
                (lease.price, lease.bond) = (Amount::MAX, Amount::MAX);
                (lease.period, lease.grace, lease.start) = (Span::MAX, Span::MAX, Time::MAX);
                (lease.periods, lease.claimed) = (Count::MAX, Count::MAX);
                lease.resources = resources(&[(&"r".repeat(65), u64::MAX >> 1)]);
            }),
        ),
        sample("settled", settled(amount(2_500_000), amount(0), time(1_800_037_500_000))),
        sample("settled, nothing kept and the most broken", settled(amount(0), Amount::MAX, Time::MAX)),
    ]
}

fn well_formed(draft: TermsDraft) -> Terms {
    Terms::new(draft).unwrap()
}

/// Terms: each is named.
pub fn all_terms() -> Vec<Sample<Terms>> {
    let changed = |change: fn(&mut TermsDraft)| well_formed(with(terms(), change));
    vec![
        sample("an auction with two needs", well_formed(terms())),
        sample(
            "a plain race, at once open to the ceiling",
            changed(|terms| terms.method = Method::race(span(0))),
        ),
        sample(
            "a race in which better records start earlier",
            changed(|terms| terms.method = Method::reputation(span(120_000), span(300_000))),
        ),
        sample(
            "a race with the largest head start and ramp",
            changed(|terms| terms.method = Method::reputation(Span::MAX, Span::MAX)),
        ),
        sample(
            "no needs, no labels, no fee, no bond, all weights 0",
            changed(|terms| {
                terms.request = demeter_core::Request::default();
                (terms.fee_ppm, terms.bond) = (ppm(0), amount(0));
                terms.method = Method::auction(ppm(0), ppm(0), ppm(0));
            }),
        ),
        sample(
            "settled in a token, refund to a script with a staking key, all weights 1",
            changed(|terms| {
                terms.asset = token(0x55, b"USDM");
                terms.refund = staked(Credential::Script(script(0xa2)), Credential::Key(key(0xa3)));
                terms.method = Method::auction(ppm(1_000_000), ppm(1_000_000), ppm(1_000_000));
            }),
        ),
        sample(
            "sixteen needs, one with the largest quantities, and texts in chunks",
            changed(|terms| {
                let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"];
                terms.request.needs = names.map(|name| need(name, 0, 1)).to_vec();
                terms.request.needs.push(need(&"n".repeat(65), u64::MAX >> 1, 0));
                terms.request.labels = labels(&[(&"k".repeat(129), &"v".repeat(64))]);
            }),
        ),
        sample(
            "the shortest window and term, floor and ceiling alike and largest",
            changed(|terms| {
                terms.window =
                    demeter_core::Window { opens: time(0), closes: time(1), settles: time(300_001) };
                terms.term = demeter_core::Term { period: span(60_000), periods: count(1), grace: span(0) };
                terms.price = demeter_core::PriceRange { floor: Amount::MAX, ceiling: Amount::MAX };
                (terms.fee_ppm, terms.bond, terms.nonce) = (ppm(0), amount(0), Count::MAX);
            }),
        ),
        sample(
            "the longest window and term, at the end of time, another workload",
            changed(|terms| {
                let end = u64::MAX >> 1;
                terms.window = demeter_core::Window {
                    opens: time(end - 2_592_000_000),
                    closes: time(end - 300_000),
                    settles: time(end),
                };
                terms.term =
                    demeter_core::Term { period: span(31_622_399_999), periods: count(1), grace: span(1) };
                terms.workload = workload(0);
            }),
        ),
    ]
}

/// Bids, open and led.
pub fn bids() -> Vec<Sample<State>> {
    let led = |terms: TermsDraft, leader| Bid { terms: well_formed(terms), leader: Some(leader) };
    let open = all_terms()
        .into_iter()
        .map(|terms| sample(&format!("open: {}", terms.description), Bid::open(terms.value)));
    let largest = Leader {
        operator: Count::MAX,
        index: Count::MAX,
        price: Amount::MAX,
        resources: vec![Quantity::MAX; 16],
        merit: Merit::MAX,
        ..leader()
    };
    let least = Leader {
        operator: count(0),
        index: count(0),
        price: amount(0),
        resources: Vec::new(),
        merit: Merit::ZERO,
        ..leader()
    };
    open.chain([
        sample("with a leader", led(terms(), leader())),
        sample("with a leader of the largest integers", led(terms(), largest)),
        sample("with a leader of zeros and no resources", led(terms(), least)),
    ])
    .collect()
}
