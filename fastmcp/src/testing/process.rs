//! [`Process`]: the connection of one process to a test's docket, on which faults happen.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::docket::backend::call::{
    Admission, Amended, Claim, Condition, Settled, Settlement, Target,
};
use crate::docket::backend::contract::{Backend, BackendFuture};
use crate::docket::error::BackendError;
use crate::docket::events::Events;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::filter::{Change, ChangedPart, Filter, Page, Range};
use crate::docket::model::journal::{Recorded, Sent};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record, Snapshot};
use crate::docket::model::state::Cancelled;
use crate::docket::model::stats::Stats;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::{Timestamp, When};
use crate::testing::faults::{Moment, Operation};
use crate::testing::store::Store;

/// The connection of a process. When the process is killed, its calls never return.
#[derive(Debug)]
pub(super) struct Process {
    store: Arc<Store>,
    pub(super) dead: CancellationToken,
}

impl Process {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            dead: CancellationToken::new(),
        }
    }

    /// Makes a call, with the faults that are planned for its kind. Calls that only wait have no kind.
    ///
    /// The memory store acts when it is called and not when its future is polled, so `call` has to be an async block,
    /// which starts after the first fault.
    async fn send<T>(
        &self,
        operation: Option<Operation>,
        call: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        if self.dead.is_cancelled() {
            return std::future::pending().await;
        }
        let fault = operation.map(|operation| self.store.faults.take(operation));
        let fault = fault.unwrap_or_default();
        if !fault.delay.is_zero() {
            sleep(fault.delay).await;
        }
        if fault.kill == Some(Moment::Before) {
            return self.die().await;
        }
        if fault.error == Some(Moment::Before) {
            return Err(BackendError::new("a fault of the test"));
        }
        let answer = tokio::select! {
            biased;
            () = self.dead.cancelled() => return std::future::pending().await,
            answer = call => answer,
        };
        self.store.changed.notify_waiters();
        if fault.kill.is_some() {
            return self.die().await;
        }
        if fault.error.is_some() {
            return Err(BackendError::new(
                "the answer is lost, by a fault of the test",
            ));
        }
        answer
    }

    /// Ends the process, as SIGKILL does.
    async fn die<T>(&self) -> T {
        self.dead.cancel();
        std::future::pending().await
    }
}

/// Expands to methods that pass their call on with the faults of an operation.
macro_rules! pass_on {
    ($($operation:expr => fn $method:ident $(<$life:lifetime>)? (&$($of:lifetime)? self $(, $name:ident: $type:ty)*) -> $future:ty;)*) => {$(
        fn $method $(<$life>)? (&$($of)? self $(, $name: $type)*) -> $future {
            Box::pin(self.send(
                $operation,
                async move { self.store.memory.$method($($name),*).await },
            ))
        }
    )*};
}

impl Backend for Process {
    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        Box::pin(self.send(Some(Operation::Submit), async move {
            let sent = batch
                .iter()
                .map(|it| (it.key.clone(), it.payload.clone()))
                .collect();
            let admissions = self.store.memory.submit(batch).await?;
            self.store.submitted(sent, &admissions);
            Ok(admissions)
        }))
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(self.send(Some(Operation::Claim), async move {
            let mut claim = self.store.memory.claim(claim);
            let mut is_asleep = false;
            let deliveries = poll_fn(|context| {
                let polled = claim.as_mut().poll(context);
                // A claim that begins to sleep has found nothing that can run, which is news for `run_until_idle`.
                if polled.is_pending() && !is_asleep {
                    is_asleep = true;
                    self.store.changed.notify_waiters();
                }
                polled
            });
            let deliveries = deliveries.await?;
            self.store.delivered(&deliveries);
            Ok(deliveries)
        }))
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        Box::pin(self.send(Some(Operation::Settle), async move {
            let settled = self.store.memory.settle(batch).await?;
            self.store.settled(batch);
            Ok(settled)
        }))
    }

    pass_on! {
        Some(Operation::Read) => fn now(&self) -> BackendFuture<'_, Timestamp>;
        Some(Operation::Read) => fn check(&self) -> BackendFuture<'_, ()>;
        Some(Operation::Renew) => fn renew<'a>(
            &'a self,
            worker: &'a Arc<str>,
            leases: &'a [Lease],
            duration: Duration
        ) -> BackendFuture<'a, Vec<Lease>>;
        None => fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>>;
        Some(Operation::Report) => fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled>;
        Some(Operation::Report) => fn record<'a>(
            &'a self,
            lease: Lease,
            name: &'a str,
            value: Bytes
        ) -> BackendFuture<'a, Recorded>;
        Some(Operation::Change) => fn signal<'a>(&'a self, key: &'a Key, name: &'a str, value: Bytes) -> BackendFuture<'a, Sent>;
        None => fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()>;
        Some(Operation::Read) => fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>>;
        Some(Operation::Read) => fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>>;
        Some(Operation::Read) => fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot>;
        Some(Operation::Change) => fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled>;
        Some(Operation::Change) => fn amend<'a>(
            &'a self,
            id: ExecutionId,
            expected: &'a Bytes,
            note: Bytes,
            wake: bool
        ) -> BackendFuture<'a, Amended>;
        Some(Operation::Change) => fn reschedule<'a>(
            &'a self,
            id: ExecutionId,
            expected: &'a str,
            when: When,
            timetable: &'a str
        ) -> BackendFuture<'a, bool>;
        Some(Operation::Change) => fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()>;
        Some(Operation::Change) => fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()>;
        Some(Operation::Change) => fn pause(&self) -> BackendFuture<'_, ()>;
        Some(Operation::Change) => fn resume(&self) -> BackendFuture<'_, ()>;
        Some(Operation::Change) => fn clear(&self) -> BackendFuture<'_, usize>;
        Some(Operation::Read) => fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>>;
        Some(Operation::Change) => fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>>;
        Some(Operation::Read) => fn list<'a>(
            &'a self,
            filter: &'a Filter,
            range: Range,
            limit: usize
        ) -> BackendFuture<'a, Page>;
        Some(Operation::Change) => fn change<'a>(
            &'a self,
            change: Change,
            filter: &'a Filter,
            range: Range
        ) -> BackendFuture<'a, ChangedPart>;
        Some(Operation::Read) => fn stats(&self) -> BackendFuture<'_, Stats>;
        None => fn wait(&self, condition: Condition) -> BackendFuture<'_, ()>;
    }
}
