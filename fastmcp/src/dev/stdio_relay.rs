//! Passes the messages of a server to the client on standard input and output.

use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStdout;

use crate::dev::pipe::Pipe;
use crate::dev::session::{LISTEN, SUBSCRIPTION_ID, id_for_client};
use crate::dev::stdio_front::{StdioFront, failure};

impl StdioFront {
    /// Reads the messages of a server until it ends.
    pub(super) async fn read(self: Arc<Self>, pipe: Arc<Pipe>, output: ChildStdout) {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str::<Value>(&line) {
                Ok(message) if message.is_object() => self.relay(&pipe, message, line).await,
                Ok(message) if message.is_array() => self.output.send(line).await,
                _ => self.record.line(&line),
            }
        }
        self.gone(pipe.child.number);
        let status = pipe.child.ended().await;
        for (id, request) in pipe.take_all() {
            // The next server gets it.
            if request.begun.method == LISTEN {
                continue;
            }
            let problem = format!("it ended during this request ({status})");
            self.output.send(failure(&id, &problem)).await;
            self.record
                .ended(request.begun, 0, "error", pipe.child.number);
        }
        self.state().pipes.remove(&pipe.child.number);
    }

    /// Passes a message of a server to the client.
    async fn relay(&self, pipe: &Pipe, mut message: Value, line: String) {
        let id = message["id"].take();
        let method = message["method"].as_str();
        if method.is_some() && !id.is_null() {
            message["id"] = id_for_client(pipe.child.number, &id);
            return self.output.send(message.to_string()).await;
        }
        if let Some(method) = method {
            let is_repeated = method == "notifications/subscriptions/acknowledged"
                && pipe.take_replayed(&message["params"]["_meta"][SUBSCRIPTION_ID]);
            if !is_repeated {
                self.output.send(line).await;
            }
            return;
        }
        let outcome = if message["error"].is_object() || message["result"]["isError"] == true {
            "error"
        } else {
            "ok"
        };
        if id.is_null() {
            return self.output.send(line).await;
        }
        if pipe.answered(&id, message).is_none() {
            return;
        }
        // The client does not wait for a request that it has cancelled, or that another server has taken over.
        if let Some(request) = pipe.remove(&id) {
            self.state().listens.remove(&id.to_string());
            let bytes_out = line.len();
            self.output.send(line).await;
            self.record
                .ended(request.begun, bytes_out, outcome, pipe.child.number);
        }
    }
}
