//! Applications and entities at work on an embedded head, with operators, under virtual time.

#[cfg(test)]
mod parties {
    mod arbitration;
    #[path = "../common/mod.rs"]
    mod common;
    mod desk;
    mod extension;
    mod governing;
    #[path = "../operator/head.rs"]
    #[expect(dead_code, reason = "some of what interferes is not wanted here")]
    mod head;
    mod restart;
    mod stage;
    mod story;
    mod tampered;
    mod twins;
}
