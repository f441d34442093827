//! Test fixtures: opens dockets of one backend, and has shorthands for common calls.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::docket::backend::{Claim, Delivery, Lease, Settled, Settlement};
use fastmcp::docket::{
    Docket, DocketBuilder, Execution, ExecutionState, Handlers, Outcome, Policy, Submission,
    Worker, WorkerBuilder,
};

/// The unit of all durations in the suite. It is much longer than a call to a store on the network.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// The lease of claims that tests make without a worker.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

/// Opens dockets of one backend.
pub(crate) struct Stage {
    open: fn(DocketBuilder) -> Docket,
    is_real_time: bool,
}

impl Stage {
    pub(crate) fn new(open: fn(DocketBuilder) -> Docket) -> Self {
        Self {
            open,
            is_real_time: false,
        }
    }

    /// Marks the time as real: a busy machine may delay everything.
    pub(crate) fn real_time(mut self) -> Self {
        self.is_real_time = true;
        self
    }

    pub(crate) fn is_real_time(&self) -> bool {
        self.is_real_time
    }

    pub(crate) fn docket(&self) -> Docket {
        self.docket_with(|builder| builder)
    }

    pub(crate) fn docket_with(
        &self,
        options: impl FnOnce(DocketBuilder) -> DocketBuilder,
    ) -> Docket {
        let name = format!("contract-{:016x}", fastrand::u64(..));
        (self.open)(options(Docket::builder(name)))
    }
}

/// Returns a submission of the task `work` with `key`.
pub(crate) fn work(key: &str) -> Submission {
    Submission::new("work", "null").key(key)
}

pub(crate) async fn submit(docket: &Docket, submission: Submission) -> Execution {
    docket
        .submit(submission)
        .await
        .expect("the submission is accepted")
}

/// The slots of the workers whose claims tests make themselves.
pub(crate) const SLOTS: usize = 10;

fn request(worker: &str, limit: usize) -> Claim {
    Claim::new(Arc::from(worker), limit, LEASE, 3).slots(SLOTS)
}

/// Claims as `worker`, and waits until an execution is available.
pub(crate) async fn claim(docket: &Docket, worker: &str, limit: usize) -> Vec<Delivery> {
    docket
        .backend()
        .claim(request(worker, limit))
        .await
        .expect("the claim succeeds")
}

/// Claims one execution as `worker`.
pub(crate) async fn claim_one(docket: &Docket, worker: &str) -> Delivery {
    claim(docket, worker, 1).await.remove(0)
}

/// Waits until the execution has this state.
///
/// Tests wait for events rather than for a time in which something should happen: with a store on the network, a busy
/// machine may take any time.
pub(crate) async fn reaches<R>(execution: &Execution<R>, state: ExecutionState) {
    let mut events = execution.subscribe().await.expect("the execution exists");
    while execution.state().await.expect("the execution exists") != state {
        events
            .next()
            .await
            .expect("the execution reaches the state");
    }
}

/// Claims one execution as `worker`; returns `None` after waiting for one tick. Use it only where nothing may be claimed:
/// a busy machine may need longer for a claim that succeeds.
pub(crate) async fn claim_within_a_tick(docket: &Docket, worker: &str) -> Option<Delivery> {
    tokio::time::timeout(TICK, claim_one(docket, worker))
        .await
        .ok()
}

pub(crate) async fn settle(docket: &Docket, lease: Lease, outcome: Outcome) -> Settled {
    docket
        .backend()
        .settle(&[Settlement::new(lease, outcome)])
        .await
        .expect("the settlement succeeds")
        .remove(0)
}

pub(crate) fn completed(json: &'static str) -> Outcome {
    Outcome::Completed(json.into())
}

/// Builds a worker that handles the task `work`.
pub(crate) fn worker<F, R>(docket: &Docket, policy: Policy, body: F) -> Worker
where
    F: Fn(fastmcp::docket::CurrentExecution) -> R + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send + 'static,
{
    worker_of(
        docket,
        Handlers::new().task("work", policy, body),
        |builder| builder,
    )
}

pub(crate) fn worker_of(
    docket: &Docket,
    handlers: Handlers,
    options: impl FnOnce(WorkerBuilder) -> WorkerBuilder,
) -> Worker {
    options(Worker::builder(docket, Arc::new(handlers)))
        .build()
        .expect("the options are valid")
}
