//! The spans of the docket without the feature `telemetry`: nothing.

use crate::docket::backend::call::Settlement;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::error::DocketError;
use crate::docket::model::key::Key;
use crate::docket::model::submission::{Submission, TraceContext};

/// A submission.
pub(crate) struct Sending;

impl Sending {
    pub(crate) fn start(
        _: &Submission,
        _: &Key,
        _: &str,
        _: Option<&TraceContext>,
    ) -> (Self, Option<TraceContext>) {
        (Self, None)
    }

    #[expect(clippy::unused_self, reason = "the span is ended with it")]
    pub(crate) fn end<T>(self, result: Result<T, DocketError>) -> Result<T, DocketError> {
        result
    }
}

/// A run.
pub(crate) struct Processing;

impl Processing {
    pub(crate) fn start(_: &CurrentExecution, _: Option<&TraceContext>) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the future runs inside of its span")]
    pub(crate) fn run<F: Future>(&self, body: F) -> F {
        body
    }

    #[expect(clippy::unused_self, reason = "the span is ended with it")]
    pub(crate) fn end(self, _: &CurrentExecution, _: &Settlement) {}
}
