//! Operators at work on an embedded head, under virtual time.

#[cfg(test)]
mod operator {
    mod auction;
    #[path = "../common/mod.rs"]
    mod common;
    mod cosign;
    mod crash;
    mod faults;
    mod head;
    mod market;
    mod orders;
    mod program;
    mod race;
    mod rivals;
    mod run;
    mod stage;
    mod twins;
    mod wallet;
}
