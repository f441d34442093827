//! [`RareWarning`]: a warning that an overload would otherwise repeat without end.

use std::time::{Duration, Instant};

/// The time between two warnings of one kind.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// A warning that repeats only after [`LOG_INTERVAL`].
#[derive(Default)]
pub(crate) struct RareWarning {
    last: Option<Instant>,
    suppressed: usize,
}

impl RareWarning {
    pub(crate) fn log(&mut self, text: impl FnOnce() -> String) {
        if self.last.is_some_and(|last| last.elapsed() < LOG_INTERVAL) {
            self.suppressed += 1;
            return;
        }
        tracing::warn!(suppressed = self.suppressed, "{}", text());
        self.last = Some(Instant::now());
        self.suppressed = 0;
    }
}
