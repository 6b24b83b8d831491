//! Decisions on views that are made by hand.

mod answering;
mod every_reason;
mod extending;
mod scene;
