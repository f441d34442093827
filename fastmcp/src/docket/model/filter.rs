//! [`Filter`]: selects executions for lists and for changes of many executions.

use serde::{Deserialize, Serialize};

use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

/// Selects executions by state, task, key and time. An execution must match all conditions; a new filter has none.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use fastmcp::docket::{ExecutionState, Filter};
///
/// let yesterday = SystemTime::now() - Duration::from_hours(24);
/// let filter = Filter::new()
///     .state(ExecutionState::Failed)
///     .task("send_mail")
///     .key_prefix("order-")
///     .ended_since(yesterday);
/// # let _ = filter;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "a filter does nothing until it is passed to a method of `Docket`"]
#[non_exhaustive]
pub struct Filter {
    /// The states; empty for all.
    pub states: Vec<ExecutionState>,
    /// True to select only dead letters.
    pub dead_letters: bool,
    /// The number of the execution.
    pub id: Option<ExecutionId>,
    /// The name of the task.
    pub task: Option<Name>,
    /// The key.
    pub key: Option<Key>,
    /// The beginning of the key.
    pub key_prefix: Option<String>,
    /// The time from which the execution was submitted.
    pub submitted_since: Option<Timestamp>,
    /// The time before which the execution was submitted.
    pub submitted_before: Option<Timestamp>,
    /// The time from which the execution ended.
    pub ended_since: Option<Timestamp>,
    /// The time before which the execution ended.
    pub ended_before: Option<Timestamp>,
    /// True if lists begin with the execution that was submitted last.
    #[serde(default)]
    pub newest_first: bool,
}

impl Filter {
    /// Creates a filter that selects all executions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects executions in this state. Further calls add states.
    pub fn state(mut self, state: ExecutionState) -> Self {
        self.states.push(state);
        self
    }

    /// Selects dead letters: executions that have failed or could not run, and can be
    /// [retried](crate::docket::Docket::retry).
    pub fn dead_letters(mut self) -> Self {
        self.dead_letters = true;
        self
    }

    /// Selects one execution by its number.
    pub fn id(mut self, id: ExecutionId) -> Self {
        self.id = Some(id);
        self
    }

    /// Selects the executions of one task.
    pub fn task(mut self, task: impl Into<Name>) -> Self {
        self.task = Some(task.into());
        self
    }

    /// Selects the executions with this key. There may be several: ended ones, and one that has not ended.
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Selects the executions whose key begins with `prefix`.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = Some(prefix.into());
        self
    }

    /// Selects the executions that were submitted at `time` or later.
    pub fn submitted_since(mut self, time: impl Into<Timestamp>) -> Self {
        self.submitted_since = Some(time.into());
        self
    }

    /// Selects the executions that were submitted before `time`.
    pub fn submitted_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.submitted_before = Some(time.into());
        self
    }

    /// Selects the executions that ended at `time` or later.
    pub fn ended_since(mut self, time: impl Into<Timestamp>) -> Self {
        self.ended_since = Some(time.into());
        self
    }

    /// Selects the executions that ended before `time`.
    pub fn ended_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.ended_before = Some(time.into());
        self
    }

    /// Lists the executions in the reverse order of their submission. It has no effect on changes.
    pub fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }

    /// Returns whether a place is in the range. A list that begins with the newest execution begins at its end.
    pub(crate) fn is_in(&self, at: Cursor, range: Range) -> bool {
        let Range { after, until } = range;
        if self.newest_first {
            after.is_none_or(|after| at < after) && until.is_none_or(|until| at >= until)
        } else {
            after.is_none_or(|after| at > after) && until.is_none_or(|until| at <= until)
        }
    }

    /// Returns whether an execution matches.
    pub(crate) fn matches(&self, row: &Row<'_>) -> bool {
        let is_within = |time: Option<Timestamp>, since: Option<_>, before: Option<_>| {
            since.is_none_or(|since| time.is_some_and(|time| time >= since))
                && before.is_none_or(|before| time.is_some_and(|time| time < before))
        };
        (self.states.is_empty() || self.states.contains(&row.state))
            && (!self.dead_letters || row.is_dead_letter)
            && self.id.is_none_or(|id| id == row.id)
            && self.task.as_deref().is_none_or(|task| task == row.task)
            && self.key.as_deref().is_none_or(|key| key == row.key)
            && self
                .key_prefix
                .as_deref()
                .is_none_or(|prefix| row.key.starts_with(prefix))
            && is_within(
                Some(row.submitted),
                self.submitted_since,
                self.submitted_before,
            )
            && is_within(row.ended, self.ended_since, self.ended_before)
    }
}

/// The values of an execution that a filter compares. Times are on the wall clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) id: ExecutionId,
    pub(crate) key: &'a str,
    pub(crate) task: &'a str,
    pub(crate) state: ExecutionState,
    pub(crate) is_dead_letter: bool,
    pub(crate) submitted: Timestamp,
    pub(crate) ended: Option<Timestamp>,
}

/// A place in the list of all executions, in the order of their submission.
///
/// It can be stored as JSON, for example in a link to the next page. It belongs to one docket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub(crate) u64);

/// The part of the list of all executions that a call examines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The place after which it begins; `None` for the beginning of the list.
    pub after: Option<Cursor>,
    /// The last place; `None` for the end of the list.
    pub until: Option<Cursor>,
}

/// One page of a list of executions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The executions, in the order of their submission, or in reverse with [`Filter::newest_first`].
    pub executions: Vec<Record>,
    /// The place at which the next page begins; `None` at the end of the list.
    pub next: Option<Cursor>,
}

/// A change of many executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Submits dead letters again.
    Retry,
    /// Cancels executions that have not ended, and turns dead letters into ordinary results.
    Discard,
    /// Deletes the records of ended executions.
    Purge,
}

impl Change {
    /// Returns whether the change applies to an execution.
    pub(crate) fn applies_to(self, row: &Row<'_>) -> bool {
        match self {
            Self::Retry => row.is_dead_letter,
            Self::Discard => row.is_dead_letter || !row.state.is_terminal(),
            Self::Purge => row.state.is_terminal(),
        }
    }
}

/// The result of a change of many executions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// The number of changed executions.
    pub changed: usize,
    /// The number of executions that match and were not changed: dead letters whose key is in use, or for which the
    /// docket has no room, and ended executions that have a [retention period of their
    /// own](crate::docket::Submission::keep_for).
    pub skipped: usize,
}

/// The result of one step of a change of many executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedPart {
    /// The executions of this step.
    pub changed: Changed,
    /// The place after which the next step continues; `None` at the end of the range.
    pub next: Option<Cursor>,
    /// The end of the list before the step. Executions that the step has submitted come after it.
    pub last: Cursor,
}
