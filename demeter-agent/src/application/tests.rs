//! What is decided on states that nobody had to play through.

mod budget;
mod every_reason;
mod orders;
mod scene;
