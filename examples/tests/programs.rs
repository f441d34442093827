//! Starts each small program and uses it as its first lines describe.

use std::path::PathBuf;
use std::process::Stdio;

use fastmcp::client::{Client, ClientBuilder};
use fastmcp::context::Elicited;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// Returns the command of a program, which logs nothing.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("FASTMCP_LOG_LEVEL", "off").kill_on_drop(true);
    command
}

async fn start(program: &str) -> Client {
    Client::spawn(command(program))
        .await
        .expect("the program serves")
}

/// Calls a tool, and returns its structured content, or else its text.
async fn call(client: &Client, tool: &str, arguments: Value) -> Value {
    let result = client
        .call_tool(tool, arguments)
        .await
        .expect("the server answers");
    let text = result.content.first().and_then(|block| block.as_text());
    let text = text.map_or(Value::Null, |block| json!(block.text));
    match result.structured_content {
        Some(content) => content.get("result").cloned().unwrap_or(content),
        None => text,
    }
}

/// An empty directory that is deleted with its test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the directory can be created");
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn calculator() {
    let client = start(env!("CARGO_BIN_EXE_calculator")).await;
    assert_eq!(call(&client, "add", json!({ "a": 1, "b": 2 })).await, 3.0);
    let refused = client
        .call_tool("divide", json!({ "a": 1, "b": 0 }))
        .await
        .unwrap();
    assert!(refused.is_error);
    let text = call(&client, "divide", json!({ "a": 1, "b": 0 })).await;
    assert_eq!(text, "`b` must not be zero");
    assert_eq!(
        call(&client, "primes", json!({ "count": 4 })).await,
        json!([2, 3, 5, 7])
    );
    let text = call(&client, "primes", json!({ "count": 2000 })).await;
    assert!(text.as_str().unwrap().contains("count"), "{text}");
}

#[tokio::test]
async fn library() {
    let client = start(env!("CARGO_BIN_EXE_library")).await;
    let book = json!({ "title": "Persuasion", "author": "Jane Austen", "year": 1817 });
    assert_eq!(call(&client, "add", json!({ "book": book })).await, 2);
    let found = call(&client, "find", json!({ "word": "Austen" })).await;
    assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
    let read = client.read_resource("books://2").await.unwrap();
    assert!(json!(read).to_string().contains("Persuasion"));
    assert!(client.read_resource("books://3").await.is_err());
}

#[tokio::test]
async fn notes() {
    let directory = Directory::new("notes");
    let mut command = command(env!("CARGO_BIN_EXE_notes"));
    command.arg(&directory.0);
    let client = Client::spawn(command).await.unwrap();
    call(&client, "write", json!({ "name": "list", "text": "bread" })).await;
    let all = client.read_resource("notes://all").await.unwrap();
    assert!(json!(all).to_string().contains("list"));
    let note = client.read_resource("notes://named/list").await.unwrap();
    assert!(json!(note).to_string().contains("bread"));
    let outside = call(&client, "write", json!({ "name": "../list", "text": "" })).await;
    assert!(outside.as_str().unwrap().contains("slash"), "{outside}");
    assert!(
        client
            .read_resource("notes://named/..%2Flist")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn review() {
    let client = start(env!("CARGO_BIN_EXE_review")).await;
    let arguments = json!({ "language": "Rust", "code": "fn main() {}", "depth": "Everything" });
    let messages = client.get_prompt("review", arguments).await.unwrap();
    assert!(json!(messages).to_string().contains("odd names"));
    let languages = client
        .complete_prompt("review", "language", "ru", [])
        .await
        .unwrap();
    assert_eq!(languages.values, ["Ruby", "Rust"]);
}

#[tokio::test]
async fn orders() {
    let client = start(env!("CARGO_BIN_EXE_orders")).await;
    let refused = client
        .call_tool(
            "order",
            json!({ "goods": ["tea", ""], "customer_name": "Ada" }),
        )
        .await
        .unwrap();
    assert!(refused.is_error);
    assert_eq!(call(&client, "count", json!({})).await, 0);
    let arguments = json!({ "goods": ["tea", "milk"], "customer_name": "Ada" });
    call(&client, "order", arguments).await;
    assert_eq!(call(&client, "count", json!({})).await, 2);
    let customer = |name: &str| json!({ "customer_name": name });
    let own = call(&client, "orders_of", customer("Ada")).await;
    assert_eq!(own, json!(["tea", "milk"]));
    let refused = client.call_tool("orders_of", customer("")).await.unwrap();
    assert!(json!(refused.content).to_string().contains("customer_name"));
    let refused = client.call_tool("orders_of", customer("Nobody")).await;
    assert!(
        json!(refused.unwrap().content)
            .to_string()
            .contains("no such customer")
    );
}

#[tokio::test]
async fn confirm() {
    for protocol in [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28] {
        let builder: ClientBuilder = Client::builder().protocol(protocol);
        let answers = builder.on_elicitation(|question| async move {
            match question.message.as_str() {
                "Which train?" => question.accept("ICE 4"),
                "Your booking on ICE 4" => question.accept(json!({ "seats": 2, "class": "First" })),
                "Book 2 seats in first class?" => question.accept(()),
                _ => Elicited::Declined,
            }
        });
        let client = answers
            .spawn(command(env!("CARGO_BIN_EXE_confirm")))
            .await
            .unwrap();
        assert_eq!(
            call(&client, "book", json!({})).await,
            "booked 2 seats on ICE 4"
        );
    }
}

#[tokio::test]
async fn word_count() {
    let client = start(env!("CARGO_BIN_EXE_word_count")).await;
    let key = call(&client, "count_words", json!({ "text": "to be\nor not" })).await;
    assert_eq!(call(&client, "counted", json!({ "key": key })).await, 4);
}

#[tokio::test]
async fn long_calls() {
    let mut command = command(env!("CARGO_BIN_EXE_long_calls"));
    command.arg("1");
    let client = Client::spawn(command).await.expect("the program serves");
    let pages = |pages: u32| json!({ "pages": pages });
    assert_eq!(call(&client, "read_pages", pages(0)).await, 0);
    let task = call(&client, "read_pages", pages(3)).await;
    assert_eq!(task["status"], "working");
    let id = json!({ "taskId": task["taskId"] });
    let status = call(&client, "task_status", id.clone()).await;
    assert!(status["statusMessage"].as_str().unwrap().ends_with("of 3"));
    let mut result = task;
    while result["status"] == "working" {
        result = call(&client, "task_result", id.clone()).await;
    }
    assert_eq!(result, 3);
}

#[tokio::test]
async fn shipping() {
    let directory = Directory::new("shipping");
    let mut command = command(env!("CARGO_BIN_EXE_shipping"));
    let url = format!("sqlite://{}", directory.0.join("tasks.db").display());
    command.env("FASTMCP_DOCKET_URL", url);
    let answers = Client::builder().on_elicitation(async |question| question.accept(()));
    let client = answers.spawn(command).await.unwrap();
    let shipped = call(&client, "ship", json!({ "goods": "tea", "cents": 500 })).await;
    assert_eq!(shipped, "shipped tea, payment of 500 cents");
}

#[tokio::test]
async fn timetable() {
    let client = start(env!("CARGO_BIN_EXE_timetable")).await;
    while call(&client, "measured", json!({})).await.as_u64().unwrap() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let minutes = call(&client, "next_clean_up", json!({})).await;
    // A day of 25 hours when the clock goes back.
    assert!(minutes.as_u64().unwrap() <= 25 * 60, "{minutes}");
}

#[tokio::test]
async fn router() {
    let mut command = command(env!("CARGO_BIN_EXE_router"));
    command
        .arg("127.0.0.1:0")
        .env("TOKEN", "secret")
        .stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let mut log = BufReader::new(program.stderr.take().unwrap()).lines();
    let url = loop {
        let line = log
            .next_line()
            .await
            .unwrap()
            .expect("the program prints its address");
        if let Some(url) = line.strip_prefix("listening on ") {
            break url.to_owned();
        }
    };
    assert!(Client::http(&url).await.is_err());
    let client = Client::builder().bearer("secret").http(&url).await.unwrap();
    assert_eq!(call(&client, "whoami", json!({})).await, "ada");
}

#[tokio::test]
async fn guarded() {
    let client = start(env!("CARGO_BIN_EXE_guarded")).await;
    assert_eq!(
        call(&client, "weather", json!({ "city": " Rome " })).await,
        "Rome: sunny"
    );
    for _ in 0..2 {
        let sent = call(&client, "send", json!({ "to": "ada", "text": "hi " })).await;
        assert_eq!(sent, "sent 2 characters to ada");
    }
    let refused = client
        .call_tool("send", json!({ "to": "ada", "text": "hi" }))
        .await;
    assert!(refused.is_err() || refused.unwrap().is_error);
}

#[tokio::test]
async fn petstore() {
    let client = start(env!("CARGO_BIN_EXE_petstore")).await;
    let tools = client.list_tools().await.unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(names, ["addPet", "getPet", "listPets"]);
    let pet = json!({ "name": "Tom", "kind": "cat" });
    let added = call(&client, "addPet", pet).await;
    assert_eq!(added, json!({ "id": 1, "name": "Tom", "kind": "cat" }));
    assert_eq!(call(&client, "getPet", json!({ "id": 1 })).await, added);
    let missing = client
        .call_tool("getPet", json!({ "id": 2 }))
        .await
        .unwrap();
    assert!(missing.is_error);
    let text = &json!(missing.content)[0]["text"];
    assert_eq!(
        text,
        "GET /pets/{id}: the API responded 404 Not Found: no pet 2"
    );
}

#[tokio::test]
async fn pictures() {
    let client = start(env!("CARGO_BIN_EXE_pictures")).await;
    let red = json!({ "red": 255, "green": 0, "blue": 0 });
    let drawn = client
        .call_tool("square", json!({ "colour": red, "size": 2 }))
        .await
        .unwrap();
    assert_eq!(json!(drawn.content)[1]["text"], "a square of #ff0000");
    assert_eq!(
        call(&client, "brightness", json!({ "colour": red })).await,
        0.2126
    );
    assert!(client.read_resource("palettes://grey").await.is_ok());
    let error = client.read_resource("palettes://blue").await.unwrap_err();
    assert!(error.to_string().contains("no palette"), "{error}");
}

#[tokio::test]
async fn apps() {
    let client = start(env!("CARGO_BIN_EXE_apps")).await;
    let tools = client.list_tools().await.expect("the server answers");
    let show = tools.iter().find(|it| it.name == "show_board").unwrap();
    let page = json!(show.meta)["ui"]["resourceUri"].clone();
    let contents = client.read_resource(page.as_str().unwrap()).await.unwrap();
    let contents = json!(contents)[0].clone();
    assert_eq!(contents["mimeType"], "text/html;profile=mcp-app");
    let html = contents["text"].as_str().unwrap();
    assert!(html.starts_with("<!doctype html>"), "{html}");
    call(&client, "vote", json!({ "drink": "Tea" })).await;
    let board = call(&client, "show_board", json!({})).await;
    assert_eq!(board["choices"][0], json!({ "drink": "Tea", "votes": 1 }));
    let refused = client.call_tool("vote", json!({ "drink": "Beer" })).await;
    assert!(refused.unwrap().is_error);
}

#[tokio::test]
async fn embedded_skill() {
    let client = start(env!("CARGO_BIN_EXE_embedded_skill")).await;
    let skills = client.list_skills().await.unwrap();
    assert_eq!(skills[0].uri, "skill://shipping/SKILL.md");
    let weights = "skill://shipping/labels/weights.csv";
    let weights = client.read_skill_file(&skills[0], weights).await.unwrap();
    assert!(weights.starts_with(b"weight,label"));
}
