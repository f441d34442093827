//! Moments on the backend's clock, and due times.

use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// The longest delay of a docket: ten years. A longer delay is most likely a mistake in the unit, and the limit keeps
/// sums of moments and delays from overflowing.
pub(crate) const MAX_DELAY: Duration = Duration::from_hours(3_653 * 24);

/// A moment on the backend's clock, in microseconds since the Unix epoch.
///
/// All due times, leases and expiry times of a docket use this clock, so clock skew between workers has no effect.
#[derive(
    Default, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The Unix epoch, which is earlier than every time in a docket.
    pub const EPOCH: Self = Self(0);

    /// The latest moment that can be represented.
    pub const MAX: Self = Self(u64::MAX);

    /// Creates a moment from microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Returns the microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Returns the time since `earlier`; zero if `earlier` is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }
}

/// Converts a time before 1970 to the epoch: both are in the past and therefore due now.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(micros(
            time.duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
        ))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        SystemTime::UNIX_EPOCH + Duration::from_micros(time.0)
    }
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

/// The time at which an execution becomes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum When {
    /// At once.
    #[default]
    Now,
    /// After this delay, counted from its admission by the backend.
    After(Duration),
    /// At this moment; at once if it is in the past.
    At(Timestamp),
}

impl When {
    /// Returns the due time, for a backend whose clock shows `now`.
    #[must_use]
    pub fn due(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Now => now,
            Self::After(delay) => now + delay,
            Self::At(moment) => moment,
        }
    }
}
