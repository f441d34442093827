//! What really happened at the store, in order: written down by a backend that stands right before the real one.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendFuture, Claim, Condition, Delivery, Lease, Outcome,
    Settled, Settlement, Submission, Target,
};
use fastmcp::docket::{
    Cancelled, Events, ExecutionId, ExecutionState, Key, Name, ProgressReport, Record, Snapshot,
    Timestamp,
};

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Accepted {
        id: ExecutionId,
        key: Key,
        /// Whether it runs under the lane's limit.
        in_lane: bool,
        /// The end of its own time, where it has one.
        keep_until: Option<Timestamp>,
    },
    Claimed {
        key: Key,
        lease: Lease,
        delivery: u32,
        worker: String,
        at: Timestamp,
        until: Timestamp,
    },
    Renewed {
        lease: Lease,
        until: Timestamp,
    },
    Settled {
        lease: Lease,
        state: ExecutionState,
        at: Timestamp,
    },
    Parked {
        lease: Lease,
    },
    Woken {
        id: ExecutionId,
    },
    Fenced {
        lease: Lease,
    },
    Reported {
        lease: Lease,
    },
    Signalled {
        key: Key,
    },
    /// A body began; told by the body itself.
    Began {
        token: u64,
    },
    Died {
        worker: String,
    },
    Jumped {
        by: Duration,
    },
}

/// A history, and how everything stood in the end.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) entries: Vec<Entry>,
    pub(crate) end: HashMap<ExecutionId, Option<Record>>,
    pub(crate) dead_letters: Vec<Key>,
    pub(crate) max_deliveries: u32,
    /// The store's clock in the end.
    pub(crate) over: Timestamp,
    pub(crate) finished: bool,
}

impl History {
    /// The executions with a time of their own, and when it ends.
    pub(crate) fn kept_until(&self) -> HashMap<ExecutionId, Timestamp> {
        let kept = self.entries.iter().filter_map(|entry| match entry {
            Entry::Accepted { id, keep_until, .. } => Some((*id, (*keep_until)?)),
            _ => None,
        });
        kept.collect()
    }
}

impl fmt::Display for History {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning = self.entries.iter().find_map(|entry| match entry {
            Entry::Claimed { at, .. } => Some(*at),
            _ => None,
        });
        let beginning = beginning.unwrap_or_default();
        for entry in &self.entries {
            match entry {
                // Times of day differ from run to run.
                Entry::Claimed {
                    key,
                    lease,
                    delivery,
                    worker,
                    at,
                    ..
                } => writeln!(
                    out,
                    "{:?} {worker} claims {key} {lease:?} delivery {delivery}",
                    at.since(beginning)
                )?,
                Entry::Settled { lease, state, at } => {
                    writeln!(
                        out,
                        "{:?} {lease:?} settled as {state:?}",
                        at.since(beginning)
                    )?;
                }
                Entry::Renewed { lease, until } => {
                    writeln!(out, "{lease:?} renewed until {:?}", until.since(beginning))?;
                }
                Entry::Accepted { id, key, .. } => writeln!(out, "{key} is {id:?}")?,
                Entry::Parked { lease } => writeln!(out, "{lease:?} parks")?,
                Entry::Woken { id } => writeln!(out, "{id:?} is woken")?,
                Entry::Fenced { lease } => writeln!(out, "{lease:?} is refused")?,
                Entry::Reported { lease } => writeln!(out, "{lease:?} tells of progress")?,
                Entry::Signalled { key } => writeln!(out, "{key} is to be cancelled")?,
                Entry::Began { token } => writeln!(out, "the body under {token} begins")?,
                Entry::Died { worker } => writeln!(out, "{worker} dies")?,
                Entry::Jumped { by } => writeln!(out, "the clock jumps by {by:?}")?,
            }
        }
        Ok(())
    }
}

/// Writes a history, shared by all who add to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scribe(Arc<Mutex<Vec<Entry>>>);

impl Scribe {
    pub(crate) fn write(&self, entry: Entry) {
        self.0.lock().expect("no panic under the lock").push(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.lock().expect("no panic under the lock").clone()
    }
}

/// Hands every call on to the real store, and writes down what came of it.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) store: Arc<dyn Backend>,
    pub(crate) scribe: Scribe,
}

impl Backend for Recorded {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        self.store.now()
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        Box::pin(async move {
            let now = self.store.now().await?;
            let told: Vec<_> = batch
                .iter()
                .map(|message| {
                    let keep_until = message.keep.map(|time| now + time);
                    let key = message.key.clone().expect("the docket sets every key");
                    (key, message.limits.is_some(), keep_until)
                })
                .collect();
            let admissions = self.store.submit(batch).await?;
            for ((key, in_lane, keep_until), admission) in told.into_iter().zip(&admissions) {
                if let Admission::Accepted(id) = admission {
                    self.scribe.write(Entry::Accepted {
                        id: *id,
                        key,
                        in_lane,
                        keep_until,
                    });
                }
            }
            Ok(admissions)
        })
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(async move {
            let (worker, duration) = (claim.worker.to_string(), claim.lease_duration);
            let claimed = self.store.claim(claim).await?;
            for run in &claimed {
                self.scribe.write(Entry::Claimed {
                    key: run.key.clone(),
                    lease: run.lease,
                    delivery: run.delivery,
                    worker: worker.clone(),
                    at: run.claimed,
                    until: run.claimed + duration,
                });
            }
            Ok(claimed)
        })
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        Box::pin(async move {
            let at = self.store.now().await?;
            let settled = self.store.settle(batch).await?;
            for (settlement, settled) in batch.iter().zip(&settled) {
                let lease = settlement.lease;
                self.scribe.write(match settled {
                    Settled::Done(state) => Entry::Settled {
                        lease,
                        state: *state,
                        at,
                    },
                    _ => Entry::Fenced { lease },
                });
                if matches!(settlement.outcome, Outcome::Park { .. })
                    && *settled == Settled::Done(ExecutionState::Scheduled)
                {
                    self.scribe.write(Entry::Parked { lease });
                }
            }
            Ok(settled)
        })
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(async move {
            let until = self.store.now().await? + duration;
            let lost = self.store.renew(worker, leases, duration).await?;
            for lease in leases.iter().filter(|lease| !lost.contains(lease)) {
                self.scribe.write(Entry::Renewed {
                    lease: *lease,
                    until,
                });
            }
            Ok(lost)
        })
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        self.store.signals(worker)
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        Box::pin(async move {
            let settled = self.store.report(lease, progress).await?;
            self.scribe.write(match settled {
                Settled::Done(_) => Entry::Reported { lease },
                _ => Entry::Fenced { lease },
            });
            Ok(settled)
        })
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        self.store.find(target)
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        self.store.watch(target)
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        self.store.snapshot(limit)
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        self.store.deregister(worker)
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.store.strike(task)
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.store.restore(task)
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        self.store.pause()
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        self.store.resume()
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        self.store.clear()
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        self.store.dead_letters(limit)
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        Box::pin(async move {
            let cancelled = self.store.cancel(key, reason).await?;
            if cancelled == Cancelled::Signalled {
                self.scribe.write(Entry::Signalled { key: key.clone() });
            }
            Ok(cancelled)
        })
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        Box::pin(async move {
            let amended = self.store.amend(id, expected, note, wake).await?;
            if amended == Amended::Done {
                self.scribe.write(Entry::Woken { id });
            }
            Ok(amended)
        })
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        Box::pin(async move {
            let admission = self.store.replay(key).await?;
            if let Some(Admission::Accepted(id)) = admission {
                // The record does not contain the limits, so a replay is left out of the count of the lane.
                self.scribe.write(Entry::Accepted {
                    id,
                    key: key.clone(),
                    in_lane: false,
                    keep_until: None,
                });
            }
            Ok(admission)
        })
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        self.store.wait(condition)
    }
}
