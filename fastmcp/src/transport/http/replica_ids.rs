//! [`ReplicaId`]: marks what one replica of a server sends, so that another replica knows where a response belongs.
//!
//! Each replica numbers its requests to a client from zero. A client that answers may reach another replica, which
//! would take the answer for that to its own request. So the ID of a request contains the replica that asks:
//! `4f1c09aa72e3b815.n0` is the request 0.

use std::sync::Arc;

use rmcp::model::{
    JsonRpcMessage, NumberOrString, RequestId, ServerJsonRpcMessage, ServerNotification,
};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;

/// The name of one process that serves sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReplicaId(Arc<str>);

impl ReplicaId {
    pub(crate) fn random() -> Self {
        Self(format!("{:016x}", rand::random::<u64>()).into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the ID that a client sees of a request of this replica.
    fn mark(&self, id: &RequestId) -> RequestId {
        let marked = match id {
            NumberOrString::Number(number) => format!("{}.n{number}", self.0),
            NumberOrString::String(text) => format!("{}.s{text}", self.0),
        };
        NumberOrString::String(marked.into())
    }

    /// Marks the requests to a client, and their cancellations.
    pub(crate) fn mark_event(&self, mut event: ServerSseMessage) -> ServerSseMessage {
        let Some(message) = &event.message else {
            return event;
        };
        let marked = match &**message {
            JsonRpcMessage::Request(request) => {
                let mut request = request.clone();
                request.id = self.mark(&request.id);
                ServerJsonRpcMessage::Request(request)
            }
            JsonRpcMessage::Notification(notification) => {
                let mut notification = notification.clone();
                let ServerNotification::CancelledNotification(cancelled) =
                    &mut notification.notification
                else {
                    return event;
                };
                let id = cancelled.params.request_id.take();
                cancelled.params.request_id = id.map(|id| self.mark(&id));
                ServerJsonRpcMessage::Notification(notification)
            }
            _ => return event,
        };
        event.message = Some(Arc::new(marked));
        event
    }
}

/// Returns the replica and the ID of a request that a client answers; `None` if the ID has no mark.
pub(crate) fn unmark(id: &RequestId) -> Option<(ReplicaId, RequestId)> {
    let NumberOrString::String(text) = id else {
        return None;
    };
    let (replica, id) = text.split_once('.')?;
    let is_replica = replica.len() == 16 && replica.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_replica {
        return None;
    }
    let id = match id.split_at_checked(1)? {
        ("n", number) => NumberOrString::Number(number.parse().ok()?),
        ("s", text) => NumberOrString::String(text.into()),
        _ => return None,
    };
    Some((ReplicaId(replica.into()), id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_removed_again() {
        let replica = ReplicaId::random();
        for id in [
            NumberOrString::Number(0),
            NumberOrString::Number(-7),
            NumberOrString::String("7".into()),
            NumberOrString::String(String::new().into()),
            NumberOrString::String("a.b".into()),
        ] {
            let marked = replica.mark(&id);
            assert_eq!(unmark(&marked), Some((replica.clone(), id)));
        }
        for other in [
            "",
            "7",
            "a.n1",
            "0123456789abcdef",
            "0123456789abcdef.",
            "0123456789abcdef.x1",
        ] {
            assert_eq!(
                unmark(&NumberOrString::String(other.into())),
                None,
                "{other}"
            );
        }
    }
}
