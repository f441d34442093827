//! Handing executions to a docket: what is checked before anything travels.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::docket::backend::call::{Admission, Condition, Message, Target};
use crate::docket::error::BackendError;
use crate::docket::error::DocketError;
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::envelope;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::WhenFull;
use crate::docket::model::submission::{Limits, Submission};
use crate::docket::model::time::When;

/// How far ahead a docket schedules: ten years. What is later was meant in another unit.
pub(crate) const HORIZON: Duration = Duration::from_hours(3_653 * 24);

impl Docket {
    /// Hands one execution to the docket. Once this has returned, the execution is not lost.
    ///
    /// When its key is scheduled, queued or running, nothing new is made and the handle to the present one is returned
    /// ([`Execution::already_scheduled`]); [`Submission::replace`] asks for something else.
    ///
    /// # Errors
    /// [`DocketError::Full`], [`DocketError::TooLarge`], [`DocketError::Empty`], [`DocketError::Payload`],
    /// [`DocketError::TooFarAhead`], [`DocketError::StillRunning`], [`DocketError::Option`], or the backend's error.
    pub async fn submit(&self, submission: Submission) -> Result<Execution, DocketError> {
        let message = self.message(submission)?;
        let (key, task) = (message.key.clone(), message.task.clone());
        // Only a docket that waits for room says the same thing twice; one of no capacity never has any.
        let spare = (self.options().when_full == WhenFull::Wait).then(|| message.clone());
        let mut admission = self.admit(vec![message]).await?.pop();
        while let (Some(Admission::Full { capacity: 1.. }), Some(spare)) = (admission, &spare) {
            self.backend().wait(Condition::Room).await?;
            admission = self.admit(vec![spare.clone()]).await?.pop();
        }
        let admission = admission.ok_or_else(|| BackendError::new("no answer to a message"))?;
        self.admitted(key, task, admission).await
    }

    /// Hands many executions to the docket in one go. One answer for each, in order: one that is refused does not
    /// keep the others out. To a full docket the rest is refused, never waited for.
    pub async fn submit_many(
        &self,
        submissions: impl IntoIterator<Item = Submission>,
    ) -> Result<Vec<Result<Execution, DocketError>>, DocketError> {
        self.submit_each(submissions.into_iter().map(Ok)).await
    }

    /// As [`Docket::submit_many`], with what was refused before it came here in its place among the answers.
    pub(crate) async fn submit_each(
        &self,
        submissions: impl IntoIterator<Item = Result<Submission, DocketError>>,
    ) -> Result<Vec<Result<Execution, DocketError>>, DocketError> {
        let mut messages = Vec::new();
        let mut answers = Vec::new();
        for submission in submissions {
            let message = submission.and_then(|submission| self.message(submission));
            answers.push(message.map(|message| {
                let names = (message.key.clone(), message.task.clone());
                messages.push(message);
                names
            }));
        }
        let mut admissions = self.admit(messages).await?.into_iter();
        let mut executions = Vec::with_capacity(answers.len());
        for answer in answers {
            executions.push(match answer {
                Ok((key, task)) => match admissions.next() {
                    Some(admission) => self.admitted(key, task, admission).await,
                    None => Err(BackendError::new("no answer to a message").into()),
                },
                Err(error) => Err(error),
            });
        }
        Ok(executions)
    }

    async fn admit(&self, messages: Vec<Message>) -> Result<Vec<Admission>, BackendError> {
        self.backend().submit(messages).await
    }

    pub(crate) async fn replayed(
        &self,
        key: Key,
        admission: Admission,
    ) -> Result<Execution, DocketError> {
        let target = Target::Key(key.clone());
        let task = match self.backend().find(&target).await? {
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
                // Its key is another one when it is a cooldown that stands in the way.
                let present = self.backend().find(&Target::Id(id)).await?;
                let (key, task) = match present {
                    Some(record) => (record.key, record.task),
                    None => (key, task),
                };
                Ok(Execution::new(self.clone(), id, key, task, true))
            }
            Admission::Running(_) => Err(DocketError::StillRunning { key }),
            Admission::Full { capacity } => Err(DocketError::Full {
                docket: self.name().into(),
                capacity,
            }),
        }
    }

    fn message(&self, submission: Submission) -> Result<Message, DocketError> {
        let Submission {
            task,
            payload,
            key,
            when,
            priority,
            conflict,
            limits,
            trace,
            note,
            keep,
        } = submission;
        bounded("the task's name", task.len(), Name::MAX_BYTES)?;
        let key = match key {
            Some(key) => {
                bounded("the key", key.len(), Key::MAX_BYTES)?;
                key
            }
            None => Key::random(),
        };
        bounded("the payload", payload.len(), self.options().max_payload)?;
        bounded_note(note.as_ref(), self.options().max_payload)?;
        lasting(keep)?;
        near(&task, when)?;
        sensible(&limits)?;
        let body =
            envelope::seal(&payload, trace.as_ref().or(self.trace())).map_err(|problem| {
                DocketError::Payload {
                    task: task.clone(),
                    problem,
                }
            })?;
        Ok(Message {
            key,
            task,
            body,
            when,
            priority,
            conflict,
            limits: (!limits.is_empty()).then(|| Box::new(limits)),
            note,
            keep,
        })
    }
}

fn bounded(what: &'static str, length: usize, limit: usize) -> Result<(), DocketError> {
    match length {
        0 => Err(DocketError::Empty { what }),
        _ if length > limit => Err(DocketError::TooLarge {
            what,
            length,
            limit,
        }),
        _ => Ok(()),
    }
}

/// A note may be empty, unlike what has to say something.
pub(crate) fn bounded_note(note: Option<&Bytes>, limit: usize) -> Result<(), DocketError> {
    match note {
        Some(note) if note.len() > limit => Err(DocketError::TooLarge {
            what: "the note",
            length: note.len(),
            limit,
        }),
        _ => Ok(()),
    }
}

fn lasting(keep: Option<Duration>) -> Result<(), DocketError> {
    let problem = match keep {
        Some(Duration::ZERO) => "is 0, so that it would be forgotten at once; more than zero",
        Some(time) if time > HORIZON => "is more than ten years; less",
        _ => return Ok(()),
    };
    Err(DocketError::Option {
        option: "keep_for",
        problem: problem.into(),
    })
}

fn near(task: &Name, when: When) -> Result<(), DocketError> {
    let delay = match when {
        When::Now => return Ok(()),
        When::After(delay) => delay,
        When::At(moment) => moment.since(SystemTime::now().into()),
    };
    if delay > HORIZON {
        return Err(DocketError::TooFarAhead {
            task: task.clone(),
            delay,
            limit: HORIZON,
        });
    }
    Ok(())
}

fn sensible(limits: &Limits) -> Result<(), DocketError> {
    let refuse = |option, problem: &str| {
        Err(DocketError::Option {
            option,
            problem: problem.into(),
        })
    };
    let lanes = [
        limits.concurrency.as_ref().map(|limit| &limit.lane),
        limits.rate.as_ref().map(|limit| &limit.lane),
        limits.cooldown.as_ref().map(|limit| &limit.lane),
    ];
    for lane in lanes.into_iter().flatten() {
        bounded("the name of a limit's lane", lane.len(), Key::MAX_BYTES)?;
    }
    match limits {
        Limits {
            concurrency: Some(limit),
            ..
        } if limit.at_most == 0 => refuse(
            "concurrency",
            "is 0, so that nothing would ever run; at least 1",
        ),
        Limits {
            rate: Some(limit), ..
        } if limit.at_most == 0 || limit.per.is_zero() => refuse(
            "rate_limit",
            "needs at least one start in a span of more than zero",
        ),
        _ => Ok(()),
    }
}
