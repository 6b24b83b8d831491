//! Operators at work on an embedded head, under virtual time.

mod operator {
    mod auction;
    mod crash;
    mod head;
    mod orders;
    mod race;
    mod rivals;
    mod stage;
    mod twins;
    mod wallet;
}
