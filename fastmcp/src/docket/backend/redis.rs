//! The backend in Redis: one docket for many processes.
//!
//! Every step is one call of one script, so that it is whole or not at all; what sleeps is woken by a stream of its
//! own process, read by a blocking connection. A process has two connections, however many workers it runs.
//!
//! # The keys of a docket
//!
//! All begin with `{fastmcp:<docket>}:`, one hash tag, so that a cluster keeps them together. *Owner* is what has to go
//! for the key to go; everything that has none has a time to live.
//!
//! | key | is | goes |
//! |---|---|---|
//! | `root` | hash: layout version, the last number and token, the ends of the lines, whether it is paused | is the docket |
//! | `x:<id>` | hash: one execution | owner `alive`; once ended, after its time to live |
//! | `k:<key>` | the number that holds the key now, or held it last | with that execution |
//! | `alive` | sorted set: what has not ended, by admission | owner: the executions |
//! | `ready` | sorted set: what can be claimed, by priority and place in line | owner: the executions |
//! | `later` | sorted set: what is scheduled, by due time; what is parked, at infinity | owner: the executions |
//! | `timed` | sorted set: what waits for a start time, or for the worker that it is offered to | owner: the executions |
//! | `leases` | sorted set: what runs, by the end of its lease | owner: the executions |
//! | `aside` | sorted set: replacements that are due later and wait behind a run | owner: the executions |
//! | `kept` | sorted set: executions with a time of their own, by its end | owner: the executions |
//! | `lane:<lane>`, `line:<lane>` | who runs in a lane, and who waits for a place there | owner: the executions |
//! | `given:<lane>`, `made:<lane>` | start times that a rate limit gave out, and real ones | after the span |
//! | `cool:<lane>` | the execution that a lane cools down after | after the cooldown |
//! | `struck`, `struck:<task>` | the struck tasks, and what waits for each | until restored |
//! | `ended`, `dead` | sorted sets: results and dead letters, by when they are forgotten | after the time to live |
//! | `d:<key>` | list: the dead letters of a key | after the time to live |
//! | `w:<worker>`, `workers` | what is known of a worker; who is alive until when | two leases and a minute |
//! | `offers:<worker>`, `signals:<worker>` | what it alone is offered; which of its runs are to stop | two leases and a minute |
//! | `sleepers`, `marks` | who sleeps until when; who waits until how many are pending | with the worker, with the node |
//! | `in:<node>`, `nodes` | stream: what a process is to hear of; which processes listen | a minute |

pub(crate) mod address;
pub(crate) mod calls;
pub(crate) mod claiming;
pub(crate) mod codec;
pub(crate) mod connection;
pub(crate) mod node;
pub(crate) mod notifier;
pub(crate) mod script;

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
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::DocketOptions;
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record, Snapshot};
use crate::docket::model::state::Cancelled;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::Timestamp;

use crate::docket::backend::redis::address::Address;
use crate::docket::backend::redis::connection::Link;
use crate::docket::backend::redis::node::Node;

/// The most elements of a batch that one step takes: Redis does nothing else meanwhile.
const BATCH: usize = 250;

/// How long an answer of Redis may take before the connection is given up.
const RESPONSE: Duration = Duration::from_secs(10);

/// How long to leave a Redis alone that did not answer.
pub(crate) const RECONNECTION_DELAY: Duration = Duration::from_millis(250);

/// A docket in Redis, shared by every process that opens the same name there.
///
/// It connects when it is first used, and again whenever the connection breaks. A call that finds Redis away tries for
/// ten seconds before it fails; what has been carried out meanwhile is not done twice.
pub struct RedisBackend {
    node: Arc<Node>,
    options: DocketOptions,
    address: Address,
    _close_on_drop: DropGuard,
}

impl RedisBackend {
    /// The docket `name` in the Redis at `url`: `redis://user:password@host:port/database`, or `rediss://` for TLS.
    /// `reconnection_delay` is how long to leave a Redis alone that did not answer.
    ///
    /// # Errors
    /// [`DocketError::Url`]. Whether somebody answers there, [`Docket::check`](crate::docket::handle::Docket::check) tells.
    pub fn new(
        name: &str,
        url: &str,
        options: DocketOptions,
        reconnection_delay: Option<Duration>,
    ) -> Result<Self, DocketError> {
        let problem = |problem: String| DocketError::Url { problem };
        let (address, info) = Address::read(url).map_err(problem)?;
        // A program that has chosen a provider for TLS keeps it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = redis::Client::open(info).map_err(|error| problem(error.to_string()))?;
        let delay = reconnection_delay.unwrap_or(RECONNECTION_DELAY);
        let link = |response| Link::new(client.clone(), address.clone(), response, delay);
        let node = Arc::new(Node::new(name, &options, link(Some(RESPONSE)), link(None)));
        Ok(Self {
            _close_on_drop: node.closed.clone().drop_guard(),
            node,
            options,
            address,
        })
    }
}

fn told(target: &Target) -> (&'static str, String) {
    match target {
        Target::Key(key) => ("key", key.to_string()),
        Target::Id(id) => ("id", id.0.to_string()),
    }
}

impl Backend for RedisBackend {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        Box::pin(async move {
            // Nobody waits for it: what asks for the time wants to know whether Redis is there.
            let step = self.node.step("now");
            let answer = self.node.link.run(&step, Duration::ZERO).await?;
            Ok(Timestamp::from_micros(codec::number(answer)?))
        })
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        Box::pin(async move { self.submit_all(&batch).await })
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(claiming::claim(&self.node, claim))
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        Box::pin(self.settle_all(batch))
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
                    .node
                    .step("renew")
                    .arg(&**worker)
                    .arg(codec::span(duration));
                for lease in part {
                    codec::put_lease(&mut step, *lease);
                }
                for told in codec::list(self.node.run(&step).await?)? {
                    let [id, token] = codec::parts(told)?;
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
            let mut step = self.node.step("report");
            codec::put_lease(&mut step, lease);
            step.add(serde_json::to_vec(&progress).unwrap_or_default());
            codec::settled(self.node.run(&step).await?)
        })
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        Box::pin(async move {
            let (kind, value) = told(target);
            let step = self.node.step("find").arg(kind).arg(value);
            Ok(codec::record(codec::fields(self.node.run(&step).await?)?))
        })
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        Box::pin(async move {
            self.node.listen().await?;
            let (kind, value) = told(target);
            let coming = self.node.hub.coming();
            let answer = self.node.watch(kind, &value).await?;
            Ok(answer.map(|(record, place)| {
                let events = coming.events(&record, place);
                (record, events)
            }))
        })
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        Box::pin(async move {
            let step = self.node.step("survey").arg(limit.to_string());
            codec::snapshot(self.node.run(&step).await?)
        })
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        Box::pin(async move {
            self.node
                .run(&self.node.step("leave").arg(&**worker))
                .await?;
            self.node.hub.forget(worker);
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

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.run_without_result(self.node.step("strike").arg(&**task)))
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.run_without_result(self.node.step("restore").arg(&**task)))
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.run_without_result(self.node.step("pause")))
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.run_without_result(self.node.step("resume")))
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        Box::pin(self.clear_all())
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        Box::pin(async move {
            let step = self.node.step("letters").arg(limit.to_string());
            codec::records(self.node.run(&step).await?)
        })
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        Box::pin(self.replay_key(key))
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        Box::pin(self.wait_until(condition))
    }
}

impl fmt::Debug for RedisBackend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "RedisBackend({} as {})", self.address, self.node.name)
    }
}
