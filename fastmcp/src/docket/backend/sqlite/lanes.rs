//! Lanes: limits on concurrency, start rate and cooldown that executions share.

use rusqlite::{OptionalExtension, Result};

use crate::docket::backend::sqlite::columns::{micros, moment, number};
use crate::docket::backend::sqlite::entry::{Entry, columns};
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::{ConcurrencyLimit, Cooldown, Limits, RateLimit};
use crate::docket::model::time::Timestamp;

/// The first and the last of the start times of one kind.
struct Starts {
    first: (i64, i64),
    last: (i64, i64),
}

impl Starts {
    fn len(&self) -> i64 {
        self.last.0 - self.first.0 + 1
    }
}

impl Store<'_> {
    fn running_in(&self, lane: &str) -> Result<i64> {
        let mut query = self
            .sql
            .prepare_cached("SELECT running FROM lanes WHERE lane = ?1")?;
        let running: Option<i64> = query.query_row([lane], |row| row.get(0)).optional()?;
        Ok(running.unwrap_or_default())
    }

    /// Takes a slot of the lane and returns true, or queues the execution and returns false. An execution that
    /// `was_released` but found its slot taken goes to the head of the queue, so that it keeps its turn.
    pub(super) fn enter(
        &mut self,
        limit: &ConcurrencyLimit,
        entry: &mut Entry,
        was_released: bool,
    ) -> Result<bool> {
        if self.running_in(&limit.lane)? < i64::from(limit.at_most) {
            let mut count = self.sql.prepare_cached(
                "INSERT INTO lanes VALUES (?1, 1) ON CONFLICT (lane) DO UPDATE SET running = running + 1",
            )?;
            count.execute([&*limit.lane])?;
            return Ok(true);
        }
        entry.place = Place::Lane(limit.lane.clone());
        entry.rank = if was_released {
            self.root.front()
        } else {
            self.root.back()
        };
        self.save(entry)?;
        Ok(false)
    }

    /// Frees a slot of the lane. A lane without runs has no row.
    pub(super) fn leave(&mut self, limit: &ConcurrencyLimit) -> Result<()> {
        let lane = [&*limit.lane];
        let mut count = self
            .sql
            .prepare_cached("UPDATE lanes SET running = running - 1 WHERE lane = ?1")?;
        count.execute(lane)?;
        let mut delete = self
            .sql
            .prepare_cached("DELETE FROM lanes WHERE lane = ?1 AND running <= 0")?;
        delete.execute(lane)?;
        Ok(())
    }

    /// Releases the next execution of the lane's queue if a slot is free. Called whenever an execution frees its
    /// slot, or does not take the slot that it was released for.
    pub(super) fn release_next(&mut self, limits: &Limits) -> Result<()> {
        let Some(limit) = &limits.concurrency else {
            return Ok(());
        };
        if self.running_in(&limit.lane)? >= i64::from(limit.at_most) {
            return Ok(());
        }
        let place = Place::Lane(limit.lane.clone());
        let mut query = self.sql.prepare_cached(concat!(
            "SELECT ",
            columns!(),
            " FROM executions WHERE place = ?1 ORDER BY rank LIMIT 1"
        ))?;
        let next = query.query_row([place.name()], Entry::read).optional()?;
        if let Some(mut next) = next {
            next.was_released = true;
            self.push_front(&mut next);
            self.was_released = true;
            self.save(&mut next)?;
        }
        Ok(())
    }

    /// Records a start now and returns `None`, or returns the time at which to try again. `has_start_time` is true if
    /// the lane has already assigned a start time to the execution.
    pub(super) fn reserve_start(
        &mut self,
        limit: &RateLimit,
        has_start_time: bool,
    ) -> Result<Option<Timestamp>> {
        if !has_start_time {
            let start = self.assign(limit)?;
            if start > self.now {
                return Ok(Some(start));
            }
        }
        if let Some(starts) = self.starts(limit, "actual")?
            && starts.len() >= i64::from(limit.at_most)
        {
            let free = moment(starts.first.1) + limit.per;
            if free > self.now {
                return Ok(Some(free));
            }
        }
        self.add_start(limit, "actual", self.now)?;
        Ok(None)
    }

    fn assign(&mut self, limit: &RateLimit) -> Result<Timestamp> {
        let mut start = self.now;
        if let Some(starts) = self.starts(limit, "assigned")?
            && starts.len() >= i64::from(limit.at_most)
        {
            let free = moment(starts.first.1) + limit.per;
            if free > self.now {
                // Spread evenly: executions that all wait for the end of the period would start together.
                start = free.max(moment(starts.last.1) + limit.per / limit.at_most);
            }
        }
        self.add_start(limit, "assigned", start)?;
        Ok(start)
    }

    fn starts(&self, limit: &RateLimit, kind: &str) -> Result<Option<Starts>> {
        let end = |order: &str| {
            let mut query = self.sql.prepare_cached(&format!(
                "SELECT number, at FROM starts WHERE lane = ?1 AND kind = ?2 ORDER BY number {order} LIMIT 1"
            ))?;
            query
                .query_row((&*limit.lane, kind), |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        };
        Ok(match (end("ASC")?, end("DESC")?) {
            (Some(first), Some(last)) => Some(Starts { first, last }),
            _ => None,
        })
    }

    fn add_start(&mut self, limit: &RateLimit, kind: &str, at: Timestamp) -> Result<()> {
        // Limits of other lanes whose period is over.
        let now = self.now_micros();
        self.sql
            .prepare_cached(
                "DELETE FROM starts WHERE lane IN (SELECT lane FROM rates WHERE until <= ?1 LIMIT 8)",
            )?
            .execute([now])?;
        self.sql
            .prepare_cached(
                "DELETE FROM rates WHERE lane IN (SELECT lane FROM rates WHERE until <= ?1 LIMIT 8)",
            )?
            .execute([now])?;
        let until = micros(at + limit.per);
        self.sql
            .prepare_cached(
                "INSERT INTO rates VALUES (?1, ?2) ON CONFLICT (lane) DO UPDATE SET until = max(until, ?2)",
            )?
            .execute((&*limit.lane, until))?;
        let number = self
            .starts(limit, kind)?
            .map_or(1, |starts| starts.last.0 + 1);
        self.sql
            .prepare_cached("INSERT INTO starts VALUES (?1, ?2, ?3, ?4)")?
            .execute((&*limit.lane, kind, number, micros(at)))?;
        self.sql
            .prepare_cached("DELETE FROM starts WHERE lane = ?1 AND kind = ?2 AND number <= ?3")?
            .execute((&*limit.lane, kind, number - i64::from(limit.at_most)))?;
        Ok(())
    }

    /// Returns the execution that started the cooldown, if the cooldown has not ended.
    pub(super) fn cooldown(&self, cooldown: &Cooldown) -> Result<Option<ExecutionId>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT execution FROM cooldowns WHERE lane = ?1 AND until > ?2")?;
        let id: Option<i64> = query
            .query_row((&*cooldown.lane, self.now_micros()), |row| row.get(0))
            .optional()?;
        Ok(id.map(|id| ExecutionId(id.cast_unsigned())))
    }

    pub(super) fn cool(
        &mut self,
        cooldown: &Cooldown,
        until: Timestamp,
        id: ExecutionId,
    ) -> Result<()> {
        self.sql
            .prepare_cached("DELETE FROM cooldowns WHERE until <= ?1")?
            .execute([self.now_micros()])?;
        self.sql
            .prepare_cached(
                "INSERT INTO cooldowns VALUES (?1, ?2, ?3) \
                 ON CONFLICT (lane) DO UPDATE SET until = ?2, execution = ?3",
            )?
            .execute((&*cooldown.lane, micros(until), number(id.0)))?;
        Ok(())
    }
}
