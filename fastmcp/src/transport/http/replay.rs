//! [`EventLog`]: one event stream of a session, read by one connection after another.
//!
//! The session writes into the log without waiting for a connection, so a slow or dead connection does
//! not block it. The handlers wait instead, in [`EventLog::ready`], while a connection is behind. A
//! client that reconnects continues after its last event (`Last-Event-ID`), also after the response was
//! sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::sync::Notify;

use crate::text::serialized_size;

/// The number of events that a log keeps.
const MAX_EVENTS: usize = 1024;

/// The size in bytes of the events that a log keeps. A longer stream loses its first events, but never
/// its last, which is the response.
const MAX_BYTES: usize = 1024 * 1024;

/// The part of a full log that may wait for a connection before handlers wait too. The rest absorbs
/// the messages that are already on their way.
const READY: usize = 2;

/// The number of replaced connections that stay open.
const MAX_REPLACED: usize = 4;

/// The events of one stream.
pub(crate) struct EventLog {
    /// The part of the event IDs that distinguishes the streams of a session.
    name: String,
    state: Mutex<State>,
    /// Notified when the log has a new event, ends, or gets another connection.
    changed: Notify,
    /// Notified when a connection has read an event, or is gone.
    read: Notify,
}

#[derive(Default)]
struct State {
    events: VecDeque<Event>,
    /// The sum of the sizes of `events`.
    bytes: usize,
    /// The number of the next event.
    next: u64,
    /// The current connection.
    reader: Option<Position>,
    /// Earlier connections, which stay open without events. If they were closed, their client would
    /// reconnect, and two connections of one client would replace each other forever.
    replaced: VecDeque<u64>,
    next_reader: u64,
    ended: bool,
}

struct Event {
    number: u64,
    size: usize,
    message: ServerSseMessage,
}

/// The current connection.
struct Position {
    id: u64,
    /// The number of the first event that it has not read.
    next: u64,
    /// The number and the size of the events that it has not read.
    unread: usize,
    unread_bytes: usize,
}

/// The position at which a connection starts to read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReplayFrom {
    /// The first event that the log still has.
    Start,
    /// The event after the one with this number.
    After(u64),
    /// The next new event.
    Now,
}

impl State {
    /// Makes room for the newest event.
    fn evict(&mut self) {
        while self.events.len() > 1 && (self.events.len() > MAX_EVENTS || self.bytes > MAX_BYTES) {
            let Some(oldest) = self.events.pop_front() else {
                return;
            };
            self.bytes -= oldest.size;
            if self
                .reader
                .as_ref()
                .is_some_and(|it| it.next <= oldest.number)
            {
                // The connection is too far behind. Its client can reconnect.
                self.reader = None;
            }
        }
    }
}

impl EventLog {
    pub(crate) fn new(name: impl ToString) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_string(),
            state: Mutex::default(),
            changed: Notify::new(),
            read: Notify::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the ID of an event, which is unique within the session.
    fn event_id(&self, number: u64) -> String {
        format!("{number}/{}", self.name)
    }

    /// Appends an event. Never waits for a connection: it runs in the session's own task.
    pub(crate) fn push(&self, mut message: ServerSseMessage) {
        let size = message.message.as_deref().map_or(0, serialized_size);
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        message.event_id = Some(self.event_id(number));
        if let Some(reader) = &mut state.reader {
            reader.unread += 1;
            reader.unread_bytes += size;
        }
        state.bytes += size;
        state.events.push_back(Event {
            number,
            size,
            message,
        });
        state.evict();
        drop(state);
        self.changed.notify_waiters();
    }

    /// Ends the stream. A connection reads the rest of the log.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        state.replaced.clear();
        drop(state);
        self.changed.notify_waiters();
        self.read.notify_waiters();
    }

    /// Closes the current connection. The stream continues, and another connection can read it.
    pub(crate) fn disconnect(&self) {
        self.state().reader = None;
        self.changed.notify_waiters();
        self.read.notify_waiters();
    }

    /// Returns whether a connection reads the log.
    pub(crate) fn has_reader(&self) -> bool {
        self.state().reader.is_some()
    }

    /// Returns the size in bytes of the events that the log keeps.
    pub(crate) fn bytes(&self) -> usize {
        self.state().bytes
    }

    /// Waits while the current connection is behind.
    pub(crate) async fn ready(&self) {
        loop {
            // Created before the check: it also completes if the connection reads in between.
            let read = self.read.notified();
            let is_behind = {
                let state = self.state();
                let is_behind = |it: &Position| {
                    it.unread > MAX_EVENTS / READY || it.unread_bytes > MAX_BYTES / READY
                };
                !state.ended && state.reader.as_ref().is_some_and(is_behind)
            };
            if !is_behind {
                return;
            }
            read.await;
        }
    }

    /// Starts a connection, which replaces the current one.
    pub(crate) fn read(self: &Arc<Self>, from: ReplayFrom) -> Reader {
        let mut state = self.state();
        let next = match from {
            ReplayFrom::Start => 0,
            ReplayFrom::Now => state.next,
            ReplayFrom::After(number) => number.saturating_add(1),
        };
        let unread = || state.events.iter().filter(|event| event.number >= next);
        let position = Position {
            id: state.next_reader,
            next,
            unread: unread().count(),
            unread_bytes: unread().map(|event| event.size).sum(),
        };
        let id = position.id;
        state.next_reader += 1;
        if let Some(previous) = state.reader.replace(position) {
            state.replaced.push_back(previous.id);
            if state.replaced.len() > MAX_REPLACED {
                state.replaced.pop_front();
            }
        }
        drop(state);
        self.changed.notify_waiters();
        Reader {
            log: Arc::clone(self),
            id,
            first: None,
        }
    }

    /// Starts a connection that first gets an event without a message, so that its client has an ID
    /// to reconnect with.
    pub(crate) fn read_primed(self: &Arc<Self>, from: ReplayFrom, retry: Duration) -> Reader {
        let number = self.reserve();
        let mut reader = self.read(from);
        reader.first = Some(ServerSseMessage::priming(self.event_id(number), retry));
        reader
    }

    /// Takes a number without an event.
    fn reserve(&self) -> u64 {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        number
    }

    /// Returns the next event of a connection; `Err` if there is none yet.
    fn next(&self, id: u64) -> Result<Option<ServerSseMessage>, ()> {
        let mut guard = self.state();
        let state = &mut *guard;
        let Some(reader) = state.reader.as_mut().filter(|reader| reader.id == id) else {
            return if state.replaced.contains(&id) {
                Err(())
            } else {
                Ok(None)
            };
        };
        // The numbers of the events ascend, but may have gaps.
        let at = state
            .events
            .partition_point(|event| event.number < reader.next);
        let Some(event) = state.events.get(at) else {
            return if state.ended { Ok(None) } else { Err(()) };
        };
        reader.next = event.number + 1;
        reader.unread = reader.unread.saturating_sub(1);
        reader.unread_bytes = reader.unread_bytes.saturating_sub(event.size);
        let message = event.message.clone();
        drop(guard);
        self.read.notify_waiters();
        Ok(Some(message))
    }
}

/// One connection's position in a log.
pub(crate) struct Reader {
    log: Arc<EventLog>,
    id: u64,
    first: Option<ServerSseMessage>,
}

impl Reader {
    /// Returns the next event; `None` at the end of the stream, or when the connection was closed.
    pub(crate) async fn recv(&mut self) -> Option<ServerSseMessage> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            // Created before the check: it also completes if an event arrives in between.
            let changed = self.log.changed.notified();
            if let Ok(event) = self.log.next(self.id) {
                return event;
            }
            changed.await;
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.log.state();
        if state.reader.as_ref().is_some_and(|it| it.id == self.id) {
            state.reader = None;
        }
        state.replaced.retain(|id| *id != self.id);
        drop(state);
        self.log.read.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
