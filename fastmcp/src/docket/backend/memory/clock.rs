//! The clock of a memory docket: the wall-clock time of its creation, advanced by tokio's clock.
//!
//! It never jumps, and tests that pause tokio's clock pause it too.

use std::time::SystemTime;

use tokio::time::Instant;

use crate::docket::model::time::Timestamp;

#[derive(Debug)]
pub(super) struct Clock {
    wall: Timestamp,
    start: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            wall: SystemTime::now().into(),
            start: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.wall + self.start.elapsed()
    }

    pub(super) fn instant(&self, moment: Timestamp) -> Instant {
        self.start + moment.since(self.wall)
    }
}
