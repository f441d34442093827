//! Components that are added and removed while a server runs.

use fastmcp::client::Client;
use fastmcp::middleware::{PromptGet, ReadOnly, ToolCall};
use fastmcp::prelude::*;
use fastmcp::{
    AddError, ComponentKind, DynamicComponents, DynamicPrompt, DynamicResource, DynamicTool,
    Selection, ToolResult,
};
use fastmcp_tests::wire::{OF_ROUNDS, OF_SESSIONS, Wire};
use serde_json::json;

#[tool]
async fn fixed() -> &'static str {
    "fixed"
}

fn server() -> FastMcp {
    FastMcp::new("runtime").select(Selection::name("fixed"))
}

fn text(result: &ToolResult) -> String {
    json!(result.content)[0]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn panic_error() -> fastmcp::Error {
    panic!("lost")
}

fn double() -> DynamicTool {
    DynamicTool::new("double", |call: ToolCall| async move {
        let number = call.arguments()["number"]
            .as_f64()
            .ok_or(ToolError::new("a number"))?;
        Ok(format!("{}", number * 2.0))
    })
}

#[tokio::test]
async fn components_come_and_go_and_are_called_like_others() {
    let inner = DynamicComponents::new();
    let mounted = FastMcp::new("inner")
        .select(Selection::name("fixed"))
        .dynamic(inner.clone());
    let server = server()
        .mount("inner", mounted)
        .middleware(ReadOnly::unless(|_| false));
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    server.add(double().read_only().tags(["math"])).unwrap();
    let call = async |number| {
        client
            .call_tool("double", json!({ "number": number }))
            .await
    };
    assert_eq!(text(&call(json!(4)).await.unwrap()), "8");
    // An error and a panic of a handler are the result of its call only.
    assert_eq!(text(&call(json!("x")).await.unwrap()), "a number");
    assert!(
        client
            .call_tool("double", json!({}))
            .await
            .unwrap()
            .is_error
    );
    server
        .add(DynamicTool::new("crash", |_| async { Err::<(), _>(panic_error()) }).read_only())
        .unwrap();
    let crashed = client.call_tool("crash", json!(null)).await.unwrap();
    assert!(
        crashed.is_error && text(&crashed).contains("lost"),
        "{crashed:?}"
    );
    // Middleware and mounts apply.
    inner
        .add(DynamicTool::new("write", |_| async { Ok("written") }))
        .unwrap();
    let refused = client.call_tool("inner_write", json!(null)).await.unwrap();
    assert!(text(&refused).contains("may change data"), "{refused:?}");
    inner
        .add(DynamicResource::new("data://today", |_| async {
            Ok("fine")
        }))
        .unwrap();
    let contents = client.read_resource("data://inner/today").await.unwrap();
    assert_eq!(json!(contents)[0]["uri"], "data://inner/today");
    let review = DynamicPrompt::new("review", |get: PromptGet| async move {
        Ok(format!("Review {}.", get.arguments()["file"]))
    });
    inner
        .add(review.argument("file", "The file", true))
        .unwrap();
    let messages = client
        .get_prompt("inner_review", json!({ "file": "a.rs" }))
        .await
        .unwrap();
    assert_eq!(json!(messages)[0]["content"]["text"], "Review \"a.rs\".");
    let tools = client.list_tools().await.unwrap();
    let names: Vec<_> = tools.iter().map(|it| &*it.name).collect();
    assert_eq!(
        names,
        ["crash", "double", "fixed", "inner_fixed", "inner_write"]
    );

    // Names are unique, and must be usable.
    let error = server.add(double()).unwrap_err();
    assert!(
        matches!(
            error,
            AddError::Duplicate {
                kind: ComponentKind::Tool,
                ..
            }
        ),
        "{error}"
    );
    let taken = |name: &str| server.add(DynamicTool::new(name, |_| async { Ok("") }));
    assert!(taken("fixed").is_err() && taken("inner_fixed").is_err());
    for name in ["", "a b", &"x".repeat(65)] {
        assert!(
            matches!(taken(name), Err(AddError::Invalid { .. })),
            "{name}"
        );
    }
    let list = DynamicTool::new("list", |_| async { Ok("") }).input_schema(json!([]));
    assert!(
        server
            .add(list)
            .unwrap_err()
            .to_string()
            .contains("\"type\": \"object\"")
    );
    let error = server
        .add(DynamicResource::new("no uri", |_| async { Ok("") }))
        .unwrap_err();
    assert!(error.to_string().contains("not a URI"), "{error}");

    assert!(server.remove(ComponentKind::Tool, "double"));
    assert!(!server.remove(ComponentKind::Tool, "double"));
    assert!(
        !server.remove(ComponentKind::Tool, "fixed"),
        "only added ones"
    );
    assert!(client.call_tool("double", json!(null)).await.is_err());
}

#[tokio::test]
async fn clients_of_both_revisions_are_notified() {
    for protocol in [OF_SESSIONS, OF_ROUNDS] {
        let tools = DynamicComponents::new();
        let mounted = FastMcp::new("inner")
            .select(Selection::name("fixed"))
            .dynamic(tools.clone());
        let server = server().mount("inner", mounted).start().await.unwrap();
        let mut wire = match protocol {
            OF_SESSIONS => {
                let mut wire = Wire::of_sessions(&server, json!({})).await;
                // The session is notified once the server has read that it is open.
                wire.request("ping", json!({})).await;
                wire
            }
            _ => Wire::of_rounds(&server, json!({})),
        };
        if protocol == OF_ROUNDS {
            let lists = json!({ "toolsListChanged": true, "promptsListChanged": true });
            wire.ask("subscriptions/listen", json!({ "notifications": lists }))
                .await;
            wire.hear().await;
        }
        tools.add(double()).unwrap();
        assert_eq!(
            wire.hear().await["method"],
            "notifications/tools/list_changed"
        );
        assert_eq!(
            names(&mut wire).await,
            ["fixed", "inner_double", "inner_fixed"]
        );
        tools.remove(ComponentKind::Tool, "double");
        assert_eq!(
            wire.hear().await["method"],
            "notifications/tools/list_changed"
        );
        assert_eq!(names(&mut wire).await, ["fixed", "inner_fixed"]);
        tools
            .add(DynamicPrompt::new("hi", |_| async { Ok("hi") }))
            .unwrap();
        assert_eq!(
            wire.hear().await["method"],
            "notifications/prompts/list_changed"
        );
    }
}

async fn names(wire: &mut Wire) -> Vec<String> {
    let tools = wire.request("tools/list", json!({})).await;
    let tools = tools["result"]["tools"].as_array().unwrap().iter();
    tools
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect()
}
