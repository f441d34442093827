//! [`Step`]: runs a step, or returns its recorded result.

use std::panic::Location;
use std::sync::Arc;

use anyhow::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::docket::steps::Steps;
use crate::docket::steps::value::{decode, encode, step_value};

/// A step with its name; see [`Steps::step`].
#[derive(Debug)]
#[must_use = "a step does nothing until `run` is awaited"]
pub struct Step<'a> {
    pub(crate) steps: &'a Steps,
    pub(crate) name: Arc<str>,
    pub(crate) line: &'static Location<'static>,
}

impl Steps {
    /// Returns the step `name`. Every step and every sleep of an execution needs a unique name of 1 to 256 bytes. In a
    /// loop, put the index or the item into the name: `format!("page {number}")`.
    #[track_caller]
    pub fn step(&self, name: impl Into<String>) -> Step<'_> {
        Step {
            steps: self,
            name: name.into().into(),
            line: Location::caller(),
        }
    }
}

impl Step<'_> {
    /// Runs `body` and records its result, or returns the recorded result of an earlier run. In the second case `body`
    /// does not run.
    ///
    /// An error of `body` is returned and not recorded: the next attempt runs the step again. A step that changes
    /// another system should make its change with a unique key, such as the execution's key and the step's name, so
    /// that the other system can recognize a repetition.
    ///
    /// # Errors
    ///
    /// - the error of `body`
    /// - [`StepReused`](crate::docket::DocketError::StepReused) if another step of this run has the name
    /// - [`StepValue`](crate::docket::DocketError::StepValue) if the result cannot be serialized, is larger than the
    ///   docket's `max_result`, or cannot be decoded as `T`
    /// - [`JournalFull`](crate::docket::DocketError::JournalFull)
    /// - [`Fenced`](crate::docket::DocketError::Fenced) if the run has lost its lease
    pub async fn run<T, F>(self, body: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T>>,
    {
        if let Some(value) = self.steps.begin(&self.name, self.line)? {
            return Ok(decode(&self.name, &value)?);
        }
        let busy = self.steps.0.waits.busy();
        let value = encode(&self.name, &body.await?)?;
        if let Some(run) = &self.steps.0.run {
            let limit = run.docket.options().max_result;
            if value.len() > limit {
                let problem = format!("it is {} bytes long; the limit is {limit}", value.len());
                return Err(step_value(&self.name, problem).into());
            }
        }
        // Decoded before it is recorded: a type that cannot read what it writes fails in the first run.
        let decoded = decode(&self.name, &value)?;
        self.steps.record(&self.name, value).await?;
        drop(busy);
        Ok(decoded)
    }
}
