//! [`CallState`]: the ID, the progress and the cancellation of one request, which all of its contexts share.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::context::progress_log::ProgressLog;

/// The ID of a request.
#[derive(Debug, Clone)]
pub(crate) enum CallId {
    Number(i64),
    Text(Arc<str>),
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The state of one request. Most handlers use none of it, so its parts are created when they are used.
pub(crate) struct CallState {
    id: CallId,
    text: OnceLock<String>,
    /// The progress that has been sent.
    pub(crate) progress: ProgressLog,
    token: OnceLock<CancellationToken>,
    has_ended: AtomicBool,
}

impl CallState {
    pub(crate) fn new(id: CallId) -> Self {
        Self {
            id,
            text: OnceLock::new(),
            progress: ProgressLog::default(),
            token: OnceLock::new(),
            has_ended: AtomicBool::new(false),
        }
    }

    /// Creates the state of a request that `token` cancels.
    pub(crate) fn with_token(id: &str, token: CancellationToken) -> Self {
        Self {
            token: token.into(),
            ..Self::new(CallId::Text(id.into()))
        }
    }

    /// Returns the ID as the client wrote it.
    pub(crate) fn id(&self) -> &str {
        match &self.id {
            CallId::Number(number) => self.text.get_or_init(|| number.to_string()),
            CallId::Text(text) => text,
        }
    }

    /// Returns the token that is cancelled with the request.
    pub(crate) fn cancellation(&self) -> CancellationToken {
        let token = self.token.get_or_init(CancellationToken::new).clone();
        // If `end` does not see the token, this load sees that the call has ended.
        if self.has_ended.load(Ordering::SeqCst) {
            token.cancel();
        }
        token
    }

    fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        if let Some(token) = self.token.get() {
            token.cancel();
        }
    }
}

/// Cancels the token of a request when its call ends or is dropped: work that a handler has started outside of itself
/// must not run on after a cancelled call.
pub(crate) struct CancelAtEnd(pub(crate) Arc<CallState>);

impl Drop for CancelAtEnd {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_cancelled_at_the_end_of_the_call() {
        let state = Arc::new(CallState::new(CallId::Number(7)));
        assert_eq!(state.id(), "7");
        let before = state.cancellation();
        assert!(!before.is_cancelled());
        drop(CancelAtEnd(Arc::clone(&state)));
        assert!(before.is_cancelled());

        let unused = Arc::new(CallState::new(CallId::Number(8)));
        drop(CancelAtEnd(Arc::clone(&unused)));
        assert!(unused.cancellation().is_cancelled());
    }
}
