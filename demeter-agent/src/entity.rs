//! The reference entity.
