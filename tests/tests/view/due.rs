//! What is due can be done, when it is due, by whom it is due to, for that amount.

use std::collections::BTreeMap;

use demeter_core::transition::Outcome;
use demeter_core::{Asset, Count, KeyHash, Stage, Time, Value};
use demeter_tx::market::Plan;
use demeter_tx::view::{Due, DueAction, GridView, Subject};

use super::story::{Moment, Story};

fn name(action: DueAction) -> &'static str {
    match action {
        DueAction::Payment { .. } => "payment",
        DueAction::Claim { .. } => "claim",
        DueAction::Complete => "complete",
        DueAction::Withdraw => "withdraw",
        DueAction::Collect => "collect",
        DueAction::Award => "award",
        DueAction::Cancel { .. } => "cancel",
        DueAction::Report => "report",
        DueAction::Rekey => "rekey",
        _ => "unknown",
    }
}

#[test]
fn what_is_due_can_be_done_then_and_not_before() {
    let mut tried: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    for seed in 51..=58 {
        let story = Story::drawn(seed, 90);
        story.tell(|moment, _| {
            let view = moment.view();
            for due in story.keys().iter().flat_map(|key| view.due(key, moment.now)) {
                let counts = tried.entry(name(due.action)).or_default();
                let Some(plan) = due.plan() else {
                    counts[1] += 1;
                    continue;
                };
                let edges = [Some(moment.now), Some(due.from), due.before];
                let ranges = edges.into_iter().flatten().flat_map(|time| moment.around(time));
                for range in ranges {
                    let preview = moment.preview(plan, range);
                    let times = moment.times(range);
                    let expected = due.allows(times);
                    // What is due is told as of now: an auction's bid can be taken back in another window too.
                    if !expected && matches!(due.action, DueAction::Cancel { .. }) && times.lower < moment.now
                    {
                        continue;
                    }
                    assert_eq!(preview.is_ok(), expected, "{due:?} at {times:?}: {preview:?}");
                    counts[usize::from(expected)] += 1;
                    if let Ok(outcome) = preview {
                        check_amount(moment, &view, &due, &outcome, times.lower);
                    }
                }
            }
        });
    }
    let all = ["award", "cancel", "claim", "collect", "complete", "payment", "rekey", "report", "withdraw"];
    assert_eq!(tried.keys().copied().collect::<Vec<_>>(), all);
    for (action, [refused, allowed]) in &tried {
        assert!(*allowed > 5, "{tried:?}");
        let timeless = ["collect", "payment", "rekey", "report"].contains(action);
        assert_eq!(*refused > 5, !timeless, "{tried:?}");
    }
}

/// The amount is what the transaction sets free, or leaves in the purse.
fn check_amount(moment: &Moment<'_>, view: &GridView, due: &Due, outcome: &Outcome, lower: Time) {
    let states = outcome.states.iter().try_fold(Value::default(), |sum, state| sum.checked_add(&state.value));
    let left = states.unwrap();
    let slot = match due.subject {
        Subject::Slot(name) => view.slot(name).map(|held| &held.value),
        _ => None,
    };
    let reserve_and_token = |value: &Value| {
        let scripts = view.scripts();
        let money = value.iter().filter(
            |(asset, _)| !matches!(asset, Asset::Token { policy, .. } if *policy == scripts.registry),
        );
        let money = money.fold(Value::default(), |sum, (asset, amount)| sum.plus(asset, amount).unwrap());
        money.minus(&Asset::Lovelace, demeter_core::limits::SLOT_RESERVE).unwrap()
    };
    match due.action {
        DueAction::Claim { .. } | DueAction::Collect => {
            assert_eq!(slot.unwrap().checked_sub(&left).unwrap(), due.amount, "{due:?}");
        }
        DueAction::Cancel { .. } => {
            let Subject::Bid(name) = due.subject else { panic!("{due:?}") };
            let party = due.signer.unwrap();
            let mut bids = view.bids_named(&name).chain(view.stray_bids_of(&party));
            assert!(left.is_empty() && bids.any(|bid| *bid.value() == due.amount), "{due:?}");
        }
        DueAction::Complete | DueAction::Withdraw => {
            assert_eq!(reserve_and_token(&left), due.amount, "{due:?}");
        }
        DueAction::Award if due.amount.is_empty() => {}
        // Later than a week after it settles the fee is the application's.
        DueAction::Award if lower < moment.now.max(due.from) => {}
        DueAction::Award => assert_eq!(outcome.payments[0].value, due.amount, "{due:?}"),
        _ => assert!(due.amount.is_empty()),
    }
}

/// Without the view: whatever can be done now for somebody is told to be due to it.
#[test]
fn nothing_that_is_due_is_left_out() {
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in [61, 62, 63, 64, 65, 66] {
        let story = Story::drawn(seed, 90);
        story.tell(|moment, _| {
            let view = moment.view();
            let Ok(grid) = view.grid() else { return };
            let range = moment.from(moment.now);
            let now = moment.times(range).lower;
            let mut expect = |key: KeyHash, plan: Plan, what: &'static str| {
                if moment.preview(&plan, range).is_err() {
                    return;
                }
                *found.entry(what).or_default() += 1;
                let due = view.due(&key, now);
                let told = due.iter().find(|due| due.plan() == Some(&plan));
                assert!(
                    told.is_some_and(|due| due.allows(moment.times(range))),
                    "{what}: {plan:?} in {due:#?}"
                );
            };
            for slot in view.slots() {
                let (at, owner) = (slot.reference, slot.state.owner);
                expect(owner, Plan::withdraw(at).signed_by(owner), "withdraw");
                expect(owner, Plan::complete(at).signed_by(owner), "complete");
                if let Stage::Leased(lease) = &slot.state.stage {
                    let whole: Count = lease.whole_periods(now).min(lease.periods);
                    expect(owner, Plan::claim(at, whole).signed_by(owner), "claim");
                }
                let Some(operator) = view.operator(slot.state.operator) else { continue };
                expect(operator.state.owner, Plan::rekey(at, operator.reference), "rekey");
                expect(owner, Plan::report(operator.reference, at, grid.reference), "report");
            }
            for bid in view.bids() {
                let application = bid.terms().application;
                expect(application, Plan::award(bid.reference(), grid.reference), "award");
                expect(application, Plan::cancel(bid.reference()).signed_by(application), "cancel");
                if let Some(leader) = &bid.held.state.leader {
                    expect(leader.owner, Plan::award(bid.reference(), grid.reference), "award");
                }
            }
            for key in story.keys() {
                for bid in view.stray_bids_of(&key) {
                    expect(key, Plan::cancel(bid.reference()).signed_by(key), "stray");
                }
            }
        });
    }
    let all = ["award", "cancel", "claim", "complete", "rekey", "report", "stray", "withdraw"];
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), all, "{found:?}");
}
