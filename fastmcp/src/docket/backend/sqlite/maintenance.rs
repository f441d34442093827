//! Keeps the size of the files bounded, and saves a write-ahead log that was deleted while it was open.

use std::path::Path;

use rusqlite::Connection;

use crate::docket::backend::sqlite::failure::{Failure, FileProblem};
use crate::docket::backend::sqlite::file::log_of;

/// Counts transactions until the next check.
#[derive(Debug, Default)]
pub(super) struct Maintenance {
    commits: u32,
    has_warned: bool,
}

/// The number of transactions between two checks of the sizes.
const EVERY: u32 = 64;
/// The minimum number of free pages for which the file is shortened: 4 MiB.
const FREE_PAGES: i64 = 1024;
/// Frees up to 1 MiB.
const VACUUM: &str = "PRAGMA incremental_vacuum(256)";
/// The size of the log above which a warning is logged.
const LARGE_LOG: u64 = 512 << 20;

impl Maintenance {
    pub(super) fn after_commit(&mut self, sql: &Connection, path: &Path) {
        self.commits += 1;
        if self.commits < EVERY {
            return;
        }
        self.commits = 0;
        // A failure only delays the work. The next calls report the cause if it lasts.
        if let Err(error) = shorten(sql) {
            tracing::debug!(%error, "cannot shorten the docket's file");
        }
        self.check_log(path);
    }

    /// Warns once if the log grows without end, which happens while another program keeps a transaction open.
    fn check_log(&mut self, path: &Path) {
        let log = log_of(path);
        let size = std::fs::metadata(&log).map_or(0, |log| log.len());
        let is_large = size > LARGE_LOG;
        if is_large && !self.has_warned {
            let megabytes = size >> 20;
            tracing::warn!(
                "`{}` has {megabytes} MiB: a program keeps a transaction on the docket's file open, so the log cannot \
                 be emptied",
                log.display()
            );
        }
        self.has_warned = is_large;
    }

    /// Copies a log that was deleted into the database, while this process still has it open.
    #[expect(clippy::unused_self, reason = "belongs to the care of the files")]
    pub(super) fn save_log(&self, sql: &Connection, path: &Path) -> Result<(), Failure> {
        let busy: i64 = sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            return Err(FileProblem::LogDeleted.into());
        }
        tracing::warn!(
            "`{}` was deleted while it was open; its content was saved",
            log_of(path).display()
        );
        Ok(())
    }
}

/// Gives free pages back to the file system, a few at a time.
fn shorten(sql: &Connection) -> rusqlite::Result<()> {
    let number = |pragma: &str| -> rusqlite::Result<i64> {
        sql.pragma_query_value(None, pragma, |row| row.get(0))
    };
    let free = number("freelist_count")?;
    // Most of the free pages will be used again soon.
    if free < FREE_PAGES || free < number("page_count")? / 4 {
        return Ok(());
    }
    let mut vacuum = sql.prepare_cached(VACUUM)?;
    let mut rows = vacuum.query([])?;
    // SQLite frees one page for each row that is read.
    while rows.next()?.is_some() {}
    Ok(())
}
