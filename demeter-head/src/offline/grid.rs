//! A grid that a head begins with, as a file says it.

mod file;
mod found;
mod keys;
mod parties;
mod report;

pub(super) use found::GridPlan;
pub(super) use report::GridReport;

#[cfg(test)]
mod tests;
