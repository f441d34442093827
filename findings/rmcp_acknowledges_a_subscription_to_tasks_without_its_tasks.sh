#!/usr/bin/env bash
# rmcp acknowledges `subscriptions/listen` with `taskIds`, although it has dropped them and cannot send `notifications/tasks`.
#
# Guess:    rmcp has the type of `notifications/tasks` and the capability for tasks, so a server that accepts the whole
#           filter of a client can notify it of its tasks.
# Seen:     the filter has no member for tasks, so the acknowledgement is `{}`, even if the handler returns the filter
#           that the client sent. The sink of the subscription refuses `notifications/tasks` as unsupported.
# Versions: rmcp 3.11.0; seen on 2026-11-28.
# Matters:  a client that does not compare the acknowledgement with its request waits for ever.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
rmcp = { version = "=3.11.0", default-features = false, features = ["server", "transport-async-rw"] }
serde_json = "1"
tokio = { version = "1", features = ["io-util", "macros", "rt", "sync", "time"] }
TOML
cat >src/main.rs <<'RUST'
use rmcp::model::{
    DetailedTask, ErrorData, ServerCapabilities, ServerConfig, SubscriptionFilter, Task,
    TaskPayload, TaskStatus, TaskStatusNotification, TaskStatusNotificationParams,
};
use rmcp::service::SubscriptionContext;
use rmcp::{ServerHandler, ServiceExt};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

struct Server(tokio::sync::mpsc::UnboundedSender<String>);

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tasks().build())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let task = Task::new("a", TaskStatus::Working, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        let task = DetailedTask::new(task, TaskPayload::Working);
        let params = TaskStatusNotificationParams::new(task);
        let sent = subscription.sink().send(TaskStatusNotification::new(params).into()).await;
        let _ = self.0.send(sent.map_or_else(|error| error.to_string(), |()| "sent".into()));
        subscription.cancelled().await;
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (client, server) = tokio::io::duplex(65536);
    let (sent, mut outcome) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move { Server(sent).serve(tokio::io::split(server)).await.unwrap().waiting().await });
    let (read, mut write) = tokio::io::split(client);
    let request = serde_json::json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "subscriptions/listen",
        "params": {
            "notifications": { "taskIds": ["a"] },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities":
                    { "extensions": { "io.modelcontextprotocol/tasks": {} } },
            },
        },
    });
    write.write_all(format!("{request}\n").as_bytes()).await.unwrap();
    let line = BufReader::new(read).lines().next_line().await.unwrap().unwrap();
    let message: serde_json::Value = serde_json::from_str(&line).unwrap();
    println!("{}: {}", message["method"], message["params"]["notifications"]);
    println!("{}", outcome.recv().await.unwrap());
}
RUST
cat >expected <<'TEXT'
"notifications/subscriptions/acknowledged": {}
notification is not allowed on a subscription stream: notifications/tasks
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
