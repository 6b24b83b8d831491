//! Random walks, hostile attempts among them, audit clean, and to what they counted themselves.

use demeter_core::limits::BID_RESERVE;
use demeter_core::{Amount, Asset, Stage, State};
use demeter_tests::drt::Dice;
use demeter_tests::history::{Choice, Ground, Record, Walk};
use demeter_tx::audit::{AccountEnd, Audit, Auditor};
use demeter_tx::head::{Event, EventSequence, NumberedEvent, SnapshotNumber};

/// A walk, and the events that a head would have told of it.
pub(crate) struct Told {
    pub(crate) walk: Walk,
    pub(crate) record: Record,
    pub(crate) events: Vec<NumberedEvent>,
}

/// A walk of so many steps.
pub(crate) fn told(seed: u64, steps: u64) -> Told {
    let mut dice = Dice::new(seed);
    let mut walk = Walk::new(Ground::recorded(seed.is_multiple_of(2)), None);
    while walk.tally.steps < steps {
        walk.step(&Choice::draw(&mut dice)).unwrap();
    }
    let record = walk.ground.clone().into_record().unwrap();
    let event = |(number, (time, transaction)): (u64, &(_, _))| NumberedEvent {
        sequence: EventSequence::from_number(number),
        time: *time,
        event: Event::SnapshotConfirmed {
            number: SnapshotNumber::from_number(number),
            transactions: vec![demeter_tx::SignedTransaction::clone(transaction).into()],
        },
    };
    let events = (1..).zip(&record.accepted).map(event).collect();
    Told { walk, record, events }
}

impl Told {
    pub(crate) fn auditor(&self) -> Auditor {
        let scripts = self.walk.ground.composer.contract().scripts();
        let (grid, clock) = (self.walk.ground.grid_id(), Ground::settings().clock);
        Auditor::new(scripts, grid, clock, &self.record.opening).after(SnapshotNumber::default())
    }

    pub(crate) fn audit(&self) -> Audit {
        self.auditor().audit(&self.events)
    }
}

#[test]
fn walks_audit_clean() {
    for seed in 1..=4 {
        let told = told(seed, 150);
        let Audit { report, recorded } = told.audit();
        let findings: Vec<_> = recorded.findings.iter().map(ToString::to_string).collect();
        assert!(report.is_clean(), "{findings:#?}");
        assert!(report.given.is_empty());
        assert_eq!(report.transactions, told.events.len() as u64);
        let accepted = |name: &str| told.walk.tally.accepted.get(name).copied().unwrap_or_default();
        assert_eq!(
            [report.leads.confirmed, report.awards.confirmed, report.takes.confirmed],
            ["lead", "award", "take"].map(accepted),
        );
        assert!(report.allocations() > 0, "nothing was allocated: {:?}", told.walk.tally);
    }
}

/// Whichever snapshot is missing from a whole market's history, that is told, and nobody is accused of anything.
#[test]
fn what_is_missing_is_no_crime() {
    let told = told(9, 120);
    let clean = told.audit().report;
    let mut unexplained = 0;
    for dropped in (0..told.events.len() - 1).step_by(4) {
        let mut events = told.events.clone();
        events.remove(dropped);
        let Audit { report, recorded } = told.auditor().trusting_signatures().audit(&events);
        let findings: Vec<_> = recorded.findings.iter().map(ToString::to_string).collect();
        assert_eq!(report.violations, 0, "{dropped}: {findings:#?}");
        let contradicted = [report.leads, report.awards, report.takes].map(|tally| tally.contradicted);
        assert_eq!(contradicted, [0; 3], "{dropped}: {findings:#?}");
        assert!(report.gaps > 0);
        assert!(report.allocations() <= clean.allocations());
        unexplained += report.gaps - 1;
    }
    assert!(unexplained > 0, "nothing rests on anything");
}

/// What the accounts say is held is what stands on the ledger, and all that came in went somewhere.
#[test]
fn money_adds_up() {
    for seed in 5..=8 {
        let told = told(seed, 150);
        let Audit { report, recorded } = told.audit();
        assert!(!recorded.accounts.is_empty());
        for account in recorded.accounts.iter().chain(&report.open) {
            assert!(account.flows.balances(), "{account:?}");
            assert_ne!(account.end, Some(AccountEnd::Lost));
        }
        for flows in &report.flows {
            assert!(flows.flows.balances(), "{flows:?}");
        }
        let asset = &told.walk.ground.asset;
        let open: u64 = report.open.iter().map(|account| account.flows.held.to_units()).sum();
        assert_eq!(open, standing(&told.walk.ground, asset));
    }
}

/// What bids and leases owe by their datums.
fn standing(ground: &Ground, asset: &Asset) -> u64 {
    let owed = ground.states().map(|held| match &held.state {
        // Litter among them, which is not funded as its terms say.
        State::Bid(bid) if bid.leader.is_none() => {
            let reserve = if *asset == Asset::Lovelace { BID_RESERVE } else { Amount::ZERO };
            held.value.amount_of(asset).checked_sub(reserve).unwrap()
        }
        State::Bid(bid) => bid.terms.escrow().unwrap(),
        State::Slot(slot) => match &slot.stage {
            Stage::Leased(lease) => {
                assert_eq!(lease.asset, *asset);
                let unclaimed = lease.periods.checked_sub(lease.claimed).unwrap();
                lease.price.checked_mul(unclaimed.to_number()).unwrap().checked_add(lease.bond).unwrap()
            }
            _ => Amount::ZERO,
        },
        _ => Amount::ZERO,
    });
    owed.map(Amount::to_units).sum()
}
