//! [`TaskUpdates`]: the states of a task that a server sends without being asked, over protocol 2026-07-28.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use crate::client::connection::Connection;
use crate::client::error::ClientError;
use crate::client::task_status::TaskStatus;

/// The time between two requests for the state of a task whose server sends its changes. They are a precaution: the
/// stream may have ended without notice.
const PRECAUTION: Duration = Duration::from_mins(1);

/// The receivers of the states of tasks, by the ID of the task.
#[derive(Default)]
pub(crate) struct TaskReceivers(Mutex<HashMap<String, watch::Sender<Received>>>);

/// What the server has sent about a task.
#[derive(Debug, Clone, Default)]
struct Received {
    /// `true` if the server has promised to send the changes.
    is_promised: bool,
    /// The latest state.
    status: Option<TaskStatus>,
}

impl TaskReceivers {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<Received>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(&self, id: &str) -> watch::Receiver<Received> {
        let mut receivers = self.lock();
        receivers.entry(id.to_owned()).or_default().subscribe()
    }

    /// Removes the entry of a task that nobody follows any more.
    fn forget(&self, id: &str) {
        let mut receivers = self.lock();
        if receivers.get(id).is_some_and(|it| it.receiver_count() == 0) {
            receivers.remove(id);
        }
    }

    /// Ends the waits of all tasks, because the connection has ended.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Received)) {
        if let Some(sender) = self.lock().get(id) {
            sender.send_modify(change);
        }
    }

    /// Passes the parameters of `notifications/subscriptions/acknowledged` on.
    pub(crate) fn acknowledged(&self, params: &Value) {
        let tasks = params["notifications"]["taskIds"].as_array();
        for id in tasks.into_iter().flatten().filter_map(Value::as_str) {
            self.change(id, |received| received.is_promised = true);
        }
    }

    /// Passes the parameters of `notifications/tasks` on.
    pub(crate) fn notified(&self, params: &Value) {
        if let Some(status) = TaskStatus::read(params) {
            let id = status.id.clone();
            self.change(&id, |received| received.status = Some(status));
        }
    }
}

/// The event that a wait for a change has ended with.
pub(crate) enum Change {
    /// The server has sent this state.
    Sent(Box<TaskStatus>),
    /// It is time to ask for the state.
    Ask,
}

/// The changes of one task. Dropping it ends the subscription.
pub(crate) struct TaskUpdates {
    id: String,
    connection: Arc<dyn Connection>,
    receivers: Arc<TaskReceivers>,
    /// `None` only while it is dropped.
    received: Option<watch::Receiver<Received>>,
    /// The request that keeps the subscription open; `None` before the first wait, and if there is none.
    listener: Option<AbortOnDropHandle<Result<Value, ClientError>>>,
    has_begun: bool,
}

impl TaskUpdates {
    pub(crate) fn new(
        connection: Arc<dyn Connection>,
        receivers: Arc<TaskReceivers>,
        id: &str,
    ) -> Self {
        Self {
            received: Some(receivers.follow(id)),
            receivers,
            connection,
            id: id.to_owned(),
            listener: None,
            has_begun: false,
        }
    }

    /// Subscribes to the task, at the first call: a short task does not need it.
    fn begin(&mut self) {
        if self.has_begun || !self.connection.listens() {
            return;
        }
        self.has_begun = true;
        let connection = Arc::clone(&self.connection);
        let params = json!({ "notifications": { "taskIds": [self.id] } });
        // A server without this feature refuses it, and the task is polled.
        self.listener = Some(AbortOnDropHandle::new(tokio::spawn(async move {
            connection.request("subscriptions/listen", params).await
        })));
    }

    /// Waits until the server has sent a state, or for `interval` if it sends none.
    pub(crate) async fn next(&mut self, interval: Duration) -> Change {
        self.begin();
        let Some(received) = &mut self.received else {
            sleep(interval).await;
            return Change::Ask;
        };
        let is_promised = received.borrow().is_promised && self.listener.is_some();
        let pause = if is_promised {
            PRECAUTION.max(interval)
        } else {
            interval
        };
        let ended = async {
            match &mut self.listener {
                Some(listener) => drop(listener.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            changed = received.changed() => {
                let latest = received.borrow_and_update().status.clone();
                match (changed, latest) {
                    (Ok(()), Some(status)) => Change::Sent(Box::new(status)),
                    // The subscription has begun: the task may have changed before that.
                    (Ok(()), None) => Change::Ask,
                    // The connection has ended.
                    (Err(_), _) => {
                        self.received = None;
                        Change::Ask
                    }
                }
            }
            () = ended => {
                self.listener = None;
                sleep(interval).await;
                Change::Ask
            }
            () = sleep(pause) => Change::Ask,
        }
    }
}

impl Drop for TaskUpdates {
    fn drop(&mut self) {
        drop(self.received.take());
        self.receivers.forget(&self.id);
    }
}
