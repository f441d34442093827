//! The metrics of dockets. They belong to the process, as its exporters do.

use std::collections::HashSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};

use crate::docket::model::key::Name;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::stats::Stats;

/// The bounds of durations in seconds, from the conventions for MCP.
pub(crate) const BOUNDS: [f64; 14] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0,
];

/// The instruments.
pub(crate) struct Metrics {
    pub(crate) sent: Counter<u64>,
    pub(crate) duration: Histogram<f64>,
    pub(crate) lateness: Histogram<f64>,
    pub(crate) retries: Counter<u64>,
    executions: Gauge<u64>,
    lag: Gauge<f64>,
    dead_letters: Gauge<u64>,
    workers: Gauge<u64>,
    /// The dockets and tasks that were observed. A gauge keeps its value, so a task that the docket no longer counts is
    /// set to zero once.
    observed: Mutex<HashSet<(String, Name)>>,
}

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// Starts to measure all dockets of the process, once.
pub(crate) fn install(meter: &Meter) {
    METRICS.get_or_init(|| Metrics::new(meter));
}

/// Returns the instruments; `None` if nothing measures.
pub(crate) fn get() -> Option<&'static Metrics> {
    METRICS.get()
}

impl Metrics {
    fn new(meter: &Meter) -> Self {
        let seconds = |name: &'static str, description: &'static str| {
            let histogram = meter.f64_histogram(name).with_unit("s");
            let histogram = histogram.with_description(description);
            histogram.with_boundaries(BOUNDS.to_vec()).build()
        };
        let gauge = |name: &'static str, unit: &'static str, description: &'static str| {
            let gauge = meter.u64_gauge(name).with_unit(unit);
            gauge.with_description(description).build()
        };
        let counter = |name: &'static str, unit: &'static str, description: &'static str| {
            let counter = meter.u64_counter(name).with_unit(unit);
            counter.with_description(description).build()
        };
        Self {
            sent: counter(
                "messaging.client.sent.messages",
                "{message}",
                "Number of executions that were submitted to a docket",
            ),
            duration: seconds(
                "messaging.process.duration",
                "Duration of the runs of tasks",
            ),
            lateness: seconds(
                "fastmcp.docket.lateness",
                "Time between the due time of an execution and its start",
            ),
            retries: counter(
                "fastmcp.docket.retries",
                "{attempt}",
                "Number of failed attempts that are followed by another one",
            ),
            executions: gauge(
                "fastmcp.docket.executions",
                "{execution}",
                "Number of executions by task and state, of all processes",
            ),
            lag: meter
                .f64_gauge("fastmcp.docket.lag")
                .with_unit("s")
                .with_description("Time for which the oldest execution of a task has been due")
                .build(),
            dead_letters: gauge(
                "fastmcp.docket.dead_letters",
                "{execution}",
                "Number of executions that have failed and can be retried",
            ),
            workers: gauge(
                "fastmcp.docket.workers",
                "{worker}",
                "Number of live workers, of all processes",
            ),
            observed: Mutex::default(),
        }
    }

    /// Sets the gauges to the state of a docket.
    pub(crate) fn observe(&self, docket: &str, stats: &Stats) {
        let of_docket = KeyValue::new("fastmcp.docket.name", docket.to_owned());
        let only_docket = std::slice::from_ref(&of_docket);
        self.dead_letters
            .record(count(stats.dead_letters), only_docket);
        self.workers.record(count(stats.workers), only_docket);
        let mut observed = self.observed.lock().unwrap_or_else(PoisonError::into_inner);
        for task in &stats.tasks {
            observed.insert((docket.to_owned(), task.task.clone()));
        }
        observed.retain(|(other, name)| {
            if other != docket {
                return true;
            }
            let task = stats.task(name.as_str());
            let of_task = KeyValue::new("messaging.destination.name", name.to_string());
            for state in ExecutionState::ALL {
                let executions = task.map_or(0, |task| task.counts.of(state));
                let state = KeyValue::new("fastmcp.docket.state", state.to_string());
                let attributes = [of_docket.clone(), of_task.clone(), state];
                self.executions.record(count(executions), &attributes);
            }
            let lag = task.and_then(|task| task.lag).unwrap_or_default();
            self.lag
                .record(lag.as_secs_f64(), &[of_docket.clone(), of_task]);
            task.is_some()
        });
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
