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

use tokio_util::sync::DropGuard;

use crate::docket::backend::call::{
    Admission, Claim, Claimed, Command, Condition, Hold, Message, Reply, Settled, Settlement,
    Target,
};
use crate::docket::backend::contract::{Answer, Backend};
use crate::docket::error::DocketError;
use crate::docket::events::Events;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{Record, Snapshot};
use crate::docket::model::time::Timestamp;
use crate::docket::progress::ProgressReport;

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
    fn now(&self) -> Answer<'_, Timestamp> {
        Box::pin(async move {
            // Nobody waits for it: what asks for the time wants to know whether Redis is there.
            let step = self.node.step("now");
            let answer = self.node.link.run(&step, Duration::ZERO).await?;
            Ok(Timestamp::from_micros(codec::number(answer)?))
        })
    }

    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>> {
        Box::pin(async move { self.submit_all(&batch).await })
    }

    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>> {
        Box::pin(claiming::claim(&self.node, claim))
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> Answer<'a, Vec<Settled>> {
        Box::pin(self.settle_all(batch))
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        holds: &'a [Hold],
        lease: Duration,
    ) -> Answer<'a, Vec<Hold>> {
        Box::pin(async move {
            let mut lost = Vec::new();
            for part in holds.chunks(BATCH * 4) {
                let mut step = self
                    .node
                    .step("renew")
                    .arg(&**worker)
                    .arg(codec::span(lease));
                for hold in part {
                    codec::put_hold(&mut step, *hold);
                }
                for told in codec::list(self.node.run(&step).await?)? {
                    let [id, token] = codec::parts(told)?;
                    lost.push(Hold {
                        id: crate::docket::model::record::ExecutionId(codec::number(id)?),
                        token: codec::number(token)?,
                    });
                }
            }
            Ok(lost)
        })
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> Answer<'a, Vec<Hold>> {
        Box::pin(self.signalled(worker))
    }

    fn report(&self, hold: Hold, progress: ProgressReport) -> Answer<'_, Settled> {
        Box::pin(async move {
            let mut step = self.node.step("report");
            codec::put_hold(&mut step, hold);
            step.add(serde_json::to_vec(&progress).unwrap_or_default());
            codec::settled(self.node.run(&step).await?)
        })
    }

    fn find<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<Record>> {
        Box::pin(async move {
            let (kind, value) = told(target);
            let step = self.node.step("find").arg(kind).arg(value);
            Ok(codec::record(codec::fields(self.node.run(&step).await?)?))
        })
    }

    fn watch<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<(Record, Events)>> {
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

    fn survey(&self, limit: usize) -> Answer<'_, Snapshot> {
        Box::pin(async move {
            let step = self.node.step("survey").arg(limit.to_string());
            codec::snapshot(self.node.run(&step).await?)
        })
    }

    fn control(&self, command: Command) -> Answer<'_, Reply> {
        Box::pin(self.say(command))
    }

    fn wait(&self, condition: Condition) -> Answer<'_, ()> {
        Box::pin(self.wait_until(condition))
    }
}

impl fmt::Debug for RedisBackend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "RedisBackend({} as {})", self.address, self.node.name)
    }
}
