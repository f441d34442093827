//! Subscribes to the changes of a remote server: of its lists, and of the resources that clients watch.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::client::connection::Connection;
use crate::client::error::ClientError;
use crate::client::upstream::shared::Shared;

/// The time for which changes of the set are collected.
const COLLECT: Duration = Duration::from_millis(20);

/// The time for which the subscription to the earlier set stays open, so that no update is lost between the two. An
/// update in this time may be reported twice.
const OVERLAP: Duration = Duration::from_secs(1);

/// A subscription that ends sooner has failed; a later end is a limit of a server or a proxy in between.
const SOON: Duration = Duration::from_secs(1);

/// The time between two checks that the session with the watched resources still exists. Without a request, the end of a
/// session over HTTP stays unnoticed.
const CHECK: Duration = Duration::from_secs(5);

/// The time limit of a subscription in a session.
const SUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(10);

/// Subscribes to the changes of lists and of the watched resources, until the connection ends.
pub(super) async fn follow(shared: Arc<Shared>, connection: Arc<dyn Connection>) {
    if connection.listens() {
        listen(&shared, &connection).await;
    } else {
        subscribe(&shared, &connection).await;
    }
}

/// A task that ends when this is dropped.
pub(super) struct Guarded(pub(super) AbortHandle);

impl Drop for Guarded {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps one `subscriptions/listen` request open, with the present set (MCP 2026-07-28, "Subscriptions").
async fn listen(shared: &Arc<Shared>, connection: &Arc<dyn Connection>) {
    let mut set = shared.watched.subscribe();
    loop {
        let uris: Vec<String> = set.borrow_and_update().keys().cloned().collect();
        let mut filter = json!({
            "toolsListChanged": true,
            "promptsListChanged": true,
            "resourcesListChanged": true,
        });
        if !uris.is_empty() {
            filter["resourceSubscriptions"] = uris.clone().into();
        }
        let params = json!({ "notifications": filter });
        let request = Arc::clone(connection);
        let started = Instant::now();
        let listening = tokio::spawn(async move {
            let ended = request.request("subscriptions/listen", params);
            ended.await.map(drop)
        });
        let guard = Guarded(listening.abort_handle());
        tokio::select! {
            ended = listening => {
                drop(guard);
                match ended {
                    Ok(Err(error @ ClientError::Refused { .. })) => {
                        report(shared, &uris, &error);
                        // Until the set is another one.
                        if set.changed().await.is_err() {
                            return;
                        }
                    }
                    Ok(Err(error)) if started.elapsed() < SOON => {
                        shared.lost(&error.to_string());
                        return;
                    }
                    _ => {
                        sleep(SOON.saturating_sub(started.elapsed())).await;
                        shared.may_have_changed();
                    }
                }
            }
            changed = set.changed() => {
                if changed.is_err() {
                    return;
                }
                sleep(COLLECT).await;
                tokio::spawn(async move {
                    sleep(OVERLAP).await;
                    drop(guard);
                });
            }
        }
    }
}

/// Subscribes to each watched resource in a session (MCP 2025-11-25, "Subscriptions").
async fn subscribe(shared: &Arc<Shared>, connection: &Arc<dyn Connection>) {
    let mut set = shared.watched.subscribe();
    let mut subscribed = BTreeSet::new();
    loop {
        let uris: BTreeSet<String> = set.borrow_and_update().keys().cloned().collect();
        let send = async |method, uri: &String| {
            let params = json!({ "uri": uri });
            match timeout(SUBSCRIBE_TIMEOUT, connection.request(method, params)).await {
                Ok(Err(error)) => report(shared, std::slice::from_ref(uri), &error),
                Err(_) => {
                    let error = ClientError::Connection("no response to the subscription".into());
                    report(shared, std::slice::from_ref(uri), &error);
                }
                Ok(Ok(_)) => {}
            }
        };
        let gone = subscribed.difference(&uris);
        let new = uris.difference(&subscribed);
        let gone = gone.map(|uri| send("resources/unsubscribe", uri));
        let new = new.map(|uri| send("resources/subscribe", uri));
        tokio::join!(
            futures_util::future::join_all(gone),
            futures_util::future::join_all(new)
        );
        subscribed = uris;
        loop {
            tokio::select! {
                changed = set.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    sleep(COLLECT).await;
                    break;
                }
                () = sleep(CHECK), if !subscribed.is_empty() => {
                    if let Some(problem) = problem_of_session(connection).await {
                        shared.lost(&problem);
                        return;
                    }
                }
            }
        }
    }
}

/// Returns the reason why a session has ended.
async fn problem_of_session(connection: &Arc<dyn Connection>) -> Option<String> {
    match timeout(SUBSCRIBE_TIMEOUT, connection.request("ping", json!({}))).await {
        Ok(Ok(_) | Err(ClientError::Refused { .. })) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("it does not respond".to_owned()),
    }
}

/// Reports that a remote server does not announce updates. Its other parts work.
fn report(shared: &Shared, uris: &[String], error: &ClientError) {
    let server = &shared.name;
    if uris.is_empty() {
        tracing::debug!(server, %error, "the remote server announces no changes");
    } else {
        tracing::warn!(server, %error, ?uris, "the remote server does not announce updates of resources");
    }
}
