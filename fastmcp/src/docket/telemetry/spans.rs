//! The spans of the docket: `send {task}` for a submission, and `process {task}` for a run.
//!
//! The context of the first is stored in the envelope of the execution. It is the parent of the second, so that both
//! belong to one trace, and its link, as the conventions for messaging require.

use std::time::Instant;

use opentelemetry::KeyValue;
use tracing::field::Empty;
use tracing::instrument::Instrumented;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::docket::backend::call::Settlement;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::error::DocketError;
use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::{Submission, TraceContext};
use crate::docket::telemetry::metrics;
use crate::docket::telemetry::propagation::{headers, parse, set_parent, span_context};

/// The target of the spans, by which filters select them.
const TARGET: &str = "fastmcp::spans";

/// A submission.
pub(crate) struct Sending {
    span: Span,
    task: Name,
}

impl Sending {
    /// Starts the span of a submission. `trace` is the context that the submission or its docket sets. Also returns
    /// the context that is stored with the execution, if the span is recorded.
    pub(crate) fn start(
        submission: &Submission,
        key: &Key,
        docket: &str,
        trace: Option<&TraceContext>,
    ) -> (Self, Option<TraceContext>) {
        let task = &submission.task;
        let span = tracing::info_span!(
            target: TARGET,
            "send",
            otel.name = %format_args!("send {task}"),
            otel.kind = "producer",
            otel.status_code = Empty,
            messaging.system = "fastmcp",
            messaging.operation.name = "send",
            messaging.operation.type = "send",
            messaging.destination.name = %task,
            messaging.message.id = %key,
            messaging.message.body.size = submission.payload.len(),
            fastmcp.docket.name = docket,
            error.type = Empty,
        );
        if !span.is_disabled()
            && let Some(parent) =
                trace.and_then(|it| parse(&it.traceparent, it.tracestate.as_deref()))
        {
            let current = span_context(&Span::current());
            match current {
                // Within the same trace, the current span is the more specific parent.
                Some(current) if current.trace_id() == parent.trace_id() => {}
                current => {
                    set_parent(&span, parent);
                    if let Some(current) = current {
                        span.add_link(current);
                    }
                }
            }
        }
        let stored = span_context(&span).as_ref().map(headers);
        let task = task.clone();
        (Self { span, task }, stored)
    }

    /// Ends the span with the result of the submission.
    pub(crate) fn end<T>(self, result: Result<T, DocketError>) -> Result<T, DocketError> {
        let error = result.as_ref().err().map(error_type);
        if let Some(error) = error {
            self.span.record("otel.status_code", "error");
            self.span.record("error.type", error);
        }
        if let Some(metrics) = metrics::get() {
            metrics.sent.add(1, &attributes("send", &self.task, error));
        }
        result
    }
}

/// A run.
pub(crate) struct Processing {
    span: Span,
    /// `None` if nothing measures the run.
    began: Option<Instant>,
}

impl Processing {
    /// Starts the span of a run. `trace` is the context that was stored with the execution.
    pub(crate) fn start(execution: &CurrentExecution, trace: Option<&TraceContext>) -> Self {
        let task = execution.task();
        let worker = execution.worker_ref();
        let span = tracing::info_span!(
            target: TARGET,
            "process",
            otel.name = %format_args!("process {task}"),
            otel.kind = "consumer",
            otel.status_code = Empty,
            messaging.system = "fastmcp",
            messaging.operation.name = "process",
            messaging.operation.type = "process",
            messaging.destination.name = %task,
            messaging.client.id = worker.name(),
            messaging.message.id = %execution.key(),
            fastmcp.docket.name = worker.docket().name(),
            fastmcp.docket.attempt = execution.attempt(),
            fastmcp.docket.delivery = execution.delivery(),
            fastmcp.docket.outcome = Empty,
            error.type = Empty,
        );
        if !span.is_disabled()
            && let Some(sent) =
                trace.and_then(|it| parse(&it.traceparent, it.tracestate.as_deref()))
        {
            set_parent(&span, sent.clone());
            span.add_link(sent);
        }
        let began = metrics::get().map(|metrics| {
            let lateness = execution.lateness().as_secs_f64();
            metrics.lateness.record(lateness, &[destination(task)]);
            Instant::now()
        });
        Self { span, began }
    }

    /// Runs the body inside of the span.
    pub(crate) fn run<F: Future>(&self, body: F) -> Instrumented<F> {
        body.instrument(self.span.clone())
    }

    /// Ends the span with the outcome of the run.
    pub(crate) fn end(self, execution: &CurrentExecution, settlement: &Settlement) {
        let (outcome, error) = outcome(&settlement.outcome);
        self.span.record("fastmcp.docket.outcome", outcome);
        if let Some(error) = error {
            // The message of the error may contain arguments, so it is only in the log.
            self.span.record("otel.status_code", "error");
            self.span.record("error.type", error);
        }
        if let (Some(metrics), Some(began)) = (metrics::get(), self.began) {
            let task = execution.task();
            let time = began.elapsed().as_secs_f64();
            metrics
                .duration
                .record(time, &attributes("process", task, error));
            if matches!(settlement.outcome, Outcome::Retry { .. }) {
                metrics.retries.add(1, &[destination(task)]);
            }
        }
    }
}

/// Returns the outcome of a run, and the type of its error.
fn outcome(outcome: &Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Completed(_) => ("completed", None),
        Outcome::Failed(failure) => ("failed", Some(kind(failure))),
        Outcome::Retry { failure, .. } => ("retry", Some(kind(failure))),
        Outcome::Snooze { .. } => ("snoozed", None),
        Outcome::Park { .. } | Outcome::Suspend(_) => ("suspended", None),
        Outcome::Discard { .. } => ("cancelled", None),
        Outcome::Undecodable { .. } => ("dead", Some("undecodable")),
        Outcome::Release | Outcome::UnknownTask => ("released", None),
    }
}

fn error_type(error: &DocketError) -> &'static str {
    match error {
        DocketError::Full { .. }
        | DocketError::OutOfSpace { .. }
        | DocketError::OwnerFull { .. } => "full",
        DocketError::StillRunning { .. } => "still_running",
        DocketError::Backend(_) => "backend",
        // The value of the conventions for all other errors.
        _ => "_OTHER",
    }
}

fn kind(failure: &Failure) -> &'static str {
    match failure.kind {
        FailureKind::Error => "error",
        FailureKind::Panic => "panic",
        FailureKind::Timeout => "timeout",
        FailureKind::Dependency => "dependency",
        FailureKind::Result => "result",
    }
}

/// Returns the attribute that names the task.
fn destination(task: &Name) -> KeyValue {
    KeyValue::new("messaging.destination.name", task.to_string())
}

fn attributes(operation: &'static str, task: &Name, error: Option<&'static str>) -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new("messaging.system", "fastmcp"),
        KeyValue::new("messaging.operation.name", operation),
        destination(task),
    ];
    attributes.extend(error.map(|error| KeyValue::new("error.type", error)));
    attributes
}
