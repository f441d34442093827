//! The SQLite backend: a docket in a file, shared by processes of one machine.
//!
//! The state machine decides, as in memory; SQL only reads and writes rows. All calls of one process that wait at the
//! same time share one transaction, and a claim that waits for work gets it in the transaction that brings it.
//!
//! # The tables of a docket
//!
//! `sqlite3 tasks.db` shows them. Other programs may read the tables, and must not change them.
//!
//! | table | content |
//! |---|---|
//! | `docket` | one row: the last number and token, the numbers of executions in each state, the clock |
//! | `executions` | one row for each execution that is pending or kept; `place` and `rank` are its queue and its position or timer |
//! | `entries`, `waits` | the journals of executions; the executions that wait for the end of others |
//! | `owners` | the owners with pending executions: their numbers, and whose turn it is |
//! | `lanes` | concurrency limits with running executions |
//! | `rates`, `starts` | rate limits, and the latest start times |
//! | `cooldowns` | cooldowns that have not ended |
//! | `struck` | struck tasks |
//! | `tasks` | the numbers of executions by task and state, and the lateness of starts |
//! | `processes`, `workers` | the processes that have the file open, and their workers |
//!
//! `schema.sql` describes every column.

pub(crate) mod address;
pub(crate) mod admit;
pub(crate) mod children;
mod claim;
pub(crate) mod clock;
pub(crate) mod columns;
pub(crate) mod connection;
pub(crate) mod counts;
pub(crate) mod effects;
pub(crate) mod engine;
pub(crate) mod entry;
pub(crate) mod failure;
pub(crate) mod file;
pub(crate) mod job;
pub(crate) mod journal;
pub(crate) mod lanes;
pub(crate) mod listener;
pub(crate) mod listing;
pub(crate) mod local;
pub(crate) mod maintenance;
pub(crate) mod operations;
pub(crate) mod owners;
pub(crate) mod peers;
pub(crate) mod place;
pub(crate) mod process_lock;
pub(crate) mod root;
pub(crate) mod settle;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub(crate) mod turn;
pub(crate) mod watches;
pub(crate) mod workers;
pub(crate) mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::broadcast;

use crate::docket::backend::call::{
    Admission, Amended, Claim, Condition, Settled, Settlement, Target,
};
use crate::docket::backend::contract::{Backend, BackendFuture};
use crate::docket::backend::sqlite::address::Durability;
use crate::docket::backend::sqlite::clock::Clock;
use crate::docket::backend::sqlite::engine::Engine;
use crate::docket::backend::sqlite::job::Job;
use crate::docket::backend::sqlite::listener::Listener;
use crate::docket::backend::sqlite::local::Local;
use crate::docket::backend::sqlite::peers::Peers;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::backend::sqlite::writer::Writer;
use crate::docket::events::Events;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::filter::{Change, ChangedPart, Filter, Page, Range};
use crate::docket::model::journal::{Recorded, Sent};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::DocketOptions;
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record, Snapshot};
use crate::docket::model::state::Cancelled;
use crate::docket::model::stats::Stats;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::{Timestamp, When};

/// A docket in a file, shared by every process of this machine that opens the same file.
///
/// The file is opened on first use, and created if it does not exist. A call whose transaction fails returns an error
/// with a [code](crate::docket::BackendError::code): the name of SQLite's code, such as `SQLITE_FULL`,
/// `SQLITE_READONLY` or `SQLITE_CORRUPT`, or `NEWER_LAYOUT`, `FOREIGN_FILE`, `FILE_DELETED`, `LOG_DELETED` or
/// `NETWORK_FILE_SYSTEM`.
pub struct SqliteBackend {
    path: PathBuf,
    writer: Arc<Writer>,
    _listener: Option<Listener>,
}

impl SqliteBackend {
    /// Creates a docket in the file `path`. This function does not open it; use
    /// [`Docket::check`](crate::docket::handle::Docket::check) for that.
    #[must_use]
    pub fn new(path: impl AsRef<Path>, durability: Durability, options: DocketOptions) -> Self {
        Self::with_clock(path.as_ref(), durability, options, Clock::start())
    }

    fn with_clock(
        path: &Path,
        durability: Durability,
        options: DocketOptions,
        clock: Clock,
    ) -> Self {
        // Absolute, because the program may change its working directory before the file is opened again.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let local = Local::new();
        let id = local.process;
        let socket = listener::socket();
        let peers = Peers::new(
            id,
            socket.as_ref().and_then(|socket| socket.try_clone().ok()),
        );
        let capacity = options.capacity;
        let engine = Engine::new(path.clone(), durability, options, clock, local, peers);
        let writer = Writer::new(engine, capacity);
        Self {
            path,
            _listener: socket.and_then(|socket| Listener::start(&socket, id, &writer)),
            writer,
        }
    }

    fn call<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut Store<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> BackendFuture<'_, T> {
        Box::pin(self.writer.call(step))
    }
}

// Tells the other processes that this one is not there any more. A process that is killed does not, and they notice it
// after some seconds.
impl Drop for SqliteBackend {
    fn drop(&mut self) {
        self.writer.push(Job::Leave);
    }
}

impl Backend for SqliteBackend {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        self.call(|store| Ok(store.wall(store.now)))
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        self.call(move |store| {
            batch
                .into_iter()
                .map(|submission| store.admit(submission))
                .collect()
        })
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(self.writer.claim(claim))
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        let batch = batch.to_vec();
        self.call(move |store| {
            batch
                .iter()
                .map(|settlement| store.settle(settlement))
                .collect()
        })
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        let (worker, leases) = (worker.clone(), leases.to_vec());
        self.call(move |store| store.renew(&worker, &leases, duration))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(self.writer.signals(worker))
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        self.call(move |store| store.report(lease, progress))
    }

    fn record<'a>(
        &'a self,
        lease: Lease,
        name: &'a str,
        value: Bytes,
    ) -> BackendFuture<'a, Recorded> {
        let name = name.to_owned();
        self.call(move |store| store.record_entry(lease, &name, &value))
    }

    fn signal<'a>(&'a self, key: &'a Key, name: &'a str, value: Bytes) -> BackendFuture<'a, Sent> {
        let (key, name) = (key.clone(), name.to_owned());
        self.call(move |store| store.receive_signal(&key, &name, &value))
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        let worker = worker.clone();
        self.call(move |store| store.deregister(&worker))
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        let target = target.clone();
        self.call(move |store| store.record(&target))
    }

    fn envelope(&self, id: ExecutionId) -> BackendFuture<'_, Option<Bytes>> {
        self.call(move |store| store.envelope(id))
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        let target = target.clone();
        Box::pin(async move {
            let answer = self.writer.call(move |store| store.watch(&target)).await?;
            Ok(answer.map(|(record, subscription)| {
                let events = subscription.and_then(|subscription| subscription.take());
                // Without a sender, the stream ends at once.
                let events = events.unwrap_or_else(|| Events::new(broadcast::channel(1).1));
                (record, events)
            }))
        })
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        self.call(move |store| store.snapshot(limit))
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        let (key, reason) = (key.clone(), reason.to_owned());
        self.call(move |store| store.cancel(&key, &reason))
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        let expected = expected.clone();
        self.call(move |store| store.amend(id, &expected, note, wake))
    }

    fn reschedule<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a str,
        when: When,
        timetable: &'a str,
    ) -> BackendFuture<'a, bool> {
        let (expected, timetable) = (expected.to_owned(), timetable.to_owned());
        self.call(move |store| store.move_due_time(id, &expected, when, &timetable))
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        let task = task.clone();
        self.call(move |store| store.strike(&task))
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        let task = task.clone();
        self.call(move |store| store.restore(&task))
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        self.call(|store| {
            store.root.paused = true;
            Ok(())
        })
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        self.call(|store| {
            store.root.paused = false;
            store.effects.ready = true;
            Ok(())
        })
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        self.call(|store: &mut Store<'_>| store.clear())
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        self.call(move |store| store.dead_letters(limit))
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        let key = key.clone();
        self.call(move |store| store.replay(&key))
    }

    fn list<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
        limit: usize,
    ) -> BackendFuture<'a, Page> {
        let filter = filter.clone();
        self.call(move |store| store.list(&filter, range, limit))
    }

    fn change<'a>(
        &'a self,
        change: Change,
        filter: &'a Filter,
        range: Range,
    ) -> BackendFuture<'a, ChangedPart> {
        let filter = filter.clone();
        self.call(move |store| store.change(change, &filter, range))
    }

    fn stats(&self) -> BackendFuture<'_, Stats> {
        self.call(|store: &mut Store<'_>| store.stats())
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        Box::pin(self.writer.wait(condition))
    }
}

impl fmt::Debug for SqliteBackend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SqliteBackend({})", self.path.display())
    }
}
