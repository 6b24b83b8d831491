//! An audit finds nothing in what the ledger lets happen, and everything that was planted.

#[cfg(test)]
#[path = "audit/mutants.rs"]
mod mutants;
#[cfg(test)]
#[path = "audit/paper.rs"]
mod paper;
#[cfg(test)]
#[path = "audit/planted.rs"]
mod planted;
#[cfg(test)]
#[path = "audit/walks.rs"]
mod walks;
