//! [`StdioFront`]: passes messages between the client on standard input and output and one server after another.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use crate::dev::catalog::Catalog;
use crate::dev::pipe::{Closed, Pipe};
use crate::dev::record::{Begun, Record};
use crate::dev::session::{LISTEN, Session, changes_session, id_for_server};
use crate::dev::standard_streams::Output;

/// The time that a request waits for a server.
const WAIT: Duration = Duration::from_mins(1);

/// The server that gets new requests, or the reason why there is none.
#[derive(Debug, Clone, Default)]
pub(super) struct Current {
    pub(super) pipe: Option<Arc<Pipe>>,
    pub(super) problem: Option<Arc<str>>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) session: Session,
    /// The `subscriptions/listen` requests that are open, by their IDs.
    pub(super) listens: BTreeMap<String, Value>,
    /// The `_meta` of the client's requests in protocol 2026-07-28.
    meta: Option<Value>,
    /// The lists of the server that gets new requests, once they are known.
    pub(super) catalog: Option<Catalog>,
    /// All servers that run.
    pub(super) pipes: HashMap<u64, Arc<Pipe>>,
}

/// Passes messages between the client and one server after another.
pub(super) struct StdioFront {
    pub(super) record: Arc<Record>,
    pub(super) output: Output,
    state: Mutex<State>,
    pub(super) current: watch::Sender<Current>,
    /// Held while a server is replaced, and while a message is sent that the next server has to know.
    pub(super) switching: tokio::sync::Mutex<()>,
}

impl StdioFront {
    pub(super) fn new(record: Arc<Record>, output: Output) -> Arc<Self> {
        Arc::new(Self {
            record,
            output,
            state: Mutex::default(),
            current: watch::Sender::default(),
            switching: tokio::sync::Mutex::default(),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Each critical section leaves the collections usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves the client until it closes its stream.
    pub(super) async fn serve(self: &Arc<Self>, mut lines: mpsc::Receiver<String>) {
        while let Some(line) = lines.recv().await {
            match serde_json::from_str::<Value>(&line) {
                Ok(message) if message.is_object() => self.receive(message, line).await,
                // The server answers lines that are not messages.
                _ => drop(self.send(line).await),
            }
        }
    }

    /// Handles a message of the client.
    async fn receive(self: &Arc<Self>, message: Value, line: String) {
        let id = &message["id"];
        let Some(method) = message["method"].as_str() else {
            if let Some((server, id)) = id_for_server(id) {
                let pipe = self.state().pipes.get(&server).cloned();
                let mut answer = message;
                answer["id"] = id;
                if let Some(pipe) = pipe {
                    let _ = pipe.send(answer.to_string()).await;
                }
            }
            return;
        };
        if !id.is_null() {
            return self.request(message, line).await;
        }
        match method {
            "notifications/cancelled" => {
                let request = &message["params"]["requestId"];
                self.state().listens.remove(&request.to_string());
                let pipes: Vec<Arc<Pipe>> = self.state().pipes.values().cloned().collect();
                for pipe in pipes {
                    if let Some(cancelled) = pipe.remove(request) {
                        let _ = pipe.send(line.clone()).await;
                        self.record
                            .ended(cancelled.begun, 0, "cancelled", pipe.child.number);
                    }
                }
            }
            "notifications/initialized" => {
                let _switching = self.switching.lock().await;
                // Without a server, the next one gets it with the rest of the session.
                let pipe = self.current.borrow().pipe.clone();
                if let Some(pipe) = pipe {
                    let _ = pipe.send(line).await;
                }
                self.state().session.observe(&message);
                self.learn_catalog();
            }
            _ => drop(self.send(line).await),
        }
    }

    /// Handles a request of the client.
    async fn request(self: &Arc<Self>, message: Value, line: String) {
        let id = &message["id"];
        let begun = Begun::new(&message, line.len());
        let is_initialize = begun.method == "initialize";
        if !is_initialize {
            self.learn_meta(&message["params"]["_meta"]);
        }
        loop {
            let pipe = match self.pipe(is_initialize).await {
                Ok(pipe) => pipe,
                Err(problem) => {
                    self.output.send(failure(id, &problem)).await;
                    return self.record.ended(begun, 0, "error", 0);
                }
            };
            if self.forward(&pipe, &message, &line, &begun).await.is_ok() {
                return;
            }
            // The server has ended or was replaced in the meantime, and has not got the request.
            if pipe.is_closed() {
                self.gone(pipe.child.number);
            }
        }
    }

    /// Sends a request to a server. One that the next server has to know is not sent while the server is replaced.
    async fn forward(
        &self,
        pipe: &Arc<Pipe>,
        message: &Value,
        line: &str,
        begun: &Begun,
    ) -> Result<(), Closed> {
        let id = &message["id"];
        let is_listen = begun.method == LISTEN;
        if !is_listen && !changes_session(&begun.method) {
            return pipe
                .forward(id, line.to_owned(), begun.clone(), false)
                .await;
        }
        let _switching = self.switching.lock().await;
        if !self.is_current(pipe) {
            return Err(Closed);
        }
        pipe.forward(id, line.to_owned(), begun.clone(), false)
            .await?;
        let mut state = self.state();
        state.session.observe(message);
        if is_listen {
            state.listens.insert(id.to_string(), message.clone());
        }
        Ok(())
    }

    pub(super) fn is_current(&self, pipe: &Arc<Pipe>) -> bool {
        let current = self.current.borrow();
        current
            .pipe
            .as_ref()
            .is_some_and(|it| Arc::ptr_eq(it, pipe))
    }

    /// Remembers the `_meta` of the first request of a client without a session.
    fn learn_meta(self: &Arc<Self>, meta: &Value) {
        let mut state = self.state();
        if state.meta.is_some() || state.session.initialize.is_some() {
            return;
        }
        let Some(meta) = meta.as_object() else { return };
        let mut meta = meta.clone();
        meta.remove("progressToken");
        state.meta = Some(meta.into());
        drop(state);
        self.learn_catalog();
    }

    /// Sends a line to the server that gets new requests.
    async fn send(&self, line: String) -> Result<(), Closed> {
        let pipe = self.pipe(false).await.map_err(|_| Closed)?;
        pipe.send(line).await
    }

    /// Returns the server that gets new requests. Waits for one that is being built or started. The first request of a
    /// session waits until an error is fixed, because its failure would end the client.
    async fn pipe(&self, is_patient: bool) -> Result<Arc<Pipe>, String> {
        let mut current = self.current.subscribe();
        let found =
            current.wait_for(|it| it.pipe.is_some() || (it.problem.is_some() && !is_patient));
        let limit = if is_patient { Duration::MAX } else { WAIT };
        match tokio::time::timeout(limit, found).await {
            Ok(Ok(found)) => match (&found.pipe, &found.problem) {
                (Some(pipe), _) => Ok(Arc::clone(pipe)),
                (None, problem) => Err(problem.as_deref().unwrap_or_default().to_owned()),
            },
            _ => Err("it is being built or started".to_owned()),
        }
    }

    /// Stops sending requests to a server that has ended.
    pub(super) fn gone(&self, server: u64) {
        self.current.send_if_modified(|current| {
            let is_current = current
                .pipe
                .as_ref()
                .is_some_and(|it| it.child.number == server);
            if is_current {
                current.pipe = None;
            }
            is_current
        });
    }

    /// Reads the lists of the first server, once the client has said which revision it speaks.
    fn learn_catalog(self: &Arc<Self>) {
        let front = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(pipe) = front.pipe(false).await else {
                return;
            };
            let catalog = front.catalog(&pipe).await;
            if front.is_current(&pipe) {
                front.state().catalog = catalog;
            }
        });
    }

    /// Reads the lists of a server. `None` before the client has said which revision it speaks.
    pub(super) async fn catalog(&self, pipe: &Arc<Pipe>) -> Option<Catalog> {
        let meta = {
            let state = self.state();
            if state.meta.is_none() && !state.session.is_initialized {
                return None;
            }
            state.meta.clone()
        };
        let ask = |method: &'static str, mut params: Value| {
            let (pipe, meta) = (Arc::clone(pipe), meta.clone());
            async move {
                if let Some(meta) = meta {
                    params["_meta"] = meta;
                }
                pipe.ask(method, params).await
            }
            .boxed()
        };
        Catalog::read(&ask).await
    }
}

/// Returns the response to a request that no server has answered.
pub(super) fn failure(id: &Value, problem: &str) -> String {
    let message = format!("the server does not run: {problem}");
    let error = json!({ "code": -32603, "message": message });
    json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
}
