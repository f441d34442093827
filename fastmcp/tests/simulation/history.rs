//! The history of a simulation: a backend in front of the store records what happened there, in order.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::docket::backend::{
    Admission, Amended, Answer, Backend, Claim, Claimed, Command, Condition, Hold, Message, Reply,
    Settled, Settlement, Target, Verdict,
};
use fastmcp::docket::{
    Cancelled, Events, ExecutionId, ExecutionState, Key, ProgressReport, Record, Snapshot,
    Timestamp,
};

/// One recorded event.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Accepted {
        id: ExecutionId,
        key: Key,
        /// Whether the lane's limit applies.
        in_lane: bool,
        /// The end of its own retention period, if it has one.
        keep_until: Option<Timestamp>,
    },
    Claimed {
        key: Key,
        hold: Hold,
        delivery: u32,
        worker: String,
        at: Timestamp,
        until: Timestamp,
    },
    Renewed {
        hold: Hold,
        until: Timestamp,
    },
    Settled {
        hold: Hold,
        state: ExecutionState,
        at: Timestamp,
    },
    Parked {
        hold: Hold,
    },
    Woken {
        id: ExecutionId,
    },
    Fenced {
        hold: Hold,
    },
    Reported {
        hold: Hold,
    },
    Signalled {
        key: Key,
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
}

/// The recorded events and the final state.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) entries: Vec<Entry>,
    pub(crate) final_records: HashMap<ExecutionId, Option<Record>>,
    pub(crate) dead_letters: Vec<Key>,
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
                    hold,
                    delivery,
                    worker,
                    at,
                    ..
                } => writeln!(
                    out,
                    "{:?} {worker} claims {key} {hold:?} delivery {delivery}",
                    at.since(beginning)
                )?,
                Entry::Settled { hold, state, at } => {
                    writeln!(
                        out,
                        "{:?} {hold:?} settled as {state:?}",
                        at.since(beginning)
                    )?;
                }
                Entry::Renewed { hold, until } => {
                    writeln!(out, "{hold:?} renewed until {:?}", until.since(beginning))?;
                }
                Entry::Accepted { id, key, .. } => writeln!(out, "{key} is {id:?}")?,
                Entry::Parked { hold } => writeln!(out, "{hold:?} parks")?,
                Entry::Woken { id } => writeln!(out, "{id:?} is woken")?,
                Entry::Fenced { hold } => writeln!(out, "{hold:?} is fenced")?,
                Entry::Reported { hold } => writeln!(out, "{hold:?} reports progress")?,
                Entry::Signalled { key } => writeln!(out, "{key} is signalled to cancel")?,
                Entry::Began { token } => writeln!(out, "the body under {token} begins")?,
                Entry::Died { worker } => writeln!(out, "{worker} dies")?,
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
    fn now(&self) -> Answer<'_, Timestamp> {
        self.store.now()
    }

    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>> {
        Box::pin(async move {
            let now = self.store.now().await?;
            let details: Vec<_> = batch
                .iter()
                .map(|message| {
                    let keep_until = message.keep.map(|time| now + time);
                    (message.key.clone(), message.limits.is_some(), keep_until)
                })
                .collect();
            let admissions = self.store.submit(batch).await?;
            for ((key, in_lane, keep_until), admission) in details.into_iter().zip(&admissions) {
                if let Admission::Accepted(id) = admission {
                    self.recorder.record(Entry::Accepted {
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

    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>> {
        Box::pin(async move {
            let (worker, lease) = (claim.worker.to_string(), claim.lease);
            let claimed = self.store.claim(claim).await?;
            for run in &claimed {
                self.recorder.record(Entry::Claimed {
                    key: run.key.clone(),
                    hold: run.hold,
                    delivery: run.delivery,
                    worker: worker.clone(),
                    at: run.now,
                    until: run.now + lease,
                });
            }
            Ok(claimed)
        })
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> Answer<'a, Vec<Settled>> {
        Box::pin(async move {
            let at = self.store.now().await?;
            let settled = self.store.settle(batch).await?;
            for (settlement, settled) in batch.iter().zip(&settled) {
                let hold = settlement.hold;
                self.recorder.record(match settled {
                    Settled::Done(state) => Entry::Settled {
                        hold,
                        state: *state,
                        at,
                    },
                    Settled::Fenced => Entry::Fenced { hold },
                });
                if matches!(settlement.verdict, Verdict::Parked { .. })
                    && *settled == Settled::Done(ExecutionState::Scheduled)
                {
                    self.recorder.record(Entry::Parked { hold });
                }
            }
            Ok(settled)
        })
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        holds: &'a [Hold],
        lease: Duration,
    ) -> Answer<'a, Vec<Hold>> {
        Box::pin(async move {
            let until = self.store.now().await? + lease;
            let lost = self.store.renew(worker, holds, lease).await?;
            for hold in holds.iter().filter(|hold| !lost.contains(hold)) {
                self.recorder.record(Entry::Renewed { hold: *hold, until });
            }
            Ok(lost)
        })
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> Answer<'a, Vec<Hold>> {
        self.store.signals(worker)
    }

    fn report(&self, hold: Hold, progress: ProgressReport) -> Answer<'_, Settled> {
        Box::pin(async move {
            let settled = self.store.report(hold, progress).await?;
            self.recorder.record(match settled {
                Settled::Done(_) => Entry::Reported { hold },
                Settled::Fenced => Entry::Fenced { hold },
            });
            Ok(settled)
        })
    }

    fn find<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<Record>> {
        self.store.find(target)
    }

    fn watch<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<(Record, Events)>> {
        self.store.watch(target)
    }

    fn survey(&self, limit: usize) -> Answer<'_, Snapshot> {
        self.store.survey(limit)
    }

    fn control(&self, command: Command) -> Answer<'_, Reply> {
        Box::pin(async move {
            let key = match &command {
                Command::Cancel { key, .. } | Command::Replay(key) => Some(key.clone()),
                _ => None,
            };
            let amended = match &command {
                Command::Amend { id, .. } => Some(*id),
                _ => None,
            };
            let reply = self.store.control(command).await?;
            if let (Some(id), Reply::Amended(Amended::Done)) = (amended, &reply) {
                self.recorder.record(Entry::Woken { id });
            }
            match (key, &reply) {
                (Some(key), Reply::Cancelled(Cancelled::Signalled)) => {
                    self.recorder.record(Entry::Signalled { key });
                }
                (Some(key), Reply::Replayed(Some(Admission::Accepted(id)))) => {
                    // The reply does not contain the limits, so replayed executions are left out of the lane check.
                    let in_lane = false;
                    self.recorder.record(Entry::Accepted {
                        id: *id,
                        key,
                        in_lane,
                        keep_until: None,
                    });
                }
                _ => {}
            }
            Ok(reply)
        })
    }

    fn wait(&self, condition: Condition) -> Answer<'_, ()> {
        self.store.wait(condition)
    }
}
