//! Constructors of a [`Worker`] that runs the program's tasks without a server.

use std::sync::Arc;

use crate::background::error::WorkerError;
use crate::background::handler::TaskHandler;
use crate::background::registry::TaskRegistry;
use crate::call::inject::provided::Provided;
use crate::docket::handle::Docket;
use crate::docket::worker::builder::WorkerBuilder;
use crate::docket::worker::handle::Worker;

/// Workers without a server.
impl Worker {
    /// Creates a worker that runs every `#[task]` of the program, with the default options.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn double(number: u32) -> u32 {
    ///     number * 2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let docket = Docket::memory("numbers");
    /// let execution = docket.add(double)(21).await?;
    /// Worker::new(&docket)?.run_until_finished().await?;
    /// assert_eq!(execution.result().await?, 42);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`WorkerError`] if two tasks have the same name, if a task has an invalid option,
    /// or if a task depends on something that only a server provides.
    pub fn new(docket: &Docket) -> Result<Self, WorkerError> {
        Ok(Self::of_tasks(docket)?.build()?)
    }

    /// Returns a builder of a worker that runs every `#[task]` of the program; end with
    /// [`build`](WorkerBuilder::build).
    ///
    /// # Errors
    ///
    /// Returns a [`WorkerError`] if two tasks have the same name, if a task has an invalid option,
    /// or if a task depends on something that only a server provides.
    pub fn of_tasks(docket: &Docket) -> Result<WorkerBuilder, WorkerError> {
        let registry = TaskRegistry::gather()?;
        if let Some(invalid) = registry.invalid().into_iter().next() {
            return Err(Box::new(invalid).into());
        }
        let provided = Arc::new(Provided {
            docket: Some(docket.clone()),
            ..Provided::default()
        });
        let unmet = registry.unmet(&provided.task_capabilities());
        if let Some(unmet) = unmet.into_iter().next() {
            return Err(Box::new(unmet).into());
        }
        let handler = TaskHandler::new(registry, provided);
        Ok(Self::builder(docket, Arc::new(handler)))
    }
}
