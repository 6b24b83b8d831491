//! How much a client may ask for.

use std::time::Duration;

use super::options::Rate;

/// A bucket of tokens that fills up with time: each thing asked for takes one out.
///
/// It is kept as the moment when it will be full, told since any fixed moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket {
    full_at: Duration,
}

impl Bucket {
    /// Takes a token out if there is one.
    ///
    /// # Errors
    /// There is none, for this long.
    pub(crate) fn take(&mut self, rate: Rate, now: Duration) -> Result<(), Duration> {
        match self.wait(rate, now) {
            Duration::ZERO => {
                self.full_at = self.after_one(rate, now);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Takes a token out that is there or will be, and says how long to wait for it. Who comes later waits longer.
    pub(crate) fn reserve(&mut self, rate: Rate, now: Duration) -> Duration {
        let wait = self.wait(rate, now);
        self.full_at = self.after_one(rate, now);
        wait
    }

    /// Whether nothing was taken out of late: a new bucket is no better.
    pub(crate) fn is_full(&self, now: Duration) -> bool {
        self.full_at <= now
    }

    fn after_one(&self, rate: Rate, now: Duration) -> Duration {
        self.full_at.max(now).saturating_add(rate.interval())
    }

    fn wait(&self, rate: Rate, now: Duration) -> Duration {
        let depth = rate.interval().saturating_mul(rate.burst.get());
        self.after_one(rate, now).saturating_sub(now.saturating_add(depth))
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn rate(per_second: u32, burst: u32) -> Rate {
        Rate { per_second: NonZeroU32::new(per_second).unwrap(), burst: NonZeroU32::new(burst).unwrap() }
    }

    const fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_burst_is_let_through_and_then_the_rate() {
        let (rate, mut bucket) = (rate(10, 3), Bucket::default());
        for _ in 0..3 {
            assert_eq!(bucket.take(rate, at(5_000)), Ok(()));
        }
        assert_eq!(bucket.take(rate, at(5_000)), Err(at(100)));
        assert_eq!(bucket.take(rate, at(5_060)), Err(at(40)));
        assert_eq!(bucket.take(rate, at(5_100)), Ok(()));
        assert_eq!(bucket.take(rate, at(5_100)), Err(at(100)));
        // Being refused costs nothing, and a long rest gives no more than the burst.
        let granted = (0..10).filter(|_| bucket.take(rate, at(60_000)).is_ok()).count();
        assert_eq!(granted, 3);
    }

    #[test]
    fn who_reserves_waits_in_turn() {
        let (rate, mut bucket) = (rate(10, 1), Bucket::default());
        let waits: Vec<_> = (0..4).map(|_| bucket.reserve(rate, at(0))).collect();
        assert_eq!(waits, [at(0), at(100), at(200), at(300)]);
        assert!(!bucket.is_full(at(399)));
        assert!(bucket.is_full(at(400)));
        assert_eq!(bucket.take(rate, at(250)), Err(at(150)));
    }
}
