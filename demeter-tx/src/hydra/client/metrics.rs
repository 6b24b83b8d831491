//! What a client counts.

/// What a client has counted since it was connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct HydraMetrics {
    /// How often a connection was tried.
    pub connections_tried: u64,
    /// How often a connection was lost, or could not be made.
    pub connections_lost: u64,
    /// How often everything was read anew, the first time included.
    pub rebuilt: u64,
    /// How often the node's history was read, to know what became of a transaction.
    pub histories: u64,
    /// How many messages came from the node.
    pub messages: u64,
    /// How many of them could not be read.
    pub unreadable: u64,
    /// How many transactions were taken to be submitted.
    pub submitted: u64,
    /// How many copies of them were sent.
    pub sent: u64,
    /// How many became final.
    pub confirmed: u64,
    /// How many were rejected.
    pub rejected: u64,
    /// Of how many it is not known what became of them.
    pub undecided: u64,
    /// How many were refused without being sent, as they would keep the head from being finalised.
    pub refused: u64,
}
