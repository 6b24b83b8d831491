//! Applications and entities at work on an embedded head, with operators, under virtual time.

#[cfg(test)]
mod parties {
    mod arbitration;
    mod extension;
    mod governing;
    mod restart;
    mod stage;
    mod story;
    mod tampered;
    mod twins;
}
