//! demeter-tx
