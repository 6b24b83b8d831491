//! Parts of states from which the samples start.

use demeter_core::{
    Address, Asset, Credential, GridDraft, Leader, Leased, Method, Operator, PriceRange, Reputation, Request,
    Term, TermsDraft, Window,
};

use crate::make::{
    amount, bid_name, count, grid_id, key, labels, merit, need, ppm, quantities, resources, script, span,
    time, workload,
};

/// An address with a staking part.
pub(super) const fn staked(payment: Credential, stake: Credential) -> Address {
    Address { payment, stake: Some(stake) }
}

/// A grid of three entities: one admits, two decide.
pub(super) fn grid() -> GridDraft {
    GridDraft {
        id: grid_id(0x11),
        market: script(0xbb),
        deposit: script(0xdd),
        asset: Asset::Lovelace,
        entities: vec![key(1), key(2), key(3)],
        admission: count(1),
        threshold: count(2),
        fee_ppm: ppm(10_000),
        treasury: Address::of_key(key(0x77)),
        prior: amount(1_000_000),
        penalty: count(3),
        half_life: span(86_400_000),
    }
}

/// A newcomer with two resources.
pub(super) fn operator() -> Operator {
    Operator {
        grid: grid_id(0x11),
        number: count(0),
        owner: key(0x21),
        endpoint: "https://operator.example".into(),
        capacity: resources(&[("cpu", 64_000), ("memory", 1 << 38)]),
        labels: labels(&[("region", "eu-west")]),
        endorsed: labels(&[]),
        reputation: Reputation::default(),
        slots: count(4),
        updated: time(0),
    }
}

/// An auction for two needs, ten periods of an hour.
pub fn terms() -> TermsDraft {
    TermsDraft {
        grid: grid_id(0x11),
        nonce: count(7),
        application: key(0xa0),
        refund: Address::of_key(key(0xa1)),
        asset: Asset::Lovelace,
        fee_ppm: ppm(10_000),
        request: Request {
            needs: vec![need("cpu", 1000, 4000), need("memory", 1 << 30, 1 << 32)],
            labels: labels(&[("region", "eu-west")]),
            endorsed: labels(&[("tier", "gold")]),
        },
        price: PriceRange { floor: amount(100_000), ceiling: amount(500_000) },
        term: Term { period: span(3_600_000), periods: count(10), grace: span(7_200_000) },
        bond: amount(1_000_000),
        window: Window {
            opens: time(1_800_000_000_000),
            closes: time(1_800_000_600_000),
            settles: time(1_800_001_200_000),
        },
        method: Method::auction(ppm(500_000), ppm(200_000), ppm(300_000)),
        workload: workload(0xcc),
    }
}

/// An offer on the bid of [`terms`], as it is ranked.
pub fn leader() -> Leader {
    Leader {
        operator: count(3),
        index: count(1),
        owner: key(0x21),
        price: amount(250_000),
        resources: quantities(&[2000, 1 << 31]),
        merit: merit(512_500_000_000),
    }
}

/// A lease on the terms of [`terms`].
pub fn leased() -> Leased {
    Leased {
        bid: bid_name(0x44),
        application: key(0xa0),
        refund: Address::of_key(key(0xa1)),
        asset: Asset::Lovelace,
        fee_ppm: ppm(10_000),
        price: amount(250_000),
        period: span(3_600_000),
        grace: span(7_200_000),
        bond: amount(1_000_000),
        workload: workload(0xcc),
        resources: resources(&[("cpu", 2000), ("memory", 1 << 31)]),
        start: time(1_800_001_500_000),
        periods: count(10),
        claimed: count(0),
    }
}
