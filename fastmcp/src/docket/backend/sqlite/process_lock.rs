//! [`ProcessLock`]: proves that a process is alive.
//!
//! Each process keeps the lock of a file beside the docket. The operating system releases it when the process ends,
//! even by `kill -9`, so that others can take over its work at once instead of after its leases. A process that is only
//! suspended keeps the lock.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::docket::backend::sqlite::file::beside;

/// The lock of this process. The file is removed with it.
#[derive(Debug)]
pub(super) struct ProcessLock {
    file: File,
    path: PathBuf,
}

impl ProcessLock {
    /// Takes the lock of process `id`. `None` if the file cannot be created or locked.
    pub(super) fn take(docket: &Path, id: i64) -> Option<Self> {
        let path = path(docket, id);
        let mut options = File::options();
        let options = options.create(true).truncate(false).write(true);
        let file = options.open(&path).ok()?;
        file.try_lock().ok()?;
        Some(Self { file, path })
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Returns whether process `id`, which had taken its lock, has ended. Removes its file then.
pub(super) fn has_ended(docket: &Path, id: i64) -> bool {
    let path = path(docket, id);
    // Without the file, the end of the process cannot be proven.
    let Ok(file) = File::options().write(true).open(&path) else {
        return false;
    };
    match file.try_lock() {
        Ok(()) => {
            let _ = std::fs::remove_file(&path);
            true
        }
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    }
}

fn path(docket: &Path, id: i64) -> PathBuf {
    beside(docket, &format!("-process-{:016x}", id.cast_unsigned()))
}
