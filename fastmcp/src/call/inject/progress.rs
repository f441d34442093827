//! `Progress` in a request: sends progress notifications to the waiting client.

use futures_util::future::BoxFuture;

use crate::context::request::Context;
use crate::docket::model::progress::ProgressReport;
use crate::docket::progress::{Listener, Progress};

/// Returns a reporter that notifies the client of `context`.
pub(crate) fn to_client(context: &Context) -> Progress {
    Progress::for_listener(Client(context.clone()))
}

struct Client(Context);

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
            self.0
                .report_progress(done as f64, total, message.as_deref())
                .await;
        })
    }
}
