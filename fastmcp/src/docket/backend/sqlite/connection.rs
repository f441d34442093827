//! Opens the file: settings, the layout of the tables, and its version.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::docket::backend::sqlite::address::Durability;
use crate::docket::backend::sqlite::failure::{Failure, FileProblem};
use crate::docket::backend::sqlite::file::check_file_system;

/// The version of the layout, in `PRAGMA user_version`.
pub(super) const LAYOUT: i32 = 3;

/// Marks the file as a docket, in `PRAGMA application_id`: `FMDk`.
const APPLICATION: i32 = 0x464d_446b;

const TABLES: &str = include_str!("schema.sql");

/// Changes tables of layout 1 to the present layout.
const UPGRADE_2: &str = include_str!("upgrade_2.sql");
const UPGRADE_3: &str = include_str!("upgrade_3.sql");

/// The time for which opening waits for another process that opens or creates the same file.
const OPEN_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of pages after which the write-ahead log is copied into the file: 16 MiB. SQLite's default is a quarter
/// of this, and writes the same pages more often.
const CHECKPOINT_PAGES: i32 = 4000;

/// The size to which the log is cut after it was copied, in bytes.
const LOG_LIMIT: i32 = 64 << 20;

/// Opens the file, and creates it if it does not exist.
pub(super) fn open(path: &Path, durability: Durability) -> Result<Connection, Failure> {
    check_file_system(path)?;
    if path.is_dir() {
        return Err(FileProblem::Directory.into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(OPEN_TIMEOUT)?;
    if connection.is_readonly("main")? {
        return Err(FileProblem::ReadOnly.into());
    }
    check_layout(&connection)?;
    // Only possible before the first table exists, and before the change to the write-ahead log.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Power => "FULL",
        Durability::Process => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The check of `state` is for other programs. SQLite builds a table of its seven values for each row that is written,
    // which costs more than writing the row.
    connection.pragma_update(None, "ignore_check_constraints", true)?;
    connection.set_prepared_statement_cache_capacity(128);
    create_tables(&mut connection)?;
    // From now on, `begin` waits itself: SQLite's own waiting is unfair between processes.
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}

/// The tables of the file.
#[derive(PartialEq, Eq)]
enum Tables {
    /// There are none.
    None,
    /// They have an earlier layout.
    Earlier,
    Present,
}

/// Returns the tables of the file, if this program can use them.
fn check_layout(connection: &Connection) -> Result<Tables, Failure> {
    let found = number(connection, "user_version")?;
    let is_docket = number(connection, "application_id")? == APPLICATION;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if !is_docket && (tables > 0 || found != 0) {
        return Err(FileProblem::Foreign.into());
    }
    let known = LAYOUT;
    if found > known {
        return Err(FileProblem::NewerLayout { found, known }.into());
    }
    Ok(match (tables, found) {
        (0, _) => Tables::None,
        (_, LAYOUT) => Tables::Present,
        _ => Tables::Earlier,
    })
}

/// Creates the tables in an empty file, or upgrades those of an earlier program. Two processes may do so at once: the
/// second finds the tables of the first. An earlier program that has the file open continues without the new columns;
/// its next start reports the newer layout.
fn create_tables(connection: &mut Connection) -> Result<(), Failure> {
    if check_layout(connection)? == Tables::Present {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match check_layout(&transaction)? {
        Tables::None => {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", LAYOUT)?;
        }
        Tables::Earlier => {
            if number(&transaction, "user_version")? < 2 {
                transaction.execute_batch(UPGRADE_2)?;
            }
            transaction.execute_batch(UPGRADE_3)?;
            transaction.pragma_update(None, "user_version", LAYOUT)?;
        }
        Tables::Present => {}
    }
    transaction.commit()?;
    Ok(())
}
