//! Whether anything was lost: balances read from the ledger, held against what the leases say.

use std::collections::BTreeMap;

use demeter_core::{Amount, Stage as SlotStage, State};

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::report::{BalanceLine, Conservation, LeaseLine};
use crate::stage::{Stage, lovelace_at};

/// The pseudo-party that holds what is in bids and leases.
const ESCROW: &str = "in bids and leases";
/// The pseudo-party that holds the reserves of grid and pool.
const GRID: &str = "grid and pool";

/// What every party has, in lovelace: in its own outputs, and in states.
pub(crate) fn balances(stage: &Stage, cast: &Cast) -> Result<BTreeMap<String, u64>, DemoError> {
    let utxos = stage.utxos()?;
    let mut balances: BTreeMap<String, u64> = BTreeMap::new();
    // An operator has two keys, and one name.
    for party in parties(cast).chain(cast.operators.iter().map(|operator| &operator.next_key)) {
        *balances.entry(party.name.clone()).or_default() += lovelace_at(&utxos, &party.address());
    }
    for held in stage.states()? {
        let name = |number| cast.operator(number).map(|operator| operator.party.name.clone());
        let owner = match &held.state {
            State::Grid(_) | State::Pool(_) => GRID.to_owned(),
            State::Operator(record) => name(record.number)?,
            State::Slot(slot) if !matches!(slot.stage, SlotStage::Leased(_)) => name(slot.operator)?,
            State::Slot(_) | State::Bid(_) => ESCROW.to_owned(),
        };
        *balances.entry(owner).or_default() += held.value.lovelace().to_units();
    }
    let counted: u64 = balances.values().sum();
    let all: u64 = utxos.values().map(|output| output.value().lovelace().to_units()).sum();
    if counted != all {
        return Err(DemoError::Missing { what: format!("owner of {} lovelace", all.abs_diff(counted)) });
    }
    Ok(balances)
}

fn parties(cast: &Cast) -> impl Iterator<Item = &Party> {
    let operators = cast.operators.iter().map(|operator| &operator.party);
    cast.applications
        .iter()
        .chain(operators)
        .chain([&cast.treasury, &cast.founder, &cast.pilot])
        .chain(&cast.entities)
}

/// INVARIANT: an amount is below 2^63.
const fn signed(amount: Amount) -> i64 {
    amount.to_units().cast_signed()
}

/// What each party should gain or lose by the leases, in lovelace.
pub(crate) struct Expected(BTreeMap<String, i64>);

impl Expected {
    /// By these leases: the operator gains what is paid and loses what is slashed, the treasury gains what is
    /// charged, and the application is the other side of all that. Reserves and what is left of bonds come back.
    pub(crate) fn of(leases: &[LeaseLine], cast: &Cast) -> Self {
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        for lease in leases {
            let earned = signed(lease.paid) - signed(lease.slashed);
            let charged = signed(lease.fee) + signed(lease.beside);
            *sums.entry(lease.operator.clone()).or_default() += earned;
            *sums.entry(cast.treasury.name.clone()).or_default() += charged;
            *sums.entry(lease.application.clone()).or_default() -= earned + charged;
        }
        Self(sums)
    }

    /// The balances before and after, and beside them what was expected.
    pub(crate) fn beside(
        &self,
        cast: &Cast,
        before: &BTreeMap<String, u64>,
        after: &BTreeMap<String, u64>,
    ) -> Vec<BalanceLine> {
        // The cast in its order, then what is nobody's.
        let mut names: Vec<&String> = parties(cast).map(|party| &party.name).collect();
        for name in before.keys().chain(after.keys()).chain(self.0.keys()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let line = |name: &String| BalanceLine {
            party: name.clone(),
            before: before.get(name).copied().unwrap_or(0),
            after: after.get(name).copied().unwrap_or(0),
            owed: self.0.get(name).copied().unwrap_or(0),
        };
        names.into_iter().map(line).collect()
    }
}

/// Whether every balance is what the leases say, each lease gave back what it should as it ended, nothing is left in
/// escrow, and nothing came or went.
pub(crate) fn conservation(
    cast: &Cast,
    balances: &[BalanceLine],
    leases: &[LeaseLine],
) -> (bool, Conservation) {
    let gain = |line: &BalanceLine| line.after.cast_signed() - line.before.cast_signed();
    let sum = |wanted: &dyn Fn(&str) -> bool| -> i64 {
        balances.iter().filter(|line| wanted(&line.party)).map(gain).sum()
    };
    let is_application = |name: &str| cast.applications.iter().any(|party| party.name == name);
    let is_operator = |name: &str| cast.operators.iter().any(|operator| operator.party.name == name);
    let parties_off = balances.iter().filter(|line| gain(line) != line.owed).map(|line| line.party.clone());
    let owed_back = |lease: &LeaseLine| signed(lease.left) + signed(lease.slashed);
    let leases_off = leases.iter().filter(|lease| signed(lease.back) != owed_back(lease));
    let off = parties_off.chain(leases_off.map(|lease| format!("lease {}", lease.bid))).collect();
    let in_escrow = balances.iter().find(|line| line.party == ESCROW).map_or(0, |line| line.after);
    let conservation = Conservation {
        before: balances.iter().map(|line| line.before).sum(),
        after: balances.iter().map(|line| line.after).sum(),
        applications_paid: -sum(&is_application),
        operators_earned: sum(&is_operator),
        treasury_got: sum(&|name| name == cast.treasury.name),
        came_back: leases.iter().map(|lease| lease.back.to_units()).sum(),
        slashed: leases.iter().map(|lease| lease.slashed.to_units()).sum(),
        in_escrow,
        off,
    };
    let balanced =
        conservation.applications_paid == conservation.operators_earned + conservation.treasury_got;
    let conserved = conservation.before == conservation.after
        && balanced
        && in_escrow == 0
        && conservation.off.is_empty();
    (conserved, conservation)
}
