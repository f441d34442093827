//! [`Subscribers`]: passes the notifications of a server on, to handlers and to subscriptions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{Notify, watch};

use crate::client::log_message::LogMessage;
use crate::client::notices::Notice;
use crate::client::output_schemas::OutputSchemas;
use crate::client::task_updates::TaskReceivers;
use crate::context::change::ListKind;

/// The handlers of notifications.
#[derive(Clone, Default)]
pub(crate) struct EventHandlers {
    pub(crate) log: Option<Arc<dyn Fn(LogMessage) + Send + Sync>>,
    pub(crate) list_changed: Option<Arc<dyn Fn(ListKind) + Send + Sync>>,
    pub(crate) resource_updated: Option<Arc<dyn Fn(String) + Send + Sync>>,
}

/// The subscriptions of a client to resources.
#[derive(Default)]
pub(crate) struct Subscribers {
    /// The number of updates of each resource. `None` after the connection has ended.
    updates: Mutex<Updates>,
    /// The receivers of the states of tasks.
    pub(crate) tasks: Arc<TaskReceivers>,
    /// Notified when the server has accepted a subscription, in a revision without sessions.
    pub(crate) acknowledged: Notify,
}

#[derive(Default)]
struct Updates {
    by_uri: HashMap<String, watch::Sender<u64>>,
    is_closed: bool,
}

impl Subscribers {
    fn updates(&self) -> MutexGuard<'_, Updates> {
        self.updates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a receiver of the updates of a resource. Its sender is gone after the end of the connection.
    pub(crate) fn follow(&self, uri: &str) -> watch::Receiver<u64> {
        let mut updates = self.updates();
        if updates.is_closed {
            return watch::Sender::new(0).subscribe();
        }
        let sender = updates.by_uri.entry(uri.to_owned());
        sender.or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Removes a resource, and returns true, unless another subscription follows it.
    pub(crate) fn forget(&self, uri: &str) -> bool {
        let mut updates = self.updates();
        let is_followed = |sender: &watch::Sender<u64>| sender.receiver_count() > 0;
        if updates.by_uri.get(uri).is_some_and(is_followed) {
            return false;
        }
        updates.by_uri.remove(uri).is_some()
    }

    fn updated(&self, uri: &str) {
        if let Some(sender) = self.updates().by_uri.get(uri) {
            sender.send_modify(|count| *count += 1);
        }
    }

    fn close(&self) {
        let mut updates = self.updates();
        updates.is_closed = true;
        updates.by_uri.clear();
        self.tasks.close();
    }
}

/// Returns the receiver of a connection's notifications.
pub(crate) fn receiver(
    handlers: EventHandlers,
    subscribers: Arc<Subscribers>,
    schemas: Option<Arc<OutputSchemas>>,
) -> Notice {
    let list_changed = move |list: ListKind, handlers: &EventHandlers| {
        if let (ListKind::Tools, Some(schemas)) = (list, &schemas) {
            schemas.forget();
        }
        if let Some(handler) = &handlers.list_changed {
            handler(list);
        }
    };
    Arc::new(move |method, params: Value| match method {
        "notifications/message" => {
            if let Some(handler) = &handlers.log {
                handler(LogMessage::from_params(params));
            }
        }
        "notifications/tools/list_changed" => list_changed(ListKind::Tools, &handlers),
        "notifications/prompts/list_changed" => list_changed(ListKind::Prompts, &handlers),
        "notifications/resources/list_changed" => list_changed(ListKind::Resources, &handlers),
        "notifications/resources/updated" => {
            let uri = params["uri"].as_str().unwrap_or_default();
            subscribers.updated(uri);
            if let Some(handler) = &handlers.resource_updated {
                handler(uri.to_owned());
            }
        }
        "notifications/subscriptions/acknowledged" => {
            subscribers.tasks.acknowledged(&params);
            // `Client::subscribe` waits for the acknowledgement of another subscription.
            if params["notifications"].get("taskIds").is_none() {
                subscribers.acknowledged.notify_waiters();
            }
        }
        "notifications/tasks" => subscribers.tasks.notified(&params),
        "closed" => subscribers.close(),
        _ => {}
    })
}
