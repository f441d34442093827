//! Turns between processes: which process may write next.
//!
//! SQLite's own waiting is unfair. A process that waits sleeps for up to 100 ms, and one that writes all the time takes
//! the lock again while the other sleeps. So each process first takes the lock of a second file, the turn, and gives it
//! back once it has the lock of the database. A process that has just written finds that a waiting process has the
//! turn, and writes after it.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::docket::backend::sqlite::failure::Failure;
use crate::docket::backend::sqlite::file::beside;

/// The time for which a call waits for the lock of the database.
const PATIENCE: Duration = Duration::from_secs(10);

/// The time for which a call waits for its turn. A process that was suspended while it had the turn must not block all
/// others, so they then continue without the turn.
const TURN_PATIENCE: Duration = Duration::from_millis(500);

/// The time between two attempts, in microseconds. Random, so that two processes do not wait in step.
const PAUSE: std::ops::Range<u64> = 50..400;

/// The second lock.
#[derive(Debug, Default)]
pub(super) struct Turn {
    file: Option<File>,
}

impl Turn {
    /// Begins a transaction that writes.
    pub(super) fn begin(
        &mut self,
        sql: &Connection,
        path: &Path,
        has_others: bool,
    ) -> Result<(), Failure> {
        let until = Instant::now() + PATIENCE;
        let turn = if has_others { self.wait(path) } else { None };
        let result = begin(sql, until);
        if let Some(turn) = turn {
            let _ = turn.unlock();
        }
        result
    }

    /// Waits for the turn. Returns `None` if the file cannot be opened or locked in time.
    fn wait(&mut self, path: &Path) -> Option<&File> {
        if self.file.is_none() {
            let mut options = File::options();
            let options = options.create(true).truncate(false).write(true);
            self.file = options.open(beside(path, "-turn")).ok();
        }
        let file = self.file.as_ref()?;
        let until = Instant::now() + TURN_PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Some(file),
                Err(TryLockError::WouldBlock) if Instant::now() < until => pause(),
                Err(_) => return None,
            }
        }
    }
}

fn begin(sql: &Connection, until: Instant) -> Result<(), Failure> {
    // A transaction that writes later would fail if another process has written in between, so it takes the write lock
    // at once.
    let mut begin = sql.prepare_cached("BEGIN IMMEDIATE")?;
    loop {
        match begin.execute([]) {
            Ok(_) => return Ok(()),
            Err(error) if Failure::is_busy(&error) && Instant::now() < until => pause(),
            Err(error) => return Err(error.into()),
        }
    }
}

fn pause() {
    std::thread::sleep(Duration::from_micros(fastrand::u64(PAUSE)));
}
