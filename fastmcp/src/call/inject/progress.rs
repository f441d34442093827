//! `Progress` in a request: sends progress notifications to the waiting client.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::context::request::Context;
use crate::docket::model::progress::ProgressReport;
use crate::docket::progress::{Listener, Progress};
use futures_util::future::BoxFuture;

/// Returns a reporter that notifies the client of `context`.
pub(crate) fn to_client(context: &Context) -> Progress {
    Progress::for_listener(Client {
        context: context.clone(),
        last: Mutex::new(None),
    })
}

struct Client {
    context: Context,
    /// The last number sent.
    last: Mutex<Option<f64>>,
}

impl Client {
    /// Returns the number to send for `done`. The protocol requires every number to be greater than
    /// the previous one (basic/utilities/progress), even if only the message has changed. In that
    /// case, this returns the next larger float, which clients display as the same number.
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
