//! The ordered events at the store, recorded by a backend directly in front of the real one.

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

/// One event.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Accepted {
        id: ExecutionId,
        key: Key,
        /// True if it runs under the lane's limit.
        in_lane: bool,
        /// The end of its retention, if it has its own.
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
    /// A body began; recorded by the body itself.
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

/// A history and the final state of every execution.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) entries: Vec<Entry>,
    pub(crate) end: HashMap<ExecutionId, Option<Record>>,
    pub(crate) dead_letters: Vec<Key>,
    pub(crate) max_deliveries: u32,
    /// The store's clock at the end.
    pub(crate) over: Timestamp,
    pub(crate) finished: bool,
}

impl History {
    /// The executions with their own retention, and when it ends.
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
                // Times of day are left out: they differ between runs.
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
                Entry::Fenced { hold } => writeln!(out, "{hold:?} is refused")?,
                Entry::Reported { hold } => writeln!(out, "{hold:?} tells of progress")?,
                Entry::Signalled { key } => writeln!(out, "{key} is to be cancelled")?,
                Entry::Began { token } => writeln!(out, "the body under {token} begins")?,
                Entry::Died { worker } => writeln!(out, "{worker} dies")?,
                Entry::Jumped { by } => writeln!(out, "the clock jumps by {by:?}")?,
            }
        }
        Ok(())
    }
}

/// Records a history; clones share it.
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

/// Forwards every call to the real store and records the result.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) store: Arc<dyn Backend>,
    pub(crate) scribe: Scribe,
}

impl Backend for Recorded {
    fn now(&self) -> Answer<'_, Timestamp> {
        self.store.now()
    }

    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>> {
        Box::pin(async move {
            let now = self.store.now().await?;
            let told: Vec<_> = batch
                .iter()
                .map(|message| {
                    let keep_until = message.keep.map(|time| now + time);
                    (message.key.clone(), message.limits.is_some(), keep_until)
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

    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>> {
        Box::pin(async move {
            let (worker, lease) = (claim.worker.to_string(), claim.lease);
            let claimed = self.store.claim(claim).await?;
            for run in &claimed {
                self.scribe.write(Entry::Claimed {
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
                self.scribe.write(match settled {
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
                    self.scribe.write(Entry::Parked { hold });
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
                self.scribe.write(Entry::Renewed { hold: *hold, until });
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
            self.scribe.write(match settled {
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
                self.scribe.write(Entry::Woken { id });
            }
            match (key, &reply) {
                (Some(key), Reply::Cancelled(Cancelled::Signalled)) => {
                    self.scribe.write(Entry::Signalled { key });
                }
                (Some(key), Reply::Replayed(Some(Admission::Accepted(id)))) => {
                    // The lane is unknown here, so it is left out of the count.
                    let in_lane = false;
                    self.scribe.write(Entry::Accepted {
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
