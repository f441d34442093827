//! [`Expected`]: looks for an execution with given arguments.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::background::add::Add;
use crate::background::task::Task;
use crate::docket::backend::contract::Backend;
use crate::docket::error::DocketError;
use crate::docket::model::filter::{Filter, Range};
use crate::docket::model::key::Key;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::Timestamp;
use crate::testing::docket::TestDocket;
use crate::testing::span::Span;
use crate::testing::store::ready;

/// The execution that [`assert_scheduled!`](crate::assert_scheduled) looks for.
#[derive(Debug)]
pub struct Expected {
    submission: Result<Submission, DocketError>,
    after: Option<Duration>,
    key: Option<Key>,
    times: Option<usize>,
}

impl Expected {
    /// Expects an execution like this one, whatever its options are.
    pub fn new<T: Task>(add: Add<'_, T>) -> Self {
        Self {
            submission: add.into_submission(),
            after: None,
            key: None,
            times: None,
        }
    }

    /// Expects it to be due after this time.
    #[must_use]
    pub fn after(mut self, span: impl Into<Span>) -> Self {
        self.after = Some(span.into().0);
        self
    }

    /// Expects this key.
    #[must_use]
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Expects exactly this number of executions.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Looks for the execution. The error describes what is there instead.
    ///
    /// # Errors
    ///
    /// The text of the failed assertion.
    pub fn find(&self, docket: &TestDocket) -> Result<(), String> {
        let submission = match &self.submission {
            Ok(submission) => submission,
            Err(error) => return Err(format!("the expected arguments are invalid: {error}")),
        };
        let task = &submission.task;
        let arguments = decode(&submission.payload);
        let waiting = waiting(docket, task);
        let now = ready(docket.store.memory.now());
        let problems: Vec<Option<String>> = waiting
            .iter()
            .map(|it| self.problem(&arguments, it, now))
            .collect();
        let found = problems.iter().filter(|problem| problem.is_none()).count();
        match self.times {
            Some(times) if times == found => return Ok(()),
            None if found > 0 => return Ok(()),
            _ => {}
        }
        let mut text = match self.times {
            Some(times) => {
                format!("{found} and not {times} executions like this are scheduled:\n")
            }
            None => "no execution like this is scheduled:\n".to_owned(),
        };
        let _ = write!(text, "  {task}({})", shown(&arguments));
        if let Some(after) = self.after {
            let _ = write!(text, ", due in {after:?}");
        }
        if let Some(key) = &self.key {
            let _ = write!(text, ", key `{key}`");
        }
        text.push_str(&list(&waiting, &problems, now));
        let started = started(docket, task);
        if started > 0 {
            let _ = write!(
                text,
                "\nexecutions of this task that have started or ended: {started}; the worker of a server \
                 runs what is due at once: to see it scheduled, start the server with \
                 `.docket(docket.clone()).without_worker()`"
            );
        }
        Err(text)
    }

    /// Returns an error if an execution of the task waits. `name` is how the test calls it.
    ///
    /// # Errors
    ///
    /// The text of the failed assertion.
    pub fn none_of<F, P>(task: F, name: &str, docket: &TestDocket) -> Result<(), String>
    where
        F: crate::background::run::TaskFn<P>,
    {
        drop(task);
        let waiting = waiting(docket, <F::Task as Task>::ENTRY.name);
        if waiting.is_empty() {
            return Ok(());
        }
        let now = ready(docket.store.memory.now());
        let problems = vec![None; waiting.len()];
        let list = list(&waiting, &problems, now);
        Err(format!("`{name}` is scheduled{list}"))
    }

    /// Returns the first difference of an execution from the expected one.
    fn problem(&self, arguments: &Arguments, waiting: &Waiting, now: Timestamp) -> Option<String> {
        let names = arguments.keys().chain(waiting.arguments.keys());
        for name in names {
            let (expected, found) = (arguments.get(name), waiting.arguments.get(name));
            if expected != found {
                let text = |value: Option<&Value>| value.map_or("nothing".into(), Value::to_string);
                let (expected, found) = (text(expected), text(found));
                return Some(format!("`{name}`: expected {expected}, got {found}"));
            }
        }
        if let Some(after) = self.after {
            let due = waiting.record.due.since(now);
            if due.abs_diff(after) >= Duration::from_secs(1) {
                return Some(format!("expected in {after:?}"));
            }
        }
        match &self.key {
            Some(key) if *key != waiting.record.key => Some(format!("expected key `{key}`")),
            _ => None,
        }
    }
}

/// The arguments of an execution, by name.
type Arguments = Map<String, Value>;

/// An execution that is scheduled or queued.
struct Waiting {
    record: Record,
    arguments: Arguments,
}

fn decode(payload: &[u8]) -> Arguments {
    match serde_json::from_slice(payload) {
        Ok(Value::Object(arguments)) => arguments,
        // An execution that another program has submitted.
        Ok(other) => Arguments::from_iter([("payload".to_owned(), other)]),
        Err(_) => Arguments::new(),
    }
}

/// Returns the executions of a task that are scheduled or queued, oldest first.
fn waiting(docket: &TestDocket, task: &str) -> Vec<Waiting> {
    let filter = Filter::new()
        .task(task.to_owned())
        .state(ExecutionState::Scheduled)
        .state(ExecutionState::Queued);
    let mut range = Range {
        after: None,
        until: None,
    };
    let mut waiting = Vec::new();
    loop {
        let page = ready(docket.store.memory.list(&filter, range, 1000));
        for record in page.executions {
            let payload = docket.store.payload(&record).unwrap_or_default();
            let arguments = decode(&payload);
            waiting.push(Waiting { record, arguments });
        }
        range.after = page.next;
        if range.after.is_none() {
            return waiting;
        }
    }
}

/// Returns the number of executions of a task that run or have ended, at most 1000.
fn started(docket: &TestDocket, task: &str) -> usize {
    let filter = Filter::new()
        .task(task.to_owned())
        .state(ExecutionState::Running)
        .state(ExecutionState::Completed)
        .state(ExecutionState::Failed);
    let range = Range {
        after: None,
        until: None,
    };
    let page = ready(docket.store.memory.list(&filter, range, 1000));
    page.executions.len()
}

fn shown(arguments: &Arguments) -> String {
    let shown = arguments
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    shown.collect::<Vec<_>>().join(", ")
}

fn list(waiting: &[Waiting], problems: &[Option<String>], now: Timestamp) -> String {
    if waiting.is_empty() {
        return "\nno execution of this task is scheduled or queued".to_owned();
    }
    let mut text = "\nscheduled or queued executions of this task:".to_owned();
    for (it, problem) in waiting.iter().zip(problems) {
        let due = it.record.due.since(now);
        let (key, shown) = (&it.record.key, shown(&it.arguments));
        let _ = write!(text, "\n  ({shown}), due in {due:?}, key `{key}`");
        if let Some(problem) = problem {
            let _ = write!(text, " -- {problem}");
        }
    }
    text
}
