//! [`Execution`]: the handle to one execution.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::docket::backend::call::{Amended, Target};
use crate::docket::checks::check_note;
use crate::docket::error::DocketError;
use crate::docket::events::{Event, Events};
use crate::docket::handle::Docket;
use crate::docket::model::failure::Failure;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::ExecutionState;

/// The handle to one execution with a result of type `R`. Dropping it has no effect on the execution.
///
/// The handle refers to this execution and not to its key: if the key is reused, the handle still refers to the
/// original execution.
pub struct Execution<R = Value> {
    handle: Handle,
    result: PhantomData<fn() -> R>,
}

/// The handle without the type of its result, so that its methods are compiled only once.
#[derive(Clone)]
struct Handle {
    docket: Docket,
    id: ExecutionId,
    key: Key,
    task: Name,
    already_scheduled: bool,
}

impl<R> Execution<R> {
    pub(crate) fn new(
        docket: Docket,
        id: ExecutionId,
        key: Key,
        task: Name,
        already_scheduled: bool,
    ) -> Self {
        Self {
            handle: Handle {
                docket,
                id,
                key,
                task,
                already_scheduled,
            },
            result: PhantomData,
        }
    }

    /// Returns the number of the execution.
    pub fn id(&self) -> ExecutionId {
        self.handle.id
    }

    /// Returns the key.
    pub fn key(&self) -> &Key {
        &self.handle.key
    }

    /// Returns the name of the task.
    pub fn task(&self) -> &Name {
        &self.handle.task
    }

    /// Returns true if the submission found an existing execution and created none.
    pub fn already_scheduled(&self) -> bool {
        self.handle.already_scheduled
    }

    /// Changes the type of the result to `T`.
    pub fn typed<T>(self) -> Execution<T> {
        Execution {
            handle: self.handle,
            result: PhantomData,
        }
    }

    /// Returns the current record.
    ///
    /// # Errors
    /// [`DocketError::Expired`] if the execution has ended and its record was deleted.
    pub fn record(&self) -> BoxFuture<'_, Result<Record, DocketError>> {
        self.handle.record()
    }

    /// Returns the current state.
    pub async fn state(&self) -> Result<ExecutionState, DocketError> {
        Ok(self.record().await?.state)
    }

    /// Returns the number of the current attempt, from 1.
    pub async fn attempt(&self) -> Result<u32, DocketError> {
        Ok(self.record().await?.attempt)
    }

    /// Returns the number of deliveries of the current attempt to workers.
    pub async fn delivery(&self) -> Result<u32, DocketError> {
        Ok(self.record().await?.delivery)
    }

    /// Returns the due time.
    pub async fn when(&self) -> Result<SystemTime, DocketError> {
        Ok(self.record().await?.due.into())
    }

    /// Returns the latest progress report.
    pub async fn progress(&self) -> Result<ProgressReport, DocketError> {
        Ok(self.record().await?.progress)
    }

    /// Replaces the note with `note` if it equals `expected`. If `wake` is true, the execution becomes due. The
    /// execution must be [parked](crate::docket::model::outcome::Outcome::Park).
    ///
    /// The comparison and the change are one atomic step. Of two concurrent callers with the same `expected`, one
    /// gets [`Amended::Stale`] and has to read the note again.
    ///
    /// # Errors
    /// [`DocketError::TooLarge`] if the note is larger than a payload may be, or the backend's error. After a backend
    /// error the change may or may not have been made; the record shows the current note.
    pub fn amend(
        &self,
        expected: impl Into<Bytes>,
        note: impl Into<Bytes>,
        wake: bool,
    ) -> BoxFuture<'_, Result<Amended, DocketError>> {
        self.handle.amend(expected.into(), note.into(), wake)
    }

    /// Returns a stream of all further events.
    ///
    /// # Errors
    /// [`DocketError::Expired`] if the execution has ended and its record was deleted.
    pub fn subscribe(&self) -> BoxFuture<'_, Result<Events, DocketError>> {
        self.handle.subscribe()
    }

    /// Waits until the execution has ended, and returns its record.
    pub fn ended(&self) -> BoxFuture<'_, Result<Record, DocketError>> {
        self.handle.ended()
    }
}

impl Handle {
    fn record(&self) -> BoxFuture<'_, Result<Record, DocketError>> {
        async move {
            let target = Target::Id(self.id);
            let found = self.docket.backend().find(&target).await?;
            found.ok_or_else(|| self.expired())
        }
        .boxed()
    }

    fn amend(
        &self,
        expected: Bytes,
        note: Bytes,
        wake: bool,
    ) -> BoxFuture<'_, Result<Amended, DocketError>> {
        async move {
            check_note(Some(&note), self.docket.options().max_payload)?;
            let backend = self.docket.backend();
            Ok(backend.amend(self.id, &expected, note, wake).await?)
        }
        .boxed()
    }

    fn subscribe(&self) -> BoxFuture<'_, Result<Events, DocketError>> {
        async move { Ok(self.watch().await?.1) }.boxed()
    }

    fn ended(&self) -> BoxFuture<'_, Result<Record, DocketError>> {
        async move {
            loop {
                let (record, mut events) = self.watch().await?;
                if record.state.is_terminal() {
                    return Ok(record);
                }
                // The last event contains the record itself, so the caller gets the record even if it expires
                // at once.
                while let Some(event) = events.next().await {
                    if let Event::State(record) = event
                        && record.state.is_terminal()
                    {
                        return Ok((*record).clone());
                    }
                }
            }
        }
        .boxed()
    }

    async fn watch(&self) -> Result<(Record, Events), DocketError> {
        let target = Target::Id(self.id);
        self.docket
            .backend()
            .watch(&target)
            .await?
            .ok_or_else(|| self.expired())
    }

    fn expired(&self) -> DocketError {
        DocketError::Expired {
            key: self.key.clone(),
        }
    }
}

impl<R: DeserializeOwned> Execution<R> {
    /// Waits until the execution has ended, and returns its result. It waits for events and does not poll.
    ///
    /// The execution of a perpetual task ends when the task stops itself or is cancelled.
    ///
    /// # Errors
    /// [`DocketError::Failed`], [`DocketError::Cancelled`] or [`DocketError::Dead`], depending on the state;
    /// [`DocketError::Decode`] if the result cannot be decoded as `R`; [`DocketError::Expired`] if the record was
    /// deleted.
    pub async fn result(&self) -> Result<R, DocketError> {
        let record = self.ended().await?;
        let key = record.key.clone();
        let json = completed(record)?;
        serde_json::from_slice(&json).map_err(|error| DocketError::Decode {
            key,
            expected: type_name::<R>(),
            problem: error.to_string(),
        })
    }
}

/// Returns the result of an execution that has ended, or the error of one that has not completed.
fn completed(record: Record) -> Result<Bytes, DocketError> {
    let (key, task) = (record.key, record.task);
    let reason = record.reason.unwrap_or_default();
    match record.state {
        ExecutionState::Failed => Err(DocketError::Failed {
            key,
            task,
            attempts: record.attempt,
            failure: record.failure.unwrap_or_else(|| Failure::error(reason)),
        }),
        ExecutionState::Cancelled => Err(DocketError::Cancelled { key, task, reason }),
        ExecutionState::Dead => Err(DocketError::Dead { key, task, reason }),
        _ => Ok(record.result.unwrap_or_default()),
    }
}

impl Docket {
    /// Returns the execution that holds `key` now or held it last; `None` if there is none, or its record has
    /// expired.
    pub async fn get(&self, key: impl Into<Key>) -> Result<Option<Execution>, DocketError> {
        let target = Target::Key(key.into());
        let record = self.backend().find(&target).await?;
        Ok(record
            .map(|record| Execution::new(self.clone(), record.id, record.key, record.task, true)))
    }
}

impl<R> Clone for Execution<R> {
    fn clone(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            result: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Execution<R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Execution")
            .field("docket", &self.handle.docket.name())
            .field("key", &self.handle.key)
            .field("task", &self.handle.task)
            .finish_non_exhaustive()
    }
}
