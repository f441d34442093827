//! The Redis backend: one docket shared by many processes.
//!
//! Every state change is one call of a Lua script, so it happens entirely or not at all. The steps that run for every
//! execution have lean scripts for their common case; the complete script does everything else. Nothing polls: each
//! process reads its own event stream with blocking reads and wakes its waiting tasks. An open docket uses two
//! connections, regardless of the number of its workers.
//!
//! # The keys of a docket
//!
//! The root is `{fastmcp:<docket>}:root`, and all other keys begin with `{fastmcp:<docket>}:2:`, with the version of the
//! layout. The braces are a hash tag: a cluster stores all of them on one node, as the scripts require. A key with an *owner* is deleted or emptied together with its owner; all other keys have a
//! time to live.
//!
//! | key | content | lifetime |
//! |---|---|---|
//! | `root` | hash: layout version, last ID, last token, ends of the queues, paused flag, next timer, counts by task and state | the docket's |
//! | `x:<id>` | text: one execution with its body or result; `record.lua` describes it | owner `alive`; after its end, its time to live |
//! | `y:<id>` | hash: the fields of an execution that most do not have, with its journal | that execution's |
//! | `running` | hash: the current run of each running execution | owner: the executions |
//! | `k:<key>` | ID of the execution that holds the key, or held it last | that execution's |
//! | `alive` | sorted set: executions that have not ended, by submission time | owner: the executions |
//! | `own:<owner>` | sorted set: an owner's executions that have not ended | owner: the executions |
//! | `ready` | sorted set: executions without an owner that can be claimed, by priority and position | owner: the executions |
//! | `wait:<owner>`, `runs:<owner>` | an owner's executions that can be claimed, and its running ones | owner: the executions |
//! | `turns` | sorted set: the owners with executions that can be claimed, in the order of their turns | owner: the executions |
//! | `later` | sorted set: scheduled executions by due time; parked ones at infinity | owner: the executions |
//! | `timed` | sorted set: executions that wait for a rate limit's start time or are offered to one worker | owner: the executions |
//! | `leases` | sorted set: running executions, by the end of their lease | owner: the executions |
//! | `aside` | sorted set: scheduled replacements that wait until a running execution ends | owner: the executions |
//! | `kept` | sorted set: executions with their own retention period, by its end | owner: the executions |
//! | `lane:<lane>`, `line:<lane>` | the running executions of a concurrency limit, and those that wait for it | owner: the executions |
//! | `given:<lane>`, `made:<lane>` | start times that a rate limit assigned, and actual start times | the limit's period |
//! | `cool:<lane>` | the execution that started a cooldown | the cooldown |
//! | `struck`, `struck:<task>` | the struck tasks, and the executions held back for each | until restored |
//! | `ended` | sorted set: results by expiry, each with its ID, size, state and task | that of the last result |
//! | `dead` | sorted set: dead letters, by expiry | their time to live |
//! | `all` | sorted set: every execution by ID | that of the last execution |
//! | `over` | sorted set: dead letters, and ended executions with their own retention period, like `ended` | that of the last execution |
//! | `d:<key>` | list: the dead letters of a key | their time to live |
//! | `w:<worker>`, `workers` | a worker's data; the workers, by the time until which they count as alive | two leases and a minute |
//! | `offers:<worker>`, `signals:<worker>` | executions offered to one worker; its runs that are to be cancelled | two leases and a minute |
//! | `sleepers`, `marks` | waiting claims, by wake-up time; processes that wait for room, by threshold | their worker's, their process's |
//! | `in:<process>`, `nodes` | stream: events for a process; the processes that read theirs | one minute |

pub(crate) mod address;
pub(crate) mod batches;
pub(crate) mod calls;
pub(crate) mod check;
pub(crate) mod claiming;
pub(crate) mod codec;
pub(crate) mod connection;
pub(crate) mod failure;
pub(crate) mod inbox;
pub(crate) mod journal;
pub(crate) mod notifier;
pub(crate) mod operate;
pub(crate) mod process;
pub(crate) mod script;
pub(crate) mod stream_id;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio_util::sync::DropGuard;

use crate::docket::backend::call::{
    Admission, Amended, Claim, Condition, Settled, Settlement, Target,
};
use crate::docket::backend::contract::{Backend, BackendFuture};
use crate::docket::error::DocketError;
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

use crate::docket::backend::redis::address::Address;
use crate::docket::backend::redis::batches::BATCH;
use crate::docket::backend::redis::connection::Connection;
use crate::docket::backend::redis::process::Process;

/// The time limit of one response. After it, the connection counts as broken.
///
/// Half of the time for which calls are retried: a call on a connection whose server has vanished without a trace, as
/// after a failover of a virtual IP, has time for a second attempt on a new connection.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The default delay between connection attempts.
pub(crate) const RECONNECTION_DELAY: Duration = Duration::from_millis(250);

/// A docket in Redis, shared by every process that opens the same name there.
///
/// The backend connects on first use and reconnects when the connection breaks. While Redis is unreachable, a call is
/// retried for ten seconds and then fails. Retries are idempotent: an operation whose reply was lost is not performed
/// twice.
pub struct RedisBackend {
    process: Arc<Process>,
    options: DocketOptions,
    address: Address,
    _close_on_drop: DropGuard,
}

impl RedisBackend {
    /// Opens the docket `name` in the Redis at `url`: `redis://user:password@host:port/database`, or `rediss://` for TLS.
    /// `reconnection_delay` is the delay between connection attempts.
    ///
    /// # Errors
    /// [`DocketError::Url`] if the URL is invalid. This function does not connect; use
    /// [`Docket::check`](crate::docket::handle::Docket::check) to test the connection.
    pub fn new(
        name: &str,
        url: &str,
        options: DocketOptions,
        reconnection_delay: Option<Duration>,
    ) -> Result<Self, DocketError> {
        let problem = |problem: String| DocketError::Url { problem };
        let (address, info) = Address::parse(url).map_err(problem)?;
        // rustls requires a process-wide crypto provider. The call fails, harmlessly, if the program has installed
        // its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = redis::Client::open(info).map_err(|error| problem(error.to_string()))?;
        let delay = reconnection_delay.unwrap_or(RECONNECTION_DELAY);
        let connection = |timeout| Connection::new(client.clone(), address.clone(), timeout, delay);
        // Blocking reads have their own time limit, so their connection must not have one.
        let (commands, reads) = (connection(Some(RESPONSE_TIMEOUT)), connection(None));
        let process = Arc::new(Process::new(name, &options, commands, reads));
        Ok(Self {
            _close_on_drop: process.closed.clone().drop_guard(),
            process,
            options,
            address,
        })
    }
}

/// Encodes the two arguments that select an execution.
fn selector(target: &Target) -> (&'static str, String) {
    match target {
        Target::Key(key) => ("key", key.to_string()),
        Target::Id(id) => ("id", id.0.to_string()),
    }
}

impl Backend for RedisBackend {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        Box::pin(async move {
            // Not retried: callers use this to find out whether Redis is reachable.
            let step = self.process.step("now");
            let answer = self.process.commands.run(&step, Duration::ZERO).await?;
            Ok(Timestamp::from_micros(codec::number(answer)?))
        })
    }

    fn check(&self) -> BackendFuture<'_, ()> {
        Box::pin(async move {
            self.now().await?;
            check::check_server(&self.process, self.options.allow_eviction).await
        })
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        Box::pin(async move { self.process.submit_all(&batch).await })
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(claiming::claim(&self.process, claim))
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        Box::pin(self.process.settle_all(batch))
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(async move {
            let mut lost = Vec::new();
            for part in leases.chunks(BATCH * 4) {
                let mut step = self
                    .process
                    .step("renew")
                    .arg(&**worker)
                    .arg(codec::span(duration));
                for lease in part {
                    codec::put_lease(&mut step, *lease);
                }
                for lease in codec::list(self.process.run(&step).await?)? {
                    let [id, token] = codec::parts(lease)?;
                    lost.push(Lease {
                        id: ExecutionId(codec::number(id)?),
                        token: codec::number(token)?,
                    });
                }
            }
            Ok(lost)
        })
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(self.signalled(worker))
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        Box::pin(async move {
            let mut step = self.process.step("report");
            codec::put_lease(&mut step, lease);
            step.add(serde_json::to_vec(&progress).unwrap_or_default());
            codec::settled(self.process.run(&step).await?)
        })
    }

    fn record<'a>(
        &'a self,
        lease: Lease,
        name: &'a str,
        value: Bytes,
    ) -> BackendFuture<'a, Recorded> {
        Box::pin(self.record_entry(lease, name, value))
    }

    fn signal<'a>(&'a self, key: &'a Key, name: &'a str, value: Bytes) -> BackendFuture<'a, Sent> {
        Box::pin(self.send_signal(key, name, value))
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        Box::pin(async move {
            let (kind, value) = selector(target);
            let step = self.process.step("find").arg(kind).arg(value);
            Ok(codec::record(codec::fields(
                self.process.run(&step).await?,
            )?))
        })
    }

    fn envelope(&self, id: ExecutionId) -> BackendFuture<'_, Option<Bytes>> {
        Box::pin(async move {
            let step = self.process.step("envelope").arg(id.0.to_string());
            let envelope = codec::bytes(self.process.run(&step).await?)?;
            Ok(Some(envelope).filter(|envelope| !envelope.is_empty()))
        })
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        Box::pin(async move {
            self.process.listen().await?;
            let (kind, value) = selector(target);
            // Start buffering before Redis subscribes this process: an event may arrive before the record does.
            let pending = self.process.notifier.begin_watch();
            let answer = self.process.watch(kind, &value).await?;
            Ok(answer.map(|(record, last_entry)| {
                let events = pending.events(&record, last_entry);
                (record, events)
            }))
        })
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        Box::pin(async move {
            let step = self.process.step("snapshot").arg(limit.to_string());
            codec::snapshot(self.process.run(&step).await?)
        })
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        Box::pin(async move {
            let step = self.process.step("deregister").arg(&**worker);
            self.process.run(&step).await?;
            self.process.notifier.forget(worker);
            Ok(())
        })
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        Box::pin(self.cancel_key(key, reason))
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        Box::pin(self.amend_note(id, expected, note, wake))
    }

    fn reschedule<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a str,
        when: When,
        timetable: &'a str,
    ) -> BackendFuture<'a, bool> {
        Box::pin(self.reschedule_one(id, expected, when, timetable))
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.run_without_result(self.process.step("strike").arg(&**task)))
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.run_without_result(self.process.step("restore").arg(&**task)))
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.run_without_result(self.process.step("pause")))
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.run_without_result(self.process.step("resume")))
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        Box::pin(self.clear_all())
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        Box::pin(async move {
            let step = self.process.step("dead_letters").arg(limit.to_string());
            codec::records(self.process.run(&step).await?)
        })
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        Box::pin(self.replay_key(key))
    }

    fn list<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
        limit: usize,
    ) -> BackendFuture<'a, Page> {
        Box::pin(self.list_part(filter, range, limit))
    }

    fn change<'a>(
        &'a self,
        change: Change,
        filter: &'a Filter,
        range: Range,
    ) -> BackendFuture<'a, ChangedPart> {
        Box::pin(self.change_part(change, filter, range))
    }

    fn stats(&self) -> BackendFuture<'_, Stats> {
        Box::pin(async move { codec::stats(self.process.run(&self.process.step("stats")).await?) })
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        Box::pin(self.wait_until(condition))
    }
}

impl fmt::Debug for RedisBackend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "RedisBackend({} as {})",
            self.address, self.process.name
        )
    }
}
