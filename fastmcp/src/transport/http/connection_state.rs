//! [`ConnectionState`]: the phase of a connection, and its time limits.
//!
//! | the connection | limit |
//! |---|---|
//! | has not sent a byte yet, or the start of a request | [`header_timeout`](crate::HttpOptions::header_timeout) |
//! | waits for the next request | [`idle_timeout`](crate::HttpOptions::idle_timeout) |
//! | does not read the response | [`write_timeout`](crate::HttpOptions::write_timeout) |

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::transport::http::lock::lock;

/// The time for which a connection may be idle even if the server needs it for another client.
const MIN_IDLE: Duration = Duration::from_secs(1);

/// The state of a connection, which its time limits depend on.
pub(crate) struct ConnectionState(Mutex<State>);

struct State {
    phase: Phase,
    since: Instant,
    /// The time since which the client does not read.
    blocked_since: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Before its first request.
    New,
    /// Between two requests.
    Idle,
    /// Within the head of a request.
    Head,
    /// A request is handled.
    Busy,
}

/// The time limits of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    pub(crate) header: Duration,
    pub(crate) idle: Duration,
    pub(crate) write: Duration,
}

impl ConnectionState {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            phase: Phase::New,
            since: Instant::now(),
            blocked_since: None,
        }))
    }

    fn enter(&self, phase: Phase) {
        let mut state = lock(&self.0);
        state.phase = phase;
        state.since = Instant::now();
    }

    /// Notes that the client has sent bytes.
    pub(crate) fn has_read(&self) {
        let mut state = lock(&self.0);
        if matches!(state.phase, Phase::New | Phase::Idle) {
            state.phase = Phase::Head;
            state.since = Instant::now();
        }
    }

    /// Notes whether the client reads what is sent.
    pub(crate) fn set_blocked(&self, is_blocked: bool) {
        let blocked_since = &mut lock(&self.0).blocked_since;
        if !is_blocked {
            *blocked_since = None;
        } else if blocked_since.is_none() {
            *blocked_since = Some(Instant::now());
        }
    }

    /// Returns when the connection has to close unless it makes progress, and the reason.
    pub(crate) fn deadline(&self, limits: ConnectionLimits) -> Option<(Instant, &'static str)> {
        let state = lock(&self.0);
        let by_phase = match state.phase {
            Phase::Busy => None,
            Phase::Idle => Some((state.since + limits.idle, "idle")),
            Phase::New | Phase::Head => Some((state.since + limits.header, "no whole request")),
        };
        let blocked = state.blocked_since;
        let by_write = blocked.map(|since| (since + limits.write, "the client does not read"));
        by_phase.into_iter().chain(by_write).min()
    }

    /// Returns whether the connection waits for a request.
    pub(crate) fn is_idle(&self) -> bool {
        let state = lock(&self.0);
        matches!(state.phase, Phase::New | Phase::Idle) && state.since.elapsed() >= MIN_IDLE
    }
}

/// Keeps a connection busy.
pub(crate) struct Busy(Arc<ConnectionState>);

impl Busy {
    pub(crate) fn new(state: &Arc<ConnectionState>) -> Self {
        state.enter(Phase::Busy);
        Self(Arc::clone(state))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle);
    }
}
