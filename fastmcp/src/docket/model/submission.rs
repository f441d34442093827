//! What is handed to a docket: one execution, described.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::docket::model::key::{Key, Name};
use crate::docket::model::time::When;
use crate::docket::policy::Policy;

/// One execution to be, described for [`Docket::submit`](crate::docket::handle::Docket::submit).
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
#[derive(Debug, Clone)]
#[must_use = "a submission does nothing until `docket.submit(…).await`"]
pub struct Submission {
    pub(crate) task: Name,
    pub(crate) payload: Bytes,
    pub(crate) key: Option<Key>,
    pub(crate) when: When,
    pub(crate) priority: Priority,
    pub(crate) conflict: OnConflict,
    pub(crate) limits: Limits,
    pub(crate) trace: Option<TraceContext>,
    pub(crate) note: Option<Bytes>,
    pub(crate) keep: Option<Duration>,
}

/// What is claimed first. Within one priority the order is first in, first out.
///
/// A lower priority is taken only when nothing of a higher one is ready: steady high-priority load starves it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Before everything else.
    High,
    /// The default.
    #[default]
    Normal,
    /// When nothing else is ready.
    Low,
}

/// What becomes of a submission whose key is scheduled, queued or running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum OnConflict {
    /// Nothing: the present execution stands, and is what the caller gets.
    #[default]
    Keep,
    /// It takes the place of the present one: at once while that waits, and by this rule while it runs.
    Replace(WhileRunning),
}

/// How a replacement meets a running execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WhileRunning {
    /// It runs once the present run has settled, in the place of any retry or next run.
    #[default]
    Queue,
    /// As `Queue`, and the present run is cancelled.
    CancelPrevious,
    /// It is refused with [`DocketError::StillRunning`](crate::docket::error::DocketError::StillRunning).
    Reject,
}

/// The W3C trace context under which work was asked for; it travels with the execution, however late it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceContext {
    /// The `traceparent` header.
    pub traceparent: String,
    /// The `tracestate` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
}

/// The shared limits that an execution runs under.
///
/// Executions that name the same lane share its limit, whatever their task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How many of the lane run at once.
    pub concurrency: Option<ConcurrencyLimit>,
    /// How many of the lane start within a span of time.
    pub rate: Option<RateLimit>,
    /// How long the lane takes no further execution after one.
    pub cooldown: Option<Cooldown>,
}

impl Limits {
    pub(crate) fn is_empty(&self) -> bool {
        self.concurrency.is_none() && self.rate.is_none() && self.cooldown.is_none()
    }
}

/// At most `at_most` executions of the lane run at once. The others wait without holding a worker's slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcurrencyLimit {
    /// The lane, such as `charge/customer-7`.
    pub lane: Name,
    /// At least 1.
    pub at_most: u32,
}

/// At most `at_most` executions of the lane start within any span of `per`.
///
/// Each one in excess is given a start of its own, `per / at_most` after the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// The lane, such as `search/api-key-3`.
    pub lane: Name,
    /// At least 1.
    pub at_most: u32,
    /// The span; more than zero.
    pub per: Duration,
}

/// Once an execution of the lane was taken in, further ones are folded into it for the time `quiet`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooldown {
    /// The lane, such as `refresh/feed-9`.
    pub lane: Name,
    /// How long; more than zero.
    pub quiet: Duration,
}

impl Submission {
    /// An execution of `task` with `payload`, which must be one JSON document; due now, under a fresh key.
    pub fn new(task: impl Into<Name>, payload: impl Into<Bytes>) -> Self {
        Self {
            task: task.into(),
            payload: payload.into(),
            key: None,
            when: When::Now,
            priority: Priority::Normal,
            conflict: OnConflict::Keep,
            limits: Limits::default(),
            trace: None,
            note: None,
            keep: None,
        }
    }

    /// Its key; by default a [random](Key::random) one.
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Due so long after the docket has taken it in.
    pub fn after(self, delay: Duration) -> Self {
        self.when(When::After(delay))
    }

    /// Due at this time; at once, if it is past.
    pub fn at(self, time: SystemTime) -> Self {
        self.when(When::At(time.into()))
    }

    /// When it is due.
    pub fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// What is claimed before it.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Takes the place of what is scheduled, queued or running under its key.
    pub fn replace(mut self, running: WhileRunning) -> Self {
        self.conflict = OnConflict::Replace(running);
        self
    }

    /// The shared limits that it runs under.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The trace that it belongs to.
    pub fn trace(mut self, trace: TraceContext) -> Self {
        self.trace = Some(trace);
        self
    }

    /// Bytes that the docket keeps beside the execution, as long as it knows it: the body
    /// [reads them](crate::docket::delivery::Delivery::note), and so does [`Record::note`](crate::docket::model::record::Record::note). A body that
    /// [parks](crate::docket::handler::Outcome::Park) leaves other ones. At most as large as a payload may be.
    ///
    /// Retries and lost leases leave the note alone. The next run of a perpetual task begins without one.
    pub fn note(mut self, note: impl Into<Bytes>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Keeps the execution for exactly this long from its admission on, instead of its result by the docket's options.
    /// It is not forgotten before. When the time is over, it is cancelled unless it has ended, and forgotten.
    ///
    /// Such an execution is no dead letter when it is given up on, and cannot be replayed: its end is the last word.
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.keep = Some(time);
        self
    }

    /// Runs once its key has been left alone for `quiet`: each further submission starts the wait anew and replaces
    /// the one before it. Give it a key that those who are to be taken together share.
    pub fn debounce(self, quiet: Duration) -> Self {
        self.after(quiet).replace(WhileRunning::Queue)
    }

    /// Applies what `policy` says about submissions of the task: its priority, limits, debounce and cooldown.
    ///
    /// `subject` is the text of the argument by which limits are told apart; with `None`, the task has one lane. A
    /// debounced submission without a key gets the lane's name for one.
    pub fn under(mut self, policy: &Policy, subject: Option<&str>) -> Self {
        self.priority = policy.priority;
        if policy.concurrency.is_none()
            && policy.rate_limit.is_none()
            && policy.cooldown.is_none()
            && policy.debounce.is_none()
        {
            return self;
        }
        let lane = match subject {
            Some(subject) => Name::from(format!("{}/{subject}", self.task)),
            None => self.task.clone(),
        };
        self.limits.concurrency = policy.concurrency.map(|at_most| ConcurrencyLimit {
            lane: lane.clone(),
            at_most,
        });
        self.limits.rate = policy.rate_limit.map(|(at_most, per)| RateLimit {
            lane: lane.clone(),
            at_most,
            per,
        });
        self.limits.cooldown = policy.cooldown.map(|quiet| Cooldown {
            lane: lane.clone(),
            quiet,
        });
        match policy.debounce {
            Some(quiet) => {
                self.key.get_or_insert(Key::from(lane.as_str()));
                self.debounce(quiet)
            }
            None => self,
        }
    }
}
