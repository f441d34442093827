//! [`Subscription`]: the updates of a resource.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::client::connection::Connection;
use crate::client::error::{ClientError, connection_error};
use crate::client::events::Subscribers;
use crate::client::handle::Client;

/// The updates of a resource. Dropping it ends the subscription.
pub struct Subscription {
    uri: String,
    updates: Option<watch::Receiver<u64>>,
    connection: Arc<dyn Connection>,
    subscribers: Arc<Subscribers>,
    /// The request that keeps the subscription open, in a revision without sessions.
    listener: Option<AbortOnDropHandle<Result<Value, ClientError>>>,
}

impl Client {
    /// Subscribes to the updates of a resource.
    ///
    /// ```standalone_crate
    /// use fastmcp::client::Client;
    /// use fastmcp::prelude::*;
    ///
    /// /// The news.
    /// #[resource("news://today")]
    /// async fn news() -> String {
    ///     "none".into()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = FastMcp::new("news").start().await?;
    /// let client = Client::connect(&server).await?;
    /// let mut news = client.subscribe("news://today").await?;
    /// server.notify_resource_updated("news://today");
    /// news.updated().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the server does not allow it.
    pub fn subscribe(&self, uri: &str) -> BoxFuture<'_, Result<Subscription, ClientError>> {
        self.open_subscription(uri.to_owned()).boxed()
    }

    async fn open_subscription(&self, uri: String) -> Result<Subscription, ClientError> {
        let mut subscription = Subscription {
            updates: Some(self.subscribers.follow(&uri)),
            connection: Arc::clone(&self.connection),
            subscribers: Arc::clone(&self.subscribers),
            listener: None,
            uri,
        };
        let uri = &subscription.uri;
        if self.connection.listens() {
            let filter = json!({ "resourceSubscriptions": [uri] });
            subscription.listener = Some(listen(self, filter).await?);
        } else {
            let params = json!({ "uri": uri });
            self.request::<Value>("resources/subscribe", params).await?;
        }
        Ok(subscription)
    }
}

/// Opens a subscription of protocol 2026-07-28, and waits until the server has accepted it.
async fn listen(
    client: &Client,
    filter: Value,
) -> Result<AbortOnDropHandle<Result<Value, ClientError>>, ClientError> {
    let acknowledged = client.subscribers.acknowledged.notified();
    let mut acknowledged = std::pin::pin!(acknowledged);
    // Registered before the request is sent.
    acknowledged.as_mut().enable();
    let connection = Arc::clone(&client.connection);
    let mut listener = AbortOnDropHandle::new(tokio::spawn(async move {
        let params = json!({ "notifications": filter });
        connection.request("subscriptions/listen", params).await
    }));
    tokio::select! {
        biased;
        () = acknowledged => Ok(listener),
        ended = &mut listener => {
            ended.map_err(connection_error)??;
            Err(connection_error("the server has ended the subscription at once"))
        }
    }
}

/// Subscribes to the changes of lists, in the background.
pub(super) fn listen_to_lists(connection: Arc<dyn Connection>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let lists = json!({
            "toolsListChanged": true,
            "promptsListChanged": true,
            "resourcesListChanged": true,
        });
        let params = json!({ "notifications": lists });
        // A server without subscriptions refuses it: its lists do not change.
        let _ = connection.request("subscriptions/listen", params).await;
    }))
}

impl Subscription {
    /// Returns the URI of the resource.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Waits until the contents of the resource have changed since the last call, or since the subscription began. Several
    /// changes in between count once.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server ends the subscription, or the connection ends.
    pub fn updated(&mut self) -> BoxFuture<'_, Result<(), ClientError>> {
        async move {
            let ended = || connection_error("the connection is closed");
            let updates = self.updates.as_mut().ok_or_else(ended)?;
            match &mut self.listener {
                Some(listener) => tokio::select! {
                    biased;
                    changed = updates.changed() => changed.map_err(|_| ended()),
                    ended = listener => {
                        ended.map_err(connection_error)??;
                        Err(connection_error("the server has ended the subscription"))
                    }
                },
                None => updates.changed().await.map_err(|_| ended()),
            }
        }
        .boxed()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // Before the check whether another subscription follows the resource.
        drop(self.updates.take());
        let is_last = self.subscribers.forget(&self.uri);
        if self.listener.is_none() && is_last {
            let params = json!({ "uri": self.uri });
            self.connection.post("resources/unsubscribe", params);
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}
