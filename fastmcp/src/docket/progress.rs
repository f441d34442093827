//! How far work has come, as its body tells and others read: those who ask the docket, or, where the work is no run
//! of a docket, a [`Listener`].

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::docket::backend::call::Settled;
use crate::docket::delivery::RunContext;
use crate::docket::error::DocketError;
use futures_util::future::BoxFuture;

/// How far an execution has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressReport {
    /// Steps done.
    pub done: u64,
    /// Steps in all, where the body knows.
    pub total: Option<u64>,
    /// What the body is doing now.
    pub message: Option<String>,
}

impl ProgressReport {
    /// The share that is done, from 0 to 1; `None` without a total.
    ///
    /// ```
    /// use fastmcp::docket::ProgressReport;
    ///
    /// let report = ProgressReport { done: 3, total: Some(4), message: None };
    /// assert_eq!(report.fraction(), Some(0.75));
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share for people to look at")]
    pub fn fraction(&self) -> Option<f64> {
        match self.total {
            Some(0) | None => None,
            Some(total) => Some((self.done as f64 / total as f64).min(1.0)),
        }
    }
}

/// Tells others how far the work has come. Cheap to clone; all clones tell of the same work.
///
/// In a `#[task]` it is written down in the docket, where [`Execution::progress`](crate::docket::execution::Execution::progress) and
/// [`Execution::subscribe`](crate::docket::execution::Execution::subscribe) read it. In a tool, a resource or a prompt it goes to the client that
/// waits for the answer, if that asked to be told.
///
/// Every call fails with [`DocketError::Fenced`] once the run of a task has lost its lease; in a request none fails.
#[derive(Clone)]
pub struct Progress(Teller);

#[derive(Clone)]
enum Teller {
    /// The docket is told.
    Run(Arc<RunContext>),
    /// Somebody else is, or nobody.
    Listener(Arc<Told>),
}

struct Told {
    report: Mutex<ProgressReport>,
    /// Held while the listener is told, so that it hears of everything in order.
    turn: tokio::sync::Mutex<()>,
    listener: Option<Box<dyn Listener>>,
}

impl Told {
    fn report(&self) -> std::sync::MutexGuard<'_, ProgressReport> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who is told of work that is no run of a docket.
pub(crate) trait Listener: Send + Sync {
    /// The work has come so far. Is not called again before its future has ended.
    fn tell(&self, report: ProgressReport) -> BoxFuture<'_, ()>;
}

impl Progress {
    pub(crate) fn of_run(run: Arc<RunContext>) -> Self {
        Self(Teller::Run(run))
    }

    pub(crate) fn heard_by(listener: impl Listener + 'static) -> Self {
        Self::told(Some(Box::new(listener)))
    }

    /// One that nobody hears, for calling a handler in a unit test: what was told is in its
    /// [`report`](Self::report).
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
        Self::told(None)
    }

    fn told(listener: Option<Box<dyn Listener>>) -> Self {
        Self(Teller::Listener(Arc::new(Told {
            report: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            listener,
        })))
    }

    /// How many steps there are.
    pub async fn set_total(&self, total: u64) -> Result<(), DocketError> {
        self.change(|report| report.total = Some(total)).await
    }

    /// So many steps more are done.
    pub async fn increment(&self, steps: u64) -> Result<(), DocketError> {
        self.change(|report| report.done = report.done.saturating_add(steps))
            .await
    }

    /// What is being done now.
    pub async fn set_message(&self, message: impl Into<String>) -> Result<(), DocketError> {
        let message = message.into();
        self.change(|report| report.message = Some(message)).await
    }

    /// It has come so far, whatever was told before.
    pub(crate) async fn set(&self, report: ProgressReport) -> Result<(), DocketError> {
        self.change(|told| *told = report).await
    }

    /// What was told so far.
    pub fn report(&self) -> ProgressReport {
        match &self.0 {
            Teller::Run(run) => run.progress().clone(),
            Teller::Listener(told) => told.report().clone(),
        }
    }

    async fn change(&self, change: impl FnOnce(&mut ProgressReport)) -> Result<(), DocketError> {
        let changed = |report: &mut ProgressReport| {
            change(report);
            report.clone()
        };
        match &self.0 {
            Teller::Run(run) => {
                let report = changed(&mut run.progress());
                match run.backend().report(run.hold(), report).await? {
                    Settled::Done(_) => Ok(()),
                    Settled::Fenced => Err(DocketError::Fenced {
                        key: run.key().clone(),
                    }),
                }
            }
            Teller::Listener(told) => {
                let _turn = told.turn.lock().await;
                let report = changed(&mut told.report());
                if let Some(listener) = &told.listener {
                    listener.tell(report).await;
                }
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
