//! [`Own`]: the server of this program, started for one call.

use std::collections::HashSet;

use crate::cli::bar::Bar;
use crate::cli::docket::records::remark;
use crate::cli::failure::CommandResult;
use crate::cli::safe_text;
use crate::cli::terminal::note;
use crate::client::{Client, ClientBuilder};
use crate::docket::error::DocketError;
use crate::docket::events::Event;
use crate::docket::handle::Docket;
use crate::docket::model::filter::Filter;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::mcp::ProtocolVersion;
use crate::mcp_tasks::names::tool_name;
use crate::server::builder::FastMcp;
use crate::server::one_call::{self, Background, Called};
use crate::server::running::Server;

/// The maximum number of tasks whose end is shown.
const MAX_TASKS: usize = 1000;

/// The server of this program, started for one call, and a client of it.
pub(crate) struct Own {
    pub(crate) client: Client,
    server: Server,
}

impl Own {
    /// Starts the server with the part of its background work that the call uses.
    pub(crate) async fn start(
        mut server: FastMcp,
        called: Called<'_>,
        builder: ClientBuilder,
    ) -> CommandResult<Self> {
        let used = one_call::prepare(&mut server.0, called)?;
        let server = server.start().await?;
        // In a revision with sessions, a call never becomes a task: it runs at once, in this process, and reports its
        // progress.
        let builder = match used {
            Background::Task => builder.protocol(ProtocolVersion::V_2026_07_28),
            _ => builder,
        };
        let client = builder.connect(&server).await?;
        Ok(Self { client, server })
    }

    /// Waits for the tasks that the call has added to a docket in memory, because they would end with this process.
    pub(crate) async fn wait_for_tasks(&self, bar: &Bar) {
        let (Some(docket), Some(worker)) = (self.server.docket(), self.server.worker()) else {
            return;
        };
        if docket.is_shared() {
            return;
        }
        // The docket is new, so all of its executions come from the call, except those of automatic tasks.
        let mut shown = HashSet::new();
        while let Ok(page) = docket.list(&Filter::new(), None, MAX_TASKS).await {
            let is_new = |record: &Record| !shown.contains(&record.id);
            // A task may have added others.
            let Some(record) = page.executions.into_iter().find(is_new) else {
                return;
            };
            shown.insert(record.id);
            let is_followed = tool_name(&record.task).is_some();
            if !is_followed && !worker.automatic().contains(&record.key) {
                show_end(docket, record, bar).await;
            }
        }
    }

    /// Stops the server.
    pub(crate) async fn stop(self) -> CommandResult {
        self.client.close().await;
        Ok(self.server.shutdown().await?)
    }
}

/// Shows the progress of an execution until it has ended or waits for something, and its end.
async fn show_end(docket: &Docket, record: Record, bar: &Bar) {
    let task = safe_text::line(&record.task);
    let key = safe_text::line(&record.key);
    let Ok(record) = follow(docket, record, bar).await else {
        return;
    };
    bar.hide();
    let state = match record.state {
        ExecutionState::Scheduled if record.parked => "waits for an event".to_owned(),
        ExecutionState::Scheduled => "is due later".to_owned(),
        ExecutionState::Completed => "completed".to_owned(),
        state => format!("{state}: {}", safe_text::line(&remark(&record))),
    };
    note(&format!(
        "note: task `{task}` (key {key}) {state}; its docket is in memory and ends with this command, and \
         FASTMCP_DOCKET_URL=sqlite://… keeps it"
    ));
    bar.resume();
}

/// Shows the progress of an execution until it has ended or waits for something.
async fn follow(docket: &Docket, record: Record, bar: &Bar) -> Result<Record, DocketError> {
    let is_over =
        |record: &Record| record.state.is_terminal() || record.state == ExecutionState::Scheduled;
    let mut execution = docket.get(record.key.clone()).await?;
    let Some(execution) = execution.take_if(|it| it.id() == record.id) else {
        return Ok(record);
    };
    let Ok(mut events) = execution.subscribe().await else {
        // It has ended, and its record says how.
        return execution.record().await;
    };
    let mut record = execution.record().await?;
    while !is_over(&record) {
        match events.next().await {
            Some(Event::Progress(progress)) => {
                #[expect(clippy::cast_precision_loss, reason = "for display only")]
                let (done, total) = (progress.done as f64, progress.total.map(|it| it as f64));
                bar.show(&record.task, done, total, progress.message.as_deref());
            }
            Some(Event::State(changed)) => record = (*changed).clone(),
            None => return execution.record().await,
        }
    }
    Ok(record)
}
