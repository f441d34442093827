//! [`OnceLog`]: the work that the runs of one call have done once.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::store::Store;

/// The error of [`Context::once`](crate::Context::once).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnceError {
    /// A handler uses one name for two pieces of work.
    #[error(
        "the work at {first} and {second} has the same name `{name}`; give each a unique name, in a loop for example `format!(\"{name} {{index}}\")`"
    )]
    Reused {
        /// The name.
        name: String,
        /// The line of the first use.
        first: &'static Location<'static>,
        /// The line of the second use.
        second: &'static Location<'static>,
    },
    /// The name is empty or longer than 256 bytes.
    #[error("the name of work that runs once has 1 to 256 bytes; `{name}` at {line} has {}", .name.len())]
    Name {
        /// The name.
        name: String,
        /// The line of the use.
        line: &'static Location<'static>,
    },
    /// A result cannot be stored or read.
    #[error("invalid result of `{name}`: {problem}")]
    Value {
        /// The name of the work.
        name: String,
        /// The problem.
        problem: String,
    },
    /// The result of an earlier run is gone, because the call has ended or the store has lost it. The work is not done again.
    #[error(
        "the result of `{name}`, which an earlier run of this call has done, is not in the store: the call has ended, or the store has lost it; let all replicas share a store that outlives them (`FastMcp::store`), and repeat the call from its first request"
    )]
    Lost {
        /// The name of the work.
        name: String,
    },
    /// Another run of the same call has taken the work over, because this one did not respond for 30 seconds.
    #[error("the work `{name}` was taken over by another run of the call; repeat the call")]
    TakenOver {
        /// The name of the work.
        name: String,
    },
}

/// The work that the runs of one call have done, for calls whose answers arrive with a later run.
#[derive(Debug, Default)]
pub(crate) struct OnceLog(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The ID of the call in the store; `None` before the first use.
    call: Option<Arc<str>>,
    used: BTreeMap<String, &'static Location<'static>>,
    /// The names of the work whose results earlier runs have kept.
    done_before: BTreeSet<String>,
    /// The results that this run has used, with their stores. A mounted server can have a store of its own.
    results: Vec<(Store, String)>,
    /// The number of pieces of work in progress. The end of the run would drop them.
    busy: usize,
}

impl OnceLog {
    /// Creates the log of a call whose earlier runs have used this ID.
    pub(crate) fn of_call(call: Option<Arc<str>>, done_before: BTreeSet<String>) -> Self {
        Self(Mutex::new(State {
            call,
            done_before,
            ..State::default()
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the ID of the call; `None` if no run of it has done anything once.
    pub(crate) fn call(&self) -> Option<Arc<str>> {
        self.state().call.clone()
    }

    /// Removes the results that this run has used.
    pub(crate) async fn remove_results(&self) {
        let results = std::mem::take(&mut self.state().results);
        for (store, key) in results {
            // Otherwise it expires.
            let _ = store.remove(&key).await;
        }
    }

    /// Returns the names of the work whose results have been kept.
    pub(crate) fn done(&self) -> BTreeSet<String> {
        self.state().done_before.clone()
    }

    /// Returns whether an earlier run has kept the result of this work.
    pub(crate) fn was_done(&self, name: &str) -> bool {
        self.state().done_before.contains(name)
    }

    /// Records that the result of this work has been kept.
    pub(crate) fn set_done(&self, name: &str) {
        self.state().done_before.insert(name.to_owned());
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.state().busy > 0
    }

    /// Reserves a name. Returns the key of its result.
    pub(crate) fn begin(
        &self,
        name: &str,
        line: &'static Location<'static>,
        (store, server): (&Store, &str),
    ) -> Result<String, OnceError> {
        let mut state = self.state();
        if let Some(first) = state.used.insert(name.to_owned(), line) {
            return Err(OnceError::Reused {
                name: name.to_owned(),
                first,
                second: line,
            });
        }
        let random = || format!("{:032x}", rand::random::<u128>()).into();
        let call = state.call.get_or_insert_with(random);
        let key = format!("fastmcp:{server}:once:{call}:{name}");
        state.results.push((store.clone(), key.clone()));
        Ok(key)
    }

    pub(crate) fn busy(&self) -> BusyGuard<'_> {
        self.state().busy += 1;
        BusyGuard(self)
    }
}

pub(crate) struct BusyGuard<'a>(&'a OnceLog);

impl Drop for BusyGuard<'_> {
    fn drop(&mut self) {
        self.0.state().busy -= 1;
    }
}
