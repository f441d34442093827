//! [`Add`]: the builder of a task's execution.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;

use crate::background::arguments::Encoded;
use crate::background::payload::submission;
use crate::background::task::Task;
use crate::docket::error::DocketError;
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::model::submission::{Priority, Submission, WhileRunning};

/// The builder of an execution of task `T`. Await it to schedule the execution.
#[must_use = "nothing is scheduled until this is awaited"]
pub struct Add<'d, T> {
    docket: &'d Docket,
    submission: Result<Submission, DocketError>,
    task: PhantomData<fn() -> T>,
}

impl<'d, T: Task> Add<'d, T> {
    pub(crate) fn new(docket: &'d Docket, arguments: Encoded) -> Self {
        Self {
            docket,
            submission: submission::<T>(arguments),
            task: PhantomData,
        }
    }

    /// Delays the run by `delay`.
    pub fn after(self, delay: Duration) -> Self {
        self.map(|submission| submission.after(delay))
    }

    /// Schedules the run for `time`; it runs at once if `time` has passed.
    pub fn at(self, time: SystemTime) -> Self {
        self.map(|submission| submission.at(time))
    }

    /// Sets the key by which the execution can be found, replaced and cancelled. While an execution
    /// with this key is scheduled, queued or running, adding another does nothing;
    /// [`already_scheduled`](Execution::already_scheduled) of the returned handle is then true.
    pub fn key(self, key: impl Into<Key>) -> Self {
        self.map(|submission| submission.key(key))
    }

    /// Sets the priority among the executions that are due.
    pub fn priority(self, priority: Priority) -> Self {
        self.map(|submission| submission.priority(priority))
    }

    /// Cancels the execution together with the one whose body adds it, its parent: when the parent is cancelled, this
    /// execution is cancelled if it has not ended, and so are its own children of this kind. By default, an execution
    /// does not depend on the one that adds it.
    ///
    /// The parent is known to the [`Docket`] that is a parameter of the task. An execution that another handle adds has
    /// no parent, nor has one that a direct call of a tool adds: nothing cancels it.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Steps, Worker};
    /// use fastmcp::docket::ExecutionState;
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn resize(image: u32) -> u32 {
    ///     image
    /// }
    ///
    /// #[task]
    /// async fn album(docket: Docket, steps: Steps) -> Result<()> {
    ///     let resizing = docket.add(resize)(1).key("image-1").cancel_with_parent();
    ///     steps.add("resize", resizing).await?;
    ///     steps.wait_for("approval").await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let docket = Docket::memory("albums");
    /// docket.strike("resize").await?;
    /// let album = docket.add(album)().key("album-7").await?;
    /// let running = tokio::spawn({
    ///     let worker = Worker::new(&docket)?;
    ///     async move { worker.run_forever().await }
    /// });
    /// while docket.get("image-1").await?.is_none() {
    ///     tokio::task::yield_now().await;
    /// }
    /// docket.cancel("album-7").await?;
    /// let image = docket.get("image-1").await?.expect("it was added");
    /// assert_eq!(image.state().await?, ExecutionState::Cancelled);
    /// # running.abort();
    /// # drop(album);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cancel_with_parent(self) -> Self {
        self.map(Submission::cancel_with_parent)
    }

    /// For a [replacement](Docket::replace): cancels the execution with this key if it is running.
    pub fn cancel_previous(self) -> Self {
        self.while_running(WhileRunning::CancelPrevious)
    }

    /// For a [replacement](Docket::replace): returns an error if the execution with this key is
    /// running.
    pub fn reject_while_running(self) -> Self {
        self.while_running(WhileRunning::Reject)
    }

    pub(crate) fn while_running(self, policy: WhileRunning) -> Self {
        self.map(|submission| submission.replace(policy))
    }

    /// Sets the key if none is set.
    pub(crate) fn default_key(self, key: impl FnOnce() -> String) -> Self {
        self.map(|submission| match submission.key {
            Some(_) => submission,
            None => submission.key(key()),
        })
    }

    pub(crate) fn docket(&self) -> &'d Docket {
        self.docket
    }

    /// Returns the submission, or an error if the arguments cannot be encoded.
    pub(crate) fn into_submission(self) -> Result<Submission, DocketError> {
        self.submission
    }

    fn map(mut self, change: impl FnOnce(Submission) -> Submission) -> Self {
        self.submission = self.submission.map(change);
        self
    }
}

impl<'d, T: Task> IntoFuture for Add<'d, T> {
    type Output = Result<Execution<T::Output>, DocketError>;
    type IntoFuture = BoxFuture<'d, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let execution = self.docket.submit(self.submission?).await?;
            Ok(execution.typed())
        })
    }
}

impl<T: Task> fmt::Debug for Add<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Add")
            .field("task", &T::ENTRY.name)
            .field("submission", &self.submission)
            .finish_non_exhaustive()
    }
}
