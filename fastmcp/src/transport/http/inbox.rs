//! [`Inbox`]: the messages of a client that wait for the service of its session.

use std::collections::VecDeque;
use std::sync::Mutex;

use rmcp::model::ClientJsonRpcMessage;
use tokio::sync::Notify;

use crate::transport::http::lock::lock;

/// A queue with one reader. A channel of tokio would allocate room for 32 messages, which are large.
#[derive(Default)]
pub(crate) struct Inbox {
    queue: Mutex<Queue>,
    changed: Notify,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<ClientJsonRpcMessage>,
    is_closed: bool,
}

impl Inbox {
    /// Appends a message. Does nothing after [`close`](Self::close).
    pub(crate) fn push(&self, message: ClientJsonRpcMessage) {
        let mut queue = lock(&self.queue);
        if !queue.is_closed {
            queue.messages.push_back(message);
        }
        drop(queue);
        self.changed.notify_one();
    }

    /// Ends the queue. Its reader gets the messages that are in it.
    pub(crate) fn close(&self) {
        lock(&self.queue).is_closed = true;
        self.changed.notify_one();
    }

    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.queue).is_closed
    }

    /// Returns the next message, or `Some(None)` at the end; `None` if there is none yet.
    #[expect(clippy::option_option, reason = "the end is not the same as none yet")]
    fn next(&self) -> Option<Option<ClientJsonRpcMessage>> {
        let mut queue = lock(&self.queue);
        let message = queue.messages.pop_front();
        (message.is_some() || queue.is_closed).then_some(message)
    }

    /// Returns the next message; `None` at the end. Cancellation-safe.
    pub(crate) async fn recv(&self) -> Option<ClientJsonRpcMessage> {
        loop {
            // Also completes if a message arrived before, because `notify_one` stores a permit.
            let changed = self.changed.notified();
            if let Some(message) = self.next() {
                return message;
            }
            changed.await;
        }
    }
}
