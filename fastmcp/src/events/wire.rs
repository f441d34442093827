//! The names and numbers of the wire form (SEP-3415).
//!
//! The published sources disagree about some of them. Input is accepted in every known form.

use serde_json::{Value, json};

/// The extension, in `capabilities.extensions`.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/events";
/// The member of `capabilities` where `ChatGPT` and the AI SDK of Vercel look.
pub(crate) const CAPABILITY: &str = "events";

pub(crate) const LIST: &str = "events/list";
pub(crate) const SUBSCRIBE: &str = "events/subscribe";
pub(crate) const UNSUBSCRIBE: &str = "events/unsubscribe";
pub(crate) const POLL: &str = "events/poll";
pub(crate) const STREAM: &str = "events/stream";

/// The modes of delivery.
pub(crate) const WEBHOOK: &str = "webhook";
pub(crate) const MODE_POLL: &str = "poll";
pub(crate) const PUSH: &str = "push";

/// The headers of a message to a webhook. The first three are those of Standard Webhooks.
pub(crate) const WEBHOOK_ID: &str = "webhook-id";
pub(crate) const WEBHOOK_TIMESTAMP: &str = "webhook-timestamp";
pub(crate) const WEBHOOK_SIGNATURE: &str = "webhook-signature";
pub(crate) const SUBSCRIPTION_ID: &str = "x-mcp-subscription-id";

/// The beginning of a secret.
pub(crate) const SECRET_PREFIX: &str = "whsec_";
/// The maximum size of a message to a webhook in bytes.
pub(crate) const MAX_BODY: usize = 256 * 1024;

/// The member of `_meta` with the subscription to which a notification of a stream belongs.
pub(crate) const META_SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";
pub(crate) const ACTIVE: &str = "notifications/events/active";
pub(crate) const EVENT: &str = "notifications/events/event";
pub(crate) const HEARTBEAT: &str = "notifications/events/heartbeat";

/// Returns the object that declares the extension.
pub(crate) fn declaration() -> Value {
    json!({})
}

/// The numbers of the errors of events.
///
/// The drafts of SEP-3415 number them differently. Clients that are known today depend only on
/// [`Sketch`](Self::Sketch), or on none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ErrorCodes {
    /// `-32011` to `-32015`, as `ChatGPT` documents.
    #[default]
    Sketch,
    /// `-32023` to `-32027`, as the draft of October 2026.
    Draft,
}

/// The errors of events that have numbers of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    NotFound,
    Forbidden,
    ResourceExhausted,
    Unsupported,
    CallbackEndpoint,
}

impl ErrorCodes {
    pub(crate) fn number(self, kind: ErrorKind) -> i32 {
        let first = match self {
            Self::Sketch => -32011,
            Self::Draft => -32023,
        };
        first - kind as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_sources() {
        let last = ErrorKind::CallbackEndpoint;
        assert_eq!(ErrorCodes::Sketch.number(ErrorKind::NotFound), -32011);
        assert_eq!(ErrorCodes::Sketch.number(last), -32015);
        assert_eq!(ErrorCodes::Draft.number(ErrorKind::NotFound), -32023);
        assert_eq!(ErrorCodes::Draft.number(last), -32027);
    }
}
