//! The file with which `demeter-head --grid` begins a head that the demo can be run on.

use std::fmt::Write as _;

use demeter_core::{Amount, Time};
use demeter_tx::hydra::Timestamp;

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::opening::{START, founding};

/// The file for a cast whose operators bring this much for bonds.
pub(crate) fn of(cast: &Cast, bonds: Amount, seed: u64) -> Result<String, DemoError> {
    let founding = founding(cast)?;
    let start = Timestamp::of(Time::from_milliseconds(START)?);
    let mut text = format!(
        "# The grid of the demo with seed {seed}, for `demeter-head --grid`. `grid --write-grid` has written it; its keys
# are for this alone, and no secret.
start = \"{start}\"
# The demo publishes the scripts itself.
publish = false

[grid]
entities = [\"entity 1\", \"entity 2\", \"entity 3\"]
admission = {}
threshold = {}
operators = {}
slots = {}
",
        founding.admission, founding.threshold, founding.operators, founding.slots,
    );
    let mut applications = 0;
    for (party, amount) in cast.purses(bonds)? {
        let name =
            if let Some(operator) = cast.operators.iter().find(|one| one.next_key.hash() == party.hash()) {
                format!("{}, next key", operator.party.name)
            } else if cast.applications.iter().any(|one| one.hash() == party.hash()) {
                // Bids are called by the names of their files, which may hold anything.
                applications += 1;
                format!("application {applications}")
            } else {
                party.name.clone()
            };
        write_party(&mut text, &name, party, amount);
    }
    write_party(&mut text, "treasury", &cast.treasury, Amount::ZERO);
    Ok(text)
}

fn write_party(text: &mut String, name: &str, party: &Party, amount: Amount) {
    let key: String = party.key.expose_seed().iter().map(|byte| format!("{byte:02x}")).collect();
    // Writing to memory does not fail.
    let _ = write!(text, "\n[[party]]\nname = \"{name}\"\nkey = \"{key}\"\nlovelace = {amount}\n");
}
