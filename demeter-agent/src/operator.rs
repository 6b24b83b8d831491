//! The reference operator.

mod inventory;
mod reason;

pub use inventory::{Cluster, Inventory, InventoryError, Schedule, Usage};
pub use reason::Reason;
