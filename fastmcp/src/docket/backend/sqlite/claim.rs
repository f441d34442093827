//! Claims: hands out executions, subject to pauses, strikes and lanes.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Result, ToSql};

use crate::docket::backend::call::Claim;
use crate::docket::backend::sqlite::columns::{micros, number, signed, size};
use crate::docket::backend::sqlite::entry::{Entry, columns};
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::key::Name;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::share::may_start;
use crate::docket::model::submission::Limits;
use crate::docket::model::time::Timestamp;

impl Store<'_> {
    pub(super) fn claim(&mut self, claim: &Claim) -> Result<Vec<Delivery>> {
        self.seen(&claim.worker, claim.lease_duration, Some(claim.slots))?;
        if self.root.paused || self.root.queued == 0 {
            return Ok(Vec::new());
        }
        let mut deliveries = Vec::new();
        // Only owners' executions need the number of slots.
        let mut free = if self.owners_wait()? {
            self.slots()?.saturating_sub(size(self.root.running))
        } else {
            0
        };
        free = free.max(claim.limit);
        loop {
            let limit = claim.limit - deliveries.len();
            let entries = match limit {
                0 => Vec::new(),
                _ => self.next(&claim.worker, limit, free)?,
            };
            if entries.is_empty() {
                return Ok(deliveries);
            }
            for (mut entry, payload) in entries {
                if self.pass_limits(&mut entry)?
                    && let Some(delivery) = self.start(entry, payload, claim)?
                {
                    deliveries.push(delivery);
                    free -= 1;
                }
                // The released execution comes before the others, so they are read again.
                if std::mem::take(&mut self.was_released) {
                    break;
                }
            }
        }
    }

    /// Returns the next executions for a worker: at most `limit`, and only one if owners take turns.
    fn next(&mut self, worker: &str, limit: usize, free: usize) -> Result<Vec<(Entry, Bytes)>> {
        let offers = self.offers(worker, limit)?;
        if !offers.is_empty() {
            return Ok(offers);
        }
        if !self.owners_wait()? {
            return self.ready(&Place::Ready, limit);
        }
        let concurrency = self.options.owner_concurrency;
        let owner = self.next_owner(|running| may_start(running, concurrency, free))?;
        let without_owner = self.ready(&Place::Ready, 1)?;
        let other = without_owner.first().map(|(entry, _)| entry.priority);
        let owner = owner.filter(|(priority, _)| {
            let is_turn = (*priority, !self.root.owner_is_next);
            other.is_none_or(|other| is_turn <= (other, false))
        });
        let Some((_, owner)) = owner else {
            self.root.owner_is_next = true;
            return Ok(without_owner);
        };
        self.root.owner_is_next = false;
        self.ready(&Place::ReadyOf(owner), 1)
    }

    fn offers(&self, worker: &str, limit: usize) -> Result<Vec<(Entry, Bytes)>> {
        self.entries(
            concat!(
                "SELECT ",
                columns!(),
                ", payload FROM executions WHERE place = 'offered' AND offered_to = ?1 ORDER BY rank, id LIMIT ?2"
            ),
            &[&worker, &signed(limit)],
        )
    }

    fn ready(&self, place: &Place, limit: usize) -> Result<Vec<(Entry, Bytes)>> {
        self.entries(
            concat!(
                "SELECT ",
                columns!(),
                ", payload FROM executions WHERE place = ?1 ORDER BY rank LIMIT ?2"
            ),
            &[&place.name(), &signed(limit)],
        )
    }

    fn entries(&self, query: &str, values: &[&dyn ToSql]) -> Result<Vec<(Entry, Bytes)>> {
        let mut query = self.sql.prepare_cached(query)?;
        let rows = query.query_map(values, Entry::read_with_payload)?;
        rows.collect()
    }

    /// Returns whether the execution can start. If a limit or strike holds it back, moves it to the place of that
    /// limit or strike.
    fn pass_limits(&mut self, entry: &mut Entry) -> Result<bool> {
        entry.offered_to = None;
        let was_released = std::mem::take(&mut entry.was_released);
        if self.is_struck(&entry.task)? {
            entry.place = Place::Struck(entry.task.clone());
            entry.rank = self.root.back();
            self.save(entry)?;
            if let Some(limits) = entry.limits.clone() {
                self.release_next(&limits)?;
            }
            return Ok(false);
        }
        let Some(limits) = entry.limits.clone() else {
            return Ok(true);
        };
        if let Some(limit) = &limits.concurrency
            && !self.enter(limit, entry, was_released)?
        {
            return Ok(false);
        }
        let Some(moment) = self.start_time(entry, &limits)? else {
            return Ok(true);
        };
        // An execution that waits for its start time must not occupy a slot of the lane meanwhile.
        if let Some(limit) = &limits.concurrency {
            self.leave(limit)?;
        }
        self.wait_until(entry, Place::Timed, moment);
        self.save(entry)?;
        self.release_next(&limits)?;
        Ok(false)
    }

    fn is_struck(&mut self, task: &Name) -> Result<bool> {
        if self.struck.is_none() {
            let mut query = self.sql.prepare_cached("SELECT task FROM struck")?;
            let rows = query.query_map([], |row| Ok(Name::from(row.get_ref(0)?.as_str()?)))?;
            self.struck = Some(rows.collect::<Result<HashSet<Name>>>()?);
        }
        Ok(self
            .struck
            .as_ref()
            .is_some_and(|struck| !struck.is_empty() && struck.contains(task)))
    }

    /// Returns the time at which the rate limit allows the start; `None` if that is now.
    fn start_time(&mut self, entry: &mut Entry, limits: &Limits) -> Result<Option<Timestamp>> {
        let Some(limit) = &limits.rate else {
            return Ok(None);
        };
        let wait = self.reserve_start(limit, entry.has_start_time)?;
        entry.has_start_time = wait.is_some();
        Ok(wait)
    }

    fn start(
        &mut self,
        mut entry: Entry,
        payload: Bytes,
        claim: &Claim,
    ) -> Result<Option<Delivery>> {
        let token = self.root.next_token(self.now);
        if entry.machine.claim(token).is_err() {
            return Ok(None);
        }
        entry.worker = Some(claim.worker.clone());
        entry.started = Some(self.now);
        entry.max_deliveries = claim.max_deliveries;
        entry.place = Place::Running;
        let lease_until = self.now + claim.lease_duration;
        entry.rank = micros(lease_until);
        self.effects.set_timer(lease_until);
        self.announce(&mut entry);
        self.save(&mut entry)?;
        if entry.machine.delivery() == 1 {
            self.counts.started(&entry.task, entry.due, self.now);
        }
        let journal = self.journal(&entry)?;
        let mut delivery = entry.delivery(payload, journal, self.now);
        delivery.due = self.wall(delivery.due);
        delivery.claimed = self.wall(delivery.claimed);
        Ok(Some(delivery))
    }

    pub(super) fn renew(
        &mut self,
        worker: &Arc<str>,
        leases: &[Lease],
        duration: Duration,
    ) -> Result<Vec<Lease>> {
        self.seen(worker, duration, None)?;
        let mut update = self.sql.prepare_cached(
            "UPDATE executions SET rank = ?3 WHERE id = ?1 AND token = ?2 AND state = 'running'",
        )?;
        let until = micros(self.now + duration);
        let mut lost = Vec::new();
        for lease in leases {
            if update.execute((number(lease.id.0), number(lease.token), until))? == 0 {
                lost.push(*lease);
            }
        }
        Ok(lost)
    }

    /// Returns the runs of a worker that are to be cancelled.
    pub(super) fn signals(&self, worker: &str) -> Result<Vec<Lease>> {
        let mut query = self.sql.prepare_cached(
            "SELECT id, token FROM executions WHERE place = 'running' AND cancelling = 1 AND worker = ?1",
        )?;
        let rows = query.query_map([worker], |row| {
            Ok(Lease {
                id: ExecutionId(row.get::<_, i64>(0)?.cast_unsigned()),
                token: row.get::<_, i64>(1)?.cast_unsigned(),
            })
        })?;
        rows.collect()
    }
}
