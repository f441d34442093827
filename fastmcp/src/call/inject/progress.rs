//! `Progress` in a request: the client that waits is told.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::context::request::Context;
use crate::docket::model::progress::ProgressReport;
use crate::docket::progress::{Listener, Progress};
use futures_util::future::BoxFuture;

/// What tells the client of `context` how far its call is.
pub(crate) fn to_client(context: &Context) -> Progress {
    Progress::for_listener(Client {
        context: context.clone(),
        last: Mutex::new(None),
    })
}

struct Client {
    context: Context,
    /// What was sent last.
    last: Mutex<Option<f64>>,
}

impl Client {
    /// The number that says `done`. The protocol wants each to be greater than the one before it
    /// (basic/utilities/progress), also when only the message is new: then it is the next that a
    /// float can be, which every client shows as the same.
    #[expect(clippy::cast_precision_loss, reason = "the protocol's type")]
    fn number(&self, done: u64) -> f64 {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let done = done as f64;
        let number = match *last {
            Some(last) if done <= last => last.next_up(),
            _ => done,
        };
        *last = Some(number);
        number
    }
}

impl Listener for Client {
    #[expect(clippy::cast_precision_loss, reason = "the protocol's type")]
    fn on_report(&self, report: ProgressReport) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let ProgressReport {
                done,
                total,
                message,
            } = report;
            let total = total.map(|total| total as f64);
            let number = self.number(done);
            self.context
                .report_progress(number, total, message.as_deref())
                .await;
        })
    }
}
