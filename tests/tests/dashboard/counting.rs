//! A backend that counts the calls of another one, and the executions that it returns.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendFuture, Claim, Condition, Delivery, Lease, Range, Settled,
    Settlement, Submission, Target,
};
use fastmcp::docket::{
    Cancelled, Docket, Events, ExecutionId, Filter, Key, Name, Page, ProgressReport, Record,
    Snapshot, Stats,
};

use crate::delegate::delegate;

/// The numbers of calls by method, and of the executions that they have returned.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<(BTreeMap<&'static str, usize>, usize)>);

impl Calls {
    fn add(&self, method: &'static str, executions: usize) {
        let mut calls = self.0.lock().unwrap();
        *calls.0.entry(method).or_default() += 1;
        calls.1 += executions;
    }

    pub(crate) fn count(&self, method: &str) -> usize {
        self.0
            .lock()
            .unwrap()
            .0
            .get(method)
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn all(&self) -> usize {
        self.0.lock().unwrap().0.values().sum()
    }

    /// Returns the calls by method and the number of executions, and forgets them.
    pub(crate) fn take(&self) -> (BTreeMap<&'static str, usize>, usize) {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// Waits, and returns whether there were no calls meanwhile.
    pub(crate) async fn are_silent_for(&self, time: Duration) -> bool {
        let before = self.all();
        tokio::time::sleep(time).await;
        self.all() == before
    }
}

#[derive(Debug)]
struct CountingBackend {
    store: Arc<dyn Backend>,
    calls: Arc<Calls>,
}

/// Returns a docket with the store of another one, whose calls are counted.
pub(crate) fn counted(docket: &Docket, calls: &Arc<Calls>) -> Docket {
    Docket::builder(docket.name()).backend(Arc::new(CountingBackend {
        store: Arc::clone(docket.backend()),
        calls: Arc::clone(calls),
    }))
}

impl Backend for CountingBackend {
    fn stats(&self) -> BackendFuture<'_, Stats> {
        self.calls.add("stats", 0);
        self.store.stats()
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        Box::pin(async move {
            let snapshot = self.store.snapshot(limit).await?;
            self.calls.add("snapshot", snapshot.executions.len());
            Ok(snapshot)
        })
    }

    fn list<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
        limit: usize,
    ) -> BackendFuture<'a, Page> {
        Box::pin(async move {
            let page = self.store.list(filter, range, limit).await?;
            self.calls.add("list", page.executions.len());
            Ok(page)
        })
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        self.calls.add("find", 1);
        self.store.find(target)
    }

    fn envelope(&self, id: ExecutionId) -> BackendFuture<'_, Option<Bytes>> {
        self.calls.add("envelope", 1);
        self.store.envelope(id)
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        self.store.claim(claim)
    }

    delegate!(
        store: now, check, submit, settle, renew, signals, report, record, signal, watch, deregister, cancel, amend,
        reschedule, strike, restore, pause, resume, clear, dead_letters, replay, change, wait,
    );
}
