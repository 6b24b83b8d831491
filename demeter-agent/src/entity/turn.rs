//! Whose turn it is to propose, and who is asked to sign.

use demeter_core::limits::MAX_RANGE;
use demeter_core::{Count, KeyHash, Span, Time};

/// How long a turn is: as long as a proposal can live.
const TURN: Span = MAX_RANGE;
/// What must be left of a turn for something to be proposed in it.
const LEAST: Span = match Span::from_milliseconds(60_000) {
    Ok(span) => span,
    Err(_) => Span::ZERO,
};

/// A turn: whose it is, and when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Who signs in it, the proposer first.
    pub(super) quorum: Vec<KeyHash>,
    /// When it ends.
    pub(super) ends: Time,
    /// Whether enough is left of it.
    pub(super) fresh: bool,
}

impl Turn {
    /// The turn at a time in which so many of these entities sign.
    pub(super) fn at(now: Time, entities: &[KeyHash], many: Count) -> Self {
        let (now_ms, length) = (now.to_milliseconds(), TURN.to_milliseconds());
        let number = now_ms.checked_div(length).unwrap_or(0);
        let first = number.checked_rem(entities.len() as u64).unwrap_or(0);
        let first = usize::try_from(first).unwrap_or(0);
        let many = usize::try_from(many.to_number()).unwrap_or(usize::MAX).min(entities.len());
        let quorum = entities.iter().cycle().skip(first).take(many).copied().collect();
        let ends =
            Time::from_milliseconds(number.saturating_add(1).saturating_mul(length)).unwrap_or(Time::MAX);
        Self { quorum, ends, fresh: ends.since(now) >= LEAST }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_go_round_and_ask_others_each_time() {
        let entities = [1, 2, 3].map(|seed| KeyHash::from_bytes([seed; 28]));
        let two = Count::from_number(2).unwrap();
        let at = |seconds: u64| Turn::at(Time::from_milliseconds(seconds * 1000).unwrap(), &entities, two);
        let quorum = |seconds| at(seconds).quorum.iter().map(|key| key.as_bytes()[0]).collect::<Vec<_>>();
        assert_eq!(
            [quorum(0), quorum(299), quorum(300), quorum(600), quorum(900)],
            [vec![1, 2], vec![1, 2], vec![2, 3], vec![3, 1], vec![1, 2]]
        );
        assert!(at(240).fresh && !at(241).fresh);
        assert_eq!(at(299).ends.to_milliseconds(), 300_000);
        assert!(Turn::at(Time::ZERO, &[], two).quorum.is_empty());
    }
}
