//! What an audit says in the end.

use std::collections::BTreeMap;

use demeter_core::{Asset, GridId};
use serde::Serialize;

use super::{Account, Allocation, AllocationKind, Finding, Flows, Judgement, Weight};
use crate::head::SnapshotNumber;
use crate::view::Subject;

/// What an event brought to light.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// What was found.
    pub findings: Vec<Finding>,
    /// Who got what, and whether the rule says the same.
    pub allocations: Vec<Allocation>,
    /// The money of bids and leases that came to their end.
    pub accounts: Vec<Account>,
}

impl Recorded {
    /// Adds what later events brought to light.
    pub fn extend(&mut self, later: Self) {
        self.findings.extend(later.findings);
        self.allocations.extend(later.allocations);
        self.accounts.extend(later.accounts);
    }
}

/// A whole history, audited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// In figures.
    pub report: Report,
    /// All that the events brought to light.
    #[serde(flatten)]
    pub recorded: Recorded,
}

/// An audit in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The grid.
    pub grid: GridId,
    /// The first snapshot that was seen.
    pub first: Option<SnapshotNumber>,
    /// The last one.
    pub last: Option<SnapshotNumber>,
    /// How many transactions they had.
    pub transactions: u64,
    /// How many of those had to do with the grid.
    pub concerned: u64,
    /// How often an offer took the lead.
    pub leads: Tally,
    /// How often a leader got the lease.
    pub awards: Tally,
    /// How often a race was won.
    pub takes: Tally,
    /// How often the contract or the rule was broken.
    pub violations: u64,
    /// How often something was not seen.
    pub gaps: u64,
    /// How often there is something to know that breaks no rule.
    pub notes: u64,
    /// What was there when the audit began, and is taken as it was: bids, and slots that were not idle.
    pub given: Vec<Subject>,
    /// What came into escrow and where it went, by asset.
    pub flows: Vec<AssetFlows>,
    /// The money of bids and leases that have not come to their end.
    pub open: Vec<Account>,
}

/// Flows of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetFlows {
    /// Which.
    pub asset: Asset,
    /// What came and went.
    #[serde(flatten)]
    pub flows: Flows,
}

/// How many allocations of one kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Those that the rule makes too.
    pub confirmed: u64,
    /// Those that it does not make.
    pub contradicted: u64,
    /// Those of which nobody can tell.
    pub unjudged: u64,
}

impl Tally {
    /// All of them.
    pub const fn all(&self) -> u64 {
        self.confirmed.saturating_add(self.contradicted).saturating_add(self.unjudged)
    }

    const fn count(&mut self, judgement: &Judgement) {
        let count = match judgement {
            Judgement::Confirmed => &mut self.confirmed,
            Judgement::Contradicted(_) => &mut self.contradicted,
            Judgement::Unjudged(_) => &mut self.unjudged,
        };
        *count = count.saturating_add(1);
    }
}

impl Report {
    /// How many bids went to an operator.
    pub const fn allocations(&self) -> u64 {
        self.awards.all().saturating_add(self.takes.all())
    }

    /// Whether all was seen, all was judged, and nothing was wrong.
    pub fn is_clean(&self) -> bool {
        let kinds = [self.leads, self.awards, self.takes];
        let judged = kinds.iter().all(|tally| tally.contradicted == 0 && tally.unjudged == 0);
        judged && self.violations == 0 && self.gaps == 0
    }
}

/// What is counted while a history is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub(super) first: Option<SnapshotNumber>,
    pub(super) last: Option<SnapshotNumber>,
    pub(super) transactions: u64,
    pub(super) concerned: u64,
    tallies: BTreeMap<AllocationKind, Tally>,
    weights: BTreeMap<Weight, u64>,
    flows: BTreeMap<Asset, Flows>,
}

impl Figures {
    pub(super) fn count(&mut self, recorded: &Recorded) {
        for finding in &recorded.findings {
            *self.weights.entry(finding.weight).or_default() += 1;
        }
        for allocation in &recorded.allocations {
            self.tallies.entry(allocation.kind).or_default().count(&allocation.judgement);
        }
        for account in &recorded.accounts {
            add(&mut self.flows, account);
        }
    }

    pub(super) fn report(&self, grid: GridId, given: Vec<Subject>, open: Vec<Account>) -> Report {
        let tally = |kind| self.tallies.get(&kind).copied().unwrap_or_default();
        let weight = |weight| self.weights.get(&weight).copied().unwrap_or_default();
        let mut flows = self.flows.clone();
        open.iter().for_each(|account| add(&mut flows, account));
        Report {
            grid,
            first: self.first,
            last: self.last,
            transactions: self.transactions,
            concerned: self.concerned,
            leads: tally(AllocationKind::Lead),
            awards: tally(AllocationKind::Award),
            takes: tally(AllocationKind::Take),
            violations: weight(Weight::Violation),
            gaps: weight(Weight::Gap),
            notes: weight(Weight::Note),
            given,
            flows: flows.into_iter().map(|(asset, flows)| AssetFlows { asset, flows }).collect(),
            open,
        }
    }
}

fn add(flows: &mut BTreeMap<Asset, Flows>, account: &Account) {
    let sum = flows.entry(account.asset.clone()).or_default();
    *sum = sum.plus(&account.flows);
}
