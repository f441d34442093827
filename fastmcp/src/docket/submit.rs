//! Submits executions to a docket, and replays dead letters.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::docket::backend::call::{Admission, Condition, Target};
use crate::docket::checks::{check_due, check_length, check_limits, check_note, check_retention};
use crate::docket::error::{BackendError, DocketError};
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::envelope;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::WhenFull;
use crate::docket::model::submission::Submission;

/// A submission that has passed all checks, in the form that backends receive, and the names for its handle.
struct Prepared {
    submission: Submission,
    key: Key,
    task: Name,
}

impl Docket {
    /// Submits one execution. The execution is stored before this method returns.
    ///
    /// If its key is scheduled, queued or running, nothing is created, and the handle refers to the existing
    /// execution ([`Execution::already_scheduled`]). [`Submission::replace`] changes this.
    ///
    /// # Errors
    /// [`DocketError::Full`], [`DocketError::TooLarge`], [`DocketError::Empty`], [`DocketError::Payload`],
    /// [`DocketError::TooFarAhead`], [`DocketError::StillRunning`], [`DocketError::Option`], or the backend's error.
    pub fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Execution, DocketError>> {
        self.submit_one(submission).boxed()
    }

    async fn submit_one(&self, submission: Submission) -> Result<Execution, DocketError> {
        let Prepared {
            submission,
            key,
            task,
        } = self.prepare(submission)?;
        // A copy is needed only if the docket may have to submit again after it waited for room.
        let retry = (self.options().when_full == WhenFull::Wait).then(|| submission.clone());
        let mut admission = self.backend().submit(vec![submission]).await?.pop();
        // A docket with capacity 0 never has room, so waiting for it would never end.
        while let (Some(refused), Some(retry)) = (admission, &retry) {
            let condition = match refused {
                Admission::Full { capacity: 1.. } => Condition::Room,
                // An execution that is larger than the whole docket never fits.
                Admission::OutOfSpace {
                    pending: present @ 1..,
                    ..
                } if retry.size() <= self.options().capacity_bytes => {
                    Condition::PendingAtMost(present - 1)
                }
                _ => break,
            };
            self.backend().wait(condition).await?;
            admission = self.backend().submit(vec![retry.clone()]).await?.pop();
        }
        let admission = admission.ok_or_else(missing_result)?;
        self.admitted(key, task, admission).await
    }

    /// Submits many executions in one call. Returns one result per submission, in order; a rejected submission does
    /// not affect the others. If the docket is full, the remaining submissions are rejected, even with
    /// [`WhenFull::Wait`].
    pub fn submit_many(
        &self,
        submissions: impl IntoIterator<Item = Submission>,
    ) -> BoxFuture<'_, Result<Vec<Result<Execution, DocketError>>, DocketError>> {
        self.submit_each(submissions.into_iter().map(Ok).collect())
    }

    /// Works like [`Docket::submit_many`]. An error among `submissions` is returned at its position.
    pub(crate) fn submit_each(
        &self,
        submissions: Vec<Result<Submission, DocketError>>,
    ) -> BoxFuture<'_, Result<Vec<Result<Execution, DocketError>>, DocketError>> {
        async move {
            let mut batch = Vec::new();
            let mut checked = Vec::new();
            for submission in submissions {
                let prepared = submission.and_then(|submission| self.prepare(submission));
                checked.push(prepared.map(|prepared| {
                    batch.push(prepared.submission);
                    (prepared.key, prepared.task)
                }));
            }
            let mut admissions = self.backend().submit(batch).await?.into_iter();
            let mut executions = Vec::with_capacity(checked.len());
            for checked in checked {
                executions.push(match checked {
                    Ok((key, task)) => match admissions.next() {
                        Some(admission) => self.admitted(key, task, admission).await,
                        None => Err(missing_result().into()),
                    },
                    Err(error) => Err(error),
                });
            }
            Ok(executions)
        }
        .boxed()
    }

    /// Submits the latest dead letter of `key` again, as a new execution that is due now.
    ///
    /// # Errors
    /// [`DocketError::NoDeadLetter`] if there is none.
    pub fn replay(&self, key: impl Into<Key>) -> BoxFuture<'_, Result<Execution, DocketError>> {
        self.replay_key(key.into())
    }

    fn replay_key(&self, key: Key) -> BoxFuture<'_, Result<Execution, DocketError>> {
        self.replay_latest(key).boxed()
    }

    async fn replay_latest(&self, key: Key) -> Result<Execution, DocketError> {
        let Some(admission) = self.backend().replay(&key).await? else {
            return Err(DocketError::NoDeadLetter { key });
        };
        let task = match self.backend().find(&Target::Key(key.clone())).await? {
            Some(record) => record.task,
            None => Name::from_static(""),
        };
        self.admitted(key, task, admission).await
    }

    async fn admitted(
        &self,
        key: Key,
        task: Name,
        admission: Admission,
    ) -> Result<Execution, DocketError> {
        match admission {
            Admission::Accepted(id) => Ok(Execution::new(self.clone(), id, key, task, false)),
            Admission::Existing(id) => {
                // An execution that was returned because of a cooldown may have another key than the submission.
                let present = self.backend().find(&Target::Id(id)).await?;
                let (key, task) = match present {
                    Some(record) => (record.key, record.task),
                    None => (key, task),
                };
                Ok(Execution::new(self.clone(), id, key, task, true))
            }
            Admission::Running(_) => Err(DocketError::StillRunning { key }),
            Admission::OutOfSpace { capacity_bytes, .. } => Err(DocketError::OutOfSpace {
                docket: self.name().into(),
                capacity_bytes,
            }),
            Admission::OwnerFull { limit } => Err(DocketError::OwnerFull {
                docket: self.name().into(),
                limit,
            }),
            Admission::Full { capacity } => Err(DocketError::Full {
                docket: self.name().into(),
                capacity,
            }),
        }
    }

    /// Checks a submission and turns it into the form that backends receive: with a key, and with the envelope as its
    /// payload.
    fn prepare(&self, mut submission: Submission) -> Result<Prepared, DocketError> {
        let max_payload = self.options().max_payload;
        let task = submission.task.clone();
        check_length("the task's name", task.len(), Name::MAX_BYTES)?;
        // A generated key needs no check. It is generated here and not in `Submission::new`, so that a clone of the
        // submission gets another key.
        let key = match &submission.key {
            Some(key) => {
                check_length("the key", key.len(), Key::MAX_BYTES)?;
                key.clone()
            }
            None => Key::unique(),
        };
        check_length("the payload", submission.payload.len(), max_payload)?;
        check_note(submission.note.as_ref(), max_payload)?;
        check_retention(submission.keep)?;
        check_due(&task, submission.when)?;
        if let Some(owner) = &submission.owner {
            check_length("the owner", owner.len(), Key::MAX_BYTES)?;
        }
        if let Some(limits) = &submission.limits {
            check_limits(limits)?;
        }
        let trace = submission.trace.take();
        let trace = trace.as_ref().or(self.trace());
        submission.payload =
            envelope::seal(&submission.payload, trace).map_err(|problem| DocketError::Payload {
                task: task.clone(),
                problem,
            })?;
        submission.key = Some(key.clone());
        if submission.cancel_with_parent {
            submission.parent = submission.parent.or(self.run.map(|id| id.0));
        }
        Ok(Prepared {
            submission,
            key,
            task,
        })
    }
}

fn missing_result() -> BackendError {
    BackendError::new("the result of a submission is missing")
}
