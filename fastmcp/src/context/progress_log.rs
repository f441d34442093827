//! [`ProgressLog`]: the progress that a request has sent, which keeps its numbers increasing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The progress that a request has sent.
#[derive(Debug, Default)]
pub(crate) struct ProgressLog(Mutex<Sent>);

#[derive(Debug, Default, Clone, Copy)]
struct Sent {
    /// The last number and its total.
    last: Option<(f64, Option<f64>)>,
    /// The time of the last report; at first, the time when somebody asks for it.
    at: Option<Instant>,
}

impl ProgressLog {
    fn sent(&self) -> MutexGuard<'_, Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number to send for `progress`. The protocol requires every number to be greater
    /// than the previous one (basic/utilities/progress), even if only the message is new. In that
    /// case this is the next larger float, which clients display as the same number.
    pub(crate) fn next(&self, progress: f64, total: Option<f64>) -> f64 {
        let mut sent = self.sent();
        let number = match sent.last {
            Some((last, _)) if progress <= last => last.next_up(),
            _ => progress,
        };
        sent.last = Some((number, total));
        sent.at = Some(Instant::now());
        number
    }

    /// Returns the time of the last report. Before the first report, the time of the first call of this method.
    pub(crate) fn last_report(&self) -> Instant {
        *self.sent().at.get_or_insert_with(Instant::now)
    }

    /// Returns the progress that repeats the last report: its number is the next larger one.
    pub(crate) fn repeated(&self) -> (f64, Option<f64>) {
        self.sent().last.unwrap_or((0.0, None))
    }
}
