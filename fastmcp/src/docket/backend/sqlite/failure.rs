//! Errors of SQLite and of the file, with a code and the fix.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::docket::error::BackendError;

/// A problem with the file itself that SQLite does not report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileProblem {
    /// The layout of the tables is newer than this program.
    NewerLayout { found: i32, known: i32 },
    /// The file is an SQLite database of another program.
    Foreign,
    /// The path is a directory.
    Directory,
    /// The file was deleted while it was open.
    Deleted,
    /// The write-ahead log was deleted while it was open, and could not be saved.
    LogDeleted,
    /// The file is on a file system of this type.
    NetworkFileSystem { kind: String },
    /// The file may only be read.
    ReadOnly,
}

/// An error of one transaction.
#[derive(Debug)]
pub(super) enum Failure {
    Sqlite(Error),
    File(FileProblem),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<FileProblem> for Failure {
    fn from(problem: FileProblem) -> Self {
        Self::File(problem)
    }
}

impl Failure {
    /// Returns whether the file is locked by another process, so that the call can be repeated.
    pub(super) fn is_busy(error: &Error) -> bool {
        matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        )
    }

    /// Returns whether a new connection may help.
    pub(super) fn needs_new_connection(&self) -> bool {
        match self {
            // It stays open, so that it is found again if it is put back. A new connection would create an empty file.
            Self::File(problem) => *problem != FileProblem::Deleted,
            Self::Sqlite(error) => !matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull)
            ),
        }
    }

    /// Returns the error for callers. It names the file and the fix.
    pub(super) fn to_backend(&self, path: &Path) -> BackendError {
        let file = path.display();
        let (code, problem) = match self {
            Self::File(problem) => problem.describe(),
            Self::Sqlite(error) => {
                let (code, fix) = describe(error);
                (code, format!("{error}{fix}"))
            }
        };
        BackendError::new(format!("`{file}`: {problem}")).with_code(code)
    }
}

impl FileProblem {
    fn describe(&self) -> (&'static str, String) {
        match self {
            Self::NewerLayout { found, known } => (
                "NEWER_LAYOUT",
                format!(
                    "the tables have layout {found}, and this program knows layouts up to {known}; update the program, \
                     or use another file"
                ),
            ),
            Self::Directory => (
                "SQLITE_CANTOPEN",
                "it is a directory; name a file in it, as in `tasks.db`".into(),
            ),
            Self::Foreign => (
                "FOREIGN_FILE",
                "it is an SQLite database of another program; use another file".into(),
            ),
            Self::Deleted => (
                "FILE_DELETED",
                "the file was deleted while it was open; put it back, or restart this process to begin an empty docket"
                    .into(),
            ),
            Self::LogDeleted => (
                "LOG_DELETED",
                "the file `…-wal` was deleted while it was open, and its latest changes could not be saved; stop all \
                 processes that use the file, then start them again"
                    .into(),
            ),
            Self::NetworkFileSystem { kind } => (
                "NETWORK_FILE_SYSTEM",
                format!(
                    "it is on a network file system ({kind}), where SQLite's locks and shared memory do not work; use a \
                     local disk, or a docket in Redis"
                ),
            ),
            Self::ReadOnly => (
                "SQLITE_READONLY",
                "the file may only be read; give this process the permission to write the file and its directory"
                    .into(),
            ),
        }
    }
}

fn describe(error: &Error) -> (&'static str, &'static str) {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly) => (
            "SQLITE_READONLY",
            "; give this process the permission to write the file and its directory",
        ),
        Some(ErrorCode::DatabaseCorrupt) => (
            "SQLITE_CORRUPT",
            "; restore the file from a backup, or move it away to begin an empty docket",
        ),
        Some(ErrorCode::NotADatabase) => ("SQLITE_NOTADB", "; use another file"),
        Some(ErrorCode::DiskFull) => ("SQLITE_FULL", "; make room on the disk"),
        Some(ErrorCode::CannotOpen) => (
            "SQLITE_CANTOPEN",
            "; its directory must exist, and this process must be allowed to write it",
        ),
        Some(ErrorCode::PermissionDenied) => (
            "SQLITE_PERM",
            "; give this process the permission to write the file and its directory",
        ),
        Some(ErrorCode::DatabaseBusy) => (
            "SQLITE_BUSY",
            "; another process holds its lock for long: it is stopped, or a program outside of the docket has an open \
             transaction",
        ),
        Some(ErrorCode::DatabaseLocked) => ("SQLITE_LOCKED", ""),
        Some(ErrorCode::SystemIoFailure) => ("SQLITE_IOERR", "; check the disk"),
        _ => ("SQLITE_ERROR", ""),
    }
}
