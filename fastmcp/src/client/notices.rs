//! [`Notices`]: the notifications of a server, and the progress of requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::Value;

/// Receives a notification: the method, and the parameters.
pub(crate) type Notice = Arc<dyn Fn(&str, Value) + Send + Sync>;

/// Receives the parameters of the progress notifications of one request.
pub(crate) type ProgressSink = Arc<dyn Fn(Value) + Send + Sync>;

/// Answers a request of a server. Returns `None` if the request has no answer.
pub(crate) type AnyHandler =
    Arc<dyn Fn(String, Value) -> BoxFuture<'static, Option<Value>> + Send + Sync>;

/// The receivers of a connection's notifications.
#[derive(Clone, Default)]
pub(crate) struct Notices {
    pub(crate) receiver: Option<Notice>,
    /// The receivers of progress, by the progress token as JSON.
    progress: Arc<Mutex<HashMap<String, ProgressSink>>>,
}

impl Notices {
    fn progress(&self) -> MutexGuard<'_, HashMap<String, ProgressSink>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes the progress with this token to `sink`, until the guard is dropped.
    pub(crate) fn follow(&self, token: &Value, sink: ProgressSink) -> Followed {
        let token = token.to_string();
        self.progress().insert(token.clone(), sink);
        Followed {
            notices: self.clone(),
            token,
        }
    }

    /// Passes a notification on.
    pub(crate) fn notify(&self, method: &str, params: Value) {
        if method == "notifications/progress" {
            let sink = self
                .progress()
                .get(&params["progressToken"].to_string())
                .cloned();
            if let Some(sink) = sink {
                sink(params);
            }
        } else if let Some(receiver) = &self.receiver {
            receiver(method, params);
        }
    }
}

/// The progress of one request.
pub(crate) struct Followed {
    notices: Notices,
    token: String,
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.notices.progress().remove(&self.token);
    }
}
