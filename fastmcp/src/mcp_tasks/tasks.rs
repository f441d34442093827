//! The tasks of one caller: creates, reads, answers and cancels them.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::request_error::{INTERNAL_ERROR, INVALID_PARAMS};
use crate::component::task_view::{CreatedTask, TaskView};
use crate::context::answer_log::AnswerLogState;
use crate::context::request::Context;
use crate::docket::backend::call::Amended;
use crate::docket::backend::call::Target;
use crate::docket::error::DocketError;
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::record::Record;
use crate::docket::model::submission::Submission;
use crate::error::ProtocolError;
use crate::mcp_tasks::id;
use crate::mcp_tasks::names::{execution_key, execution_task, tool_name};
use crate::mcp_tasks::note::Note;
use crate::mcp_tasks::request_snapshot::Payload;
use crate::mcp_tasks::terms::Terms;

/// The tasks of a server that one caller can access.
pub(crate) struct Tasks<'a> {
    docket: &'a Docket,
    /// The names of the headers that are stored with a task, in lower case.
    stored_headers: &'a [String],
    /// The server, whose rules for tools also apply to their tasks.
    dispatcher: &'a Dispatcher,
    client: Caller,
    /// The owner of the tasks; `None` for the owner that all anonymous callers share.
    owner: Option<Cow<'a, str>>,
}

/// The error of an operation on a task.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// The task is unknown, expired or owned by another caller. All three have the same error,
    /// because a caller must not be able to find out which IDs exist.
    #[error("task not found")]
    NotFound,
    /// The arguments or answers exceed a limit of the docket.
    #[error("{0}")]
    TooLarge(DocketError),
    /// A limit of the docket is reached.
    #[error("too many tasks have not ended; try again later")]
    Busy,
    /// The cause is in the log.
    #[error("internal error")]
    Internal,
}

impl From<TaskError> for ProtocolError {
    fn from(error: TaskError) -> Self {
        let code = match error {
            TaskError::NotFound | TaskError::TooLarge(_) => INVALID_PARAMS,
            TaskError::Busy | TaskError::Internal => INTERNAL_ERROR,
        };
        Self::new(code, error.to_string())
    }
}

impl<'a> Tasks<'a> {
    /// Returns the tasks of the caller of a request; `None` if the server has no docket.
    pub(crate) fn of_caller(dispatcher: &'a Dispatcher, context: &'a Context) -> Option<Self> {
        Some(Self {
            docket: dispatcher.provided.docket.as_ref()?,
            stored_headers: &dispatcher.stored_headers,
            dispatcher,
            client: context.caller(),
            owner: context.owner(),
        })
    }

    /// Creates a task for a tool, by its name on the server that has the docket. The task is stored in the docket before this method returns, so the handle
    /// that a client receives never refers to a lost task.
    pub(crate) async fn create(
        &self,
        tool: &str,
        terms: Terms,
        arguments: Map<String, Value>,
        context: &Context,
    ) -> Result<CreatedTask, TaskError> {
        let id = match terms.id {
            Some(id) => id,
            None => new_id()?,
        };
        let note = Note {
            owner: self.owner.as_deref().map(ToOwned::to_owned),
            ttl: terms.ttl,
            poll: terms.poll,
            answer_log: AnswerLogState::default(),
        };
        let payload = Payload::of(arguments, context, self.stored_headers, terms.is_fallback);
        let (payload, encoded_note) = match (serde_json::to_vec(&payload), note.write()) {
            (Ok(payload), Ok(note)) => (payload, note),
            (Err(error), _) | (_, Err(error)) => {
                return Err(internal("cannot encode a task", &error));
            }
        };
        let mut submission = Submission::new(execution_task(tool), payload)
            .key(execution_key(&id))
            .note(encoded_note)
            .keep_for(note.ttl)
            .owner(owner(self.owner.as_deref()));
        if let Some(trace) = context.trace() {
            submission = submission.trace(trace.clone());
        }
        let submitted = self.docket.submit(submission).await;
        let execution = submitted.map_err(|error| match error {
            error @ DocketError::TooLarge { .. } => TaskError::TooLarge(error),
            error @ (DocketError::Full { .. }
            | DocketError::OutOfSpace { .. }
            | DocketError::OwnerFull { .. }) => {
                tracing::warn!(%error, "refused a task");
                TaskError::Busy
            }
            error => internal("cannot submit a task", &error),
        })?;
        // The backend sets the creation time, so read it from the record and not from a local
        // clock.
        let record = execution.record().await;
        let record = record.map_err(|error| internal("cannot read a task", &error))?;
        Ok(CreatedTask {
            id,
            view: TaskView::of_new(&record, &note),
        })
    }

    /// Returns the current view of a task.
    pub(crate) async fn get(&self, id: &str) -> Result<TaskView, TaskError> {
        let (record, note) = self.find(id).await?;
        Ok(TaskView::of(&record, &note))
    }

    /// Stores answers. Ignores answers that belong to no open question, so a client may send the
    /// same answers twice.
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
            let encoded = note.write();
            let encoded = encoded.map_err(|error| internal("cannot encode a task", &error))?;
            let execution = self.execution(record);
            match execution.amend(expected, encoded, !note.waits()).await {
                Ok(Amended::Done) => return Ok(()),
                // Another request has changed the note since it was read. Apply the answers to the
                // new note, because neither request may overwrite the other's answers.
                Ok(Amended::Stale) => {}
                Ok(Amended::Unknown) => return Err(TaskError::NotFound),
                Err(error @ DocketError::TooLarge { .. }) => {
                    return Err(TaskError::TooLarge(error));
                }
                Err(error) => return Err(internal("cannot store answers of a task", &error)),
            }
        }
    }

    /// Cancels a task. Does nothing if it has ended.
    pub(crate) async fn cancel(&self, id: &str) -> Result<(), TaskError> {
        let (record, _) = self.find(id).await?;
        if record.state.is_terminal() {
            return Ok(());
        }
        match self.docket.cancel(record.key).await {
            Ok(_) => Ok(()),
            Err(error) => Err(internal("cannot cancel a task", &error)),
        }
    }

    /// Finds the execution behind a task of this caller.
    async fn find(&self, id: &str) -> Result<(Record, Note), TaskError> {
        if !id::is_valid(id) {
            return Err(TaskError::NotFound);
        }
        let target = Target::Key(execution_key(id));
        let found = self.docket.backend().find(&target).await;
        let record = found.map_err(|error| internal("cannot read a task", &error))?;
        // A program can add a `#[task]` under any key, so the key alone does not identify a tool
        // call.
        let Some((record, tool)) = record.and_then(|record| {
            let tool = tool_name(&record.task)?.to_owned();
            Some((record, tool))
        }) else {
            return Err(TaskError::NotFound);
        };
        // The caller may have lost a scope since it created the task. A tool that this server does not have
        // belongs to another version of the program.
        if let Some((server, tool)) = self.dispatcher.locate_tool(&tool)
            && !server.registry.permits_tool(tool, &self.client)
        {
            return Err(TaskError::NotFound);
        }
        let note = Note::read(record.note.as_ref());
        let note = note.map_err(|error| internal("cannot read a task", &error))?;
        if note.owner.as_deref() != self.owner.as_deref() {
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

/// Returns a new ID.
pub(crate) fn new_id() -> Result<String, TaskError> {
    id::random().map_err(|error| internal("cannot generate a task ID", &error))
}

/// Returns the owner of a caller's executions. A long name is replaced by its hash, because keys are limited.
fn owner(caller: Option<&str>) -> String {
    match caller {
        None => "anonymous".to_owned(),
        Some(name) if name.len() <= 256 => format!("principal {name}"),
        Some(name) => {
            // FNV-1a. A collision only makes two callers share their limits.
            let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            format!("principal #{hash:016x}")
        }
    }
}

/// Logs the cause, which may reveal details of the server, and returns the error for the client.
pub(crate) fn internal(what: &str, error: &dyn fmt::Display) -> TaskError {
    tracing::error!(%error, "{what}");
    TaskError::Internal
}
