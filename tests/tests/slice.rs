//! The whole slice on the embedded head: from Genesis to empty purses, and what is refused on the way.

#[cfg(test)]
#[path = "slice/audit.rs"]
mod audit;
#[cfg(test)]
#[path = "slice/deceit.rs"]
mod deceit;
#[cfg(test)]
#[path = "slice/fixture.rs"]
mod fixture;
#[cfg(test)]
#[path = "slice/ledger_refusals.rs"]
mod ledger_refusals;
#[cfg(test)]
#[path = "slice/refusals.rs"]
mod refusals;
#[cfg(test)]
#[path = "slice/story.rs"]
mod story;
#[cfg(test)]
#[path = "slice/whole.rs"]
mod whole;
