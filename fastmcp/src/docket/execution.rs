//! The handle to one execution.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::docket::backend::call::{Amended, Command, Reply, Target};
use crate::docket::error::DocketError;
use crate::docket::events::{Event, Events};
use crate::docket::handle::{Docket, out_of_turn};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::ExecutionState;
use crate::docket::progress::ProgressReport;
use crate::docket::submit::bounded_note;

/// The handle to one execution with a result of type `R`. Dropping it changes nothing.
///
/// It stands for this execution, not for its key: when the key is used again, the handle still speaks of the first.
pub struct Execution<R = Value> {
    docket: Docket,
    id: ExecutionId,
    key: Key,
    task: Name,
    already_scheduled: bool,
    result: PhantomData<fn() -> R>,
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
            docket,
            id,
            key,
            task,
            already_scheduled,
            result: PhantomData,
        }
    }

    /// Its number within the docket.
    pub fn id(&self) -> ExecutionId {
        self.id
    }

    /// Its key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Its task.
    pub fn task(&self) -> &Name {
        &self.task
    }

    /// Whether the submission that returned this handle found the execution there, and made nothing new.
    pub fn already_scheduled(&self) -> bool {
        self.already_scheduled
    }

    /// The same handle, for a result of type `T`.
    pub fn typed<T>(self) -> Execution<T> {
        Execution::new(
            self.docket,
            self.id,
            self.key,
            self.task,
            self.already_scheduled,
        )
    }

    /// All that is known of it now.
    ///
    /// # Errors
    /// [`DocketError::Expired`] once it has ended and was forgotten.
    pub async fn record(&self) -> Result<Record, DocketError> {
        let target = Target::Id(self.id);
        self.docket
            .backend()
            .find(&target)
            .await?
            .ok_or_else(|| self.expired())
    }

    /// Where it stands.
    pub async fn state(&self) -> Result<ExecutionState, DocketError> {
        Ok(self.record().await?.state)
    }

    /// Which attempt it is in, from 1.
    pub async fn attempt(&self) -> Result<u32, DocketError> {
        Ok(self.record().await?.attempt)
    }

    /// How often its present attempt was handed to a worker.
    pub async fn delivery(&self) -> Result<u32, DocketError> {
        Ok(self.record().await?.delivery)
    }

    /// When it is, or was, due.
    pub async fn when(&self) -> Result<SystemTime, DocketError> {
        Ok(self.record().await?.due.into())
    }

    /// How far it has come.
    pub async fn progress(&self) -> Result<ProgressReport, DocketError> {
        Ok(self.record().await?.progress)
    }

    /// Changes its note from `expected` to `note`, and with `wake` has it run again. Only what is
    /// [parked](crate::docket::handler::Outcome::Park) can be amended, and only by somebody who has read its note as it stands: of two
    /// that amend at once, one is told that its `expected` is stale, and reads again.
    ///
    /// # Errors
    /// [`DocketError::TooLarge`] for a note that is larger than a payload may be, or the backend's error: then the
    /// change may have been made or not, and the record tells.
    pub async fn amend(
        &self,
        expected: impl Into<Bytes>,
        note: impl Into<Bytes>,
        wake: bool,
    ) -> Result<Amended, DocketError> {
        let note = note.into();
        bounded_note(Some(&note), self.docket.options().max_payload)?;
        let amend = Command::Amend {
            id: self.id,
            expected: expected.into(),
            note,
            wake,
        };
        match self.docket.backend().control(amend).await? {
            Reply::Amended(amended) => Ok(amended),
            other => Err(out_of_turn(&other)),
        }
    }

    /// What happens to it from now on.
    ///
    /// # Errors
    /// [`DocketError::Expired`] once it has ended and was forgotten.
    pub async fn subscribe(&self) -> Result<Events, DocketError> {
        Ok(self.watch().await?.1)
    }

    /// Waits until it has ended, and returns its record.
    pub async fn ended(&self) -> Result<Record, DocketError> {
        loop {
            let (record, mut events) = self.watch().await?;
            if record.state.is_terminal() {
                return Ok(record);
            }
            while let Some(event) = events.next().await {
                if let Event::State(record) = event
                    && record.state.is_terminal()
                {
                    return Ok((*record).clone());
                }
            }
        }
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
    /// Waits until it has ended, and returns its result. Nothing polls: the end itself wakes the caller.
    ///
    /// The execution of a perpetual task ends when the task stops itself, or is cancelled.
    ///
    /// # Errors
    /// [`DocketError::Failed`], [`DocketError::Cancelled`] or [`DocketError::Dead`] by how it ended,
    /// [`DocketError::Decode`] when the result is no `R`, [`DocketError::Expired`] when it was forgotten.
    pub async fn result(&self) -> Result<R, DocketError> {
        let record = self.ended().await?;
        let (key, task) = (record.key, record.task);
        let reason = record.reason.unwrap_or_default();
        match record.state {
            ExecutionState::Failed => Err(DocketError::Failed {
                key,
                task,
                attempts: record.attempt,
                failure: record
                    .failure
                    .unwrap_or_else(|| crate::docket::model::failure::Failure::error(reason)),
            }),
            ExecutionState::Cancelled => Err(DocketError::Cancelled { key, task, reason }),
            ExecutionState::Dead => Err(DocketError::Dead { key, task, reason }),
            _ => {
                let json = record.result.unwrap_or_default();
                serde_json::from_slice(&json).map_err(|error| DocketError::Decode {
                    key,
                    expected: type_name::<R>(),
                    problem: error.to_string(),
                })
            }
        }
    }
}

impl<R> Clone for Execution<R> {
    fn clone(&self) -> Self {
        Self::new(
            self.docket.clone(),
            self.id,
            self.key.clone(),
            self.task.clone(),
            self.already_scheduled,
        )
    }
}

impl<R> fmt::Debug for Execution<R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Execution")
            .field("docket", &self.docket.name())
            .field("key", &self.key)
            .field("task", &self.task)
            .finish_non_exhaustive()
    }
}
