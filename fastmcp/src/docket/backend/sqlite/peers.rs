//! [`Peers`]: the other processes that have the file open, and the wake-ups between them.
//!
//! A process that changes something that others wait for sends each of them a datagram on the loopback interface. While
//! a process is the only one, it sends nothing, reads nothing and has no timer.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Result};

use crate::docket::backend::sqlite::columns::{micros, moment};
use crate::docket::backend::sqlite::effects::Effects;
use crate::docket::backend::sqlite::process_lock::{self, ProcessLock};
use crate::docket::model::time::Timestamp;

/// The time between two heartbeats, while other processes have the file open.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);

/// The time without a heartbeat after which a process counts as dead.
const DEAD_AFTER: Duration = Duration::from_secs(15);

/// Bits of the column `wants`.
pub(super) const WANTS_EVENTS: i64 = 1;
pub(super) const WANTS_ROOM: i64 = 2;

/// A row of the table `processes`.
#[derive(Debug, Clone, Copy)]
struct Peer {
    id: i64,
    port: u16,
    wants: i64,
    seen: Timestamp,
    has_lock: bool,
}

#[derive(Debug)]
pub(super) struct Peers {
    /// The random number of this process.
    pub(super) id: i64,
    /// Receives the wake-ups for this process, and sends those for others. `None` if the system allows no sockets.
    socket: Option<UdpSocket>,
    others: Vec<Peer>,
    is_registered: bool,
    lock: Option<ProcessLock>,
    /// The value of `wants` in the row of this process.
    wants: i64,
    is_new: bool,
}

impl Peers {
    pub(super) fn new(id: i64, socket: Option<UdpSocket>) -> Self {
        Self {
            id,
            socket,
            others: Vec::new(),
            is_registered: false,
            lock: None,
            wants: 0,
            is_new: true,
        }
    }

    pub(super) fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether another process could send a wake-up that does not arrive.
    pub(super) fn is_deaf(&self) -> bool {
        self.socket.is_none()
    }

    /// Reads the table of processes, and registers this process if it is not in it. Returns whether it had to.
    pub(super) fn read(&mut self, sql: &Connection, path: &Path, now: Timestamp) -> Result<bool> {
        let mut query =
            sql.prepare_cached("SELECT id, port, wants, seen, locked FROM processes")?;
        let rows = query.query_map([], |row| {
            Ok(Peer {
                id: row.get(0)?,
                port: row.get(1)?,
                wants: row.get(2)?,
                seen: moment(row.get(3)?),
                has_lock: row.get(4)?,
            })
        })?;
        let mut is_registered = false;
        self.others.clear();
        for peer in rows {
            let peer = peer?;
            if peer.id == self.id {
                is_registered = true;
            } else {
                self.others.push(peer);
            }
        }
        if is_registered && self.is_registered {
            return Ok(false);
        }
        self.wants = 0;
        let port = self
            .socket
            .as_ref()
            .and_then(|socket| socket.local_addr().ok())
            .map_or(0, |address| address.port());
        let mut insert = sql.prepare_cached(
            "INSERT OR REPLACE INTO processes (id, pid, port, locked, wants, seen) VALUES (?1, ?2, ?3, ?4, 0, ?5)",
        )?;
        if self.lock.is_none() {
            self.lock = ProcessLock::take(path, self.id);
        }
        let (pid, has_lock) = (std::process::id(), self.lock.is_some());
        insert.execute((self.id, pid, port, has_lock, micros(now)))?;
        Ok(true)
    }

    /// Writes what this process wants to be woken for. Alone, it writes nothing.
    pub(super) fn write_wants(&mut self, sql: &Connection, wants: i64) -> Result<()> {
        if self.others.is_empty() || wants & !self.wants == 0 {
            return Ok(());
        }
        self.set_wants(sql, wants)
    }

    fn set_wants(&mut self, sql: &Connection, wants: i64) -> Result<()> {
        if wants != self.wants {
            sql.prepare_cached("UPDATE processes SET wants = ?2 WHERE id = ?1")?
                .execute((self.id, wants))?;
            self.wants = wants;
        }
        Ok(())
    }

    /// Writes a heartbeat, and deletes the processes whose latest heartbeat is old. A process that was alone has
    /// written none either, so `started`, the start of this process, counts as a heartbeat of all others.
    pub(super) fn heartbeat(
        &mut self,
        sql: &Connection,
        now: Timestamp,
        started: Timestamp,
        wants: i64,
    ) -> Result<()> {
        if self.others.is_empty() {
            return Ok(());
        }
        sql.prepare_cached("UPDATE processes SET seen = ?2 WHERE id = ?1")?
            .execute((self.id, micros(now)))?;
        self.set_wants(sql, wants)?;
        let dead: Vec<i64> = self
            .others
            .iter()
            .filter(|peer| !is_alive(peer.seen, now, started))
            .map(|peer| peer.id)
            .collect();
        for id in dead {
            self.remove(sql, id)?;
        }
        Ok(())
    }

    /// Returns the other processes that have ended without leaving.
    pub(super) fn ended(&self, path: &Path) -> Vec<i64> {
        let others = self.others.iter().filter(|peer| peer.has_lock);
        others
            .map(|peer| peer.id)
            .filter(|id| process_lock::has_ended(path, *id))
            .collect()
    }

    /// Removes a process that has ended.
    pub(super) fn remove(&mut self, sql: &Connection, id: i64) -> Result<()> {
        self.others.retain(|peer| peer.id != id);
        remove(sql, id)
    }

    /// Notes that the transaction was stored.
    pub(super) fn committed(&mut self) {
        self.is_registered = true;
    }

    /// Registers again in the next transaction, because this one was not stored.
    pub(super) fn rolled_back(&mut self) {
        self.is_registered = false;
    }

    /// Sends the wake-ups of a stored transaction. `next` is the time of the next timer in the file: the others have to
    /// know it, because this process may be dead by then.
    pub(super) fn notify(&mut self, effects: &Effects, has_room: bool, next: Option<Timestamp>) {
        // Every other process knows of the timers before this one, or is woken by the one that set them.
        let is_earliest = effects
            .timer
            .is_some_and(|timer| next.is_none_or(|next| timer <= next));
        let is_for_all =
            effects.ready || effects.signalled || is_earliest || std::mem::take(&mut self.is_new);
        for peer in &self.others {
            let is_wanted = (effects.changed && peer.wants & WANTS_EVENTS != 0)
                || (has_room && peer.wants & WANTS_ROOM != 0);
            if is_for_all || is_wanted {
                self.send(peer);
            }
        }
    }

    fn send(&self, peer: &Peer) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, peer.port));
        if let Some(socket) = &self.socket
            && peer.port != 0
        {
            // A wake-up that does not arrive has no receiver, or one with many wake-ups left to read.
            let _ = socket.send_to(&peer.id.to_le_bytes(), address);
        }
    }

    /// Wakes all other processes, after this process has left.
    pub(super) fn notify_all(&self) {
        self.others.iter().for_each(|peer| self.send(peer));
    }
}

/// Returns whether a process with this latest heartbeat counts as alive.
pub(super) fn is_alive(seen: Timestamp, now: Timestamp, started: Timestamp) -> bool {
    seen.max(started) + DEAD_AFTER > now
}

/// Removes a process and its workers.
pub(super) fn remove(sql: &Connection, id: i64) -> Result<()> {
    sql.prepare_cached("DELETE FROM workers WHERE process = ?1")?
        .execute([id])?;
    sql.prepare_cached("DELETE FROM processes WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}
