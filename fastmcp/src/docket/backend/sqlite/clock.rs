//! The clock of a docket in a file, which all of its processes share.
//!
//! The file has its own clock: the wall clock of the machine, minus a skew that is stored in the file. Each process
//! compares it with its monotonic clock. If the wall clock is stepped, the first process that notices it changes the
//! skew, so that the clock of the docket continues without a jump: leases and delays are spans and must not change. The
//! due times that callers and timetables have set are on the wall clock, and are moved with it.

use std::fmt;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::docket::backend::sqlite::root::Root;
use crate::docket::model::time::Timestamp;

/// Returns by how many microseconds the wall clock has been stepped since the start of the process.
type Deviation = Box<dyn Fn() -> i64 + Send>;

/// The smallest step of the wall clock that is handled, in microseconds. Smaller differences are noise, because the
/// scheduler can interrupt the process between the readings of the two clocks.
const SMALLEST_STEP: u64 = 20_000;

/// The shortest and the longest time between two readings of the wall clock while an execution waits for it: the
/// operating system does not wake a sleeping process when the clock is set.
const SHORTEST_SLEEP: Duration = Duration::from_secs(1);
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

pub(super) struct Clock {
    wall: Timestamp,
    start: Instant,
    deviation: Deviation,
    /// The clock of the docket minus the monotonic clock, once the first transaction has read the file.
    offset: Option<i64>,
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
            offset: None,
        }
    }

    /// Returns the time of the docket, and the skew of the wall clock from it. The time is never before the latest
    /// change of the file: if the wall clock was set back while no process had the file open, the clock of the docket
    /// continues from that change.
    pub(super) fn read(&mut self, root: &Root) -> (Timestamp, i64) {
        let monotonic = self.monotonic();
        let wall = monotonic + (self.deviation)();
        let suggested = wall - root.clock_skew;
        let latest = root.clock.as_micros().cast_signed();
        let expected = self.offset.map_or(suggested, |offset| monotonic + offset);
        let now = expected.max(latest);
        self.offset = Some(now - monotonic);
        let is_stepped = suggested.abs_diff(now) >= SMALLEST_STEP;
        let skew = if is_stepped {
            wall - now
        } else {
            root.clock_skew
        };
        (Timestamp::from_micros(now.cast_unsigned()), skew)
    }

    /// Returns the instant at which the docket's clock shows `moment`.
    pub(super) fn instant(&self, moment: Timestamp) -> Instant {
        let monotonic = moment.as_micros().cast_signed() - self.offset.unwrap_or_default();
        let start = self.wall.as_micros().cast_signed();
        let after = Duration::from_micros(u64::try_from(monotonic - start).unwrap_or_default());
        // A century is later than every timer, and never overflows.
        self.start + after.min(Duration::from_hours(24 * 36_500))
    }

    /// Returns the docket's time at an instant.
    pub(super) fn moment(&self, instant: Instant) -> Timestamp {
        let monotonic = self.wall + instant.saturating_duration_since(self.start);
        let offset = self.offset.unwrap_or_default();
        Timestamp::from_micros(monotonic.as_micros().saturating_add_signed(offset))
    }

    fn monotonic(&self) -> i64 {
        (self.wall + self.start.elapsed()).as_micros().cast_signed()
    }
}

/// Returns when a process that sleeps until `next` has to read the wall clock again, if an execution waits for it.
pub(super) fn next_look(now: Timestamp, next: Option<Timestamp>) -> Timestamp {
    let sleep = next.map_or(LONGEST_SLEEP, |next| next.since(now) / 8);
    let look = now + sleep.clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
    next.map_or(look, |next| next.min(look))
}

impl fmt::Debug for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Clock")
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
