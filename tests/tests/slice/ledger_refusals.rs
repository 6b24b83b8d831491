//! What the head refuses before any script runs.

use demeter_core::Asset;
use demeter_tx::Slot;
use demeter_tx::ledger::LedgerError;
use demeter_tx::market::{ComposeError, Plan, SlotRange};

use crate::deceit::{head_refuses, honest, sign};
use crate::fixture::seconds;
use crate::story::{CY, Story};

/// At the moment when cy may withdraw.
fn at_parting() -> Story {
    let mut story = Story::place(Asset::Lovelace);
    story.open();
    story.offer();
    story.lead();
    story.award();
    story
}

#[test]
fn an_output_is_spent_once() {
    let mut story = at_parting();
    let cast = std::rc::Rc::clone(&story.ledger.cast);
    let cy = &cast.operators[CY];
    let slot = story.ledger.slot(CY).reference;
    let before = story.ledger.utxos();
    let plan = Plan::withdraw(slot);
    let first = honest(&story.ledger, plan.clone(), &[cy]);
    story.part();

    // The very same transaction again.
    let again = sign(first.transaction().clone(), &[cy]);
    assert_eq!(head_refuses(&mut story, again), LedgerError::UnknownInput { reference: slot });

    // Another one, composed from what there was before, with funds that there are.
    let plan = plan.within(story.ledger.range()).signed_by(cy.hash());
    let other = story.ledger.composer.compose(&plan, &before, &story.ledger.funds(cy)).unwrap();
    let other = sign(other.transaction().clone(), &[cy]);
    assert_eq!(head_refuses(&mut story, other), LedgerError::UnknownInput { reference: slot });

    // Composed from what there is, it is refused at once.
    let error = story.ledger.composer.compose(&plan, &story.ledger.utxos(), &story.ledger.funds(cy));
    assert_eq!(error.unwrap_err(), ComposeError::NoOutput { reference: slot });
}

#[test]
fn a_signature_is_missing() {
    let mut story = at_parting();
    let cast = std::rc::Rc::clone(&story.ledger.cast);
    let (cy, stranger) = (&cast.operators[CY], &cast.stranger);
    let plan = Plan::withdraw(story.ledger.slot(CY).reference);
    // The stranger pays, and has signed.
    let transaction = honest(&story.ledger, plan, &[stranger, cy]);
    let signed = sign(transaction.transaction().clone(), &[stranger]);
    assert_eq!(head_refuses(&mut story, signed.clone()), LedgerError::NotSigned { key: cy.hash() });

    let mut transaction = transaction;
    transaction.merge(&signed).unwrap();
    assert_eq!(transaction.clone().finish().unwrap_err().missing, [cy.hash()]);
    transaction.merge(&sign(signed, &[cy])).unwrap();
    transaction.finish().unwrap();
}

#[test]
fn the_slot_is_outside_the_validity_range() {
    let mut story = at_parting();
    let cast = std::rc::Rc::clone(&story.ledger.cast);
    let cy = &cast.operators[CY];
    let now = story.ledger.range().from.to_number();
    let slot = story.ledger.slot(CY).reference;
    let range = |from: u64, before: u64| SlotRange {
        from: Slot::from_number(from),
        before: Slot::from_number(before),
    };
    let within = |story: &Story, range: SlotRange| {
        let plan = Plan::withdraw(slot).within(range).signed_by(cy.hash());
        let transaction =
            story.ledger.composer.compose(&plan, &story.ledger.utxos(), &story.ledger.funds(cy)).unwrap();
        sign(transaction.transaction().clone(), &[cy])
    };
    // Too early: it is valid from the next slot on.
    let soon = within(&story, range(now + 1, now + 60));
    let outside = |slot: u64, range: SlotRange| LedgerError::OutsideValidity {
        slot: Slot::from_number(slot),
        from: Some(range.from),
        before: Some(range.before),
    };
    assert_eq!(head_refuses(&mut story, soon.clone()), outside(now, range(now + 1, now + 60)));
    // Too late: the upper bound is exclusive.
    let over = within(&story, range(now, now + 1));
    story.ledger.wait_until(story.ledger.now().after(seconds(1)).unwrap());
    assert_eq!(head_refuses(&mut story, over), outside(now + 1, range(now, now + 1)));
    // Then the first is in time.
    story.ledger.head.apply(&soon).unwrap();
}
