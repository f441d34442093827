//! [`Steps`]: durable steps, sleeps and waits of one execution.

pub(crate) mod executions;
pub(crate) mod journal;
pub(crate) mod step;
pub(crate) mod value;
pub(crate) mod waits;

use std::fmt;
use std::future::pending;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, sleep_until};

use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::journal::{EntryKind, JournalEntry, Recorded};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::suspension::Suspension;
use crate::docket::model::time::{MAX_DELAY, Timestamp};
use crate::docket::steps::journal::Journal;
use crate::docket::steps::value::{decode, encode};
use crate::docket::steps::waits::{Wait, Waits};
use crate::docket::worker::options::BACKEND_RETRY_DELAY;

/// The durable steps of a task. Cloning is cheap.
///
/// [`step`](Self::step) runs a future and records its result in the docket. When the body runs again, after a crash, a
/// failed attempt or a wait, the step returns the recorded result and the future does not run. [`sleep`](Self::sleep),
/// [`wait_for`](Self::wait_for) and [`wait_for_all`](Self::wait_for_all) wait without a slot of a worker, and survive
/// restarts.
///
/// A step runs **at least once**, and **never again once its result is recorded**. If the process dies while a step
/// runs, or before its result is recorded, the next run repeats this step. Code outside of steps runs each time the body
/// runs.
///
/// Take it as a parameter of a `#[task]` or a tool. In a direct call of a tool, which is not a task, nothing is
/// recorded: steps run, sleeps sleep, and [`wait_for`](Self::wait_for) is an error, because no signal can arrive.
///
/// ```
/// use fastmcp::dependencies::Steps;
/// use fastmcp::prelude::*;
///
/// #[task(retry(attempts = 5))]
/// async fn order(cents: u32, steps: Steps) -> Result<String> {
///     let payment = steps.step("charge").run(async { Ok(format!("payment of {cents}")) }).await?;
///     let parcel = steps.step("ship").run(async { Ok(format!("parcel for {payment}")) }).await?;
///     Ok(parcel)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// assert_eq!(order(500, Steps::detached()).await?, "parcel for payment of 500");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Steps(Arc<Inner>);

struct Inner {
    run: Option<Run>,
    journal: Mutex<Journal>,
    waits: Arc<Waits>,
}

/// The run whose entries are recorded.
struct Run {
    docket: Docket,
    lease: Lease,
    key: Key,
    claimed: Timestamp,
    began: Instant,
}

impl Steps {
    pub(crate) fn for_run(
        docket: Docket,
        delivery: &Delivery,
        began: Instant,
        waits: Arc<Waits>,
    ) -> Self {
        Self(Arc::new(Inner {
            run: Some(Run {
                docket,
                lease: delivery.lease,
                key: delivery.key.clone(),
                claimed: delivery.claimed,
                began,
            }),
            journal: Mutex::new(Journal::new(&delivery.journal)),
            waits,
        }))
    }

    /// Creates steps that are not recorded, to call the function of a task in a unit test: each step runs, a sleep
    /// sleeps, and [`with_signal`](Self::with_signal) provides the signals.
    #[must_use]
    pub fn detached() -> Self {
        Self(Arc::new(Inner {
            run: None,
            journal: Mutex::default(),
            waits: Arc::default(),
        }))
    }

    /// Adds a signal that has arrived, for a unit test.
    ///
    /// ```
    /// use fastmcp::dependencies::Steps;
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn publish(steps: Steps) -> Result<bool> {
    ///     steps.wait_for::<bool>("approval").await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// assert!(publish(Steps::detached().with_signal("approval", true)?).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`DocketError::StepValue`] if `value` cannot be serialized.
    pub fn with_signal<T: Serialize>(
        self,
        name: &str,
        value: T,
    ) -> std::result::Result<Self, DocketError> {
        let value = encode(name, &value)?;
        let entry = JournalEntry::new(EntryKind::Signal, name, value);
        self.journal().insert(entry);
        Ok(self)
    }

    /// Waits for `duration`, counted from the first time that this sleep was reached. The execution holds no slot of a
    /// worker meanwhile, and the end of the process does not prolong the sleep. After the sleep, the body runs again
    /// from its start.
    ///
    /// `name` follows the rules of [`step`](Self::step).
    ///
    /// # Errors
    /// [`DocketError::StepReused`], [`DocketError::Fenced`], [`DocketError::JournalFull`], and
    /// [`DocketError::Option`] for more than ten years.
    #[track_caller]
    pub fn sleep(
        &self,
        name: impl Into<String>,
        duration: Duration,
    ) -> BoxFuture<'static, Result<()>> {
        let (steps, name) = (self.clone(), Arc::from(name.into()));
        steps.sleep_at(name, duration, Location::caller()).boxed()
    }

    /// Waits for a signal that [`Docket::signal`] sends to this execution, and returns its value. The execution holds no
    /// slot of a worker meanwhile. A signal that has arrived before is returned at once.
    ///
    /// Each call returns the next signal of this name, in the order of their arrival. When the body runs again, its
    /// calls return the same signals. To wait no longer than some time, race it with a sleep:
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use fastmcp::dependencies::Steps;
    /// # use fastmcp::prelude::*;
    /// #[task]
    /// async fn publish(steps: Steps) -> Result<bool> {
    ///     tokio::select! {
    ///         biased;
    ///         approved = steps.wait_for::<bool>("approval") => approved,
    ///         slept = steps.sleep("deadline", Duration::from_secs(86_400)) => slept.map(|()| false),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`DocketError::StepValue`] if the value cannot be decoded as `T`, and [`DocketError::NoSignal`] without an
    /// execution: in a direct call of a tool, and for [`detached`](Self::detached) steps without such a signal.
    pub async fn wait_for<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let name: Arc<str> = name.into();
        let position = self.journal().next_wait(&name);
        let received = self.journal().signal(&name, position);
        let Some(value) = received else {
            if self.0.run.is_none() {
                let signal = name.to_string();
                return Err(DocketError::NoSignal { signal }.into());
            }
            let _wait = self.0.waits.wait(Wait::Signal);
            // The driver suspends the run. The signal is in the journal of the next one.
            return pending().await;
        };
        Ok(decode(&name, &value)?)
    }

    /// Returns the key of the execution, unless it is detached.
    pub(crate) fn key(&self) -> Option<(&Key, ExecutionId)> {
        let run = self.0.run.as_ref()?;
        Some((&run.key, run.lease.id))
    }

    /// Registers the task that drives the body.
    pub(crate) fn register(&self, waker: &Waker) {
        self.0.waits.register(waker);
    }

    /// Returns whether a step is in progress.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.waits.is_busy()
    }

    /// Returns the suspension of a body that only waits.
    pub(crate) fn suspension(&self) -> Option<Suspension> {
        let mut suspension = self.0.waits.suspension()?;
        suspension.known_entries = self.journal().entries();
        Some(suspension)
    }

    async fn sleep_at(
        self,
        name: Arc<str>,
        duration: Duration,
        line: &'static Location<'static>,
    ) -> Result<()> {
        if duration > MAX_DELAY {
            let problem = format!("is {duration:?}; the limit is ten years");
            let option = "sleep";
            return Err(DocketError::Option { option, problem }.into());
        }
        let recorded = self.begin(&name, line)?;
        let Some(run) = &self.0.run else {
            sleep(duration).await;
            return Ok(());
        };
        let until = match recorded {
            Some(value) => decode(&name, &value)?,
            None => {
                let until = run.now() + duration;
                self.record(&name, encode(&name, &until)?).await?;
                until
            }
        };
        let remaining = until.since(run.now());
        if !remaining.is_zero() {
            let _wait = self.0.waits.wait(Wait::Until(until));
            // The driver usually suspends the run here. It does not while a step of the same body runs.
            sleep_until(Instant::now() + remaining).await;
        }
        Ok(())
    }

    fn begin(
        &self,
        name: &Arc<str>,
        line: &'static Location<'static>,
    ) -> std::result::Result<Option<Bytes>, DocketError> {
        if name.is_empty() {
            return Err(DocketError::Empty {
                what: "the name of a step",
            });
        }
        if name.len() > Name::MAX_BYTES {
            return Err(DocketError::TooLarge {
                what: "the name of a step",
                length: name.len(),
                limit: Name::MAX_BYTES,
            });
        }
        self.journal().begin(name, line)
    }

    /// Stores an entry. Retries until the backend has stored it, because the step must not run again.
    async fn record(&self, name: &Arc<str>, value: Bytes) -> std::result::Result<(), DocketError> {
        let Some(run) = &self.0.run else {
            return Ok(());
        };
        let _busy = self.0.waits.busy();
        loop {
            let recorded = run.docket.backend().record(run.lease, name, value.clone());
            match recorded.await {
                Ok(Recorded::Done) => break,
                Ok(Recorded::Fenced) => {
                    return Err(DocketError::Fenced {
                        key: run.key.clone(),
                    });
                }
                Ok(Recorded::Full) => {
                    return Err(DocketError::JournalFull {
                        key: run.key.clone(),
                        limit: run.docket.options().max_journal,
                    });
                }
                Ok(Recorded::Exists) => {
                    return Err(DocketError::StepValue {
                        step: name.to_string(),
                        problem: "the docket has already recorded another value".into(),
                    });
                }
                Err(error) => {
                    tracing::warn!(key = %run.key, step = %name, %error, "cannot record a step; retrying");
                    sleep(BACKEND_RETRY_DELAY).await;
                }
            }
        }
        let entry = JournalEntry::new(EntryKind::Recorded, name.clone(), value);
        self.journal().insert(entry);
        Ok(())
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.0
            .journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// Estimates the backend's current time.
    fn now(&self) -> Timestamp {
        self.claimed + self.began.elapsed()
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key().map(|(key, _)| key);
        out.debug_struct("Steps")
            .field("key", &key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_without_an_execution_is_an_error() {
        let steps = Steps::detached()
            .with_signal("approval", true)
            .expect("it is JSON");
        assert!(matches!(steps.wait_for::<bool>("approval").await, Ok(true)));
        for signal in ["approval", "other"] {
            let error = steps.wait_for::<bool>(signal).await.expect_err("none left");
            let expected = DocketError::NoSignal {
                signal: signal.to_owned(),
            };
            assert_eq!(error.downcast::<DocketError>().expect("typed"), expected);
        }
    }
}
