//! Locks the mutexes of the HTTP transport.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex. No caller runs other code while it holds the lock, so a panic cannot leave the
/// data half-changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
