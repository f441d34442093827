//! Providers of methods, and a provider whose teardown never ends.

use std::sync::{Arc, Mutex};

use fastmcp::client::Client;
use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;
use serde_json::{Value, json};

/// Records events for the test.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

/// Not `Clone`, so it is passed by reference.
struct Connection(String);

#[dependency]
fn address() -> String {
    "db:5432".to_owned()
}

#[dependency]
async fn connection(
    #[depends(address)] address: &str,
    diary: State<Diary>,
    scope: Scope<Connection>,
) {
    let ended = scope.provide(Connection(address.to_owned())).await;
    let line = format!("disconnect {}", ended.value.0);
    diary.0.lock().unwrap().push(line);
}

/// Has a teardown that never ends.
#[dependency]
async fn stuck(scope: Scope<u8>) {
    scope.provide(7).await;
    std::future::pending::<()>().await;
}

#[tool]
async fn through_the_stuck(
    #[depends(connection)] _first: &Connection,
    #[depends(stuck)] number: u8,
) -> u8 {
    number
}

async fn start() -> (fastmcp::Server, Client, Diary) {
    let diary = Diary::default();
    let server = FastMcp::new("desk")
        .docket(Docket::memory("desk"))
        .state(diary.clone())
        .state(Desk { drawer: "oak" });
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client, diary)
}

async fn call(client: &Client, tool: &str, arguments: Value) -> (String, bool) {
    let result = client.call_tool(tool, arguments).await.expect(tool);
    let text = json!(result.content)[0]["text"].as_str().map(str::to_owned);
    (text.unwrap_or_default(), result.is_error)
}

#[tokio::test(start_paused = true)]
async fn a_teardown_has_ten_seconds_and_does_not_delay_others() {
    let (_server, client, diary) = start().await;
    let began = tokio::time::Instant::now();
    let (text, is_error) = call(&client, "through_the_stuck", json!({})).await;
    assert_eq!(began.elapsed().as_secs(), 10);
    assert!(is_error);
    assert_eq!(
        text,
        "tool `through_the_stuck`: teardown of provider `stuck` timed out after 10s"
    );
    // The provider before it is still torn down.
    assert_eq!(*diary.0.lock().unwrap(), ["disconnect db:5432"]);
}

/// The value that the methods share.
struct Desk {
    drawer: &'static str,
}

#[tools]
impl Desk {
    /// A method whose parameters come from providers, the state and the client.
    #[tool]
    async fn desk_open(&self, #[depends(connection)] connection: &Connection, times: u8) -> String {
        format!("{} {} {times}", self.drawer, connection.0)
    }

    #[resource("desk://{name}")]
    async fn desk_read(&self, name: &str, #[depends(address)] address: &str) -> String {
        format!("{} {name} {address}", self.drawer)
    }

    #[prompt]
    fn desk_ask(&self, #[depends(address)] address: String) -> String {
        format!("{} {address}", self.drawer)
    }

    #[task]
    async fn desk_work(&self, times: u8, #[depends(address)] address: String) -> String {
        format!("{} {address} {times}", self.drawer)
    }

    #[tool]
    async fn desk_schedule(&self, docket: Docket) -> Result<String> {
        Ok(docket.add(Self::desk_work)(3).await?.result().await?)
    }
}

#[tokio::test]
async fn methods_can_use_providers() {
    let (_server, client, _) = start().await;
    let opened = call(&client, "desk_open", json!({ "times": 2 })).await;
    assert_eq!(opened, ("oak db:5432 2".into(), false));
    let contents = client.read_resource("desk://lamp").await.unwrap();
    assert_eq!(json!(contents)[0]["text"], "oak lamp db:5432");
    let messages = client.get_prompt("desk_ask", json!({})).await.unwrap();
    assert_eq!(json!(messages)[0]["content"]["text"], "oak db:5432");
    let worked = call(&client, "desk_schedule", json!({})).await;
    assert_eq!(worked, ("oak db:5432 3".into(), false));
}
