//! Where the samples and the schema disagree, and why. What is no longer so must go from here.

/// A disagreement.
pub struct Known {
    /// The schema.
    pub schema: &'static str,
    /// The place in the value, as [`super::schema::Violation`] has it.
    pub place: &'static str,
    /// What the validator's words end with.
    pub fault: &'static str,
    /// Which of the two is wrong, and how that is known.
    pub reason: &'static str,
}

/// All of them.
pub const KNOWN: &[Known] = &[Known {
    schema: "HeadIsOpen",
    place: "",
    fault: "\"parties\" is a required property",
    reason: "a sample of `TimedServerOutput` is of an older version, whose message had the outputs instead; what 2.3.0 \
             sends has the parties, as its own sample of `HeadIsOpen` does",
}];
