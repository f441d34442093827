//! [`Retry`]: the number of attempts of a task, and the pauses between them.

use std::ops::Range;
use std::time::Duration;

/// The number of attempts of a task, and the pauses between them. The default is one attempt.
///
/// ```
/// use std::time::Duration;
/// use fastmcp::docket::Retry;
///
/// let retry = Retry::attempts(5).backoff(Duration::from_secs(1)..Duration::from_secs(60));
/// assert_eq!(retry.pause_after(1), Some(Duration::from_secs(1)));
/// assert_eq!(retry.pause_after(3), Some(Duration::from_secs(4)));
/// assert_eq!(retry.pause_after(5), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// The total number of attempts, including the first; at least 1. With [`Retry::FOREVER`] there is no limit.
    pub attempts: u32,
    /// The pause before each further attempt.
    pub delay: Delay,
    /// If true, each pause is a random time between half of the pause and the whole pause, so that executions that
    /// failed together do not retry together.
    pub jitter: bool,
}

/// The pause before a further attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Delay {
    /// The same pause each time.
    Fixed(Duration),
    /// A pause that doubles from `least` up to `most`.
    Backoff {
        /// The first pause.
        least: Duration,
        /// The longest pause.
        most: Duration,
    },
}

impl Default for Retry {
    fn default() -> Self {
        Self::attempts(1)
    }
}

impl Retry {
    /// The value of `attempts` that means no limit.
    pub const FOREVER: u32 = u32::MAX;

    /// Allows this total number of attempts, without pauses.
    #[must_use]
    pub const fn attempts(attempts: u32) -> Self {
        Self {
            attempts,
            delay: Delay::Fixed(Duration::ZERO),
            jitter: false,
        }
    }

    /// Sets a fixed pause before each further attempt.
    #[must_use]
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.delay = Delay::Fixed(delay);
        self
    }

    /// Sets pauses that double from `pauses.start` up to `pauses.end`.
    #[must_use]
    pub const fn backoff(mut self, pauses: Range<Duration>) -> Self {
        self.delay = Delay::Backoff {
            least: pauses.start,
            most: pauses.end,
        };
        self
    }

    /// Makes each pause random, between half of the pause and the whole pause.
    #[must_use]
    pub const fn jitter(mut self) -> Self {
        self.jitter = true;
        self
    }

    /// Returns the pause after failed attempt number `attempt` (from 1), without jitter; `None` if it was the last
    /// one.
    #[must_use]
    pub fn pause_after(&self, attempt: u32) -> Option<Duration> {
        if self.attempts != Self::FOREVER && attempt >= self.attempts {
            return None;
        }
        Some(match self.delay {
            Delay::Fixed(delay) => delay,
            Delay::Backoff { least, most } => 1_u32
                .checked_shl(attempt.saturating_sub(1))
                .map_or(most, |factor| least.saturating_mul(factor))
                .min(most),
        })
    }

    /// Returns [`Retry::pause_after`], with jitter if it is enabled.
    #[must_use]
    pub fn draw_pause_after(&self, attempt: u32) -> Option<Duration> {
        let pause = self.pause_after(attempt)?;
        if self.jitter {
            Some(pause.mul_f64(0.5 + fastrand::f64() / 2.0))
        } else {
            Some(pause)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pauses_do_not_decrease_and_stay_within_their_bounds(
            least in 0_u64..10_000, span in 0_u64..1_000_000, attempts in 2_u32..200,
        ) {
            let least = Duration::from_millis(least);
            let most = least + Duration::from_millis(span);
            let retry = Retry::attempts(attempts).backoff(least..most);
            let mut previous = Duration::ZERO;
            for attempt in 1..attempts {
                let pause = retry.pause_after(attempt).unwrap();
                prop_assert!(pause >= previous && pause >= least && pause <= most);
                previous = pause;
                let drawn = retry.jitter().draw_pause_after(attempt).unwrap();
                prop_assert!(drawn <= pause && drawn >= pause / 2);
            }
            prop_assert_eq!(retry.pause_after(attempts), None);
        }
    }

    #[test]
    fn unlimited_attempts_have_no_last_attempt() {
        let retry = Retry::attempts(Retry::FOREVER).backoff(Duration::from_secs(1)..Duration::MAX);
        assert!(retry.pause_after(u32::MAX).is_some());
    }
}
