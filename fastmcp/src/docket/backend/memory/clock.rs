//! The clocks of a memory docket: a monotonic one for spans, and the deviation of the wall clock from it.
//!
//! The monotonic clock is tokio's, so tests that pause tokio's time also pause it. The store keeps all moments on it.
//! Moments that callers give or see are on the wall clock.

use std::fmt;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::docket::model::time::Timestamp;

/// Returns by how many microseconds the wall clock has been stepped since the start; `None` if that cannot be measured
/// at the moment.
type Deviation = Box<dyn Fn() -> Option<i64> + Send + Sync>;

/// The longest time between two reads of the monotonic clock that counts as one moment.
const ONE_MOMENT: Duration = Duration::from_millis(1);

pub(super) struct Clock {
    wall: Timestamp,
    start: Instant,
    /// `None` if the wall clock cannot be stepped.
    deviation: Option<Deviation>,
}

impl Clock {
    pub(super) fn start() -> Self {
        let (wall, monotonic) = (SystemTime::now(), std::time::Instant::now());
        // Both clocks are the system's, so that a test that pauses tokio's time has no deviation.
        Self::with_deviation(Box::new(move || {
            let before = monotonic.elapsed();
            let now = Timestamp::from(SystemTime::now()).as_micros();
            let expected = Timestamp::from(wall) + before;
            // On a busy machine, this thread may have been suspended between the reads, which looks like a step.
            let is_one_moment = monotonic.elapsed().saturating_sub(before) < ONE_MOMENT;
            is_one_moment.then(|| now.cast_signed() - expected.as_micros().cast_signed())
        }))
    }

    pub(super) fn with_deviation(deviation: Deviation) -> Self {
        Self {
            wall: SystemTime::now().into(),
            start: Instant::now(),
            deviation: Some(deviation),
        }
    }

    /// Starts a clock of a test: it begins at `wall`, and only tokio's clock moves it.
    #[cfg(feature = "testing")]
    pub(super) fn starting_at(wall: Timestamp) -> Self {
        Self {
            wall,
            start: Instant::now(),
            deviation: None,
        }
    }

    /// Returns whether the wall clock may be stepped.
    pub(super) fn can_be_stepped(&self) -> bool {
        self.deviation.is_some()
    }

    /// Returns the monotonic time. It begins with the wall clock's time at the start, and never jumps.
    pub(super) fn now(&self) -> Timestamp {
        self.wall + self.start.elapsed()
    }

    pub(super) fn instant(&self, moment: Timestamp) -> Instant {
        self.start + moment.since(self.wall)
    }

    /// Returns by how many microseconds the wall clock is ahead of the monotonic clock; `None` if that cannot be measured
    /// at the moment.
    pub(super) fn deviation(&self) -> Option<i64> {
        self.deviation.as_ref()?()
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
