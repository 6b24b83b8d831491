//! The view of a grid beside what it is derived from: histories with hostile parties, a transaction at a time, and the
//! contract itself, which says what is possible.

#[cfg(test)]
#[path = "view/due.rs"]
mod due;
#[cfg(test)]
#[path = "view/follow.rs"]
mod follow;
#[cfg(test)]
#[path = "view/queries.rs"]
mod queries;
#[cfg(test)]
#[path = "view/story.rs"]
mod story;
#[cfg(test)]
#[path = "view/strangers.rs"]
mod strangers;
