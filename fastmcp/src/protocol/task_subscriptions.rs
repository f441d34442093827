//! Answers `subscriptions/listen` requests that name tasks: sends `notifications/tasks` with their states (SEP-2663,
//! "Task notifications"), next to the changes that [`subscriptions`](crate::protocol::subscriptions) sends.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use rmcp::model::{
    CustomNotification, CustomRequest, CustomResult, GetMeta, RequestId, ServerNotification,
    SubscriptionFilter,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::component::task_view::TaskView;
use crate::context::request::Context;
use crate::context::stream_capacity::StreamCapacity;
use crate::mcp_tasks::watch::TaskWatch;
use crate::protocol::caller::caller;
use crate::protocol::client_channel::PeerChannel;
use crate::protocol::connection::{Connection, RequestContext, Response};
use crate::protocol::params;
use crate::protocol::request::{OriginalId, has_multi_round_trips};
use crate::protocol::subscriptions;
use crate::protocol::task_filter::{LISTEN, TaskFilter};
use crate::protocol::tasks;

const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";

/// The shortest time between two notifications about one task.
const TICK: Duration = Duration::from_millis(50);

impl Connection {
    /// Notifies the client until it or the server ends the request.
    pub(crate) async fn listen_to_tasks(
        &self,
        request: &CustomRequest,
        mut context: RequestContext,
    ) -> Response<CustomResult> {
        if !has_multi_round_trips(&context) {
            return Err(params::unknown_method(LISTEN));
        }
        let filter = TaskFilter::read(request).inspect_err(|_| {
            Self::mark_invalid_params(&context);
        })?;
        if !filter.tasks.is_empty() && !tasks::is_declared(&context.meta) {
            return Err(tasks::undeclared());
        }
        let original = context.extensions.get::<OriginalId>();
        let id = original.map_or_else(|| context.id.clone(), |OriginalId(id)| id.clone());
        let sink = Sink {
            channel: PeerChannel {
                peer: context.peer.clone(),
                progress_token: None,
                log_level: None,
                asking_unsupported: None,
                capacity: capacity(&context),
            },
            id,
        };
        let caller = caller(&context);
        let live = self.context(&mut context, None);
        let run = async {
            let accepted = filter
                .other
                .supported_by(&self.server.config().capabilities);
            let dispatcher = &self.server.dispatcher;
            // Changes from here on are sent, after the acknowledgement.
            let mut changes = subscriptions::Listener::new(dispatcher, &caller, &accepted);
            let watches = self.watches(&filter, &live).await;
            sink.acknowledge(&accepted, &watches).await;
            let mut tasks: FuturesUnordered<_> =
                watches.into_iter().map(|it| sink.follow(it)).collect();
            let tasks = async { while tasks.next().await.is_some() {} };
            let changes = async {
                while let Some(batch) = changes.next(dispatcher).await {
                    for notification in batch {
                        sink.send(notification).await;
                    }
                }
            };
            // The stream stays open when all tasks have ended.
            let ((), ()) = tokio::join!(tasks, changes);
        };
        tokio::select! {
            () = run => {}
            () = context.ct.cancelled() => {}
        }
        let meta = json!({ SUBSCRIPTION_ID: sink.id });
        Ok(CustomResult(
            json!({ "resultType": "complete", "_meta": meta }),
        ))
    }

    /// Begins to watch the tasks of the caller. Those of others are left out, as if they did not exist.
    async fn watches(&self, filter: &TaskFilter, live: &Context) -> Vec<TaskWatch> {
        let dispatcher = &self.server.dispatcher;
        let tasks = filter.tasks.iter();
        let opened = tasks.map(|id| TaskWatch::open(dispatcher, id, live));
        join_all(opened).await.into_iter().flatten().collect()
    }
}

/// Sends the notifications of one request.
struct Sink {
    channel: PeerChannel,
    id: RequestId,
}

impl Sink {
    async fn send(&self, mut notification: ServerNotification) {
        notification
            .get_meta_mut()
            .set_subscription_id(self.id.clone());
        self.channel.send(notification).await;
    }

    async fn send_custom(&self, method: &str, mut params: Value) {
        params["_meta"] = json!({ SUBSCRIPTION_ID: self.id });
        let notification = CustomNotification::new(method, Some(params));
        let notification = ServerNotification::CustomNotification(notification);
        self.channel.send(notification).await;
    }

    /// Sends the filter that the server honours. The notification of the library has no tasks.
    async fn acknowledge(&self, accepted: &SubscriptionFilter, watches: &[TaskWatch]) {
        let mut accepted = serde_json::to_value(accepted).unwrap_or_default();
        accepted["taskIds"] = watches.iter().map(TaskWatch::id).collect();
        let params = json!({ "notifications": accepted });
        self.send_custom("notifications/subscriptions/acknowledged", params)
            .await;
    }

    /// Sends the states of a task until it has ended.
    async fn follow(&self, mut watch: TaskWatch) {
        while let Some(view) = watch.next().await {
            if let Some(params) = params_of(watch.id(), view) {
                self.send_custom("notifications/tasks", params).await;
            }
            sleep(TICK).await;
        }
    }
}

/// Returns the parameters of the notification: the task, as `tasks/get` returns it.
fn params_of(id: &str, view: TaskView) -> Option<Value> {
    let task = tasks::detailed(id.to_owned(), view).ok()?;
    let mut params = serde_json::to_value(task).ok()?;
    params.as_object_mut()?.remove("resultType");
    Some(params)
}

#[cfg(feature = "http")]
fn capacity(context: &RequestContext) -> Option<StreamCapacity> {
    let parts = context.extensions.get::<axum::http::request::Parts>()?;
    parts.extensions.get().cloned()
}

#[cfg(not(feature = "http"))]
fn capacity(_: &RequestContext) -> Option<StreamCapacity> {
    None
}
