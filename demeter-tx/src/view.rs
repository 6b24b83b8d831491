//! A grid as a live, typed index.

mod biddable;
mod changes;
mod due;
mod error;
mod grid_view;
mod index;
mod keyed;
mod leadable;
mod live;
mod lookups;
mod sight;
mod standing;
mod stranger;
mod subject;

pub use biddable::{Biddable, Opening, Prospect, Unanswerable};
pub use changes::{Change, Changes};
pub use due::{Due, DueAction};
pub use error::ViewError;
pub use grid_view::GridView;
pub use leadable::{Contender, Leadable};
pub use live::{FollowError, LiveView, News, ReloadReason};
pub use stranger::{Strangeness, Stranger};
pub use subject::{PlacedBid, SlotName, StageKind, Subject};
