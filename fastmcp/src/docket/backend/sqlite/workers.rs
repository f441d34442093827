//! The workers of a docket: which of them are alive, and the offers to them.
//!
//! The state of the workers of this process is known exactly. A worker of another process is alive as long as its
//! process is.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{OptionalExtension, Result};

use crate::docket::backend::sqlite::columns::{moment, signed, size};
use crate::docket::backend::sqlite::entry::{Entry, columns};
use crate::docket::backend::sqlite::local::LocalWorker;
use crate::docket::backend::sqlite::peers::is_alive;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::record::WorkerRecord;
use crate::docket::model::time::Timestamp;

/// A row of the table of workers, together with its process.
struct WorkerRow {
    name: Arc<str>,
    process: i64,
    since: Timestamp,
    seen: Timestamp,
    lease: Duration,
    slots: usize,
    /// The latest heartbeat of its process; `None` if the process has left.
    process_seen: Option<Timestamp>,
}

impl Store<'_> {
    /// Notes a call of a worker. Registers the worker if it is new.
    pub(super) fn seen(
        &mut self,
        name: &Arc<str>,
        lease: Duration,
        slots: Option<usize>,
    ) -> Result<()> {
        let now = self.now;
        if let Some(worker) = self.local.workers.get_mut(name) {
            worker.seen = now;
            let slots = slots.unwrap_or(worker.slots);
            if worker.lease == lease && worker.slots == slots {
                return Ok(());
            }
            worker.lease = lease;
            worker.slots = slots;
        } else {
            let worker = LocalWorker {
                seen: now,
                lease,
                slots: slots.unwrap_or_default(),
                sleeping_claims: 0,
            };
            self.local.workers.insert(name.clone(), worker);
            self.forget_dead_workers()?;
        }
        self.register(name)
    }

    fn register(&mut self, name: &Arc<str>) -> Result<()> {
        let Some(worker) = self.local.workers.get(name) else {
            return Ok(());
        };
        let lease = i64::try_from(worker.lease.as_micros()).unwrap_or(i64::MAX);
        let mut upsert = self.sql.prepare_cached(
            "INSERT INTO workers VALUES (?1, ?2, ?3, ?3, ?4, ?5) ON CONFLICT (name) \
             DO UPDATE SET process = ?2, seen = ?3, lease = ?4, slots = ?5",
        )?;
        let (process, now, slots) = (self.local.process, self.now_micros(), worker.slots);
        upsert.execute((&**name, process, now, lease, signed(slots)))?;
        Ok(())
    }

    /// Forgets the workers of this process that are not alive, so that their number does not grow with every worker that
    /// ever existed.
    pub(super) fn forget_dead_workers(&mut self) -> Result<()> {
        let now = self.now;
        let dead: Vec<Arc<str>> = self
            .local
            .workers
            .iter()
            .filter(|(_, worker)| !worker.is_alive(now))
            .map(|(name, _)| name.clone())
            .collect();
        for name in dead {
            self.forget_worker(&name)?;
        }
        Ok(())
    }

    fn forget_worker(&mut self, name: &Arc<str>) -> Result<()> {
        self.local.workers.remove(name);
        self.sql
            .prepare_cached("DELETE FROM workers WHERE name = ?1")?
            .execute([&**name])?;
        Ok(())
    }

    /// Writes the workers of this process again, after another process has considered it dead.
    pub(super) fn register_all(&mut self) -> Result<()> {
        let names: Vec<Arc<str>> = self.local.workers.keys().cloned().collect();
        names.iter().try_for_each(|name| self.register(name))
    }

    /// Returns the live workers, with the time of their latest call and the duration of their leases.
    fn alive(&self) -> Result<Vec<WorkerRow>> {
        let mut query = self.sql.prepare_cached(
            "SELECT name, process, since, workers.seen, lease, processes.seen, slots FROM workers \
             LEFT JOIN processes ON processes.id = process ORDER BY name",
        )?;
        let rows = query.query_map([], |row| {
            Ok(WorkerRow {
                name: Arc::from(row.get_ref(0)?.as_str()?),
                process: row.get(1)?,
                since: moment(row.get(2)?),
                seen: moment(row.get(3)?),
                lease: Duration::from_micros(row.get::<_, i64>(4)?.cast_unsigned()),
                slots: size(row.get(6)?),
                process_seen: row.get::<_, Option<i64>>(5)?.map(moment),
            })
        })?;
        let mut alive = Vec::new();
        for row in rows {
            let mut row = row?;
            let is_alive = if row.process == self.local.process {
                self.local.workers.get(&row.name).is_some_and(|worker| {
                    row.seen = worker.seen;
                    row.slots = worker.slots;
                    worker.is_alive(self.now)
                })
            } else {
                row.seen + row.lease > self.now
                    || row
                        .process_seen
                        .is_some_and(|seen| is_alive(seen, self.now, self.local.started))
            };
            if is_alive {
                alive.push(row);
            }
        }
        Ok(alive)
    }

    /// Returns a live worker that is not in `declined`, and the duration of its leases. Prefers the worker with the
    /// latest call, which is the most likely to be alive.
    pub(super) fn alive_except(
        &self,
        declined: &[Arc<str>],
    ) -> Result<Option<(Arc<str>, Duration)>> {
        let alive = self.alive()?;
        let chosen = alive
            .into_iter()
            .filter(|worker| !declined.contains(&worker.name))
            .max_by(|one, other| (one.seen, &one.name).cmp(&(other.seen, &other.name)));
        Ok(chosen.map(|worker| (worker.name, worker.lease)))
    }

    /// Returns the number of slots of all live workers, free or not.
    pub(super) fn slots(&self) -> Result<usize> {
        Ok(self.alive()?.iter().map(|worker| worker.slots).sum())
    }

    /// Returns the time after which an offer to this worker is checked; `None` if the worker is not alive.
    pub(super) fn offer_timeout(&self, name: &str) -> Result<Option<Duration>> {
        let alive = self.alive()?;
        let worker = alive.into_iter().find(|worker| &*worker.name == name);
        Ok(worker.map(|worker| worker.lease))
    }

    /// Ends the leases of a process that has ended, so that others take over its runs at once.
    pub(super) fn end_leases_of(&mut self, process: i64) -> Result<()> {
        let mut update = self.sql.prepare_cached(
            "UPDATE executions SET rank = ?2 WHERE place = 'running' \
             AND worker IN (SELECT name FROM workers WHERE process = ?1)",
        )?;
        update.execute((process, self.now_micros()))?;
        Ok(())
    }

    /// Removes a worker, and passes its offers to others.
    pub(super) fn deregister(&mut self, name: &Arc<str>) -> Result<()> {
        self.forget_worker(name)?;
        let mut query = self.sql.prepare_cached(concat!(
            "SELECT ",
            columns!(),
            " FROM executions WHERE place = 'offered' AND offered_to = ?1 ORDER BY rank, id"
        ))?;
        let rows = query.query_map([&**name], Entry::read)?;
        let offers = rows.collect::<Result<Vec<Entry>>>()?;
        for entry in offers {
            self.offer_to_another(entry, name.clone())?;
        }
        Ok(())
    }

    pub(super) fn worker_records(&self) -> Result<Vec<WorkerRecord>> {
        let mut query = self.sql.prepare_cached(
            "SELECT count(*) FROM executions WHERE place = 'running' AND worker = ?1",
        )?;
        let mut records = Vec::new();
        for worker in self.alive()? {
            let running: Option<i64> = query
                .query_row([&*worker.name], |row| row.get(0))
                .optional()?;
            records.push(WorkerRecord {
                since: self.wall(worker.since),
                seen: self.wall(worker.seen),
                running: size(running.unwrap_or_default()),
                name: worker.name,
            });
        }
        Ok(records)
    }
}
