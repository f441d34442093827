//! The history of a simulation: a backend in front of the store records what happened there, in order.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendFuture, Change, ChangedPart, Claim, Condition, Delivery,
    Lease, Outcome, Range, Recorded, Settled, Settlement, Submission, Target,
};
use fastmcp::docket::{
    Cancelled, Events, ExecutionId, ExecutionState, Filter, Key, Name, ProgressReport, Record,
    Snapshot, Stats, Timestamp,
};

use crate::delegate::delegate;

/// One recorded event.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Accepted {
        id: ExecutionId,
        key: Key,
        /// True if the lane's limit applies.
        in_lane: bool,
        owner: Option<Key>,
        /// The execution with which it is cancelled.
        parent: Option<ExecutionId>,
        /// The end of the execution's own retention period, if it has one.
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
    /// A step ran. Recorded by the body itself.
    Stepped {
        token: u64,
        step: &'static str,
    },
    Recorded {
        lease: Lease,
        step: String,
    },
    Suspended {
        lease: Lease,
    },
    /// A body began. Recorded by the body itself.
    Began {
        token: u64,
    },
    Died {
        worker: String,
    },
    Jumped {
        by: Duration,
    },
    /// Dead letters were submitted again.
    Retried {
        count: usize,
    },
}

/// The recorded events and the final state.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) entries: Vec<Entry>,
    pub(crate) final_records: HashMap<ExecutionId, Option<Record>>,
    pub(crate) dead_letters: Vec<Key>,
    /// All executions that the store lists at the end, and its statistics.
    pub(crate) listed: Vec<Record>,
    pub(crate) stats: Stats,
    pub(crate) max_deliveries: u32,
    /// The store's time at the end.
    pub(crate) ended_at: Timestamp,
    pub(crate) finished: bool,
}

impl History {
    /// Returns the executions with their own retention period, and its end.
    pub(crate) fn retention_ends(&self) -> HashMap<ExecutionId, Timestamp> {
        let kept = self.entries.iter().filter_map(|entry| match entry {
            Entry::Accepted { id, keep_until, .. } => Some((*id, (*keep_until)?)),
            _ => None,
        });
        kept.collect()
    }
}

#[cfg(feature = "sqlite")]
impl History {
    /// Puts the claims into the order of their tokens. Two claims that sleep can get their executions in one order, and
    /// record them in the other, because the runtime decides which of them runs first.
    pub(crate) fn order_claims(&mut self) {
        let token = |entry: &Entry| match entry {
            Entry::Claimed { lease, .. } => Some(lease.token),
            _ => None,
        };
        for at in 0..self.entries.len() {
            let Some(own) = token(&self.entries[at]) else {
                continue;
            };
            let earlier = &self.entries[..at];
            let is_later = |entry: &Entry| token(entry).is_some_and(|other| other > own);
            if let Some(place) = earlier.iter().position(is_later) {
                self.entries[place..=at].rotate_right(1);
            }
        }
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
                // Printed relative to the first claim, because absolute times differ between runs.
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
                Entry::Fenced { lease } => writeln!(out, "{lease:?} is fenced")?,
                Entry::Reported { lease } => writeln!(out, "{lease:?} reports progress")?,
                Entry::Signalled { key } => writeln!(out, "{key} is signalled to cancel")?,
                Entry::Stepped { token, step } => writeln!(out, "{token} runs step {step}")?,
                Entry::Recorded { lease, step } => writeln!(out, "{lease:?} records {step}")?,
                Entry::Suspended { lease } => writeln!(out, "{lease:?} is suspended")?,
                Entry::Began { token } => writeln!(out, "the body under {token} begins")?,
                Entry::Died { worker } => writeln!(out, "{worker} dies")?,
                Entry::Retried { count } => writeln!(out, "{count} dead letters are retried")?,
                Entry::Jumped { by } => writeln!(out, "the clock jumps by {by:?}")?,
            }
        }
        Ok(())
    }
}

/// Records events; clones share one history.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Entry>>>);

impl Recorder {
    pub(crate) fn record(&self, entry: Entry) {
        self.0.lock().expect("the lock is not poisoned").push(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.lock().expect("the lock is not poisoned").clone()
    }
}

/// A backend that passes calls to the store and records their outcome.
#[derive(Debug)]
pub(crate) struct RecordingBackend {
    pub(crate) store: Arc<dyn Backend>,
    pub(crate) recorder: Recorder,
}

impl Backend for RecordingBackend {
    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        Box::pin(async move {
            let now = self.store.now().await?;
            let details: Vec<_> = batch
                .iter()
                .map(|message| {
                    let keep_until = message.keep.map(|time| now + time);
                    let key = message.key.clone().expect("the docket sets every key");
                    (
                        key,
                        message.limits.is_some(),
                        message.owner.clone(),
                        message.parent.map(ExecutionId),
                        keep_until,
                    )
                })
                .collect();
            let admissions = self.store.submit(batch).await?;
            for ((key, in_lane, owner, parent, keep_until), admission) in
                details.into_iter().zip(&admissions)
            {
                if let Admission::Accepted(id) = admission {
                    self.recorder.record(Entry::Accepted {
                        id: *id,
                        key,
                        in_lane,
                        owner,
                        parent,
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
                self.recorder.record(Entry::Claimed {
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
                self.recorder.record(match settled {
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
                    self.recorder.record(Entry::Parked { lease });
                }
                if matches!(settlement.outcome, Outcome::Suspend(_))
                    && *settled == Settled::Done(ExecutionState::Scheduled)
                {
                    self.recorder.record(Entry::Suspended { lease });
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
                self.recorder.record(Entry::Renewed {
                    lease: *lease,
                    until,
                });
            }
            Ok(lost)
        })
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        Box::pin(async move {
            let settled = self.store.report(lease, progress).await?;
            self.recorder.record(match settled {
                Settled::Done(_) => Entry::Reported { lease },
                _ => Entry::Fenced { lease },
            });
            Ok(settled)
        })
    }

    fn record<'a>(
        &'a self,
        lease: Lease,
        name: &'a str,
        value: Bytes,
    ) -> BackendFuture<'a, Recorded> {
        Box::pin(async move {
            let recorded = self.store.record(lease, name, value).await?;
            self.recorder.record(match recorded {
                Recorded::Fenced => Entry::Fenced { lease },
                _ => Entry::Recorded {
                    lease,
                    step: name.to_owned(),
                },
            });
            Ok(recorded)
        })
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        Box::pin(async move {
            let cancelled = self.store.cancel(key, reason).await?;
            if cancelled == Cancelled::Signalled {
                self.recorder.record(Entry::Signalled { key: key.clone() });
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
                self.recorder.record(Entry::Woken { id });
            }
            Ok(amended)
        })
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        Box::pin(async move {
            let admission = self.store.replay(key).await?;
            if let Some(Admission::Accepted(id)) = admission {
                // The limits and the owner are not known here, so their checks leave out replayed executions.
                self.recorder.record(Entry::Accepted {
                    id,
                    key: key.clone(),
                    in_lane: false,
                    owner: None,
                    parent: None,
                    keep_until: None,
                });
            }
            Ok(admission)
        })
    }

    fn change<'a>(
        &'a self,
        change: Change,
        filter: &'a Filter,
        range: Range,
    ) -> BackendFuture<'a, ChangedPart> {
        Box::pin(async move {
            let part = self.store.change(change, filter, range).await?;
            if change != Change::Retry || part.changed.changed == 0 {
                return Ok(part);
            }
            let count = part.changed.changed;
            self.recorder.record(Entry::Retried { count });
            let new = Range {
                after: Some(part.last),
                until: None,
            };
            let page = self.store.list(&Filter::new(), new, 1000).await?;
            for record in page.executions {
                // As with `replay`.
                self.recorder.record(Entry::Accepted {
                    id: record.id,
                    key: record.key,
                    in_lane: false,
                    owner: None,
                    parent: None,
                    keep_until: None,
                });
            }
            Ok(part)
        })
    }

    delegate!(
        store: now, check, signal, signals, find, watch, snapshot, deregister, reschedule, strike, restore,
        pause, resume, clear, dead_letters, list, stats, wait,
    );
}
