//! [`Pipe`]: the connection to one server over standard input and output.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::dev::child::{Child, RETIRE_TIMEOUT};
use crate::dev::record::Begun;
use crate::dev::session::LISTEN;

/// The number of messages that wait for a server which does not read.
const MAX_QUEUED: usize = 256;

/// The prefix of the IDs of the front's own requests.
const OWN: &str = "dev:";

/// A request of the client that has no response yet.
#[derive(Debug)]
pub(super) struct InFlight {
    /// The ID as JSON text.
    id: String,
    pub(super) begun: Begun,
    /// The request has been sent to an earlier server, which has acknowledged it.
    pub(super) is_replayed: bool,
}

#[derive(Debug)]
struct State {
    /// `None` after the front has closed the input.
    input: Option<mpsc::Sender<String>>,
    in_flight: Vec<InFlight>,
    own: HashMap<String, oneshot::Sender<Value>>,
}

/// The connection to one server.
#[derive(Debug)]
pub(super) struct Pipe {
    pub(super) child: Arc<Child>,
    state: Mutex<State>,
    next_id: AtomicU64,
    /// Notified when a request has ended.
    ended: Notify,
}

/// The server does not accept the message.
pub(super) struct Closed;

impl Pipe {
    pub(super) fn new(child: Arc<Child>, input: ChildStdin) -> Self {
        let (sender, messages) = mpsc::channel(MAX_QUEUED);
        tokio::spawn(write(input, messages));
        Self {
            child,
            state: Mutex::new(State {
                input: Some(sender),
                in_flight: Vec::new(),
                own: HashMap::new(),
            }),
            next_id: AtomicU64::new(0),
            ended: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each critical section changes one collection.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a line that has no response.
    pub(super) async fn send(&self, line: String) -> Result<(), Closed> {
        let input = self.state().input.clone();
        input.ok_or(Closed)?.send(line).await.map_err(|_| Closed)
    }

    /// Sends a request of the client.
    pub(super) async fn forward(
        &self,
        id: &Value,
        line: String,
        begun: Begun,
        is_replayed: bool,
    ) -> Result<(), Closed> {
        let id = id.to_string();
        let input = {
            let mut state = self.state();
            // In one critical section with the entry: from here on, the pipe does not close before the response.
            let input = state.input.clone().ok_or(Closed)?;
            let entry = InFlight {
                id: id.clone(),
                begun,
                is_replayed,
            };
            state.in_flight.push(entry);
            input
        };
        let sent = input.send(line).await.map_err(|_| Closed);
        if sent.is_err() {
            self.finish(&id);
        }
        sent
    }

    /// Sends a request of the front, and returns the whole response. `None` if the server has ended.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Option<Value> {
        let id = format!("{OWN}{}", self.next_id.fetch_add(1, Ordering::Relaxed));
        let (sender, answer) = oneshot::channel();
        self.state().own.insert(id.clone(), sender);
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(request.to_string()).await.ok()?;
        answer.await.ok()
    }

    /// Passes a response to the front's own request. Returns the message if it belongs to the client.
    pub(super) fn answered(&self, id: &Value, message: Value) -> Option<Value> {
        let waiting = id
            .as_str()
            .filter(|id| id.starts_with(OWN))
            .and_then(|id| self.state().own.remove(id));
        match waiting {
            // Nobody waits if the front has given up on the server.
            Some(waiting) => drop(waiting.send(message)),
            None => return Some(message),
        }
        None
    }

    /// Removes the request whose ID is this text of JSON.
    fn finish(&self, id: &str) -> Option<InFlight> {
        let mut state = self.state();
        let index = state.in_flight.iter().position(|it| it.id == id)?;
        let request = state.in_flight.remove(index);
        drop(state);
        self.ended.notify_waiters();
        Some(request)
    }

    /// Removes a request that has ended, or that another server takes over.
    pub(super) fn remove(&self, id: &Value) -> Option<InFlight> {
        self.finish(&id.to_string())
    }

    /// Takes the mark of a `subscriptions/listen` request that has been sent to an earlier server. Returns whether it
    /// was set.
    pub(super) fn take_replayed(&self, id: &Value) -> bool {
        let id = id.to_string();
        let mut state = self.state();
        let request = state.in_flight.iter_mut().find(|it| it.id == id);
        request.is_some_and(|it| std::mem::take(&mut it.is_replayed))
    }

    /// Removes all requests, after the end of the server.
    pub(super) fn take_all(&self) -> Vec<(Value, InFlight)> {
        let mut state = self.state();
        state.input = None;
        state.own.clear();
        let requests = std::mem::take(&mut state.in_flight);
        drop(state);
        self.ended.notify_waiters();
        let parsed = |it: &InFlight| serde_json::from_str(&it.id).unwrap_or_default();
        requests.into_iter().map(|it| (parsed(&it), it)).collect()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state()
            .input
            .as_ref()
            .is_none_or(mpsc::Sender::is_closed)
    }

    /// Closes the input, which ends the server after its calls.
    pub(super) fn close(&self) {
        self.state().input = None;
    }

    /// Waits until the calls have ended, up to a limit, and then stops the server.
    pub(super) async fn retire(&self) {
        let _ = tokio::time::timeout(RETIRE_TIMEOUT, self.idle()).await;
        self.close();
        self.child.stop();
    }

    async fn idle(&self) {
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            // Registered before the look, so that no end is missed.
            ended.as_mut().enable();
            {
                let mut state = self.state();
                if state.in_flight.iter().all(|it| it.begun.method == LISTEN) {
                    state.input = None;
                    return;
                }
            }
            ended.await;
        }
    }
}

async fn write(mut input: ChildStdin, mut messages: mpsc::Receiver<String>) {
    while let Some(mut line) = messages.recv().await {
        line.push('\n');
        if input.write_all(line.as_bytes()).await.is_err() || input.flush().await.is_err() {
            return;
        }
    }
}
