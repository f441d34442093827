//! The handles of a run without a run, to call the functions of tasks in unit tests.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::docket::current_execution::CurrentExecution;
use crate::docket::current_execution::handles::{NextRun, TimeLimit};
use crate::docket::handle::Docket;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::envelope::Opened;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::time::Timestamp;
use crate::docket::worker::handle::Worker;
use crate::docket::worker::options::WorkerOptions;
use crate::docket::worker::session::Shared;

/// The name and the key of a detached run.
const DETACHED: &str = "detached";

impl CurrentExecution {
    /// Creates the first attempt of a run that no worker has started, to call the function of a task in a unit
    /// test. Its docket is empty and in memory. To stop the body, cancel
    /// [`cancellation`](CurrentExecution::cancellation).
    ///
    /// ```
    /// use fastmcp::dependencies::CurrentExecution;
    /// use fastmcp::prelude::*;
    ///
    /// #[task(retry(attempts = 3))]
    /// async fn attempt(run: CurrentExecution) -> u32 {
    ///     run.attempt()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert_eq!(attempt(CurrentExecution::detached()).await, 1);
    /// # }
    /// ```
    pub fn detached() -> Self {
        Self::with_time_limit(None)
    }

    fn with_time_limit(limit: Option<Duration>) -> Self {
        let worker = Worker::for_body(&Arc::new(Shared::new(
            Docket::memory(DETACHED),
            DETACHED.to_owned(),
            WorkerOptions::default(),
            Vec::new(),
            // A worker without a handler has nothing to run.
            Box::new(|_| Box::pin(std::future::pending())),
        )));
        let lease = Lease {
            // No execution has this number, so a submission of the body has no parent.
            id: ExecutionId(u64::MAX),
            token: 0,
        };
        let (key, task) = (Key::from(DETACHED), Name::from(DETACHED));
        let now = Timestamp::from(std::time::SystemTime::now());
        let delivery = Delivery::new(lease, key, task, Bytes::new(), now);
        let execution = Self::new(delivery, worker, Instant::now());
        let opened = Opened {
            payload: Bytes::from_static(b"{}"),
            trace: None,
        };
        execution.prepare(opened, limit);
        execution
    }
}

impl TimeLimit {
    /// Creates a time limit of `limit` from now, to call the function of a task in a unit test.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use fastmcp::dependencies::TimeLimit;
    /// use fastmcp::prelude::*;
    ///
    /// #[task(timeout = "1m")]
    /// async fn import(limit: TimeLimit) {
    ///     limit.extend(Duration::from_secs(60));
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let limit = TimeLimit::detached(Duration::from_secs(60));
    /// import(limit.clone()).await;
    /// assert!(limit.remaining() > Some(Duration::from_secs(100)));
    /// # }
    /// ```
    pub fn detached(limit: Duration) -> Self {
        CurrentExecution::with_time_limit(Some(limit)).time_limit()
    }
}

impl NextRun {
    /// Creates the plan of a next run that does not take place, to call the function of a task in a unit test.
    /// [`is_stopped`](Self::is_stopped) and [`when`](Self::when) return what the function has planned.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use fastmcp::dependencies::NextRun;
    /// use fastmcp::docket::When;
    /// use fastmcp::prelude::*;
    ///
    /// #[task(perpetual(every = "1h"))]
    /// async fn poll(next: NextRun) {
    ///     next.after(Duration::from_secs(5));
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let next = NextRun::detached();
    /// poll(next.clone()).await;
    /// assert_eq!(next.when(), Some(When::After(Duration::from_secs(5))));
    /// assert!(!next.is_stopped());
    /// # }
    /// ```
    pub fn detached() -> Self {
        CurrentExecution::detached().next_run()
    }
}
