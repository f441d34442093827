//! A client on standard input and output, whose server is edited, broken and killed.

use std::fs;

use serde_json::{Value, json};

use crate::front::{Front, agent, built, command, text};
use crate::project::Project;

async fn initialize(front: &mut Front) -> Value {
    let id = front
        .ask(
            "initialize",
            json!({
                "protocolVersion": "2025-11-25",
                "capabilities": { "elicitation": {} },
                "clientInfo": { "name": "test", "version": "0" },
            }),
        )
        .await;
    let answer = front.answer(id).await;
    front
        .say(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
        .await;
    answer
}

async fn tools(front: &mut Front) -> Vec<Value> {
    let id = front.ask("tools/list", json!({})).await;
    let answer = front.answer(id).await;
    answer["result"]["tools"].as_array().unwrap().clone()
}

fn named<'a>(tools: &'a [Value], name: &str) -> Option<&'a Value> {
    tools.iter().find(|tool| tool["name"] == name)
}

#[tokio::test]
async fn a_client_sees_every_edit_in_one_session() {
    let project = Project::new("dev-stdio");
    let mut front = Front::start(&project, &[]);
    let url = front.agent_url().await;
    // There is no program yet: the first request waits for the build.
    let answer = initialize(&mut front).await;
    assert_eq!(answer["result"]["serverInfo"]["name"], "calculator");
    assert_eq!(front.text("add", json!({ "a": 1, "b": 2 })).await, "3");

    // An edit.
    project.edit("/// Adds two numbers.", "/// Adds two whole numbers.");
    project.edit(
        "/// Waits until",
        "/// Subtracts.\n#[tool]\nasync fn subtract(a: i64, b: i64) -> i64 {\n    a - b\n}\n\n/// Waits until",
    );
    front.told("notifications/tools/list_changed").await;
    let listed = tools(&mut front).await;
    assert_eq!(
        named(&listed, "add").unwrap()["description"],
        "Adds two whole numbers."
    );
    assert_eq!(front.text("subtract", json!({ "a": 7, "b": 2 })).await, "5");
    let log = front.logged("+ tool subtract").await.join("\n");
    assert!(log.contains("~ tool add"), "{log}");
    assert!(
        log.contains(r#"description: "Adds two numbers." -> "Adds two whole numbers.""#),
        "{log}"
    );

    // An error.
    let line = fs::read_to_string(project.source()).unwrap();
    let line = 1 + line.lines().position(|it| it.contains("a - b")).unwrap();
    project.edit("a - b", "a - c");
    let build = built(&url, "failed").await;
    let error = &build["errors"][0];
    assert_eq!(error["file"], "src/main.rs", "{build}");
    assert_eq!(error["line"], line, "{build}");
    assert_eq!(error["code"], "E0425", "{build}");
    assert!(
        error["rendered"]
            .as_str()
            .unwrap()
            .contains("cannot find value `c`"),
        "{build}"
    );
    assert_eq!(front.text("subtract", json!({ "a": 7, "b": 2 })).await, "5");

    // The fix, while a call and a question of the old server are in flight.
    let flag = project.directory.join("flag");
    let waiting = front.call("wait_for", json!({ "path": flag })).await;
    let greeting = front.call("greet", json!({})).await;
    let question = front.told("elicitation/create").await;
    project.edit("a - c", "a - b - 100");
    project.edit("/// Subtracts.", "/// Subtracts, and 100 more.");
    front.told("notifications/tools/list_changed").await;
    assert_eq!(
        front.text("subtract", json!({ "a": 7, "b": 2 })).await,
        "-95"
    );
    let name = json!({ "action": "accept", "content": { "value": "Ada" } });
    front
        .say(json!({ "jsonrpc": "2.0", "id": question["id"], "result": name }))
        .await;
    assert_eq!(text(&front.answer(greeting).await), "Hello, Ada!");
    fs::write(&flag, "").unwrap();
    let old = text(&front.answer(waiting).await);
    let new = front.text("wait_for", json!({ "path": flag })).await;
    assert_ne!(old, new, "the call was answered by the new server");

    // A crash.
    let crashed = front.call("crash", json!({})).await;
    let answer = front.answer(crashed).await;
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("ended during this request"), "{message}");
    assert_eq!(front.text("add", json!({ "a": 1, "b": 2 })).await, "3");

    // A restart, asked for by the process of an agent.
    let before = front.text("wait_for", json!({ "path": flag })).await;
    let mut process = command(&project, &["--agent"]);
    process.env_remove("RUST_LOG");
    let client = fastmcp::client::Client::spawn(process).await.unwrap();
    let names: Vec<_> = client
        .list_tools()
        .await
        .unwrap()
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(
        names,
        ["build_errors", "last_calls", "lints", "logs", "restart"]
    );
    client.call_tool("restart", json!({})).await.unwrap();
    client.close().await;
    assert_ne!(
        front.text("wait_for", json!({ "path": flag })).await,
        before
    );

    let calls = agent(&url, "last_calls").await.to_string();
    assert!(calls.contains(r#""name":"subtract""#), "{calls}");
    assert!(!calls.contains("flag"), "the log has arguments: {calls}");
    assert!(front.close().await);
}

#[tokio::test]
async fn a_client_without_a_session_keeps_its_subscription() {
    let project = Project::new("dev-stateless");
    let mut front = Front::start(&project, &[]);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "0" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let listen = json!({ "_meta": meta, "notifications": { "toolsListChanged": true } });
    // The first request waits for the build.
    let discover = front.ask("server/discover", json!({ "_meta": meta })).await;
    assert!(front.answer(discover).await["result"].is_object());
    let subscription = front.ask("subscriptions/listen", listen).await;
    front.told("notifications/subscriptions/acknowledged").await;

    for name in ["first", "second"] {
        let tool = format!(
            "/// Is new.\n#[tool]\nasync fn {name}() -> &'static str {{\n    \"{name}\"\n}}\n\n/// Asks"
        );
        project.edit("/// Asks", &tool);
        let changed = front.told("notifications/tools/list_changed").await;
        assert_eq!(
            changed["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
            subscription
        );
        let id = front
            .ask(
                "tools/call",
                json!({ "_meta": meta, "name": name, "arguments": {} }),
            )
            .await;
        assert_eq!(text(&front.answer(id).await), name);
    }
    // The acknowledgements of the later servers did not reach the client.
    assert!(
        front
            .close_and_read()
            .await
            .iter()
            .all(|it| it["method"] != "notifications/subscriptions/acknowledged")
    );
}

#[tokio::test]
async fn a_front_that_cannot_start_says_why() {
    let project = Project::new("dev-refused");
    let refused = async |arguments: &[&str]| {
        let output = command(&project, arguments).output().await.unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let text = refused(&["--agent"]).await;
    assert!(text.contains("start `dev` first"), "{text}");
    let text = refused(&["--http", "256.0.0.1:1"]).await;
    assert!(text.contains("cannot listen on `256.0.0.1:1`"), "{text}");
    fs::write(project.manifest(), "[package").unwrap();
    let text = refused(&[]).await;
    assert!(
        text.contains("cannot find the package to build") && text.contains("Cargo.toml:1"),
        "{text}"
    );
    fs::remove_file(project.manifest()).unwrap();
    let text = refused(&[]).await;
    assert!(text.contains("No such file"), "{text}");
}
