//! Tells clients of changes: of the lists, and of resources that they have subscribed to.
//!
//! Before protocol 2026-07-28 a session is told of all list changes, and of the resources that it
//! named with `resources/subscribe`. From then on a client says with `subscriptions/listen` what it
//! wants to hear, for as long as that request stands.

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

/// What one session has subscribed to. It is listened for until the last of these is dropped.
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

    /// Tells a session of what it wants to hear, until it ends.
    pub(crate) fn listen(&self, peer: Peer<RoleServer>, mut changes: Receiver<Change>) {
        let uris = Arc::clone(&self.uris);
        let ended = self.ended.clone();
        tokio::spawn(async move {
            loop {
                let change = tokio::select! {
                    change = next(&mut changes) => change,
                    () = ended.cancelled() => return,
                };
                let Some(change) = change else { return };
                let told = match change {
                    Change::List(ListKind::Tools) => peer.notify_tool_list_changed().await,
                    Change::List(ListKind::Resources) => peer.notify_resource_list_changed().await,
                    Change::List(ListKind::Prompts) => peer.notify_prompt_list_changed().await,
                    Change::Resource(uri) => {
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
                if let Err(error) = told {
                    tracing::debug!(%error, "a client was not told of a change");
                    return;
                }
            }
        });
    }
}

/// The next change. A listener that was too slow misses some: a list that has changed is asked for
/// anew in any case.
async fn next(changes: &mut Receiver<Change>) -> Option<Change> {
    loop {
        match changes.recv().await {
            Ok(change) => return Some(change),
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "a client was not told of all changes");
            }
            Err(RecvError::Closed) => return None,
        }
    }
}

/// Tells one `subscriptions/listen` request of what it asked for, until it ends.
pub(crate) async fn tell(subscription: SubscriptionContext, mut changes: Receiver<Change>) {
    let sink = subscription.sink();
    loop {
        let change = tokio::select! {
            change = next(&mut changes) => change,
            () = subscription.cancelled() => return,
        };
        let told = match change {
            None => return,
            Some(Change::List(ListKind::Tools)) => sink.notify_tool_list_changed().await,
            Some(Change::List(ListKind::Resources)) => sink.notify_resource_list_changed().await,
            Some(Change::List(ListKind::Prompts)) => sink.notify_prompt_list_changed().await,
            Some(Change::Resource(uri)) => sink.notify_resource_updated(&*uri).await,
        };
        match told {
            // What it did not ask for.
            Ok(()) | Err(SubscriptionSendError::NotificationNotAccepted(_)) => {}
            Err(error) => {
                tracing::debug!(%error, "a client was not told of a change");
                return;
            }
        }
    }
}
