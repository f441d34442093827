//! [`Pace`]: tracks whether the bodies of a tool return at once.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// The time after which a body no longer counts as one that returns at once.
const QUICK: Duration = Duration::from_micros(500);

/// The number of quick bodies in a row after which a tool is quick again.
const QUICK_IN_A_ROW: u8 = 4;

/// Tracks whether the bodies of a tool return at once. Calls of such a tool share a task. All other calls, which may
/// compute for long or block their thread, get a task each, so that they do not delay others.
///
/// The value is the number of quick bodies that are still missing. Concurrent updates can lose one, which only delays a
/// change, so `Relaxed` access is enough.
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
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Records how long a body kept its thread until it returned or waited for the first time.
    pub(crate) fn record(&self, time: Duration) {
        let missing = self.0.load(Ordering::Relaxed);
        if time > QUICK {
            self.0.store(QUICK_IN_A_ROW, Ordering::Relaxed);
        } else if missing > 0 {
            self.0.store(missing - 1, Ordering::Relaxed);
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
        pace.record(QUICK * 2);
        for _ in 0..QUICK_IN_A_ROW {
            assert!(!pace.is_quick());
            pace.record(Duration::ZERO);
        }
        assert!(pace.is_quick());
    }
}
