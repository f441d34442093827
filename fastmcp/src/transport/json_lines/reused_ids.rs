//! [`ReusedIds`]: other IDs for requests that reuse the ID of a cancelled one.
//!
//! The protocol library drops the response of a cancelled request only while no other request has its
//! ID. A client that reuses the ID at once would get the error of the cancelled request as the response
//! to its new one, so the library sees the new request under an ID of its own.

use std::collections::{HashMap, VecDeque};

use rmcp::RoleServer;
use rmcp::model::{ClientNotification, GetExtensions, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};

use crate::protocol::request::OriginalId;
use crate::protocol::task_filter::is_endless;

/// The number of cancelled requests that a connection remembers. The handler of a cancelled request is
/// dropped at once, so its response comes long before as many others are cancelled.
const REMEMBERED: usize = 1_024;

/// The IDs of cancelled requests, and the requests that reuse them.
#[derive(Default)]
pub(crate) struct ReusedIds {
    /// The IDs of the latest cancelled requests, oldest first.
    cancelled: VecDeque<RequestId>,
    /// The client's IDs of the requests that have another one in the library, by that ID.
    renamed: HashMap<RequestId, RequestId>,
    count: u64,
}

impl ReusedIds {
    /// Changes the ID in a message for the library.
    pub(crate) fn receive(&mut self, message: &mut RxJsonRpcMessage<RoleServer>) {
        match message {
            JsonRpcMessage::Request(request) => {
                // The notifications of a subscription contain its ID.
                let is_subscription = is_endless(&request.request);
                if is_subscription || !self.cancelled.contains(&request.id) {
                    return;
                }
                self.count += 1;
                let id = format!("reused {} of {}", self.count, request.id);
                let original = std::mem::replace(&mut request.id, RequestId::String(id.into()));
                let extensions = request.request.extensions_mut();
                extensions.insert(OriginalId(original.clone()));
                self.renamed.insert(request.id.clone(), original);
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &mut notification.notification
                    && let Some(id) = &mut cancelled.params.request_id
                {
                    self.remember(id);
                    let renamed = self.renamed.iter().find(|(_, original)| *original == id);
                    if let Some((renamed, _)) = renamed {
                        *id = renamed.clone();
                        self.renamed.remove(id);
                    }
                }
            }
            _ => {}
        }
    }

    fn remember(&mut self, id: &RequestId) {
        if self.cancelled.contains(id) {
            return;
        }
        self.cancelled.push_back(id.clone());
        if self.cancelled.len() > REMEMBERED {
            self.cancelled.pop_front();
        }
    }

    /// Changes the ID in a message of the library to that of the client.
    pub(crate) fn send(&mut self, message: &mut TxJsonRpcMessage<RoleServer>) {
        let id = match message {
            JsonRpcMessage::Response(response) => Some(&mut response.id),
            JsonRpcMessage::Error(error) => error.id.as_mut(),
            _ => None,
        };
        if let Some(id) = id
            && let Some(original) = self.renamed.remove(id)
        {
            *id = original;
        }
    }
}
