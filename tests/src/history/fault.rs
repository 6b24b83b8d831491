//! Faults to plant, so that it is seen that they are found.

/// What is wrong: with the books, or with those who act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// They forget that the bond of an operator who resigns goes to the application.
    ForgetsBondOfResigned,
    /// They forget the fee on the periods that a lease is extended by.
    ForgetsFeeOfExtension,
    /// They forget that no fee is charged on an award that comes seven days late.
    ForgetsLateAwards,
    /// Those who are stolen from sign for the thief.
    VictimsSign,
    /// Operators think that the dearer offer is the better one, and do not lead with the cheaper.
    PrefersDearOffers,
}
