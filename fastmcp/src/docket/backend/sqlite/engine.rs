//! [`Engine`]: runs the waiting calls of this process in one transaction.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::time::Instant;

use crate::docket::backend::dead_letter::DeadLetter;
use crate::docket::backend::sqlite::address::Durability;
use crate::docket::backend::sqlite::clock::{Clock, next_look};
use crate::docket::backend::sqlite::connection;
use crate::docket::backend::sqlite::effects::{Effect, Effects};
use crate::docket::backend::sqlite::failure::Failure;
use crate::docket::backend::sqlite::file::{Change, OpenFiles};
use crate::docket::backend::sqlite::job::{Claimed, GiveBack, Job, Sleeper};
use crate::docket::backend::sqlite::local::Local;
use crate::docket::backend::sqlite::maintenance::Maintenance;
use crate::docket::backend::sqlite::peers::{self, Peers, WANTS_EVENTS, WANTS_ROOM};
use crate::docket::backend::sqlite::root::Root;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::backend::sqlite::turn::Turn;
use crate::docket::error::BackendError;
use crate::docket::events::Event;
use crate::docket::model::delivery::Lease;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::time::Timestamp;

/// The time between two checks of the file, in a process that cannot receive wake-ups.
const DEAF_PAUSE: Duration = Duration::from_secs(1);

/// The file, and the part of the docket that only this process knows.
pub(super) struct Engine {
    path: PathBuf,
    durability: Durability,
    options: DocketOptions,
    connection: Option<Open>,
    clock: Clock,
    local: Local,
    peers: Peers,
    turn: Turn,
    sleepers: Vec<Sleeper>,
    maintenance: Maintenance,
}

/// An open connection.
struct Open {
    sql: Connection,
    files: OpenFiles,
}

/// The work of the caller after a transaction.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The time of the next tick, if a claim sleeps.
    pub(super) next: Option<Instant>,
    pub(super) signals: bool,
    pub(super) ended_runs: Vec<Lease>,
    /// The number of pending executions, if the transaction has decreased it or another process may have.
    pub(super) pending: Option<usize>,
    pub(super) has_others: bool,
}

/// The stored transaction.
struct Done {
    effects: Effects,
    now: Timestamp,
    next: Option<Timestamp>,
    look: Option<Timestamp>,
    pending_before: usize,
    pending: usize,
    has_left: bool,
}

impl Engine {
    pub(super) fn new(
        path: PathBuf,
        durability: Durability,
        options: DocketOptions,
        clock: Clock,
        local: Local,
        peers: Peers,
    ) -> Self {
        Self {
            path,
            durability,
            options,
            connection: None,
            clock,
            local,
            peers,
            turn: Turn::default(),
            sleepers: Vec::new(),
            maintenance: Maintenance::default(),
        }
    }

    /// Forgets the sleeping claims whose callers no longer wait. `dropped` contains the instants at which their claims
    /// were dropped.
    pub(super) fn forget_dropped(&mut self, dropped: &[(Arc<str>, Instant)]) {
        let (clock, local) = (&self.clock, &mut self.local);
        self.sleepers.retain(|sleeper| {
            let is_waiting = !sleeper.reply.is_closed();
            if !is_waiting && sleeper.is_counted {
                let worker = &sleeper.claim.worker;
                let at = dropped.iter().rev().find(|(name, _)| name == worker);
                let at = at.map_or_else(Instant::now, |(_, at)| *at);
                local.claim_wakes(worker, clock.moment(at));
            }
            is_waiting
        });
    }

    /// Runs the jobs in one transaction, and answers them.
    pub(super) fn run(&mut self, mut jobs: Vec<Job>, queue: &Arc<dyn GiveBack>) -> Report {
        let is_tick = jobs
            .iter()
            .any(|job| matches!(job, Job::Tick | Job::Heartbeat));
        let is_unused = self.connection.is_none();
        if is_unused && jobs.iter().all(|job| matches!(job, Job::Leave)) {
            return Report::default();
        }
        match self.transact(&mut jobs, is_tick) {
            Ok(done) => self.deliver(jobs, done, is_tick, queue),
            Err(failure) => self.fail(jobs, &failure),
        }
    }

    fn transact(&mut self, jobs: &mut Vec<Job>, is_tick: bool) -> Result<Done, Failure> {
        self.connect()?;
        let Some(open) = &mut self.connection else {
            return Err(rusqlite::Error::InvalidQuery.into());
        };
        let sql = &open.sql;
        self.turn.begin(sql, &self.path, self.peers.has_others())?;
        let root = Root::read(sql)?;
        let (now, skew) = self.clock.read(&root);
        if self.local.started == Timestamp::EPOCH {
            self.local.started = now;
        }
        let is_new = self.peers.read(sql, &self.path, now)?;
        let before = root.clone();
        let mut store = Store::new(sql, &self.options, root, now, &mut self.local);
        if is_new {
            store.register_all()?;
        }
        // Before the steps of this process, so that its own changes are not found again.
        if is_tick && (self.peers.has_others() || self.peers.is_deaf()) {
            refresh(&mut store)?;
        }
        if is_new || jobs.iter().any(|job| matches!(job, Job::Heartbeat)) {
            for id in self.peers.ended(&self.path) {
                store.end_leases_of(id)?;
                self.peers.remove(sql, id)?;
            }
        }
        store.follow_wall_clock(skew)?;
        store.pass_time()?;
        let mut has_left = false;
        for job in jobs.iter_mut() {
            match job {
                Job::Step(step) => step.apply(&mut store)?,
                Job::Heartbeat => {
                    store.forget_dead_workers()?;
                    let wants = wants(&store.local.watches);
                    self.peers.heartbeat(sql, now, store.local.started, wants)?;
                }
                Job::Leave => has_left = true,
                Job::Claim(_) | Job::Tick => {}
            }
        }
        store.cancel_orphans()?;
        // The claims that have waited longest come first.
        for job in std::mem::take(jobs) {
            match job {
                Job::Claim(sleeper) => self.sleepers.push(sleeper),
                other => jobs.push(other),
            }
        }
        for sleeper in &mut self.sleepers {
            sleeper.deliveries = store.claim(&sleeper.claim)?;
            if sleeper.deliveries.is_empty() && !sleeper.is_counted {
                sleeper.is_counted = true;
                store.local.claim_sleeps(&sleeper.claim.worker);
            }
        }
        self.peers.write_wants(sql, wants(&store.local.watches))?;
        // The end of any run may allow an owner to start another one, in any process.
        if store.effects.has_ended_run && self.peers.has_others() && store.owners_wait()? {
            store.effects.ready = true;
        }
        if has_left {
            peers::remove(sql, self.peers.id)?;
        }
        let is_waiting = self.sleepers.iter().any(|it| it.deliveries.is_empty());
        let next = if is_waiting || self.peers.has_others() {
            store.next_moment()?
        } else {
            None
        };
        let look = if is_waiting && store.waits_for_wall_clock()? {
            Some(next_look(now, next))
        } else {
            None
        };
        store.counts.write(sql)?;
        if store.root != before {
            store.root.clock = now;
            store.root.write(sql)?;
        }
        let done = Done {
            effects: store.effects,
            now,
            next,
            look,
            pending_before: before.pending(),
            pending: store.root.pending(),
            has_left,
        };
        sql.prepare_cached("COMMIT")?.execute([])?;
        Ok(done)
    }

    /// Opens the file, or checks that it is still the one that was opened.
    fn connect(&mut self) -> Result<(), Failure> {
        if let Some(open) = &mut self.connection {
            if !open.sql.is_autocommit() {
                open.sql.execute_batch("ROLLBACK")?;
            }
            match open.files.check(&self.path)? {
                None => return Ok(()),
                Some(Change::LogLost) => self.maintenance.save_log(&open.sql, &self.path)?,
                Some(Change::Replaced) => {
                    let file = self.path.display();
                    tracing::warn!(
                        "another file is in the place of the docket `{file}`; opening it"
                    );
                }
            }
            self.connection = None;
            self.peers.rolled_back();
        }
        let sql = connection::open(&self.path, self.durability)?;
        self.connection = Some(Open {
            sql,
            files: OpenFiles::default(),
        });
        Ok(())
    }

    fn deliver(
        &mut self,
        jobs: Vec<Job>,
        done: Done,
        is_tick: bool,
        queue: &Arc<dyn GiveBack>,
    ) -> Report {
        self.peers.committed();
        if let Some(open) = &mut self.connection {
            open.files.remember(&self.path);
        }
        let mut effects = done.effects;
        self.local
            .watches
            .deliver(std::mem::take(&mut effects.events));
        for job in jobs {
            if let Job::Step(step) = job {
                step.finish(Ok(()));
            }
        }
        effects.dead_letters.iter().for_each(DeadLetter::log);
        let mut waiting = Vec::with_capacity(self.sleepers.len());
        for sleeper in self.sleepers.drain(..) {
            if sleeper.deliveries.is_empty() {
                waiting.push(sleeper);
                continue;
            }
            if sleeper.is_counted {
                self.local.claim_wakes(&sleeper.claim.worker, done.now);
            }
            // If the claim was dropped, the result releases its executions.
            let _ = sleeper
                .reply
                .send(Ok(Claimed::new(sleeper.deliveries, queue)));
        }
        self.sleepers = waiting;
        let has_room = done.pending < done.pending_before;
        self.peers.notify(&effects, has_room, done.next);
        if done.has_left {
            self.peers.notify_all();
            self.connection = None;
        } else if let Some(open) = &self.connection {
            self.maintenance.after_commit(&open.sql, &self.path);
        }
        let mut next = done.look.or(done.next);
        if self.peers.is_deaf() {
            let look = done.now + DEAF_PAUSE;
            next = Some(next.map_or(look, |next| next.min(look)));
        }
        let next = next.filter(|_| !self.sleepers.is_empty());
        // Changes that this process does not know can only come from another process.
        let is_foreign = is_tick && (self.peers.has_others() || self.peers.is_deaf());
        Report {
            next: next.map(|next| self.clock.instant(next)),
            signals: effects.signalled || is_foreign,
            ended_runs: effects.ended_runs,
            pending: (has_room || is_foreign).then_some(done.pending),
            has_others: self.peers.has_others(),
        }
    }

    fn fail(&mut self, jobs: Vec<Job>, failure: &Failure) -> Report {
        let error = failure.to_backend(&self.path);
        self.peers.rolled_back();
        if let Some(open) = &self.connection
            && !open.sql.is_autocommit()
        {
            let _ = open.sql.execute_batch("ROLLBACK");
        }
        if failure.needs_new_connection() {
            self.connection = None;
        }
        Self::refuse(jobs, &error);
        // The workers log the error and claim again.
        for sleeper in self.sleepers.drain(..) {
            if sleeper.is_counted {
                self.local
                    .claim_wakes(&sleeper.claim.worker, Timestamp::EPOCH);
            }
            let _ = sleeper.reply.send(Err(error.clone()));
        }
        Report {
            has_others: self.peers.has_others(),
            ..Report::default()
        }
    }

    /// Answers jobs that no transaction will run.
    pub(super) fn refuse(jobs: Vec<Job>, error: &BackendError) {
        for job in jobs {
            match job {
                Job::Step(step) => step.finish(Err(error)),
                Job::Claim(sleeper) => drop(sleeper.reply.send(Err(error.clone()))),
                Job::Tick | Job::Heartbeat | Job::Leave => {}
            }
        }
    }
}

fn wants(watches: &super::watches::Watches) -> i64 {
    let events = if watches.is_empty() { 0 } else { WANTS_EVENTS };
    events | WANTS_ROOM
}

/// Sends the events of the changes that other processes have made to watched executions.
fn refresh(store: &mut Store<'_>) -> rusqlite::Result<()> {
    store.local.watches.sweep();
    let ids: Vec<ExecutionId> = store.local.watches.ids();
    for id in ids {
        match store.find(id)? {
            None => store.local.watches.close(id),
            Some(entry) => {
                let record = store.on_wall(entry.record());
                let events = store.local.watches.changes(record);
                let events = events
                    .into_iter()
                    .map(|event: Event| Effect::Send(id, event));
                store.effects.events.extend(events);
            }
        }
    }
    Ok(())
}
