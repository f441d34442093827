//! [`BodyMemory`]: the memory that the request bodies of all clients take at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;

use crate::transport::http::rare_warning::RareWarning;
use crate::transport::http::session::lock;

/// The beginning of each body that is not counted, so that calls of usual sizes are served while large ones take all the
/// memory. The limit of connections bounds it.
pub(crate) const UNCOUNTED: usize = 16 * 1024;

/// The memory for request bodies, from the first byte of a body until its message is handled.
pub(crate) struct BodyMemory {
    max: usize,
    /// The number of bytes of each body that are not counted.
    uncounted: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    used: usize,
    last_number: u64,
    /// The bodies that have not arrived completely, by the order in which they began.
    incomplete: BTreeMap<u64, Incomplete>,
    warning: RareWarning,
}

struct Incomplete {
    bytes: usize,
    given_up: CancellationToken,
}

/// The error of a body for which there is no memory.
#[derive(Debug)]
pub(crate) struct NoMemory;

impl BodyMemory {
    pub(crate) fn new(max: usize, uncounted: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            uncounted,
            state: Mutex::default(),
        })
    }

    /// Begins to count a body, until the returned value is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> CountedBytes {
        let mut state = lock(&self.state);
        state.last_number += 1;
        let (number, given_up) = (state.last_number, CancellationToken::new());
        let incomplete = Incomplete {
            bytes: 0,
            given_up: given_up.clone(),
        };
        state.incomplete.insert(number, incomplete);
        CountedBytes {
            memory: Arc::clone(self),
            number,
            uncounted: self.uncounted,
            bytes: 0,
            given_up,
        }
    }
}

/// The memory of one body.
pub(crate) struct CountedBytes {
    memory: Arc<BodyMemory>,
    number: u64,
    /// The number of further bytes that are not counted.
    uncounted: usize,
    bytes: usize,
    given_up: CancellationToken,
}

impl CountedBytes {
    /// Counts bytes that have arrived. If there is no memory for them, the incomplete bodies that began first are given
    /// up: a client that sends slowly must not lock out the others. This body may be one of them.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), NoMemory> {
        let uncounted = bytes.min(self.uncounted);
        self.uncounted -= uncounted;
        self.count(bytes - uncounted)
    }

    fn count(&mut self, bytes: usize) -> Result<(), NoMemory> {
        let mut guard = lock(&self.memory.state);
        let state = &mut *guard;
        if self.given_up.is_cancelled() {
            return Err(NoMemory);
        }
        while state.used + bytes > self.memory.max {
            let max = self.memory.max;
            state.warning.log(|| {
                format!(
                    "request bodies take all {max} bytes of `HttpOptions::max_body_memory`; the \
                     slowest requests are refused"
                )
            });
            let Some((number, slowest)) = state.incomplete.pop_first() else {
                return Err(NoMemory);
            };
            // Its task frees the memory a moment later.
            state.used -= slowest.bytes;
            slowest.given_up.cancel();
            if number == self.number {
                self.bytes = 0;
                return Err(NoMemory);
            }
        }
        state.used += bytes;
        self.bytes += bytes;
        if let Some(incomplete) = state.incomplete.get_mut(&self.number) {
            incomplete.bytes = self.bytes;
        }
        Ok(())
    }

    /// Marks the body as complete: it is not given up for others any more. Counts the memory for parsing it, as far as
    /// the limit allows: a message that takes all of it is handled alone.
    pub(crate) fn complete(&mut self, parsing: usize) -> Result<(), NoMemory> {
        if self.uncounted == 0 {
            self.count(parsing.min(self.memory.max - self.bytes))?;
        }
        lock(&self.memory.state).incomplete.remove(&self.number);
        Ok(())
    }

    /// Waits until the body is given up.
    pub(crate) async fn given_up(&self) {
        self.given_up.cancelled().await;
    }
}

impl Drop for CountedBytes {
    fn drop(&mut self) {
        let mut state = lock(&self.memory.state);
        state.incomplete.remove(&self.number);
        // The memory of a body that was given up is already free.
        if !self.given_up.is_cancelled() {
            state.used -= self.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(memory: &BodyMemory) -> usize {
        lock(&memory.state).used
    }

    #[test]
    fn the_slowest_body_gives_way() {
        let memory = BodyMemory::new(100, 0);
        let mut slow: Vec<_> = (0..3).map(|_| memory.begin()).collect();
        for body in &mut slow {
            body.add(33).unwrap();
        }
        let mut quick = memory.begin();
        quick.add(30).unwrap();
        let given_up = slow.iter().map(|body| body.given_up.is_cancelled());
        assert_eq!(given_up.collect::<Vec<_>>(), [true, false, false]);
        slow[0].add(1).unwrap_err();
        quick.complete(50).unwrap();
        assert_eq!((slow[1].given_up.is_cancelled(), used(&memory)), (true, 80));
    }

    #[test]
    fn complete_bodies_keep_their_memory() {
        let memory = BodyMemory::new(100, 0);
        let mut first = memory.begin();
        first.add(20).unwrap();
        // The message takes more than there is, and is handled alone.
        first.complete(1000).unwrap();
        assert_eq!(used(&memory), 100);
        let mut second = memory.begin();
        second.add(1).unwrap_err();
        drop(second);
        drop(first);
        assert_eq!(used(&memory), 0);
        memory.begin().add(100).unwrap();
        assert_eq!(used(&memory), 0);
    }

    #[test]
    fn small_bodies_are_accepted_without_memory() {
        let memory = BodyMemory::new(100, 10);
        let mut large = memory.begin();
        large.add(110).unwrap();
        large.complete(0).unwrap();
        assert_eq!(used(&memory), 100);
        let mut small = memory.begin();
        small.add(9).unwrap();
        small.complete(1000).unwrap();
        let mut medium = memory.begin();
        medium.add(11).unwrap_err();
    }
}
