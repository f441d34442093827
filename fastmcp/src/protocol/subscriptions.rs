//! Notifies clients of changes of lists and resources.
//!
//! Before protocol 2026-07-28, a session gets all list changes, and the updates of the resources that
//! it named with `resources/subscribe`. Since then, a client opens a `subscriptions/listen` request
//! that names the changes it wants, and gets them until that request ends.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::RoleServer;
use rmcp::model::{
    ResourceUpdatedNotification, ResourceUpdatedNotificationParam, ServerNotification,
};
use rmcp::service::{Peer, ServiceError, SubscriptionContext, SubscriptionSendError};
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::context::change::{Change, ListKind};
use crate::protocol::changes::Changes;

/// The resource subscriptions of one session. The session is notified until the last clone is
/// dropped.
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
    pub(crate) fn notify(&self, peer: Peer<RoleServer>, changes: Receiver<Change>) {
        let uris = Arc::clone(&self.uris);
        let ended = self.ended.clone();
        let mut changes = Changes::new(changes);
        tokio::spawn(async move {
            loop {
                let batch = tokio::select! {
                    batch = changes.next() => batch,
                    () = ended.cancelled() => return,
                };
                let Some(batch) = batch else { return };
                for change in batch {
                    if let Err(error) = notify_session(&peer, &uris, change).await {
                        tracing::debug!(%error, "cannot notify a client of a change");
                        return;
                    }
                }
            }
        });
    }
}

/// Notifies one session of a change.
async fn notify_session(
    peer: &Peer<RoleServer>,
    uris: &Mutex<HashSet<String>>,
    change: Change,
) -> Result<(), ServiceError> {
    let uri = match change {
        Change::List(ListKind::Tools) => return peer.notify_tool_list_changed().await,
        Change::List(ListKind::Resources) => return peer.notify_resource_list_changed().await,
        Change::List(ListKind::Prompts) => return peer.notify_prompt_list_changed().await,
        Change::Resource(uri) => uri,
    };
    // The guard ends here: it must not be held across the `.await` below.
    let is_subscribed = uris
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .contains(&*uri);
    if !is_subscribed {
        return Ok(());
    }
    let param = ResourceUpdatedNotificationParam::new(&*uri);
    let update = ResourceUpdatedNotification::new(param);
    let update = ServerNotification::ResourceUpdatedNotification(update);
    peer.send_notification(update).await
}

/// Notifies one `subscriptions/listen` request until it ends.
pub(crate) async fn notify(subscription: SubscriptionContext, changes: Receiver<Change>) {
    let sink = subscription.sink();
    let mut changes = Changes::new(changes);
    loop {
        let batch = tokio::select! {
            batch = changes.next() => batch,
            () = subscription.cancelled() => return,
        };
        let Some(batch) = batch else { return };
        for change in batch {
            let sent = match change {
                Change::List(ListKind::Tools) => sink.notify_tool_list_changed().await,
                Change::List(ListKind::Resources) => sink.notify_resource_list_changed().await,
                Change::List(ListKind::Prompts) => sink.notify_prompt_list_changed().await,
                Change::Resource(uri) => sink.notify_resource_updated(&*uri).await,
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
}
