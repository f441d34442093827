//! [`Load`]: the requests of a connection that have no response yet, and the bytes that wait to be
//! written.

use std::collections::HashMap;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{ClientNotification, ClientRequest, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use tokio::sync::watch;

/// The number of bytes of responses and notifications that may wait for the client to read them,
/// before the server stops reading.
pub(crate) const MAX_QUEUED: usize = 1024 * 1024;

/// A request without a response.
pub(crate) struct InFlight {
    /// The method and the name of the component.
    pub(crate) label: String,
    /// `true` for a request that ends only with the connection. A stopping server does not wait
    /// for it.
    endless: bool,
}

/// The work of one connection.
#[derive(Default)]
pub(crate) struct Load {
    queued: usize,
    pub(crate) in_flight: HashMap<RequestId, InFlight>,
}

impl Load {
    pub(crate) fn has_room(&self) -> bool {
        self.queued <= MAX_QUEUED
    }

    pub(crate) fn is_written(&self) -> bool {
        self.queued == 0
    }

    /// Returns whether all requests have been answered and their responses written.
    pub(crate) fn is_idle(&self) -> bool {
        self.queued == 0 && self.in_flight.values().all(|request| request.endless)
    }

    /// Returns the requests that a stopping server waits for.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = &str> {
        let unfinished = self.in_flight.values().filter(|request| !request.endless);
        unfinished.map(|request| &*request.label)
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

    /// Registers a message from the client. Returns `false` if it is a request with the ID of
    /// another request that has no response yet.
    pub(crate) fn received(&self, message: &RxJsonRpcMessage<RoleServer>) -> bool {
        match message {
            JsonRpcMessage::Request(request) => {
                let in_flight = InFlight {
                    label: label(&request.request),
                    endless: matches!(
                        request.request,
                        ClientRequest::SubscriptionsListenRequest(_)
                    ),
                };
                let mut is_new = false;
                self.0.send_modify(|load| {
                    is_new = !load.in_flight.contains_key(&request.id);
                    if is_new {
                        load.in_flight.insert(request.id.clone(), in_flight);
                    }
                });
                is_new
            }
            // A cancelled request gets no response.
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.finished(id);
                }
                true
            }
            _ => true,
        }
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

/// Returns the method of a request, and the name of its component for the log.
fn label(request: &ClientRequest) -> String {
    let name = match request {
        ClientRequest::CallToolRequest(request) => &*request.params.name,
        ClientRequest::GetPromptRequest(request) => &request.params.name,
        ClientRequest::ReadResourceRequest(request) => &request.params.uri,
        request => return request.method().to_owned(),
    };
    format!("{} `{name}`", request.method())
}
