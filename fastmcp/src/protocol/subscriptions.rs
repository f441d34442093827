//! Notifies clients of changes of lists and resources.
//!
//! Before protocol 2026-07-28, a session gets all list changes, and the updates of the resources that
//! it named with `resources/subscribe`. Since then, a client opens a `subscriptions/listen` request
//! that names the changes it wants, and gets them until that request ends.
//!
//! A client may write the URI of a resource in another form than the handler that changes it. A
//! notification contains the URI as the client wrote it, so that the client recognizes it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "http")]
use futures_util::future::BoxFuture;
use rmcp::RoleServer;
use rmcp::model::{
    PromptListChangedNotification, ResourceListChangedNotification, ResourceUpdatedNotification,
    ResourceUpdatedNotificationParam, ServerNotification, SubscriptionFilter,
    ToolListChangedNotification,
};
use rmcp::service::{Peer, ServiceError, SubscriptionContext};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::part::Watch;
use crate::context::change::{Change, ListKind};
use crate::protocol::caller::caller;
use crate::protocol::changes::Changes;

/// The subscriptions by the [key](crate::component::dispatch::Dispatcher::resource_key) of the resource.
type Uris = HashMap<String, Subscribed>;

/// The subscription to one resource.
struct Subscribed {
    /// The URI, as the client wrote it.
    uri: String,
    /// Keeps a remote server sending the updates.
    _watch: Option<Watch>,
}

impl Subscribed {
    fn new(dispatcher: &Dispatcher, uri: String) -> Self {
        Self {
            _watch: dispatcher.watch(&uri),
            uri,
        }
    }
}

/// The way to the client of a session.
pub(crate) enum Outlet {
    Peer(Peer<RoleServer>),
    #[cfg(feature = "http")]
    Session(SessionOutlet),
}

/// Sends notifications of a session of streamable HTTP, whose peer may have ended. The HTTP transport inserts it into the
/// extensions of `notifications/initialized`.
#[cfg(feature = "http")]
#[derive(Clone)]
pub(crate) struct SessionOutlet(pub(crate) Arc<SendNotification>);

#[cfg(feature = "http")]
type SendNotification = dyn Fn(ServerNotification) -> BoxFuture<'static, ()> + Send + Sync;

impl Outlet {
    /// Returns the outlet that the HTTP transport has inserted.
    #[cfg(feature = "http")]
    pub(crate) fn of_session(extensions: &rmcp::model::Extensions) -> Option<Self> {
        let parts = extensions.get::<axum::http::request::Parts>()?;
        let outlet: &SessionOutlet = parts.extensions.get()?;
        Some(Self::Session(outlet.clone()))
    }

    async fn send(&self, notification: ServerNotification) -> Result<(), ServiceError> {
        match self {
            Self::Peer(peer) => peer.send_notification(notification).await,
            #[cfg(feature = "http")]
            Self::Session(SessionOutlet(send)) => {
                send(notification).await;
                Ok(())
            }
        }
    }
}

/// The resource subscriptions of one session. The session is notified until the last clone is
/// dropped.
#[derive(Clone)]
pub(crate) struct Subscriptions {
    uris: Arc<Mutex<Uris>>,
    /// Set when the client is notified: it may send `notifications/initialized` again.
    is_notified: Arc<AtomicBool>,
    ended: CancellationToken,
    _end: Arc<DropGuard>,
}

impl Default for Subscriptions {
    fn default() -> Self {
        let ended = CancellationToken::new();
        Self {
            uris: Arc::default(),
            is_notified: Arc::default(),
            _end: Arc::new(ended.clone().drop_guard()),
            ended,
        }
    }
}

impl Subscriptions {
    fn with<T>(&self, change: impl FnOnce(&mut Uris) -> T) -> T {
        change(&mut self.uris.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a resource, under the URI that the client uses for it.
    pub(crate) fn add(&self, dispatcher: &Dispatcher, uri: String) {
        let key = dispatcher.resource_key(&uri);
        let subscribed = Subscribed::new(dispatcher, uri);
        self.with(|uris| uris.insert(key, subscribed));
    }

    pub(crate) fn remove(&self, key: &str) {
        self.with(|uris| uris.remove(key));
    }

    /// Spawns a task that notifies a session until it ends. Only the first call has an effect.
    pub(crate) fn notify(&self, outlet: Outlet, dispatcher: Arc<Dispatcher>) {
        if self.is_notified.swap(true, Ordering::Relaxed) {
            return;
        }
        let uris = Arc::clone(&self.uris);
        let ended = self.ended.clone();
        let mut changes = Changes::new(dispatcher.changes.subscribe());
        tokio::spawn(async move {
            loop {
                let batch = tokio::select! {
                    batch = changes.next() => batch,
                    () = ended.cancelled() => return,
                };
                let Some(batch) = batch else { return };
                for change in batch {
                    if let Err(error) = notify_session(&outlet, &uris, &dispatcher, change).await {
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
    outlet: &Outlet,
    uris: &Mutex<Uris>,
    dispatcher: &Dispatcher,
    change: Change,
) -> Result<(), ServiceError> {
    let uri = match change {
        Change::List(list) => {
            let notification = match list {
                ListKind::Tools => ToolListChangedNotification::default().into(),
                ListKind::Resources => ResourceListChangedNotification::default().into(),
                ListKind::Prompts => PromptListChangedNotification::default().into(),
            };
            return outlet.send(notification).await;
        }
        Change::Resource(uri) => uri,
    };
    let key = dispatcher.resource_key(&uri);
    // The guard ends here: it must not be held across the `.await` below.
    let subscribed = uris
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
        .map(|it| it.uri.clone());
    let Some(uri) = subscribed else {
        return Ok(());
    };
    let param = ResourceUpdatedNotificationParam::new(uri);
    let update = ResourceUpdatedNotification::new(param);
    let update = ServerNotification::ResourceUpdatedNotification(update);
    outlet.send(update).await
}

/// The changes for one `subscriptions/listen` request.
pub(crate) struct Listener {
    changes: Changes,
    accepted: SubscriptionFilter,
    uris: Uris,
}

impl Listener {
    /// Begins to collect the changes that the request wants and its caller may see.
    pub(crate) fn new(
        dispatcher: &Dispatcher,
        caller: &Caller,
        accepted: &SubscriptionFilter,
    ) -> Self {
        let changes = Changes::new(dispatcher.changes.subscribe());
        let subscribed = accepted.resource_subscriptions.iter();
        let is_visible = |uri: &&String| dispatcher.resource_component(uri, Some(caller)).is_some();
        let uris = subscribed.flatten().filter(is_visible).map(|uri| {
            let subscribed = Subscribed::new(dispatcher, uri.clone());
            (dispatcher.resource_key(uri), subscribed)
        });
        Self {
            changes,
            uris: uris.collect(),
            accepted: accepted.clone(),
        }
    }

    /// Returns the next notifications; `None` if the server has stopped. Cancellation-safe.
    pub(crate) async fn next(
        &mut self,
        dispatcher: &Dispatcher,
    ) -> Option<Vec<ServerNotification>> {
        let batch = self.changes.next().await?;
        let notifications = batch
            .iter()
            .filter_map(|it| self.notification(dispatcher, it));
        Some(notifications.collect())
    }

    /// Returns the notification of a change; `None` if the subscription does not include it.
    fn notification(&self, dispatcher: &Dispatcher, change: &Change) -> Option<ServerNotification> {
        let accepted = &self.accepted;
        let includes = |flag: Option<bool>| (flag == Some(true)).then_some(());
        Some(match change {
            Change::List(ListKind::Tools) => {
                includes(accepted.tools_list_changed)?;
                ToolListChangedNotification::default().into()
            }
            Change::List(ListKind::Resources) => {
                includes(accepted.resources_list_changed)?;
                ResourceListChangedNotification::default().into()
            }
            Change::List(ListKind::Prompts) => {
                includes(accepted.prompts_list_changed)?;
                PromptListChangedNotification::default().into()
            }
            Change::Resource(uri) => {
                let subscribed = self.uris.get(&dispatcher.resource_key(uri))?;
                let param = ResourceUpdatedNotificationParam::new(&*subscribed.uri);
                let update = ResourceUpdatedNotification::new(param);
                ServerNotification::ResourceUpdatedNotification(update)
            }
        })
    }
}

/// Notifies one `subscriptions/listen` request until it ends.
pub(crate) async fn notify(subscription: SubscriptionContext, dispatcher: &Dispatcher) {
    let sink = subscription.sink();
    let caller = caller(subscription.request_context());
    let mut listener = Listener::new(dispatcher, &caller, subscription.accepted());
    loop {
        let batch = tokio::select! {
            batch = listener.next(dispatcher) => batch,
            () = subscription.cancelled() => return,
        };
        let Some(batch) = batch else { return };
        for notification in batch {
            if let Err(error) = sink.send(notification).await {
                tracing::debug!(%error, "cannot notify a client of a change");
                return;
            }
        }
    }
}
