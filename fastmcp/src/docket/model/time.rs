//! Moments on the backend's clock, and when an execution is due.

use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// A moment on the backend's clock: whole microseconds since the Unix epoch.
///
/// Every due time, lease and expiry of a docket is compared on this one clock, never on a worker's own.
#[derive(
    Default, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The Unix epoch: earlier than anything that a docket can hold.
    pub const EPOCH: Self = Self(0);

    /// The latest moment that can be told.
    pub const MAX: Self = Self(u64::MAX);

    /// The moment so many microseconds after the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
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

/// A time before 1970 becomes the epoch: both are in the past, and the past is due now.
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

/// When an execution is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum When {
    /// As soon as a worker has a free slot.
    #[default]
    Now,
    /// So long after the backend has taken it in.
    After(Duration),
    /// At this moment; now, if it is past.
    At(Timestamp),
}

impl When {
    /// The moment this comes to, for a backend whose clock shows `now`.
    #[must_use]
    pub fn due(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Now => now,
            Self::After(delay) => now + delay,
            Self::At(moment) => moment,
        }
    }
}
