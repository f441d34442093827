//! The tasks of one caller: creating, reading, answering and cancelling them.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::component::options::TaskOptions;
use crate::component::output::tool_result::ToolResult;
use crate::component::tool::ToolEntry;
use crate::context::answer_log::AnswerLogState;
use crate::context::request::Context;
use crate::docket::backend::call::Amended;
use crate::docket::backend::call::Target;
use crate::docket::error::DocketError;
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::model::record::Record;
use crate::docket::model::submission::Submission;

use crate::mcp_tasks::note::Note;
use crate::mcp_tasks::request_snapshot::Payload;
use crate::mcp_tasks::runner::Runner;
use crate::mcp_tasks::view::TaskView;

/// What stands before a task's id in the key of its execution.
const KEY: &str = "fastmcp:task/";
/// What stands before the tool's name in the name of the execution's task. The names of a program's tasks have no
/// colon.
pub(crate) const TOOL: &str = "fastmcp:tool/";

/// The tasks of a server, as one caller sees them.
pub(crate) struct Tasks<'a> {
    docket: &'a Docket,
    /// Who calls: the principal of an authenticated request, or the scope that all others share.
    caller: Option<&'a str>,
}

/// A request about a task that has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// There is none of this id, or none any more, or it is somebody else's: nobody is told which.
    #[error("task not found")]
    NotFound,
    /// What was sent is more than the docket takes.
    #[error("{0}")]
    TooLarge(DocketError),
    /// The log says why.
    #[error("internal error")]
    Internal,
}

/// What a call of a tool comes to.
pub(crate) enum Called {
    Answered(ToolResult),
    Task(Created),
}

/// A task that has just been made.
pub(crate) struct Created {
    pub(crate) id: String,
    pub(crate) view: TaskView,
}

impl<'a> Tasks<'a> {
    pub(crate) fn new(docket: &'a Docket, caller: Option<&'a str>) -> Self {
        Self { docket, caller }
    }

    /// Makes a task of a call. Once this returns, the task is as durable as the docket.
    pub(crate) async fn create(
        &self,
        tool: &'static ToolEntry,
        options: TaskOptions,
        arguments: Map<String, Value>,
        context: &Context,
    ) -> Result<Created, TaskError> {
        let id = crate::mcp_tasks::id::random()
            .map_err(|error| internal("a task cannot be given an id", &error))?;
        let note = Note {
            owner: self.caller.map(ToOwned::to_owned),
            ttl: options.ttl(),
            poll: options.poll(),
            journal: AnswerLogState::default(),
        };
        let payload = Payload::of(arguments, context);
        let (payload, written) = match (serde_json::to_vec(&payload), note.write()) {
            (Ok(payload), Ok(note)) => (payload, note),
            (Err(error), _) | (_, Err(error)) => {
                return Err(internal("a task cannot be written", &error));
            }
        };
        let mut submission = Submission::new(format!("{TOOL}{}", tool.entry.name), payload)
            .key(key(&id))
            .note(written)
            .keep_for(note.ttl);
        if let Some(trace) = context.trace() {
            submission = submission.trace(trace.clone());
        }
        let submitted = self.docket.submit(submission).await;
        let execution = submitted.map_err(|error| match error {
            error @ DocketError::TooLarge { .. } => TaskError::TooLarge(error),
            error => internal("a task was not taken in", &error),
        })?;
        let record = execution.record().await;
        let record = record.map_err(|error| internal("a task cannot be read", &error))?;
        Ok(Created {
            id,
            view: TaskView::of_new(&record, &note),
        })
    }

    /// How the task stands.
    pub(crate) async fn get(&self, id: &str) -> Result<TaskView, TaskError> {
        let (record, note) = self.find(id).await?;
        Ok(TaskView::of(&record, &note))
    }

    /// Takes answers in. What nobody asks, or was answered before, is left out.
    pub(crate) async fn update(
        &self,
        id: &str,
        answers: &Map<String, Value>,
    ) -> Result<(), TaskError> {
        loop {
            let (record, mut note) = self.find(id).await?;
            let Some(expected) = record.note.clone().filter(|_| record.parked) else {
                return Ok(());
            };
            if !note.answer(answers.clone()) {
                return Ok(());
            }
            let written = note.write();
            let written = written.map_err(|error| internal("a task cannot be written", &error))?;
            let execution = self.execution(record);
            match execution.amend(expected, written, !note.waits()).await {
                Ok(Amended::Done) => return Ok(()),
                // Somebody else was faster: what is there to answer now?
                Ok(Amended::Stale) => {}
                Ok(Amended::Unknown) => return Err(TaskError::NotFound),
                Err(error @ DocketError::TooLarge { .. }) => {
                    return Err(TaskError::TooLarge(error));
                }
                Err(error) => return Err(internal("a task cannot be answered", &error)),
            }
        }
    }

    /// Has the task end, if it has not.
    pub(crate) async fn cancel(&self, id: &str) -> Result<(), TaskError> {
        let (record, _) = self.find(id).await?;
        if record.state.is_terminal() {
            return Ok(());
        }
        match self.docket.cancel(record.key).await {
            Ok(_) => Ok(()),
            Err(error) => Err(internal("a task cannot be cancelled", &error)),
        }
    }

    /// The execution behind a task of this caller's.
    async fn find(&self, id: &str) -> Result<(Record, Note), TaskError> {
        if !crate::mcp_tasks::id::is_one(id) {
            return Err(TaskError::NotFound);
        }
        let target = Target::Key(key(id));
        let found = self.docket.backend().find(&target).await;
        let record = found.map_err(|error| internal("a task cannot be read", &error))?;
        let Some(record) = record.filter(|record| record.task.starts_with(TOOL)) else {
            return Err(TaskError::NotFound);
        };
        let note = Note::read(record.note.as_ref());
        let note = note.map_err(|error| internal("a task cannot be read", &error))?;
        if note.owner.as_deref() != self.caller {
            return Err(TaskError::NotFound);
        }
        Ok((record, note))
    }

    fn execution(&self, record: Record) -> Execution {
        Execution::new(
            self.docket.clone(),
            record.id,
            record.key,
            record.task,
            true,
        )
    }
}

fn key(id: &str) -> Key {
    Key::from(format!("{KEY}{id}"))
}

fn internal(what: &str, error: &dyn std::fmt::Display) -> TaskError {
    tracing::error!(%error, "{what}");
    TaskError::Internal
}

/// The name of the tool that an execution of this task runs, if it is a task of a client.
pub(crate) fn tool_of(task: &str) -> Option<&str> {
    task.strip_prefix(TOOL)
}

/// The handler of a server's worker: the program's tasks, and the clients'.
pub(crate) fn handler(
    core: &Arc<crate::component::dispatch::Core>,
    tasks: Arc<dyn crate::docket::handler::Handler>,
) -> Arc<dyn crate::docket::handler::Handler> {
    if core.has_task_tools() {
        Arc::new(Runner::new(Arc::clone(core), tasks))
    } else {
        tasks
    }
}
