//! The clock of a memory docket: the wall clock as of its creation, moved on by tokio's.
//!
//! It never jumps, and tests that pause tokio's time pause it too.

use std::time::SystemTime;

use tokio::time::Instant;

use crate::docket::model::time::Timestamp;

#[derive(Debug)]
pub(crate) struct Clock {
    wall: Timestamp,
    start: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            wall: SystemTime::now().into(),
            start: Instant::now(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.wall + self.start.elapsed()
    }

    pub(crate) fn instant(&self, moment: Timestamp) -> Instant {
        self.start + moment.since(self.wall)
    }
}
