//! [`TaskWorkerBuilder`]: creates a [`Worker`] that runs the program's tasks without a server.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use crate::background::error::WorkerError;
use crate::background::handler::TaskHandler;
use crate::background::registry::TaskRegistry;
use crate::call::inject::overrides::Overrides;
use crate::call::inject::provided::Provided;
use crate::call::inject::provider::Provider;
use crate::call::inject::states::States;
use crate::docket::handle::Docket;
use crate::docket::worker::builder::WorkerBuilder;
use crate::docket::worker::handle::Worker;
use crate::error::Result;

/// The options of a worker, as a function from the defaults.
type Options = Box<dyn FnOnce(WorkerBuilder) -> WorkerBuilder + Send>;

/// Creates a worker that runs every `#[task]` of the program without a server. See [`Worker::for_tasks`].
#[must_use = "finish with `.build()`"]
pub struct TaskWorkerBuilder {
    docket: Docket,
    states: States,
    overrides: Overrides,
    options: Option<Options>,
}

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
    /// The errors of [`TaskWorkerBuilder::build`].
    pub fn new(docket: &Docket) -> Result<Self, WorkerError> {
        Self::for_tasks(docket).build()
    }

    /// Returns a builder of a worker that runs every `#[task]` of the program. It provides what a server
    /// would: state values, and replacements for providers.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{State, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// struct Prices {
    ///     apple: u32,
    /// }
    ///
    /// #[dependency]
    /// async fn discount() -> Result<u32> {
    ///     Ok(std::fs::read_to_string("/etc/shop/discount")?.trim().parse()?)
    /// }
    ///
    /// #[task]
    /// async fn price(apples: u32, prices: State<Prices>, #[depends(discount)] discount: u32) -> u32 {
    ///     apples * prices.apple - discount
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let docket = Docket::memory("shop");
    /// let worker = Worker::for_tasks(&docket)
    ///     .state(Prices { apple: 30 })
    ///     .override_dependency::<discount>(|| Ok(5))
    ///     .options(|worker| worker.concurrency(2))
    ///     .build()?;
    /// let execution = docket.add(price)(3).await?;
    /// worker.run_until_finished().await?;
    /// assert_eq!(execution.result().await?, 85);
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_tasks(docket: &Docket) -> TaskWorkerBuilder {
        TaskWorkerBuilder {
            docket: docket.clone(),
            states: States::default(),
            overrides: Overrides::default(),
            options: None,
        }
    }
}

impl TaskWorkerBuilder {
    /// Adds a value that tasks can take as [`State<T>`](crate::dependencies::State). A second value of the
    /// same type replaces the first.
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.insert(TypeId::of::<T>(), Arc::new(value));
        self
    }

    /// Replaces the provider `P` with a function, as
    /// [`FastMcp::override_dependency`](crate::FastMcp::override_dependency) does.
    pub fn override_dependency<P: Provider>(
        mut self,
        replacement: impl Fn() -> Result<P::Value> + Send + Sync + 'static,
    ) -> Self {
        self.overrides.add::<P>(replacement);
        self
    }

    /// Replaces the provider `P` with an async function, as
    /// [`FastMcp::override_dependency_async`](crate::FastMcp::override_dependency_async) does.
    pub fn override_dependency_async<P: Provider, F>(
        mut self,
        replacement: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<P::Value>> + Send + 'static,
    {
        self.overrides.add_async::<P, F>(replacement);
        self
    }

    /// Sets the options of the worker, such as its concurrency.
    pub fn options(
        mut self,
        options: impl FnOnce(WorkerBuilder) -> WorkerBuilder + Send + 'static,
    ) -> Self {
        self.options = Some(Box::new(options));
        self
    }

    /// Creates the worker. It does nothing until one of its `run_…` methods is called. The values of shared
    /// providers live as long as the worker and are dropped without their teardown.
    ///
    /// # Errors
    ///
    /// Returns a [`WorkerError`] if two tasks have the same name, an option of a task or of the worker is
    /// invalid, or a task depends on a value that the worker does not have. Several problems are reported
    /// together.
    pub fn build(self) -> Result<Worker, WorkerError> {
        let registry = TaskRegistry::gather()?;
        let provided = Arc::new(Provided {
            docket: Some(self.docket.clone()),
            states: self.states,
            overrides: self.overrides,
            ..Provided::default()
        });
        let invalid = registry.invalid().into_iter();
        let mut errors: Vec<WorkerError> = invalid.map(|it| Box::new(it).into()).collect();
        let unmet = registry.unmet(&provided.task_capabilities()).into_iter();
        errors.extend(unmet.map(|unmet| WorkerError::from(Box::new(unmet))));
        match errors.len() {
            0 => {}
            1 => return Err(errors.remove(0)),
            _ => return Err(WorkerError::Several(errors)),
        }
        let handler = TaskHandler::new(registry, provided);
        let mut builder = Worker::builder(&self.docket, Arc::new(handler));
        if let Some(options) = self.options {
            builder = options(builder);
        }
        Ok(builder.build()?)
    }
}

impl fmt::Debug for TaskWorkerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskWorkerBuilder")
            .field("docket", &self.docket)
            .finish_non_exhaustive()
    }
}
