//! [`Submission`]: the description of one execution that a caller hands to a docket.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::docket::model::key::{Key, Name};
use crate::docket::model::time::When;

/// Describes one execution for [`Docket::submit`](crate::docket::handle::Docket::submit).
///
/// ```
/// use std::time::Duration;
/// use fastmcp::docket::{Priority, Submission};
///
/// let submission = Submission::new("send_mail", r#"{"to":"ada@example.org"}"#)
///     .key("mail-7")
///     .after(Duration::from_secs(5))
///     .priority(Priority::High);
/// # let _ = submission;
/// ```
///
/// The docket checks the submission, sets its key, and puts the payload and the trace into an envelope. A
/// [`Backend`](crate::docket::backend::contract::Backend) receives the prepared submission, whose `payload` is the
/// envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a submission does nothing until `docket.submit(…).await`"]
#[non_exhaustive]
pub struct Submission {
    /// The task to run.
    pub task: Name,
    /// One JSON document; in a backend, the envelope around it.
    pub payload: Bytes,
    /// The key; `None` for a [unique](Key::unique) one.
    pub key: Option<Key>,
    /// The due time.
    pub when: When,
    /// The priority.
    pub priority: Priority,
    /// The behavior if the key is in use.
    pub conflict: OnConflict,
    /// The shared limits. Boxed, because most submissions have none.
    pub limits: Option<Box<Limits>>,
    /// The trace context. In a backend it is part of the envelope, and this field is `None`.
    pub trace: Option<TraceContext>,
    /// The note to store with the execution.
    pub note: Option<Bytes>,
    /// The retention time from the admission, if it differs from the docket's options.
    pub keep: Option<Duration>,
    /// The timetable that set the due time, as text; `None` if the caller chose it.
    pub timetable: Option<String>,
    /// The owner, whose pending and running executions are limited.
    pub owner: Option<Key>,
    /// The number ([`ExecutionId`](crate::docket::ExecutionId)) of the execution whose cancellation cancels this one.
    pub parent: Option<u64>,
    /// True if the execution whose body submits this one becomes its parent. The docket sets `parent`, so a backend
    /// does not read this field.
    pub cancel_with_parent: bool,
}

/// The order in which queued executions are claimed. Executions of one priority and one owner are first in, first out.
///
/// A lower priority is claimed only if no execution of a higher one is ready. A steady load of high priority
/// therefore starves the other priorities.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Claimed before all others.
    High,
    /// The default.
    #[default]
    Normal,
    /// Claimed after all others.
    Low,
}

/// The behavior of a submission whose key is scheduled, queued or running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum OnConflict {
    /// Keeps the existing execution. The caller gets a handle to it.
    #[default]
    Keep,
    /// Replaces the existing execution: at once if it waits, and by this rule if it runs.
    Replace(WhileRunning),
}

/// The effect of a replacement on a running execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WhileRunning {
    /// The replacement runs after the current run has settled, instead of a retry or next run of the replaced
    /// execution.
    #[default]
    Queue,
    /// Like `Queue`, and the current run is cancelled.
    CancelPrevious,
    /// The replacement is rejected with [`DocketError::StillRunning`](crate::docket::error::DocketError::StillRunning).
    Reject,
}

/// The W3C trace context of a submission. It is stored with the execution, so that every run belongs to the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceContext {
    /// The `traceparent` header.
    pub traceparent: String,
    /// The `tracestate` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
}

/// The shared limits of an execution.
///
/// Executions that name the same lane share its limits, regardless of their tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The limit of executions of the lane that run at once.
    pub concurrency: Option<ConcurrencyLimit>,
    /// The limit of executions of the lane that start within a period.
    pub rate: Option<RateLimit>,
    /// The time after an execution in which the lane accepts no further one.
    pub cooldown: Option<Cooldown>,
}

impl Limits {
    pub(crate) fn is_empty(&self) -> bool {
        self.concurrency.is_none() && self.rate.is_none() && self.cooldown.is_none()
    }
}

/// Runs at most `at_most` executions of the lane at once. Other executions of the lane wait without occupying a
/// worker's slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcurrencyLimit {
    /// The lane, such as `charge/customer-7`.
    pub lane: Name,
    /// The maximum number of running executions; at least 1.
    pub at_most: u32,
}

/// Starts at most `at_most` executions of the lane within any period of length `per`.
///
/// Excess executions are spread out: each gets a start time `per / at_most` after the previous one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// The lane, such as `search/api-key-3`.
    pub lane: Name,
    /// The maximum number of starts in a period; at least 1.
    pub at_most: u32,
    /// The length of the period; more than zero.
    pub per: Duration,
}

/// Accepts one execution of the lane. For the time `quiet` after its due time, further submissions return that
/// execution instead of creating another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooldown {
    /// The lane, such as `refresh/feed-9`.
    pub lane: Name,
    /// The length of the cooldown; more than zero.
    pub quiet: Duration,
}

impl Submission {
    /// Creates a submission of `task` that is due now. `payload` must be one JSON document.
    pub fn new(task: impl Into<Name>, payload: impl Into<Bytes>) -> Self {
        Self {
            task: task.into(),
            payload: payload.into(),
            key: None,
            when: When::Now,
            priority: Priority::Normal,
            conflict: OnConflict::Keep,
            limits: None,
            trace: None,
            note: None,
            keep: None,
            timetable: None,
            owner: None,
            parent: None,
            cancel_with_parent: false,
        }
    }

    /// Sets the key; by default a [unique](Key::unique) one.
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Delays the execution, counted from its admission.
    pub fn after(self, delay: Duration) -> Self {
        self.when(When::After(delay))
    }

    /// Schedules the execution for `time`; a time in the past is due now.
    pub fn at(self, time: SystemTime) -> Self {
        self.when(When::At(time.into()))
    }

    /// Sets the due time.
    pub fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// Sets the priority.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Replaces the execution that is scheduled, queued or running under the key.
    pub fn replace(mut self, running: WhileRunning) -> Self {
        self.conflict = OnConflict::Replace(running);
        self
    }

    /// Sets the shared limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = (!limits.is_empty()).then(|| Box::new(limits));
        self
    }

    /// Sets the trace to which the execution belongs.
    pub fn trace(mut self, trace: TraceContext) -> Self {
        self.trace = Some(trace);
        self
    }

    /// Stores a note with the execution: opaque bytes, at most as large as a payload. The body
    /// [reads it](crate::docket::current_execution::CurrentExecution::note), and it is part of the
    /// [record](crate::docket::model::record::Record::note). A body that
    /// [parks](crate::docket::model::outcome::Outcome::Park) replaces it.
    ///
    /// The note is kept through retries and lost leases. The next run of a perpetual task starts without a note.
    pub fn note(mut self, note: impl Into<Bytes>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Returns the bytes of the payload and the note.
    pub(crate) fn size(&self) -> usize {
        self.payload.len() + self.note.as_ref().map_or(0, Bytes::len)
    }

    /// Sets the owner, for example the user who caused the work. The docket limits how many executions of one owner are
    /// pending and how many run at once, so that one owner cannot hold up the others; see
    /// [`DocketBuilder::owner_capacity`](crate::docket::DocketBuilder::owner_capacity). Owners
    /// [take turns](crate::guide::background_work#fairness).
    pub fn owner(mut self, owner: impl Into<Key>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Cancels the execution together with the one whose body submits it, its parent: when the parent is cancelled, this
    /// execution is cancelled if it has not ended, and so are its own children of this kind.
    ///
    /// The parent is known to the docket that is injected into the body, or that
    /// [`CurrentExecution::docket`](crate::docket::current_execution::CurrentExecution::docket) returns. A submission
    /// through another handle has no parent, nor has one in a direct call of a tool: nothing cancels it.
    pub fn cancel_with_parent(mut self) -> Self {
        self.cancel_with_parent = true;
        self
    }

    /// Keeps the execution for exactly this long from its admission, whatever the docket's options for results. When the
    /// time is over, the execution is cancelled unless it has ended, and deleted.
    ///
    /// Such an execution is not listed as a dead letter and cannot be replayed: its terminal state must not change
    /// while it is kept.
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.keep = Some(time);
        self
    }

    /// Delays the execution until its key has had no submission for the time `quiet`: each submission restarts the
    /// wait and replaces the previous one. Submissions that belong together must have the same key.
    pub fn debounce(self, quiet: Duration) -> Self {
        self.after(quiet).replace(WhileRunning::Queue)
    }
}
