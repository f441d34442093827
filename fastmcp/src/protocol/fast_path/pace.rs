//! [`Pace`]: tracks whether the bodies of a tool return at once.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// The time after which a body does not count as one that returns at once. A debug build does the same work more slowly.
const QUICK: Duration = Duration::from_millis(if cfg!(debug_assertions) { 20 } else { 1 });

/// The time after which a single body shows that its tool does not return at once. A shorter delay may be that of a
/// thread that had to wait for its processor, so it has to occur twice in a row.
const SLOW: Duration = Duration::from_millis(if cfg!(debug_assertions) { 200 } else { 10 });

/// The number of quick bodies in a row after which a tool is quick again.
const QUICK_IN_A_ROW: u8 = 4;

/// The value of a quick tool whose last body was late.
const LATE: u8 = u8::MAX;

/// Tracks whether the bodies of a tool return at once. Calls of such a tool share a task. All other calls, which may
/// compute for long or block their thread, get a task each, so that they do not delay others.
///
/// The value is the number of quick bodies that are still missing, or [`LATE`]. Concurrent updates can lose one, which
/// only delays a change, so `Relaxed` access is enough.
#[derive(Debug)]
pub(crate) struct Pace(AtomicU8);

impl Default for Pace {
    /// A tool is quick only after its first call has returned at once.
    fn default() -> Self {
        Self(AtomicU8::new(1))
    }
}

impl Pace {
    pub(crate) fn is_quick(&self) -> bool {
        matches!(self.0.load(Ordering::Relaxed), 0 | LATE)
    }

    /// Records how long a body kept its thread until it returned or waited for the first time.
    pub(crate) fn record(&self, time: Duration) {
        let before = self.0.load(Ordering::Relaxed);
        let after = match before {
            0 if time > QUICK && time <= SLOW => LATE,
            _ if time > QUICK => QUICK_IN_A_ROW,
            LATE | 0 => 0,
            missing => missing - 1,
        };
        if after != before {
            self.0.store(after, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_quick_after_quick_bodies_and_until_a_slow_one() {
        let pace = Pace::default();
        assert!(!pace.is_quick());
        pace.record(QUICK);
        assert!(pace.is_quick());
        for slow in [&[SLOW * 2][..], &[QUICK * 2, QUICK * 2]] {
            for time in slow {
                assert!(pace.is_quick());
                pace.record(*time);
            }
            for _ in 0..QUICK_IN_A_ROW {
                assert!(!pace.is_quick());
                pace.record(Duration::ZERO);
            }
            assert!(pace.is_quick());
        }
    }

    #[test]
    fn one_late_body_among_quick_ones_changes_nothing() {
        let pace = Pace::default();
        for _ in 0..100 {
            pace.record(Duration::ZERO);
            assert!(pace.is_quick());
            pace.record(QUICK * 2);
            assert!(pace.is_quick());
        }
    }
}
