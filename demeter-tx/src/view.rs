//! A grid as a live, typed index.

mod changes;
mod error;
mod grid_view;
mod index;
mod keyed;
mod sight;
mod standing;
mod stranger;
mod subject;

pub use changes::{Change, Changes};
pub use error::ViewError;
pub use grid_view::GridView;
pub use stranger::{Strangeness, Stranger};
pub use subject::{PlacedBid, SlotName, StageKind, Subject};
