//! One event stream of a session, as the client sees it over several connections.
//!
//! The session writes into the log whether somebody reads or not; a client whose connection broke
//! reads on from the last event that it has (`Last-Event-ID`), even after the answer was given. So
//! no slow or dead connection holds its session up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::sync::mpsc;

/// The events that are kept for a client that comes back. Of a longer stream the first are lost; the
/// answer, which is the last, never is.
const KEPT: usize = 256;

/// The events that may wait for a connection to be written. One that falls further behind is cut,
/// and may come back.
const AHEAD: usize = 1024;

/// What one connection reads.
pub(crate) type Reader = mpsc::Receiver<ServerSseMessage>;

/// One event stream.
#[derive(Default)]
pub(crate) struct Log(Mutex<State>);

#[derive(Default)]
struct State {
    events: VecDeque<ServerSseMessage>,
    /// The connection that reads now.
    reader: Option<mpsc::Sender<ServerSseMessage>>,
    /// Connections that were replaced. They stay open, and hear nothing: a client that lost one
    /// would open another, and the two would take the stream from each other for ever.
    replaced: Vec<mpsc::Sender<ServerSseMessage>>,
    ended: bool,
}

/// From where on a connection reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum From<'a> {
    /// From the first event that is kept.
    Start,
    /// From the one behind this.
    After(&'a str),
    /// What comes from now on.
    Now,
}

impl Log {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event.
    pub(crate) fn push(&self, event: ServerSseMessage) {
        let mut state = self.state();
        if let Some(reader) = &state.reader
            && reader.try_send(event.clone()).is_err()
        {
            state.reader = None;
        }
        if state.events.len() == KEPT {
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

    /// Ends the connection that reads now. The stream goes on, and waits for the next.
    pub(crate) fn cut(&self) {
        self.state().reader = None;
    }

    /// Lets a connection read, in the place of the one that does.
    pub(crate) fn read(&self, from: From<'_>) -> Reader {
        let mut state = self.state();
        let (sender, reader) = mpsc::channel(AHEAD);
        let skipped = match from {
            From::Start => 0,
            From::Now => state.events.len(),
            From::After(id) => {
                let is_last = |event: &ServerSseMessage| event.event_id.as_deref() == Some(id);
                // One that is forgotten was before all that is kept.
                state.events.iter().position(is_last).map_or(0, |at| at + 1)
            }
        };
        for event in state.events.iter().skip(skipped) {
            // `AHEAD` is more than `KEPT`.
            let _ = sender.try_send(event.clone());
        }
        if !state.ended {
            let before = state.reader.replace(sender);
            state.replaced.retain(|reader| !reader.is_closed());
            state.replaced.extend(before);
        }
        reader
    }

    /// Writes all that comes out of `events`, to its end. `busy` lasts as long.
    pub(crate) async fn write<B>(self: Arc<Self>, mut events: Reader, busy: B) {
        while let Some(event) = events.recv().await {
            self.push(event);
        }
        self.end();
        drop(busy);
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
    fn a_connection_that_comes_back_has_what_it_missed_once() {
        let log = Log::default();
        let mut first = log.read(From::Start);
        log.push(event(0));
        assert_eq!(ids(&mut first), ["0"]);
        drop(first);
        log.push(event(1));
        log.push(event(2));
        let mut second = log.read(From::After("0"));
        log.push(event(3));
        log.end();
        assert_eq!(ids(&mut second), ["1", "2", "3"]);
        assert!(second.try_recv().is_err() && second.is_closed());
        let mut late = log.read(From::After("2"));
        assert_eq!(ids(&mut late), ["3"], "also after the answer");
        assert!(late.is_closed(), "and then it ends");
    }

    #[test]
    fn of_two_connections_the_newer_reads_and_the_older_stays_open() {
        let log = Log::default();
        let mut older = log.read(From::Start);
        let mut newer = log.read(From::Now);
        log.push(event(0));
        assert_eq!(ids(&mut older), [""; 0]);
        assert!(!older.is_closed());
        assert_eq!(ids(&mut newer), ["0"]);
        log.cut();
        log.push(event(1));
        assert_eq!(ids(&mut newer), [""; 0]);
        assert!(newer.is_closed());
    }

    #[test]
    fn what_nobody_reads_is_bounded_and_the_answer_stays() {
        let log = Log::default();
        let slow = log.read(From::Start);
        for id in 0..=AHEAD {
            log.push(event(id));
        }
        assert!(log.state().reader.is_none(), "too far behind");
        assert_eq!(slow.len(), AHEAD);
        assert_eq!(log.state().events.len(), KEPT);
        let mut again = log.read(From::After(&(AHEAD - 1).to_string()));
        assert_eq!(ids(&mut again), [AHEAD.to_string()]);
    }
}
