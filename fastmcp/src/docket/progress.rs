//! [`Progress`]: reports the progress of a body, to the docket or to another [`Listener`].

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::docket::backend::call::Settled;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::delivery::Lease;
use crate::docket::model::key::Key;
use crate::docket::model::progress::ProgressReport;

/// Reports the progress of a body. Cloning is cheap, and all clones report on the same work.
///
/// In a `#[task]`, reports are stored in the docket, where [`Execution::progress`] and [`Execution::subscribe`] read
/// them. In a tool, a resource or a prompt, reports are sent to the client, if it requested them.
///
/// Every method fails with [`DocketError::Fenced`] if the run of the task has lost its lease. In a request, no method
/// fails.
///
/// [`Execution::progress`]: crate::docket::execution::Execution::progress
/// [`Execution::subscribe`]: crate::docket::execution::Execution::subscribe
#[derive(Clone)]
pub struct Progress(Arc<Inner>);

struct Inner {
    report: Mutex<ProgressReport>,
    receiver: Receiver,
}

enum Receiver {
    /// The backend of a docket, for this run.
    Run {
        docket: Docket,
        lease: Lease,
        key: Key,
    },
    /// A listener. It is called while the lock is held, so that it receives the reports in order.
    Listener(tokio::sync::Mutex<Box<dyn Listener>>),
    /// No receiver.
    Detached,
}

/// Receives the progress reports of a request, which is not a run of a docket.
pub(crate) trait Listener: Send + Sync {
    /// Handles one report. The next call follows only after the future has completed.
    fn on_report(&self, report: ProgressReport) -> BoxFuture<'_, ()>;
}

impl Inner {
    fn report(&self) -> MutexGuard<'_, ProgressReport> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    fn new(receiver: Receiver) -> Self {
        Self(Arc::new(Inner {
            report: Mutex::default(),
            receiver,
        }))
    }

    /// Reports to the backend of `docket`, for the run that holds `lease`.
    pub(crate) fn for_run(docket: Docket, lease: Lease, key: Key) -> Self {
        Self::new(Receiver::Run { docket, lease, key })
    }

    /// Reports to `listener`.
    pub(crate) fn for_listener(listener: impl Listener + 'static) -> Self {
        let listener: Box<dyn Listener> = Box::new(listener);
        Self::new(Receiver::Listener(tokio::sync::Mutex::new(listener)))
    }

    /// Creates a `Progress` without a receiver, to call a handler in a unit test. [`report`](Self::report) returns what
    /// the handler reported.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn count(to: u64, progress: Progress) -> Result<()> {
    ///     progress.set_total(to).await?;
    ///     progress.increment(to).await?;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let progress = Progress::detached();
    /// count(3, progress.clone()).await?;
    /// assert_eq!(progress.report().done, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn detached() -> Self {
        Self::new(Receiver::Detached)
    }

    /// Sets the total number of steps.
    pub fn set_total(&self, total: u64) -> BoxFuture<'_, Result<(), DocketError>> {
        self.change(move |report| report.total = Some(total))
            .boxed()
    }

    /// Adds to the number of steps done.
    pub fn increment(&self, steps: u64) -> BoxFuture<'_, Result<(), DocketError>> {
        self.change(move |report| report.done = report.done.saturating_add(steps))
            .boxed()
    }

    /// Sets the description of the current step.
    pub fn set_message(
        &self,
        message: impl Into<String>,
    ) -> BoxFuture<'_, Result<(), DocketError>> {
        self.set_text(message.into())
    }

    fn set_text(&self, message: String) -> BoxFuture<'_, Result<(), DocketError>> {
        self.change(move |report| report.message = Some(message))
            .boxed()
    }

    /// Replaces the whole report.
    pub(crate) async fn set(&self, report: ProgressReport) -> Result<(), DocketError> {
        self.change(|current| *current = report).await
    }

    /// Returns the current report.
    pub fn report(&self) -> ProgressReport {
        self.0.report().clone()
    }

    async fn change(&self, change: impl FnOnce(&mut ProgressReport)) -> Result<(), DocketError> {
        let changed = || {
            let mut report = self.0.report();
            change(&mut report);
            report.clone()
        };
        match &self.0.receiver {
            Receiver::Run { docket, lease, key } => {
                match docket.backend().report(*lease, changed()).await? {
                    Settled::Done(_) => Ok(()),
                    Settled::Fenced => Err(DocketError::Fenced { key: key.clone() }),
                }
            }
            Receiver::Listener(listener) => {
                // Lock before the change: a later report must not overtake an earlier one.
                let listener = listener.lock().await;
                listener.on_report(changed()).await;
                Ok(())
            }
            Receiver::Detached => {
                changed();
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Progress").field(&self.report()).finish()
    }
}
