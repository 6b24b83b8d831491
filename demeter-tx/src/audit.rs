//! An audit of a grid.

mod account;
mod allocation;
mod auditor;
mod contest;
mod enter;
mod finding;
mod race;
mod reading;
mod report;
mod states;
mod step;

pub use account::{Account, AccountEnd, Flows};
pub use allocation::{
    Allocation, AllocationKind, Contradiction, Entrant, Fate, Judgement, Ranked, Unjudged, VoidOffer,
};
pub use auditor::Auditor;
pub use finding::{Content, Fault, Finding, Place, Weight};
pub use report::{AssetFlows, Audit, Recorded, Report, Tally};

use demeter_core::{Leader, Offered, Slot};

/// An offer as it is ranked.
fn offer_of(slot: &Slot, offered: &Offered) -> Leader {
    Leader {
        operator: slot.operator,
        index: slot.index,
        owner: slot.owner,
        price: offered.price,
        resources: offered.resources.clone(),
        merit: offered.merit,
    }
}
