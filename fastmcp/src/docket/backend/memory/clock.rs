//! The clocks of a memory docket: a monotonic one for spans, and the deviation of the wall clock from it.
//!
//! The monotonic clock is tokio's, so tests that pause tokio's time also pause it. The store keeps all moments on it.
//! Moments that callers give or see are on the wall clock.

use std::fmt;
use std::time::SystemTime;

use tokio::time::Instant;

use crate::docket::model::time::Timestamp;

/// Returns by how many microseconds the wall clock has been stepped since the start.
type Deviation = Box<dyn Fn() -> i64 + Send + Sync>;

pub(super) struct Clock {
    wall: Timestamp,
    start: Instant,
    deviation: Deviation,
}

impl Clock {
    pub(super) fn start() -> Self {
        let (wall, monotonic) = (SystemTime::now(), std::time::Instant::now());
        // Both clocks are the system's, so that a test that pauses tokio's time has no deviation.
        Self::with_deviation(Box::new(move || {
            let elapsed = Timestamp::from(SystemTime::now()).as_micros();
            let expected = Timestamp::from(wall) + monotonic.elapsed();
            elapsed.cast_signed() - expected.as_micros().cast_signed()
        }))
    }

    pub(super) fn with_deviation(deviation: Deviation) -> Self {
        Self {
            wall: SystemTime::now().into(),
            start: Instant::now(),
            deviation,
        }
    }

    /// Returns the monotonic time. It begins with the wall clock's time at the start, and never jumps.
    pub(super) fn now(&self) -> Timestamp {
        self.wall + self.start.elapsed()
    }

    pub(super) fn instant(&self, moment: Timestamp) -> Instant {
        self.start + moment.since(self.wall)
    }

    /// Returns by how many microseconds the wall clock is ahead of the monotonic clock.
    pub(super) fn deviation(&self) -> i64 {
        (self.deviation)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Clock")
            .field("now", &self.now())
            .field("deviation", &self.deviation())
            .finish_non_exhaustive()
    }
}
