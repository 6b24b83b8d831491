//! When an order's bids are placed: time cut into rounds.
//!
//! The times of all bids that an order may ever place follow from the order: a campaign has so many rounds, one after
//! another, then comes a rest. In each round there is one bid, or none. Which round it is, how high the price has risen
//! and what the bid of the round says need therefore not be remembered.

use demeter_core::limits::MIN_SETTLING;
use demeter_core::{Method, RangeError, Span, Time, Window};

use super::Wish;

/// A round: the time for one bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Round {
    /// Its number, from 0.
    pub(super) number: u64,
    /// Which one of its campaign, from 0.
    pub(super) attempt: u64,
    /// The window of its bid.
    pub(super) window: Window,
    /// Until when its bid may be placed: later there would be little time to answer.
    pub(super) last_call: Time,
    /// When a lease begins that comes of it, at the earliest that counts.
    pub(super) lease: Time,
    /// When the next round begins, or the rest.
    pub(super) ends: Time,
}

/// What time it is for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The order begins later.
    Before,
    /// A round.
    Round(Round),
    /// A rest until then.
    Rest(Time),
}

impl Wish {
    /// What time it is at `now` for an order that began at `from`.
    pub(super) fn phase(&self, from: Time, now: Time) -> Result<Phase, RangeError> {
        if now < from {
            return Ok(Phase::Before);
        }
        let attempts = self.campaign.attempts.to_number().max(1);
        let length = self.round_length()?;
        let campaign = length.checked_mul(attempts)?.checked_add(self.campaign.rest)?;
        let (elapsed, campaign) = (now.since(from).to_milliseconds(), campaign.to_milliseconds());
        let campaigns = elapsed.checked_div(campaign).unwrap_or(0);
        let began = from.after(Span::from_milliseconds(campaigns.saturating_mul(campaign))?)?;
        let attempt = now.since(began).to_milliseconds().checked_div(length.to_milliseconds()).unwrap_or(0);
        if attempt >= attempts {
            return Ok(Phase::Rest(began.after(Span::from_milliseconds(campaign)?)?));
        }
        let starts = began.after(length.checked_mul(attempt)?)?;
        let number = campaigns.saturating_mul(attempts).saturating_add(attempt);
        Ok(Phase::Round(self.round(starts, number, attempt)?))
    }

    /// How long a round is: as long as its bid, from notice to award.
    pub(super) fn round_length(&self) -> Result<Span, RangeError> {
        let open = self.timing.notice.checked_add(self.timing.open)?;
        match self.method {
            Method::Race { .. } => Ok(open),
            Method::Auction { .. } => open.checked_add(self.settling()),
        }
    }

    fn round(&self, starts: Time, number: u64, attempt: u64) -> Result<Round, RangeError> {
        let opens = starts.after(self.timing.notice)?;
        let closes = opens.after(self.timing.open)?;
        let settles = closes.after(self.settling())?;
        let half = Span::from_milliseconds(self.timing.open.to_milliseconds() / 2)?;
        let lease = match self.method {
            Method::Race { .. } => opens,
            Method::Auction { .. } => settles,
        };
        let window = Window { opens, closes, settles };
        let ends = starts.after(self.round_length()?)?;
        Ok(Round { number, attempt, window, last_call: opens.after(half)?, lease, ends })
    }

    fn settling(&self) -> Span {
        self.timing.settling.max(MIN_SETTLING)
    }
}

#[cfg(test)]
mod tests {
    use demeter_core::{Amount, Count};

    use super::*;
    use crate::application::Prices;

    fn time(seconds: u64) -> Time {
        Time::from_milliseconds(seconds * 1000).unwrap()
    }

    fn wish(method: Method) -> Wish {
        let (period, count) = (Span::from_seconds(60).unwrap(), |number| Count::from_number(number).unwrap());
        let mut wish = Wish::new(Prices::between(Amount::ZERO, Amount::ZERO), period, count(5));
        wish.campaign.attempts = count(2);
        Wish { method, ..wish }
    }

    /// The round's number, its attempt and the seconds of opening, closing, settling, last call, lease and end.
    fn round(wish: &Wish, now: u64) -> Option<(u64, u64, [u64; 6])> {
        match wish.phase(time(1_000), time(now)).unwrap() {
            Phase::Round(round) => {
                let Window { opens, closes, settles } = round.window;
                let times = [opens, closes, settles, round.last_call, round.lease, round.ends];
                Some((round.number, round.attempt, times.map(|time| time.to_milliseconds() / 1000)))
            }
            Phase::Before | Phase::Rest(_) => None,
        }
    }

    #[test]
    fn rounds_follow_each_other_and_campaigns_rest() {
        let wish = wish(Method::auction(demeter_core::Ppm::ONE, Default::default(), Default::default()));
        assert_eq!(wish.phase(time(1_000), time(999)).unwrap(), Phase::Before);
        let first = Some((0, 0, [1_060, 1_180, 1_480, 1_120, 1_480, 1_480]));
        assert_eq!(round(&wish, 1_000), first);
        assert_eq!(round(&wish, 1_479), first);
        assert_eq!(round(&wish, 1_480), Some((1, 1, [1_540, 1_660, 1_960, 1_600, 1_960, 1_960])));
        let rest = Phase::Rest(time(2_560));
        assert_eq!(wish.phase(time(1_000), time(1_960)).unwrap(), rest);
        assert_eq!(wish.phase(time(1_000), time(2_559)).unwrap(), rest);
        assert_eq!(round(&wish, 2_560), Some((2, 0, [2_620, 2_740, 3_040, 2_680, 3_040, 3_040])));
    }

    #[test]
    fn a_race_is_over_when_it_closes() {
        let race = wish(Method::race(Span::ZERO));
        assert_eq!(round(&race, 1_000), Some((0, 0, [1_060, 1_180, 1_480, 1_120, 1_060, 1_180])));
        assert_eq!(round(&race, 1_180), Some((1, 1, [1_240, 1_360, 1_660, 1_300, 1_240, 1_360])));
    }
}
