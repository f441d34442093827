//! Emits `task.finished` when a task of a client ends.

use serde_json::{Map, Value};

use crate::docket::current_execution::CurrentExecution;
use crate::docket::model::outcome::Outcome;
use crate::events::emit::{Pending, store};
use crate::events::occurrence::Owner;
use crate::events::server::EventServer;
use crate::events::task_finished::{NAME, TaskFinished};
use crate::mcp_tasks::names::{task_id, tool_name};
use crate::mcp_tasks::note::Note;

/// Emits the event if the outcome ends a task. The caller of the task, and nobody else, may get it.
pub(crate) async fn emit(
    server: &EventServer,
    execution: &CurrentExecution,
    outcome: &Outcome,
) -> Result<(), String> {
    let Some(tool) = tool_name(execution.task()) else {
        return Ok(());
    };
    let status = match outcome {
        Outcome::Completed(_) => "completed",
        Outcome::Failed(_) | Outcome::Undecodable { .. } => "failed",
        Outcome::Discard { .. } => "cancelled",
        _ => return Ok(()),
    };
    let (Some(id), Ok(note)) = (task_id(execution.key()), Note::read(execution.note())) else {
        return Ok(());
    };
    let finished = TaskFinished {
        task_id: id.to_owned(),
        tool: tool.to_owned(),
        status: status.to_owned(),
    };
    let payload = match serde_json::to_value(&finished) {
        Ok(Value::Object(payload)) => payload,
        _ => Map::new(),
    };
    let pending = Pending {
        event: NAME,
        // A run that is repeated emits the same event.
        id: format!("task_{id}"),
        payload,
        owner: Some(Owner {
            principal: note.owner,
        }),
        // The outcome is stored after this, and a client that asks at once should see it.
        is_delayed: true,
    };
    let stored = store(&server.events(), pending).await;
    stored.map(drop).map_err(|error| error.to_string())
}
