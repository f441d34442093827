//! [`Load`]: the requests of a connection that have no response yet, and the bytes that wait to be
//! written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{ClientNotification, ClientRequest, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The number of bytes of responses and notifications that may wait for the client to read them,
/// before the server stops reading.
pub(crate) const MAX_QUEUED: usize = 1024 * 1024;

/// The number of batches of calls that may run before the server stops reading.
const MAX_BATCHES: usize = 2;

/// A request without a response.
pub(crate) struct InFlight {
    label: Label,
    /// `true` for a request that ends only with the connection. A stopping server does not wait
    /// for it.
    endless: bool,
    /// The call, if the fast path answers the request.
    fast: Option<FastInFlight>,
}

/// A call of the fast path without a response.
struct FastInFlight {
    number: u64,
    /// Cancels the call, once it has a task of its own.
    cancellation: Option<CancellationToken>,
}

/// Identifies a call of the fast path. The client may use its ID again after it has cancelled the call, so the ID alone
/// is not enough.
pub(crate) struct Ticket {
    id: RequestId,
    number: u64,
}

/// The name of a request for the log.
enum Label {
    /// The call of a tool.
    Tool(&'static str),
    /// The method and the name of the component.
    Text(String),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(name) => write!(f, "tools/call `{name}`"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The treatment of a message from the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// The protocol library handles it.
    Accepted,
    /// It is a request with the ID of one in flight.
    Duplicate,
    /// It has cancelled a call of the fast path, which the protocol library does not know.
    Handled,
}

/// The work of one connection.
#[derive(Default)]
pub(crate) struct Load {
    queued: usize,
    /// The batches of calls that run. Their responses are not in `queued` yet.
    batches: usize,
    in_flight: HashMap<RequestId, InFlight>,
    /// The number of requests that were accepted.
    accepted: u64,
}

impl Load {
    pub(crate) fn has_room(&self) -> bool {
        self.queued <= MAX_QUEUED && self.batches < MAX_BATCHES
    }

    pub(crate) fn is_written(&self) -> bool {
        self.queued == 0
    }

    /// Returns whether all requests have been answered and their responses written.
    pub(crate) fn is_idle(&self) -> bool {
        self.queued == 0 && self.in_flight.values().all(|request| request.endless)
    }

    /// Returns the requests that a stopping server waits for.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = String> {
        let unfinished = self.in_flight.values().filter(|request| !request.endless);
        unfinished.map(|request| request.label.to_string())
    }

    /// Returns the call of a ticket, unless the client has cancelled it.
    fn fast_call(&mut self, ticket: &Ticket) -> Option<&mut FastInFlight> {
        let fast = self.in_flight.get_mut(&ticket.id)?.fast.as_mut()?;
        (fast.number == ticket.number).then_some(fast)
    }
}

/// The load of a connection, shared by its reader and its writers.
#[derive(Clone)]
pub(crate) struct SharedLoad(Arc<watch::Sender<Load>>);

impl Default for SharedLoad {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Load::default())))
    }
}

impl SharedLoad {
    pub(crate) fn read(&self) -> watch::Ref<'_, Load> {
        self.0.borrow()
    }

    /// Waits until the load satisfies `condition`.
    pub(crate) async fn wait_for(&self, condition: impl FnMut(&Load) -> bool) {
        // The sender is in `self`, so the channel is open.
        let _ = self.0.subscribe().wait_for(condition).await;
    }

    /// Adds bytes that wait to be written, until the guard is dropped.
    pub(crate) fn queue(&self, bytes: usize) -> Queued {
        self.0.send_modify(|load| load.queued += bytes);
        Queued {
            load: self.clone(),
            bytes,
        }
    }

    /// Registers a message from the client.
    pub(crate) fn received(&self, message: &RxJsonRpcMessage<RoleServer>) -> Received {
        match message {
            JsonRpcMessage::Request(request) => {
                let in_flight = InFlight {
                    label: label(&request.request),
                    endless: matches!(
                        request.request,
                        ClientRequest::SubscriptionsListenRequest(_)
                    ),
                    fast: None,
                };
                self.insert(&request.id, |_| in_flight)
                    .map_or(Received::Duplicate, |_| Received::Accepted)
            }
            // A cancelled request gets no response.
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    return self.cancel(id);
                }
                Received::Accepted
            }
            _ => Received::Accepted,
        }
    }

    /// Registers a call that the fast path answers. `None` if another request with its ID is in flight.
    pub(crate) fn accept(&self, id: &RequestId, tool: &'static str) -> Option<Ticket> {
        let number = self.insert(id, |number| InFlight {
            label: Label::Tool(tool),
            endless: false,
            fast: Some(FastInFlight {
                number,
                cancellation: None,
            }),
        })?;
        let id = id.clone();
        Some(Ticket { id, number })
    }

    /// Adds a request, unless one with its ID is in flight. Nothing waits for more load, so nobody is notified.
    fn insert(&self, id: &RequestId, request: impl FnOnce(u64) -> InFlight) -> Option<u64> {
        let mut number = None;
        self.0.send_if_modified(|load| {
            if let Entry::Vacant(vacant) = load.in_flight.entry(id.clone()) {
                load.accepted += 1;
                number = Some(load.accepted);
                vacant.insert(request(load.accepted));
            }
            false
        });
        number
    }

    /// Ends a request that the client has cancelled.
    fn cancel(&self, id: &RequestId) -> Received {
        let mut removed = None;
        self.0
            .send_modify(|load| removed = load.in_flight.remove(id));
        let Some(fast) = removed.and_then(|request| request.fast) else {
            return Received::Accepted;
        };
        if let Some(cancellation) = fast.cancellation {
            cancellation.cancel();
        }
        Received::Handled
    }

    /// Adds a batch of calls that runs until the guard is dropped.
    pub(crate) fn start_batch(&self) -> RunningBatch {
        self.0.send_if_modified(|load| {
            load.batches += 1;
            false
        });
        RunningBatch(self.clone())
    }

    /// Sets the token that cancels a call. Returns false if the client has cancelled the call already.
    pub(crate) fn set_cancellation(&self, ticket: &Ticket, token: &CancellationToken) -> bool {
        let mut is_in_flight = false;
        self.0.send_if_modified(|load| {
            if let Some(fast) = load.fast_call(ticket) {
                fast.cancellation = Some(token.clone());
                is_in_flight = true;
            }
            false
        });
        is_in_flight
    }

    /// Registers responses that will be written, given the calls and the ends of their lines. Returns the guard of
    /// their bytes, and the lines of the calls that the client has cancelled.
    pub(crate) fn answered(&self, calls: &[(Ticket, usize)]) -> (Queued, Vec<Range<usize>>) {
        let mut cancelled = Vec::new();
        let mut bytes = 0;
        self.0.send_modify(|load| {
            let mut start = 0;
            for (ticket, end) in calls {
                if load.fast_call(ticket).is_some() {
                    load.in_flight.remove(&ticket.id);
                    bytes += end - start;
                } else {
                    cancelled.push(start..*end);
                }
                start = *end;
            }
            load.queued += bytes;
        });
        let load = self.clone();
        (Queued { load, bytes }, cancelled)
    }

    /// Registers that a request has its response.
    pub(crate) fn finished(&self, id: &RequestId) {
        self.0.send_modify(|load| {
            load.in_flight.remove(id);
        });
    }
}

/// Returns the ID of the request that a message responds to.
pub(crate) fn id_of_response(message: &TxJsonRpcMessage<RoleServer>) -> Option<RequestId> {
    match message {
        JsonRpcMessage::Response(response) => Some(response.id.clone()),
        JsonRpcMessage::Error(error) => error.id.clone(),
        _ => None,
    }
}

/// A batch that runs.
pub(crate) struct RunningBatch(SharedLoad);

impl Drop for RunningBatch {
    fn drop(&mut self) {
        self.0.0.send_if_modified(|load| {
            load.batches -= 1;
            // Only a reader that has found no room waits for this.
            load.batches + 1 == MAX_BATCHES
        });
    }
}

/// Bytes that wait to be written.
pub(crate) struct Queued {
    load: SharedLoad,
    bytes: usize,
}

impl Drop for Queued {
    fn drop(&mut self) {
        self.load.0.send_modify(|load| load.queued -= self.bytes);
    }
}

/// Returns the name of a request for the log.
fn label(request: &ClientRequest) -> Label {
    let name = match request {
        ClientRequest::CallToolRequest(request) => &*request.params.name,
        ClientRequest::GetPromptRequest(request) => &request.params.name,
        ClientRequest::ReadResourceRequest(request) => &request.params.uri,
        request => return Label::Text(request.method().to_owned()),
    };
    Label::Text(format!("{} `{name}`", request.method()))
}

#[cfg(test)]
mod tests;
