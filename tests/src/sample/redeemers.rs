//! Samples of every redeemer.

use demeter_core::{
    Amount, Count, Genesis, MarketRedeemer, MarketTransition, Redeemer, RegistryRedeemer, RegistryTransition,
    Time,
};

use super::records::{grid, operator, staked};
use super::{Sample, sample};
use crate::make::{amount, count, key, labels, quantities, reference, resources, script, time};

/// Those of the policy.
pub fn genesis() -> Vec<Sample<Genesis>> {
    let genesis = Genesis {
        seed: reference(0xab, 1),
        deadline: time(1_800_000_000_000),
        operators: count(40),
        slots: count(400),
    };
    vec![
        sample("forty operators with four hundred slots", genesis.clone()),
        sample(
            "one operator with one slot, from the first output",
            Genesis { seed: reference(0, 0), deadline: time(0), operators: count(1), slots: count(1) },
        ),
        sample(
            "the largest integers",
            Genesis {
                seed: reference(0xff, 65_535),
                deadline: Time::MAX,
                operators: Count::MAX,
                slots: Count::MAX,
            },
        ),
    ]
}

/// Those of the grid, its pool and its operators.
pub fn registry_redeemers() -> Vec<Sample<RegistryRedeemer>> {
    let (grid, operator) = (grid(), operator());
    let admit = RegistryTransition::Admit {
        owner: operator.owner,
        endpoint: operator.endpoint.clone(),
        capacity: operator.capacity.clone(),
        labels: operator.labels.clone(),
        slots: operator.slots,
    };
    let bare = RegistryTransition::Admit {
        owner: key(0),
        endpoint: "".into(),
        capacity: resources(&[]),
        labels: labels(&[]),
        slots: count(16),
    };
    let update = RegistryTransition::Update {
        owner: key(0x22),
        endpoint: "e".repeat(65).as_str().into(),
        capacity: operator.capacity,
        labels: operator.labels,
    };
    let rotate = |entities: Vec<_>, treasury| RegistryTransition::Rotate {
        deposit: grid.deposit,
        entities,
        admission: grid.admission,
        threshold: grid.threshold,
        fee_ppm: grid.fee_ppm,
        treasury,
        prior: grid.prior,
        penalty: grid.penalty,
        half_life: grid.half_life,
    };
    let stake =
        staked(demeter_core::Credential::Script(script(0x78)), demeter_core::Credential::Key(key(0x79)));
    let acts = [
        ("admit", admit),
        ("admit, nothing said", bare),
        ("update, an endpoint in chunks", update),
        (
            "endorse two labels",
            RegistryTransition::Endorse { endorsed: labels(&[("tier", "gold"), ("a", "")]) },
        ),
        ("endorse nothing", RegistryTransition::Endorse { endorsed: labels(&[]) }),
        ("rotate", rotate(grid.entities.clone(), grid.treasury)),
        ("rotate to no entities, treasury with a staking part", rotate(Vec::new(), stake)),
        ("report", RegistryTransition::Report),
        ("retire", RegistryTransition::Retire),
        ("deposit", RegistryTransition::Deposit { head: script(0xd1), deadline: time(1_800_000_000_000) }),
    ];
    acts.into_iter()
        .map(|(description, transition)| sample(description, Redeemer::Act(transition)))
        .chain([sample("follow", Redeemer::Follow)])
        .collect()
}

/// Those of slots and bids.
pub fn market_redeemers() -> Vec<Sample<MarketRedeemer>> {
    let acts = [
        (
            "offer",
            MarketTransition::Offer { price: amount(250_000), resources: quantities(&[2000, 1 << 31]) },
        ),
        (
            "offer at price 0 without needs",
            MarketTransition::Offer { price: amount(0), resources: Vec::new() },
        ),
        ("lead", MarketTransition::Lead),
        ("award", MarketTransition::Award),
        ("take", MarketTransition::Take { price: amount(250_000), resources: quantities(&[2000, 1 << 31]) }),
        (
            "take at the largest price without needs",
            MarketTransition::Take { price: Amount::MAX, resources: Vec::new() },
        ),
        ("withdraw", MarketTransition::Withdraw),
        ("cancel", MarketTransition::Cancel),
        ("claim", MarketTransition::Claim { claimed: count(3) }),
        ("extend", MarketTransition::Extend { periods: count(24) }),
        ("close, the first constructor with another tag", MarketTransition::Close),
        ("complete", MarketTransition::Complete),
        ("resign", MarketTransition::Resign),
        (
            "arbitrate",
            MarketTransition::Arbitrate { paid: amount(0), slashed: amount(1_000_000), broken: Amount::MAX },
        ),
        ("collect", MarketTransition::Collect),
        ("rekey", MarketTransition::Rekey),
    ];
    acts.into_iter()
        .map(|(description, transition)| sample(description, Redeemer::Act(transition)))
        .chain([sample("follow", Redeemer::Follow)])
        .collect()
}
