//! Notifies clients of changes of lists and resources.
//!
//! Before protocol 2026-07-28, a session receives all list changes, and the updates of the
//! resources that it named with `resources/subscribe`. Since then, a client opens a
//! `subscriptions/listen` request that names the changes, and receives them until that request
//! ends.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::RoleServer;
use rmcp::model::{
    ResourceUpdatedNotification, ResourceUpdatedNotificationParam, ServerNotification,
};
use rmcp::service::{Peer, SubscriptionContext, SubscriptionSendError};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::context::change::{Change, ListKind};

/// The resource subscriptions of one session. Notifications end when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Subscriptions {
    uris: Arc<Mutex<HashSet<String>>>,
    ended: CancellationToken,
    _end: Arc<DropGuard>,
}

impl Default for Subscriptions {
    fn default() -> Self {
        let ended = CancellationToken::new();
        Self {
            uris: Arc::default(),
            _end: Arc::new(ended.clone().drop_guard()),
            ended,
        }
    }
}

impl Subscriptions {
    fn with<T>(&self, change: impl FnOnce(&mut HashSet<String>) -> T) -> T {
        change(&mut self.uris.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn add(&self, uri: String) {
        self.with(|uris| uris.insert(uri));
    }

    pub(crate) fn remove(&self, uri: &str) {
        self.with(|uris| uris.remove(uri));
    }

    /// Spawns a task that notifies a session until it ends.
    pub(crate) fn notify(&self, peer: Peer<RoleServer>, mut changes: Receiver<Change>) {
        let uris = Arc::clone(&self.uris);
        let ended = self.ended.clone();
        tokio::spawn(async move {
            loop {
                let change = tokio::select! {
                    change = next(&mut changes) => change,
                    () = ended.cancelled() => return,
                };
                let Some(change) = change else { return };
                let sent = match change {
                    Change::List(ListKind::Tools) => peer.notify_tool_list_changed().await,
                    Change::List(ListKind::Resources) => peer.notify_resource_list_changed().await,
                    Change::List(ListKind::Prompts) => peer.notify_prompt_list_changed().await,
                    Change::Resource(uri) => {
                        // The block releases the lock, which must not be held across the `.await`
                        // below.
                        let subscribed = {
                            let uris = uris.lock().unwrap_or_else(PoisonError::into_inner);
                            uris.contains(&*uri)
                        };
                        if !subscribed {
                            continue;
                        }
                        let param = ResourceUpdatedNotificationParam::new(&*uri);
                        let update = ResourceUpdatedNotification::new(param);
                        let update = ServerNotification::ResourceUpdatedNotification(update);
                        peer.send_notification(update).await
                    }
                };
                if let Err(error) = sent {
                    tracing::debug!(%error, "cannot notify a client of a change");
                    return;
                }
            }
        });
    }
}

/// Receives the next change. A receiver that falls behind misses the oldest changes, because the
/// server must not wait for a slow client.
async fn next(changes: &mut Receiver<Change>) -> Option<Change> {
    loop {
        match changes.recv().await {
            Ok(change) => return Some(change),
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "a client missed change notifications");
            }
            Err(RecvError::Closed) => return None,
        }
    }
}

/// Notifies one `subscriptions/listen` request until it ends.
pub(crate) async fn notify(subscription: SubscriptionContext, mut changes: Receiver<Change>) {
    let sink = subscription.sink();
    loop {
        let change = tokio::select! {
            change = next(&mut changes) => change,
            () = subscription.cancelled() => return,
        };
        let sent = match change {
            None => return,
            Some(Change::List(ListKind::Tools)) => sink.notify_tool_list_changed().await,
            Some(Change::List(ListKind::Resources)) => sink.notify_resource_list_changed().await,
            Some(Change::List(ListKind::Prompts)) => sink.notify_prompt_list_changed().await,
            Some(Change::Resource(uri)) => sink.notify_resource_updated(&*uri).await,
        };
        match sent {
            // The subscription does not include this change.
            Ok(()) | Err(SubscriptionSendError::NotificationNotAccepted(_)) => {}
            Err(error) => {
                tracing::debug!(%error, "cannot notify a client of a change");
                return;
            }
        }
    }
}
