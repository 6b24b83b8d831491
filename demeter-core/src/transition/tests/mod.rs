//! Healthy steps, and for each condition a step that violates just it.

mod fixture;
mod founding;
mod leasing;
mod messages;
mod offering;
mod registry;
mod whole;
