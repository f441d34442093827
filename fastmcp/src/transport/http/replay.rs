//! [`EventLog`]: one event stream of a session, read by one connection after another.
//!
//! The session writes into the log without waiting for a connection, so a slow or dead connection
//! does not block the session. A client that reconnects continues after its last event
//! (`Last-Event-ID`), even after the response was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::sync::mpsc;

/// The maximum number of events that a log keeps. A longer stream loses its oldest events, but
/// never the response, which is the last event.
const REPLAY_EVENTS: usize = 256;

/// The maximum number of events that wait for a slow connection. A connection that falls further
/// behind is closed; its client can reconnect.
const SEND_BUFFER: usize = 1024;

/// The events for one connection.
pub(crate) type Reader = mpsc::Receiver<ServerSseMessage>;

/// The events of one stream.
#[derive(Default)]
pub(crate) struct EventLog(Mutex<State>);

#[derive(Default)]
struct State {
    events: VecDeque<ServerSseMessage>,
    /// The current connection.
    reader: Option<mpsc::Sender<ServerSseMessage>>,
    /// Earlier connections, which stay open without receiving events. If they were closed, the
    /// client would reconnect, and its two connections would replace each other forever.
    replaced: Vec<mpsc::Sender<ServerSseMessage>>,
    ended: bool,
}

/// The position at which a connection starts to read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReplayFrom<'a> {
    /// The first event that the log still has.
    Start,
    /// The event after the one with this ID.
    After(&'a str),
    /// The next new event.
    Now,
}

impl EventLog {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends an event, and sends it to the current connection.
    pub(crate) fn push(&self, event: ServerSseMessage) {
        let mut state = self.state();
        if let Some(reader) = &state.reader
            && reader.try_send(event.clone()).is_err()
        {
            // Never wait for a connection here: `push` runs in the session's own task.
            state.reader = None;
        }
        if state.events.len() == REPLAY_EVENTS {
            state.events.pop_front();
        }
        state.events.push_back(event);
    }

    fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        state.reader = None;
        state.replaced.clear();
    }

    /// Closes the current connection. The stream continues, and another connection can read it.
    pub(crate) fn disconnect(&self) {
        self.state().reader = None;
    }

    /// Starts a connection, which replaces the current one.
    pub(crate) fn read(&self, from: ReplayFrom<'_>) -> Reader {
        let mut state = self.state();
        let (sender, reader) = mpsc::channel(SEND_BUFFER);
        let skipped = match from {
            ReplayFrom::Start => 0,
            ReplayFrom::Now => state.events.len(),
            ReplayFrom::After(id) => {
                let is_last = |event: &ServerSseMessage| event.event_id.as_deref() == Some(id);
                // An event that is not in the log has been dropped from it, so all events in the
                // log are newer.
                state.events.iter().position(is_last).map_or(0, |at| at + 1)
            }
        };
        for event in state.events.iter().skip(skipped) {
            // Cannot fail: `SEND_BUFFER` is greater than `REPLAY_EVENTS`.
            let _ = sender.try_send(event.clone());
        }
        if !state.ended {
            let previous = state.reader.replace(sender);
            state.replaced.retain(|reader| !reader.is_closed());
            state.replaced.extend(previous);
        }
        reader
    }

    /// Appends all `events` until the stream ends, and then drops `activity`, which has kept the
    /// session from being idle.
    pub(crate) async fn write<A>(self: Arc<Self>, mut events: Reader, activity: A) {
        while let Some(event) = events.recv().await {
            self.push(event);
        }
        self.end();
        drop(activity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: usize) -> ServerSseMessage {
        let mut event = ServerSseMessage::default();
        event.event_id = Some(id.to_string());
        event
    }

    fn ids(reader: &mut Reader) -> Vec<String> {
        std::iter::from_fn(|| reader.try_recv().ok())
            .filter_map(|event| event.event_id)
            .collect()
    }

    #[test]
    fn a_new_connection_gets_missed_events_once() {
        let log = EventLog::default();
        let mut first = log.read(ReplayFrom::Start);
        log.push(event(0));
        assert_eq!(ids(&mut first), ["0"]);
        drop(first);
        log.push(event(1));
        log.push(event(2));
        let mut second = log.read(ReplayFrom::After("0"));
        log.push(event(3));
        log.end();
        assert_eq!(ids(&mut second), ["1", "2", "3"]);
        assert!(second.try_recv().is_err() && second.is_closed());
        let mut late = log.read(ReplayFrom::After("2"));
        assert_eq!(ids(&mut late), ["3"], "also after the response");
        assert!(late.is_closed(), "and then the stream ends");
    }

    #[test]
    fn the_newer_of_two_connections_reads_and_the_older_stays_open() {
        let log = EventLog::default();
        let mut older = log.read(ReplayFrom::Start);
        let mut newer = log.read(ReplayFrom::Now);
        log.push(event(0));
        assert_eq!(ids(&mut older), [""; 0]);
        assert!(!older.is_closed());
        assert_eq!(ids(&mut newer), ["0"]);
        log.disconnect();
        log.push(event(1));
        assert_eq!(ids(&mut newer), [""; 0]);
        assert!(newer.is_closed());
    }

    #[test]
    fn an_unread_log_is_bounded_and_keeps_the_response() {
        let log = EventLog::default();
        let slow = log.read(ReplayFrom::Start);
        for id in 0..=SEND_BUFFER {
            log.push(event(id));
        }
        assert!(log.state().reader.is_none(), "too far behind");
        assert_eq!(slow.len(), SEND_BUFFER);
        assert_eq!(log.state().events.len(), REPLAY_EVENTS);
        let mut again = log.read(ReplayFrom::After(&(SEND_BUFFER - 1).to_string()));
        assert_eq!(ids(&mut again), [SEND_BUFFER.to_string()]);
    }
}
