//! A lease that application and operator extend together.

use demeter_agent::cosign::{CoSigner, Desk, DeskOptions, DeskReport, Exchange};
use demeter_agent::operator::Reason;
use demeter_agent::{Action, Bounds, Decision, KeyRing, Reason as AnyReason};
use demeter_core::{Method, OutputReference, Span, Stage, Time, Transition};
use demeter_tx::keys::Signer as _;
use demeter_tx::market::Plan;
use demeter_tx::view::{GridView, SlotName, Subject};
use futures_executor::block_on;

use super::stage::*;

/// An application that wants two periods more of every lease with four.
struct Asker;

impl CoSigner for Asker {
    fn proposals(&self, view: &GridView, _: Time) -> Vec<Decision> {
        let grid = view.grid().unwrap().reference;
        let application = key_hash(APPLICATION);
        let leases = view.leases_of(&application).filter_map(|slot| match &slot.state.stage {
            Stage::Leased(lease) if lease.periods == count(4) => {
                let plan = Plan::extend(slot.reference, grid, count(2));
                let plan = plan.signed_by(slot.state.owner).signed_by(lease.application);
                let action = Action::transition(plan, Bounds::default());
                Some(Decision::act(Subject::Slot(SlotName::of(&slot.state)), action, Reason::Awards))
            }
            _ => None,
        });
        leases.collect()
    }

    fn assent(
        &self,
        _: &Transition,
        _: &[OutputReference],
        _: &GridView,
        _: Time,
    ) -> Result<AnyReason, AnyReason> {
        Err(Reason::Leaving.into())
    }
}

#[test]
fn a_lease_is_extended_with_both_signatures_and_served_to_its_new_end() {
    let ground = Ground::with_operators(1);
    let before = ground.purse(&key(10));
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    let mut driver = ground.driver(0, 300_000);
    ground.wait_until(terms.window.opens);
    assert_eq!(done(&settle(&mut driver)), [("take", "confirmed")]);

    let exchange = Exchange::default();
    let publisher = ground.sandbox.driver_options().publisher.unwrap();
    let desk = |seed| {
        let (head, contract) = (ground.sandbox.shared_head(), ground.sandbox.contract());
        let (keys, wallet) = (KeyRing::new().with(key(seed)), address(&key(seed)));
        let options = DeskOptions::default().publisher(publisher);
        block_on(Desk::open(head, contract, keys, wallet, exchange.mailbox(), options)).unwrap()
    };
    let (mut ours, mut theirs) = (desk(10), desk(APPLICATION));
    assert_eq!(key(APPLICATION).key_hash(), ground.application.key_hash());
    let view = block_on(ground.sandbox.view(&[publisher, address(&ground.application)])).unwrap();
    let entries = block_on(theirs.step(&view, &Asker)).unwrap();
    assert!(
        matches!(&entries[..], [entry] if matches!(entry.report, DeskReport::Proposed { .. })),
        "{entries:?}"
    );

    settle(&mut driver);
    let entries = block_on(ours.step(driver.view(), driver.agent())).unwrap();
    assert!(
        matches!(&entries[..], [signed, confirmed]
        if matches!(signed.report, DeskReport::Signed { .. })
            && matches!(confirmed.report, DeskReport::Confirmed { .. })),
        "{entries:?}"
    );
    let end = ground.after(7 * 3_600);
    let confirmed = drive_until(&ground, std::slice::from_mut(&mut driver), end);
    assert_eq!(confirmed[0], ["claim", "claim", "complete", "report", "collect"]);
    assert_eq!(ground.purse(&key(10)) - before, 6 * 300_000);
}
