//! Mounted servers: names, URIs, dependencies, middleware, tasks, and errors of the start.

use std::sync::{Arc, Mutex};

use fastmcp::client::{Client, ClientError};
use fastmcp::mcp::ContentBlock;
use fastmcp::middleware::{Next, ToolCall, from_fn};
use fastmcp::prelude::*;
use fastmcp::{MountError, Selection, StartError, ToolResult};
use serde_json::json;

/// The name of a store, which each mounted server sets for itself.
struct Store(&'static str);

mod stock {
    use super::*;

    #[tool(tags("stock"))]
    async fn count(store: State<Store>) -> String {
        store.0.to_owned()
    }

    #[tool]
    async fn label(ctx: Context) -> ToolResult {
        ctx.notify_resource_updated("stock://items/7");
        let link = fastmcp::mcp::Resource::new("stock://items/7", "item");
        let page = fastmcp::mcp::Resource::new("https://example.com/7", "page");
        let links = [
            ContentBlock::ResourceLink(link),
            ContentBlock::ResourceLink(page),
        ];
        let mut result = ToolResult::new(links);
        result.content.push(ContentBlock::text(format!(
            "{} {}",
            ctx.server_name(),
            ctx.tools().len()
        )));
        result
    }

    #[tool(task)]
    async fn recount(store: State<Store>) -> String {
        format!("recounted {}", store.0)
    }

    #[resource("stock://items/{id}")]
    async fn item(#[arg(complete = ids)] id: u32) -> String {
        format!("item {id}")
    }

    #[resource("stock://all")]
    async fn all() -> String {
        "all items".into()
    }

    #[completion]
    async fn ids(value: &str) -> Vec<String> {
        vec![format!("{value}1")]
    }

    #[prompt]
    async fn order(goods: String) -> String {
        format!("Order {goods}.")
    }
}

mod front {
    use super::*;

    #[tool]
    async fn hello() -> &'static str {
        "hello"
    }

    /// Collides with `count` under the prefix `north`.
    #[tool]
    async fn north_count() -> &'static str {
        "collision"
    }
}

fn stock(name: &'static str) -> FastMcp {
    FastMcp::new(name)
        .select(Selection::module("mount::stock"))
        .state(Store(name))
}

fn front() -> FastMcp {
    FastMcp::new("front").select(Selection::name("hello"))
}

fn text(result: &ToolResult) -> String {
    let texts = json!(result.content);
    let texts = texts.as_array().unwrap().iter();
    texts.filter_map(|it| it["text"].as_str()).collect()
}

#[tokio::test]
async fn components_of_mounted_servers_have_prefixes_and_their_own_dependencies() {
    let nested = FastMcp::new("region")
        .select(Selection::name("hello"))
        .mount("south", stock("south"));
    let server = front()
        .mount("north", stock("north"))
        .mount("region", nested);
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let tools = client.list_tools().await.unwrap();
    let names: Vec<_> = tools.iter().map(|it| &*it.name).collect();
    assert_eq!(
        names,
        [
            "hello",
            "north_count",
            "north_label",
            "north_recount",
            "region_hello",
            "region_south_count",
            "region_south_label",
            "region_south_recount"
        ]
    );
    for (name, store) in [("north_count", "north"), ("region_south_count", "south")] {
        let result = client.call_tool(name, json!(null)).await.unwrap();
        assert_eq!(text(&result), store);
    }
    // The handler sees its own server, and the client the URIs that it can read.
    let result = client
        .call_tool("region_south_label", json!(null))
        .await
        .unwrap();
    let content = json!(result.content);
    assert_eq!(content[0]["uri"], "stock://region/south/items/7");
    assert_eq!(content[1]["uri"], "https://example.com/7");
    assert_eq!(content[2]["text"], "south 3");
    let contents = client
        .read_resource("stock://region/south/items/7")
        .await
        .unwrap();
    assert_eq!(json!(contents)[0]["uri"], "stock://region/south/items/7");
    assert_eq!(json!(contents)[0]["text"], "item 7");
    let resources = client.list_resources().await.unwrap();
    let uris: Vec<_> = resources.iter().map(|it| &*it.uri).collect();
    assert_eq!(uris, ["stock://north/all", "stock://region/south/all"]);
    let templates = client.list_resource_templates().await.unwrap();
    assert_eq!(templates[0].uri_template, "stock://north/items/{id}");
    let completions = client
        .complete_resource("stock://north/items/{id}", "id", "4", [])
        .await;
    assert_eq!(completions.unwrap().values, ["41"]);
    let messages = client
        .get_prompt("north_order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    assert_eq!(json!(messages)[0]["content"]["text"], "Order tea.");
    // The names without the prefix do not exist.
    for name in ["count", "north", "north_", "south_count"] {
        let error = client.call_tool(name, json!(null)).await.unwrap_err();
        assert!(
            matches!(error, ClientError::Refused { code: -32602, .. }),
            "{error}"
        );
    }
    let error = client
        .read_resource("stock://north/items/x/y")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("stock://north/items/x/y"),
        "{error}"
    );
    let error = client
        .call_tool("north_cuont", json!(null))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("did you mean `north_count`?"),
        "{error}"
    );
    // A selection hides a component by the name that clients see.
    server.hide(&Selection::name("north_count")).unwrap();
    assert!(client.call_tool("north_count", json!(null)).await.is_err());
    assert_eq!(client.list_tools().await.unwrap().len(), 7);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn middleware_of_both_servers_runs_and_lifespans_end_from_the_outside() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let recorder = |name: &'static str| {
        let log = Arc::clone(&log);
        from_fn(move |call: ToolCall, next: Next<ToolCall>| {
            log.lock().unwrap().push(format!("{name} {}", call.name()));
            next.run(call)
        })
    };
    let lifespan = |name: &'static str| {
        let log = Arc::clone(&log);
        move |lifespan: fastmcp::Lifespan| async move {
            log.lock().unwrap().push(format!("{name} starts"));
            lifespan.serve(Store(name)).await;
            log.lock().unwrap().push(format!("{name} ends"));
            Ok(())
        }
    };
    let inner = FastMcp::new("inner")
        .select(Selection::module("mount::stock"))
        .lifespan(lifespan("inner"))
        .middleware(recorder("inner"));
    let outer = front()
        .mount("stock", inner)
        .lifespan(lifespan("outer"))
        .middleware(recorder("outer"));
    let server = outer.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let result = client.call_tool("stock_count", json!(null)).await.unwrap();
    assert_eq!(text(&result), "inner");
    server.shutdown().await.unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        [
            "inner starts",
            "outer starts",
            "outer stock_count",
            "inner count",
            "outer ends",
            "inner ends"
        ]
    );
}

#[tokio::test]
async fn problems_of_mounted_servers_are_reported_together() {
    let both = FastMcp::new("front")
        .select(Selection::module("mount::front"))
        .mount("north", stock("north"))
        .mount("", stock("empty"))
        .mount("a.b", stock("dots"))
        .mount("north", stock("again"))
        .mount(
            "lost",
            FastMcp::new("lost").select(Selection::module("mount::stock")),
        );
    let error = both.start().await.unwrap_err();
    let StartError::Several(errors) = &error else {
        panic!("{error}");
    };
    let kinds: Vec<_> = errors
        .iter()
        .map(|error| match error {
            StartError::Mount(error) => match &**error {
                MountError::Prefix { prefix, .. } => format!("prefix `{prefix}`"),
                MountError::DuplicatePrefix { prefix } => format!("twice {prefix}"),
                MountError::DuplicateName { name, .. } => format!("same {name}"),
                MountError::Server { prefix, .. } => format!("server {prefix}"),
                other => panic!("{other}"),
            },
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "prefix ``",
            "prefix `a.b`",
            "twice north",
            "server lost",
            "same north_count"
        ]
    );
    let text = error.to_string();
    assert!(text.contains("tests/around/mount.rs:"), "{text}");
    assert!(text.contains("State<Store>"), "{text}");

    let long = front().mount("a-prefix-of-thirty-two-characters", stock("x"));
    let error = long.start().await.unwrap_err().to_string();
    assert!(error.contains("more than 32 characters"), "{error}");
    let error = front()
        .mount(
            "x",
            FastMcp::new("secured")
                .auth(fastmcp::auth::Auth::jwt(
                    "https://example.com/mcp",
                    "https://login.example.com",
                ))
                .select(Selection::name("hello")),
        )
        .start()
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("call `FastMcp::auth` on the outer server"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_without_a_selection_leaves_components_to_mounted_ones() {
    let server = FastMcp::new("rest").mount("north", stock("north"));
    // The components of the other tests of this program need another state.
    let server = server.state(tokio::sync::Notify::new());
    let error = server.start().await.unwrap_err().to_string();
    // `north_count` of the outer server collides with the mounted one; `count` is not offered twice.
    assert!(error.contains("the tool `north_count`"), "{error}");
    assert!(!error.contains("State<Store>"), "{error}");
}

/// Calls a tool that becomes a task, and returns the text of its result.
async fn result_of_task(server: &fastmcp::Server, tool: &str) -> String {
    let able = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let mut wire = fastmcp_tests::wire::Wire::of_rounds(server, able);
    let handle = wire.call(tool).await;
    assert_eq!(handle["result"]["resultType"], "task", "{tool}: {handle}");
    let get = json!({ "taskId": handle["result"]["taskId"] });
    loop {
        let task = wire.request("tasks/get", get.clone()).await;
        match task["result"]["status"].as_str() {
            Some("working") => tokio::task::yield_now().await,
            Some("completed") => {
                let content = &task["result"]["result"]["content"];
                return content[0]["text"].as_str().unwrap().to_owned();
            }
            _ => panic!("{tool}: {task}"),
        }
    }
}

async fn completed(docket: &Docket) -> usize {
    docket.stats().await.unwrap().counts.completed
}

#[tokio::test]
async fn tasks_of_mounted_servers_run_in_the_docket_of_their_server() {
    let common = Docket::memory("common");
    let own = Docket::memory("own");
    let nested = FastMcp::new("region")
        .select(Selection::name("hello"))
        .docket(own.clone())
        .mount("south", stock("south"));
    let server = front()
        .docket(common.clone())
        .mount("north", stock("north"))
        .mount("east", stock("east").docket(own.clone()))
        .mount("region", nested)
        .start()
        .await
        .unwrap();
    // Each runs with the state of its own server.
    for (tool, store, docket, count) in [
        ("north_recount", "north", &common, 1),
        ("region_south_recount", "south", &own, 1),
        ("east_recount", "east", &own, 2),
        ("north_recount", "north", &common, 2),
    ] {
        assert_eq!(
            result_of_task(&server, tool).await,
            format!("recounted {store}")
        );
        assert_eq!(completed(docket).await, count, "{tool}");
    }
    server.shutdown().await.unwrap();
}
