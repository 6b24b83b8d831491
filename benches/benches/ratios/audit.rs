//! Auditing a market's history, beside decoding what its transactions do: with every signature verified, and without.

use std::hint::black_box;

use demeter_benches::head::Story;
use demeter_benches::{Outcome, Pairs};
use demeter_core::{Credential, PlutusData as _, State};
use demeter_tx::audit::Auditor;
use demeter_tx::head::{Event, EventSequence, NumberedEvent, SnapshotNumber};
use demeter_tx::market::Contract;

/// How many steps the history has.
const STEPS: u64 = 200;

pub(crate) fn measure(pairs: &mut Pairs) -> Outcome<()> {
    let story = Story::of_market(1, STEPS)?;
    let events: Vec<NumberedEvent> = (0..)
        .zip(&story.transactions)
        .map(|(number, (time, transaction))| NumberedEvent {
            sequence: EventSequence::from_number(number),
            time: *time,
            event: Event::SnapshotConfirmed {
                number: SnapshotNumber::from_number(number + 1),
                transactions: vec![transaction.clone().into()],
            },
        })
        .collect();
    let scripts = Contract::embedded()?.scripts();
    let grid = story.transactions.iter().find_map(|(_, transaction)| {
        transaction.effect().ok()?.made.iter().find_map(|(_, output)| {
            let at_registry = output.address().payment == Credential::Script(scripts.registry);
            match State::decode(output.inline_datum().filter(|_| at_registry)?.as_bytes()).ok()? {
                State::Grid(grid) => Some(grid.id),
                _ => None,
            }
        })
    });
    let auditor =
        Auditor::new(scripts, grid.ok_or("no grid is founded")?, story.settings.clock, &story.opening);
    let auditor = auditor.after(SnapshotNumber::default());
    for (name, auditor) in [("verifying", auditor.clone()), ("trusting", auditor.trusting_signatures())] {
        pairs.compare(
            "audit",
            name,
            |bencher| bencher.iter_with_large_drop(|| auditor.clone().audit(black_box(&events))),
            ("effects", |bencher| {
                bencher.iter_with_large_drop(|| {
                    let effect = |(_, transaction): &(_, demeter_tx::SignedTransaction)| transaction.effect();
                    black_box(&story.transactions).iter().map(effect).collect::<Vec<_>>()
                });
            }),
        );
    }
    Ok(())
}
