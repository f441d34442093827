//! [`SessionsError`]: the reasons why the protocol library cannot use a session.

/// An error of the session manager. The endpoint turns it into a status.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionsError {
    // Without its ID, which grants access.
    #[error("session not found")]
    NotFound,
    #[error("too many sessions")]
    Full,
    #[error("the session has ended")]
    Ended,
    #[error("invalid event ID")]
    InvalidEventId,
    #[error("the stream of the event is not kept any more")]
    StreamNotFound,
}
