//! How patient a session is.

use std::time::Duration;

/// How patient a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// How long a slot lasts.
    pub slot: Duration,
    /// How long the node may take to answer: to greet, to find a transaction valid or not, to send outputs.
    pub answer: Duration,
    /// How long a valid transaction may wait for a snapshot before it counts as dropped.
    pub snapshot: Duration,
    /// How long after it could first be sent a transaction's fate is awaited.
    pub fate: Duration,
    /// How often a held transaction's node is asked for the time, once it should have come.
    pub ask_time: Duration,
    /// How long a lost connection is left the first time; twice as long each time after.
    pub first_pause: Duration,
    /// How long a lost connection is left at most.
    pub last_pause: Duration,
    /// The seed of the part, from half to all, of each such time that is really waited, so that clients which lost one
    /// node do not all come back at once. Without one, all of it is.
    pub seed: Option<u64>,
}

impl Default for SessionOptions {
    /// For a node nearby: slots of a second, answers within 10, snapshots within 30, fates within 5 minutes.
    fn default() -> Self {
        Self {
            slot: Duration::from_secs(1),
            answer: Duration::from_secs(10),
            snapshot: Duration::from_secs(30),
            fate: Duration::from_secs(300),
            ask_time: Duration::from_secs(2),
            first_pause: Duration::from_millis(250),
            last_pause: Duration::from_secs(30),
            seed: None,
        }
    }
}

impl SessionOptions {
    /// How long a connection is left that was lost after so many failures.
    pub(super) fn backoff(&self, failures: u32) -> Duration {
        let factor = 1u32.checked_shl(failures).unwrap_or(u32::MAX);
        self.first_pause.saturating_mul(factor).min(self.last_pause)
    }
}
