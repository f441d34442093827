//! The environment of a contract test: a docket on some backend, and helper functions.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::docket::backend::{Claim, Claimed, Hold, Settled, Settlement, Verdict};
use fastmcp::docket::{
    Docket, DocketBuilder, Execution, Handlers, Outcome, Policy, Submission, Worker, WorkerBuilder,
};

/// The time unit of the suite: long enough for a store on the network, short enough for a test.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// The lease of claims that the tests make directly.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

/// Opens dockets of one backend.
pub(crate) struct Stage {
    open: fn(DocketBuilder) -> Docket,
}

impl Stage {
    pub(crate) fn new(open: fn(DocketBuilder) -> Docket) -> Self {
        Self { open }
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

/// Returns a submission of the task `work` under `key`.
pub(crate) fn work(key: &str) -> Submission {
    Submission::new("work", "null").key(key)
}

pub(crate) async fn submit(docket: &Docket, submission: Submission) -> Execution {
    docket.submit(submission).await.expect("accepted")
}

fn request(worker: &str, limit: usize) -> Claim {
    Claim {
        worker: Arc::from(worker),
        limit,
        lease: LEASE,
        max_deliveries: 3,
    }
}

/// Claims as `worker`, waiting until there is something.
pub(crate) async fn claim(docket: &Docket, worker: &str, limit: usize) -> Vec<Claimed> {
    docket
        .backend()
        .claim(request(worker, limit))
        .await
        .expect("claimed")
}

/// Claims one execution as `worker`.
pub(crate) async fn claim_one(docket: &Docket, worker: &str) -> Claimed {
    claim(docket, worker, 1).await.remove(0)
}

/// Claims as `worker`, waiting at most one tick.
pub(crate) async fn claim_within_a_tick(docket: &Docket, worker: &str) -> Option<Claimed> {
    tokio::time::timeout(TICK, claim_one(docket, worker))
        .await
        .ok()
}

pub(crate) async fn settle(docket: &Docket, hold: Hold, verdict: Verdict) -> Settled {
    docket
        .backend()
        .settle(&[Settlement { hold, verdict }])
        .await
        .expect("settled")
        .remove(0)
}

pub(crate) fn completed(json: &'static str) -> Verdict {
    Verdict::Completed {
        result: json.into(),
        again: None,
    }
}

/// Returns a worker for the task `work`.
pub(crate) fn worker<F, R>(docket: &Docket, policy: Policy, body: F) -> Worker
where
    F: Fn(fastmcp::docket::Delivery) -> R + Send + Sync + 'static,
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
        .expect("a worker")
}
