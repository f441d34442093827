//! [`BodyMemory`]: the memory that the request bodies of all clients take at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::transport::http::lock::lock;
use crate::transport::http::rare_warning::RareWarning;

/// The maximum size of a body that takes no memory from the budget, so that calls of usual sizes never wait. The limit
/// of connections bounds the memory of such bodies.
pub(crate) const UNCOUNTED: usize = 16 * 1024;

/// The time for which a body may arrive in parts, even if others wait for its memory.
const MIN_TIME: Duration = Duration::from_secs(5);

/// The time for which nothing of a body may arrive if others wait for its memory.
const MAX_SILENCE: Duration = Duration::from_secs(1);

/// The time for which a body waits for memory.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// The memory for request bodies. A body takes all its memory before the server allocates any of it, and keeps it until
/// its message is handled.
pub(crate) struct BodyMemory {
    max: usize,
    state: Mutex<State>,
    /// Notified when memory is free.
    freed: Notify,
}

#[derive(Default)]
struct State {
    used: usize,
    /// The number of messages that are being parsed.
    parsing: usize,
    last_number: u64,
    /// The bodies that have not arrived completely.
    incomplete: BTreeMap<u64, Incomplete>,
    warning: RareWarning,
}

struct Incomplete {
    bytes: usize,
    since: Instant,
    /// The time at which a part of it has arrived last.
    last_part: Instant,
    given_up: CancellationToken,
}

impl Incomplete {
    /// Returns the time from which the body may be given up.
    fn until(&self) -> Instant {
        (self.since + MIN_TIME).min(self.last_part + MAX_SILENCE)
    }
}

/// The error of a body for which there is no memory.
#[derive(Debug)]
pub(crate) struct NoMemory;

impl BodyMemory {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            state: Mutex::default(),
            freed: Notify::new(),
        })
    }

    /// Begins a body. It takes no memory yet, and frees what it takes when the returned value is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> CountedBytes {
        let mut state = lock(&self.state);
        state.last_number += 1;
        CountedBytes {
            memory: Arc::clone(self),
            number: state.last_number,
            bytes: 0,
            parsing: None,
            given_up: CancellationToken::new(),
            waits: false,
        }
    }
}

impl State {
    /// Gives up the incomplete body that has taken the most memory for the longest time, of those that arrive slowly.
    /// Returns when the next body may be given up.
    fn give_up_costliest(&mut self, max: usize) -> Option<Instant> {
        let now = Instant::now();
        let waiting = self
            .incomplete
            .values()
            .filter(|body| !body.given_up.is_cancelled());
        let (old, young): (Vec<_>, Vec<_>) = waiting.partition(|body| body.until() <= now);
        let costliest = old
            .into_iter()
            .max_by_key(|body| body.bytes as u128 * (now - body.since).as_millis());
        if let Some(costliest) = costliest {
            costliest.given_up.cancel();
            self.warning.log(|| {
                format!(
                    "request bodies take all {max} bytes of `HttpOptions::max_body_memory`; \
                     incomplete requests that hold much memory for long are refused"
                )
            });
        }
        young.iter().map(|body| body.until()).min()
    }

    /// Returns the memory of the bodies that have been given up and have not freed it yet.
    fn leaving(&self) -> usize {
        let bodies = self.incomplete.values();
        let given_up = bodies.filter(|body| body.given_up.is_cancelled());
        given_up.map(|body| body.bytes).sum()
    }
}

/// A demand for memory.
#[derive(Clone, Copy)]
enum Demand {
    /// More memory of a body that arrives.
    Body(usize),
    /// The memory for parsing a message.
    Parsing(usize),
}

impl Demand {
    /// Returns whether there is memory for a body that has `own` of the `used` bytes.
    fn fits(self, state: &State, used: usize, own: usize, max: usize) -> bool {
        match self {
            // Each body leaves as much free as it takes, so that large ones leave memory for smaller ones. The largest
            // are received alone.
            Self::Body(more) => {
                let body = own.saturating_add(more);
                used == own || used.saturating_add(more).saturating_add(body) <= max
            }
            // One message is always parsed. Otherwise, complete bodies could wait for each other.
            Self::Parsing(bytes) => state.parsing == 0 || used.saturating_add(bytes) <= max,
        }
    }
}

/// The memory of one body.
pub(crate) struct CountedBytes {
    memory: Arc<BodyMemory>,
    number: u64,
    bytes: usize,
    /// The memory for parsing the message.
    parsing: Option<usize>,
    given_up: CancellationToken,
    waits: bool,
}

impl CountedBytes {
    /// Takes more memory for a body, before it arrives, and waits for it if necessary.
    pub(crate) async fn take(&mut self, more: usize) -> Result<(), NoMemory> {
        let given_up = self.given_up.clone();
        tokio::select! {
            biased;
            () = given_up.cancelled() => Err(NoMemory),
            taken = self.wait(Demand::Body(more)) => taken,
        }
    }

    /// Notes that a part of the body has arrived.
    pub(crate) fn has_part(&mut self) {
        if self.bytes > 0
            && let Some(incomplete) = lock(&self.memory.state).incomplete.get_mut(&self.number)
        {
            incomplete.last_part = Instant::now();
        }
    }

    /// Keeps only the memory of the `bytes` that have arrived: the body is complete, and can no longer be given up.
    /// Then takes the memory for parsing it, and waits for it if necessary.
    pub(crate) async fn complete(&mut self, bytes: usize, parsing: usize) -> Result<(), NoMemory> {
        if self.bytes == 0 {
            return Ok(());
        }
        {
            let mut state = lock(&self.memory.state);
            state.incomplete.remove(&self.number);
            state.used = state.used - self.bytes + bytes;
            self.bytes = bytes;
        }
        self.memory.freed.notify_waiters();
        self.wait(Demand::Parsing(parsing)).await
    }

    /// Frees the memory for parsing.
    pub(crate) fn parsed(&mut self) {
        if let Some(bytes) = self.parsing.take() {
            let mut state = lock(&self.memory.state);
            state.used -= bytes;
            state.parsing -= 1;
            drop(state);
            self.memory.freed.notify_waiters();
        }
    }

    async fn wait(&mut self, demand: Demand) -> Result<(), NoMemory> {
        let memory = Arc::clone(&self.memory);
        let deadline = Instant::now() + MAX_WAIT;
        self.waits = true;
        loop {
            // Created before the check: it also completes if memory is freed in between.
            let freed = memory.freed.notified();
            let next = match self.try_take(demand) {
                Ok(()) => {
                    self.waits = false;
                    return Ok(());
                }
                Err(next) => next.unwrap_or(deadline).min(deadline),
            };
            if tokio::time::timeout_at(next, freed).await.is_err() && next == deadline {
                return Err(NoMemory);
            }
        }
    }

    /// Takes memory. If there is none, gives up an incomplete body, because clients that send slowly must not lock out
    /// the others. `Err` is the time at which the next one may be given up.
    fn try_take(&mut self, demand: Demand) -> Result<(), Option<Instant>> {
        let max = self.memory.max;
        let mut state = lock(&self.memory.state);
        if !demand.fits(&state, state.used, self.bytes, max) {
            // The bodies that have been given up free their memory a moment later.
            let used_soon = state.used - state.leaving();
            let fits_soon = demand.fits(&state, used_soon, self.bytes, max);
            return Err(if fits_soon {
                None
            } else {
                state.give_up_costliest(max)
            });
        }
        match demand {
            Demand::Body(more) => {
                state.used += more;
                self.bytes += more;
                let incomplete = state.incomplete.entry(self.number);
                let now = Instant::now();
                let incomplete = incomplete.or_insert_with(|| Incomplete {
                    bytes: 0,
                    since: now,
                    last_part: now,
                    given_up: self.given_up.clone(),
                });
                incomplete.bytes = self.bytes;
            }
            Demand::Parsing(bytes) => {
                state.used += bytes;
                state.parsing += 1;
                self.parsing = Some(bytes);
            }
        }
        Ok(())
    }

    /// Returns whether the body waits for memory, and not for its client.
    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    /// Waits until the body is given up.
    pub(crate) async fn given_up(&self) {
        self.given_up.cancelled().await;
    }
}

impl Drop for CountedBytes {
    fn drop(&mut self) {
        self.parsed();
        if self.bytes > 0 {
            let mut state = lock(&self.memory.state);
            state.incomplete.remove(&self.number);
            state.used -= self.bytes;
            drop(state);
            self.memory.freed.notify_waiters();
        }
    }
}

#[cfg(test)]
#[path = "body_memory/tests.rs"]
mod tests;
