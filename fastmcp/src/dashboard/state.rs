//! [`State`]: what the page shows of a docket at one moment.
//!
//! Reading it costs a fixed number of calls of the backend, whatever the number of executions: the statistics, the
//! workers, the running executions, the latest dead letters, and one call for each automatic task.

use std::time::Duration;

use serde::Serialize;

use crate::dashboard::action_log::{Action, ActionLog};
use crate::dashboard::row::{Row, millis};
use crate::docket::backend::call::Target;
use crate::docket::error::BackendError;
use crate::docket::handle::Docket;
use crate::docket::model::filter::{Filter, Range};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::stats::{Counts, Stats, TaskStats};
use crate::docket::worker::handle::Worker;

/// The number of running executions that the overview shows.
const RUNNING: usize = 12;

/// The number of dead letters that the overview shows.
const FAILURES: usize = 8;

/// The number of tasks that the overview shows: those with the most pending executions and failures.
const TASKS: usize = 100;

/// The number of automatic tasks that are looked up.
const TIMETABLES: usize = 50;

/// What the page shows of a docket at one moment. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct State {
    now: u64,
    paused: bool,
    counts: States,
    dead_letters: usize,
    lag_ms: u64,
    slots: usize,
    bytes: Sizes,
    tasks: Vec<Task>,
    tasks_left_out: usize,
    running: Vec<Row>,
    failures: Vec<Row>,
    workers: Vec<LiveWorker>,
    timetables: Vec<Timetable>,
    actions: Vec<Action>,
}

/// One point of the graphs: the time, the number of starts so far, the lag in milliseconds, and the numbers of queued
/// and running executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Sample(u64, u64, u64, usize, usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct States {
    scheduled: usize,
    queued: usize,
    running: usize,
    completed: usize,
    failed: usize,
    cancelled: usize,
    dead: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Sizes {
    pending: usize,
    results: usize,
    dead_letters: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Task {
    #[serde(rename = "task")]
    name: String,
    counts: States,
    lag_ms: Option<u64>,
    started: u64,
    mean_lateness_ms: u64,
    struck: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct LiveWorker {
    name: String,
    since: u64,
    seen: u64,
    running: usize,
    /// `true` if it is the worker of this process.
    here: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Timetable {
    task: String,
    key: String,
    id: Option<String>,
    #[serde(rename = "timetable")]
    text: Option<String>,
    state: Option<ExecutionState>,
    next: Option<u64>,
    /// The error of the last run.
    error: Option<String>,
}

impl State {
    /// Reads the state of a docket. `worker` is the worker of this process.
    pub(crate) async fn read(
        docket: &Docket,
        worker: Option<&Worker>,
        actions: &ActionLog,
    ) -> Result<(Self, Sample), BackendError> {
        let backend = docket.backend();
        let stats = backend.stats().await?;
        let snapshot = backend.snapshot(0).await?;
        let running = Filter::new().state(ExecutionState::Running);
        let running = first(docket, &running, RUNNING, stats.counts.running).await?;
        let failures = Filter::new().dead_letters().newest_first();
        let failures = first(docket, &failures, FAILURES, stats.dead_letters).await?;
        let mut timetables = Vec::new();
        let automatic = worker.map_or(&[][..], Worker::automatic);
        for key in automatic.iter().take(TIMETABLES) {
            let target = Target::Key(key.clone());
            timetables.push(Timetable::new(key, backend.find(&target).await?));
        }
        let here = worker.map(Worker::name);
        let workers = snapshot.workers.iter().map(|worker| LiveWorker {
            name: worker.name.to_string(),
            since: millis(worker.since),
            seen: millis(worker.seen),
            running: worker.running,
            here: here == Some(&*worker.name),
        });
        let (tasks, tasks_left_out) = Task::all(&stats, &snapshot.struck);
        let sample = Sample::new(&stats);
        let state = Self {
            now: millis(stats.now),
            paused: stats.paused,
            counts: States::new(&stats.counts),
            dead_letters: stats.dead_letters,
            lag_ms: milliseconds(stats.lag),
            slots: stats.slots,
            bytes: Sizes {
                pending: stats.pending_bytes,
                results: stats.result_bytes,
                dead_letters: stats.dead_letter_bytes,
            },
            tasks,
            tasks_left_out,
            running: running.iter().map(Row::new).collect(),
            failures: failures.iter().map(Row::new).collect(),
            workers: workers.collect(),
            timetables,
            actions: actions.latest(),
        };
        Ok((state, sample))
    }

    /// Returns whether only values differ that change with time alone. The page gets the time and the lag with each
    /// sample.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let timeless = |state: &Self| {
            let mut state = state.clone();
            state.now = 0;
            state.lag_ms = 0;
            state.tasks.iter_mut().for_each(|task| task.lag_ms = None);
            state.workers.iter_mut().for_each(|worker| worker.seen = 0);
            state
        };
        timeless(self) == timeless(other)
    }
}

/// Returns the first executions of a list, in one step. `count` is the number of all.
async fn first(
    docket: &Docket,
    filter: &Filter,
    limit: usize,
    count: usize,
) -> Result<Vec<Record>, BackendError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let range = Range {
        after: None,
        until: None,
    };
    Ok(docket
        .backend()
        .list(filter, range, limit)
        .await?
        .executions)
}

impl Sample {
    /// Returns the time in milliseconds since the Unix epoch.
    pub(crate) fn at(&self) -> u64 {
        self.0
    }

    fn new(stats: &Stats) -> Self {
        Self(
            millis(stats.now),
            stats.tasks.iter().map(|task| task.started).sum(),
            milliseconds(stats.lag),
            stats.counts.queued,
            stats.counts.running,
        )
    }
}

impl States {
    fn new(counts: &Counts) -> Self {
        Self {
            scheduled: counts.scheduled,
            queued: counts.queued,
            running: counts.running,
            completed: counts.completed,
            failed: counts.failed,
            cancelled: counts.cancelled,
            dead: counts.dead,
        }
    }
}

impl Task {
    /// Returns the tasks that are shown, by name, and the number of the others.
    fn all(stats: &Stats, struck: &[Name]) -> (Vec<Self>, usize) {
        let mut tasks: Vec<&TaskStats> = stats.tasks.iter().collect();
        if tasks.len() > TASKS {
            let weight =
                |task: &TaskStats| task.counts.pending() + task.counts.failed + task.counts.dead;
            tasks.sort_by_key(|task| std::cmp::Reverse(weight(task)));
            tasks.truncate(TASKS);
            tasks.sort_by(|a, b| a.task.cmp(&b.task));
        }
        let left_out = stats.tasks.len() - tasks.len();
        let tasks = tasks.into_iter().map(|task| Self {
            name: task.task.to_string(),
            counts: States::new(&task.counts),
            lag_ms: task.lag.map(milliseconds),
            started: task.started,
            mean_lateness_ms: u64::try_from(
                task.total_lateness.as_millis() / u128::from(task.started.max(1)),
            )
            .unwrap_or(u64::MAX),
            struck: struck.contains(&task.task),
        });
        (tasks.collect(), left_out)
    }
}

impl Timetable {
    fn new(key: &Key, record: Option<Record>) -> Self {
        let Some(record) = record else {
            return Self {
                task: key.to_string(),
                key: key.to_string(),
                id: None,
                text: None,
                state: None,
                next: None,
                error: None,
            };
        };
        let is_waiting = matches!(
            record.state,
            ExecutionState::Scheduled | ExecutionState::Queued
        );
        let row = Row::new(&record);
        Self {
            task: record.task.to_string(),
            key: record.key.to_string(),
            id: Some(row.id),
            text: record.timetable,
            state: Some(record.state),
            next: is_waiting.then(|| millis(record.due)),
            error: record.failure.map(|failure| failure.message),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
