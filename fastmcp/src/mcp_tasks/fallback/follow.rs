//! Waits for the end of a task, without polling.

use std::time::Duration;

use tokio::time::timeout;

use crate::context::request::Context;
use crate::docket::backend::call::Target;
use crate::docket::events::Event;
use crate::docket::handle::Docket;
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::Record;
use crate::mcp_tasks::names::execution_key;
use crate::mcp_tasks::tasks::{TaskError, internal};

/// Waits up to `limit` until a task has ended, and passes its progress to the client of the request. `None` if it has not
/// ended by then.
pub(crate) async fn until_ended(
    docket: &Docket,
    id: &str,
    limit: Duration,
    context: &Context,
) -> Result<Option<Record>, TaskError> {
    match timeout(limit, ended(docket, id, context)).await {
        Ok(ended) => ended.map(Some),
        Err(_) => Ok(None),
    }
}

async fn ended(docket: &Docket, id: &str, context: &Context) -> Result<Record, TaskError> {
    let target = Target::Key(execution_key(id));
    loop {
        let watched = docket.backend().watch(&target).await;
        let watched = watched.map_err(|error| internal("cannot follow a task", &error))?;
        let (record, mut events) = watched.ok_or(TaskError::NotFound)?;
        if record.state.is_terminal() {
            return Ok(record);
        }
        report(context, &record.progress).await;
        while let Some(event) = events.next().await {
            match event {
                Event::State(record) if record.state.is_terminal() => return Ok((*record).clone()),
                Event::State(_) => {}
                Event::Progress(progress) => report(context, &progress).await,
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "for display only")]
async fn report(context: &Context, progress: &ProgressReport) {
    if *progress == ProgressReport::default() {
        return;
    }
    let total = progress.total.map(|total| total as f64);
    context
        .report_progress(progress.done as f64, total, progress.message.as_deref())
        .await;
}
