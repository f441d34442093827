//! [`Own`]: the server of this program, started for one call.

use std::collections::HashSet;

use crate::cli::bar::Bar;
use crate::cli::failure::CommandResult;
use crate::cli::safe_text;
use crate::cli::terminal::note;
use crate::client::{Client, ClientBuilder};
use crate::docket::events::Event;
use crate::docket::handle::Docket;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::mcp::ProtocolVersion;
use crate::server::builder::FastMcp;
use crate::server::one_call::{self, Background};
use crate::server::running::Server;

/// The server of this program, started for one call, and a client of it.
pub(crate) struct Own {
    pub(crate) client: Client,
    server: Server,
}

impl Own {
    /// Starts the server with the part of its background work that the tool uses.
    pub(crate) async fn start(
        mut server: FastMcp,
        tool: &str,
        builder: ClientBuilder,
    ) -> CommandResult<Self> {
        let used = one_call::prepare(&mut server.0, tool)?;
        let server = server.start().await?;
        // Other tools run at once in this process, and report their progress.
        let builder = match used {
            Background::Task => builder.follow_tasks(),
            _ => builder,
        };
        let builder = builder.protocol(ProtocolVersion::V_2026_07_28);
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
        let mut later = HashSet::new();
        while let Ok(snapshot) = docket.snapshot().await {
            let mut pending = snapshot.executions.into_iter().filter(|record| {
                !record.state.is_terminal() && !worker.automatic().contains(&record.key)
            });
            let Some(record) = pending.find(|record| {
                let is_later = record.state == ExecutionState::Scheduled;
                if is_later && later.insert(record.id) {
                    let reason = match record.parked {
                        true => "waits for an event",
                        false => "is due later",
                    };
                    note(&format!(
                        "note: `{}` (key {}) {reason} and ends with this process; set FASTMCP_DOCKET_URL to keep it",
                        safe_text::line(&record.task),
                        safe_text::line(&record.key)
                    ));
                }
                !is_later
            }) else {
                return;
            };
            let (task, key) = (record.task.clone(), record.key.clone());
            follow(docket, record, bar).await;
            bar.hide();
            if let Ok(Some(execution)) = docket.get(key.clone()).await
                && let Ok(state) = execution.state().await
                && state.is_terminal()
            {
                note(&format!(
                    "note: `{}` (key {}) {state}; the docket is in memory and ends with this process, and \
                     FASTMCP_DOCKET_URL=sqlite://… keeps it",
                    safe_text::line(&task),
                    safe_text::line(&key)
                ));
            }
            bar.resume();
        }
    }

    /// Stops the server.
    pub(crate) async fn stop(self) -> CommandResult {
        self.client.close().await;
        Ok(self.server.shutdown().await?)
    }
}

/// Shows the progress of an execution until its state changes.
async fn follow(docket: &Docket, record: Record, bar: &Bar) {
    let Ok(Some(execution)) = docket.get(record.key.clone()).await else {
        return;
    };
    let Ok(mut events) = execution.subscribe().await else {
        return;
    };
    // It may have ended before the subscription.
    if execution
        .state()
        .await
        .is_ok_and(ExecutionState::is_terminal)
    {
        return;
    }
    while let Some(event) = events.next().await {
        match event {
            Event::Progress(progress) => {
                #[expect(clippy::cast_precision_loss, reason = "for display only")]
                let (done, total) = (progress.done as f64, progress.total.map(|it| it as f64));
                bar.show(
                    record.task.as_str(),
                    done,
                    total,
                    progress.message.as_deref(),
                );
            }
            Event::State(record)
                if record.state.is_terminal() || record.state == ExecutionState::Scheduled =>
            {
                return;
            }
            Event::State(_) => {}
        }
    }
}
