//! The metadata of tools and pages, the capabilities, and the errors of the start.

use fastmcp::client::Client;
use fastmcp::mcp::{ProtocolVersion, ResourceContents};
use fastmcp::prelude::*;
use fastmcp::{Selection, Server, StartError};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

/// A page with all options.
mod full {
    use super::*;

    #[tool(ui = "UI://app/Vi%65w.html", meta = { "com.example/team": 7, "ui": { "com.example/x": 1 } })]
    async fn open() -> String {
        "opened".into()
    }

    #[tool(ui(resource = "ui://app/View.html", app_only))]
    async fn save() {}

    #[tool(ui(model_only))]
    async fn think() {}

    #[tool(ui = "ui://app/rows/7.html")]
    async fn row_seven() -> String {
        "7".into()
    }

    #[tool]
    async fn shows_apps(ctx: Context) -> bool {
        ctx.client_supports_apps()
    }

    /// Asks the model which tool it would use.
    #[tool]
    async fn ask_model(ctx: Context) -> Result<String> {
        Ok(ctx.sample("Which tool?").tools(ctx.tools()).await?.text())
    }

    fn api() -> String {
        "https://api.example.com:8443".to_owned()
    }

    #[resource(
        "ui://app/View.html",
        csp(
            connect(api(), "wss://live.example.com"),
            resource("https://*.example.com"),
            frame("https://player.example.com"),
            base_uri("https://cdn.example.com")
        ),
        permissions(camera, clipboard_write),
        domain = "www-example-com.oaiusercontent.com",
        prefers_border = false,
        meta = { "com.example/team": 7 }
    )]
    fn view() -> &'static str {
        "<!doctype html><title>view</title>"
    }

    #[resource("ui://app/rows/{row}.html")]
    fn row(row: u8) -> String {
        format!("<!doctype html><title>{row}</title>")
    }

    #[resource("ui://app/own.html", prefers_border)]
    fn own() -> ResourceContents {
        let contents = ResourceContents::text("<!doctype html>", "ui://app/own.html");
        contents.with_mime_type("text/html")
    }
}

mod lost {
    use super::*;

    #[tool(ui = "ui://lost/veiw.html")]
    async fn show_lost() {}

    #[resource("ui://lost/view.html")]
    fn lost_view() -> &'static str {
        "<!doctype html>"
    }
}

mod alone {
    use super::*;

    #[tool(ui = "ui://alone/view.html")]
    async fn show_alone() {}
}

mod invalid {
    use super::*;

    fn origin() -> &'static str {
        "https://example.com/api"
    }

    #[resource("ui://invalid/view.html", csp(connect(origin())))]
    fn invalid_view() -> &'static str {
        "<!doctype html>"
    }

    #[resource("ui://invalid/domain.html", domain = format!("https://{}", "example.com"))]
    fn invalid_domain() -> &'static str {
        "<!doctype html>"
    }
}

mod plain {
    use super::*;

    #[tool]
    async fn without_page() {}
}

fn module(name: &str) -> Selection {
    Selection::module(format!("{}::{name}", module_path!()))
}

async fn start(name: &str) -> Server {
    FastMcp::new("apps")
        .select(module(name))
        .start()
        .await
        .unwrap()
}

async fn refusal(name: &str) -> String {
    let started = FastMcp::new("apps").select(module(name)).start().await;
    let error: StartError = started.expect_err("the start fails");
    error.to_string()
}

/// The capabilities of a host that shows pages.
fn host() -> Value {
    let types = json!({ "mimeTypes": ["text/html;profile=mcp-app"] });
    json!({ "extensions": { "io.modelcontextprotocol/ui": types } })
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut items = list.as_array().unwrap().iter();
    items.find(|it| it["name"] == name).unwrap()
}

#[tokio::test]
async fn tools_state_their_page_and_who_may_call_them() {
    let server = start("full").await;
    let client = Client::connect(&server).await.unwrap();
    let tools = json!(client.list_tools().await.unwrap());
    let page = "ui://app/View.html";
    // The URI of the page is byte for byte that of the resource, and the other metadata stays.
    assert_eq!(
        named(&tools, "open")["_meta"],
        json!({
            "com.example/team": 7,
            "ui": { "com.example/x": 1, "resourceUri": page, "visibility": ["model", "app"] },
            "ui/resourceUri": page,
        })
    );
    assert_eq!(
        named(&tools, "save")["_meta"],
        json!({ "ui": { "resourceUri": page, "visibility": ["app"] }, "ui/resourceUri": page })
    );
    assert_eq!(
        named(&tools, "think")["_meta"],
        json!({ "ui": { "visibility": ["model"] } })
    );
    assert_eq!(named(&tools, "shows_apps").get("_meta"), None);
    // A template serves the page.
    assert_eq!(
        named(&tools, "row_seven")["_meta"]["ui"]["resourceUri"],
        "ui://app/rows/7.html"
    );
    let row = json!(client.read_resource("ui://app/rows/7.html").await.unwrap());
    assert_eq!(row[0]["mimeType"], "text/html;profile=mcp-app");
    assert_eq!(row[0].get("_meta"), None);
}

#[tokio::test]
async fn pages_state_their_options_in_the_list_and_in_their_contents() {
    let server = start("full").await;
    let client = Client::connect(&server).await.unwrap();
    let options = json!({
        "csp": {
            "connectDomains": ["https://api.example.com:8443", "wss://live.example.com"],
            "resourceDomains": ["https://*.example.com"],
            "frameDomains": ["https://player.example.com"],
            "baseUriDomains": ["https://cdn.example.com"],
        },
        "permissions": { "camera": {}, "clipboardWrite": {} },
        "domain": "www-example-com.oaiusercontent.com",
        "prefersBorder": false,
    });
    let listed = json!(client.list_resources().await.unwrap());
    let view = named(&listed, "view");
    assert_eq!(view["mimeType"], "text/html;profile=mcp-app");
    assert_eq!(
        view["_meta"],
        json!({ "com.example/team": 7, "ui": options })
    );
    let contents = json!(client.read_resource("ui://app/View.html").await.unwrap());
    assert_eq!(
        contents,
        json!([{
            "uri": "ui://app/View.html",
            "mimeType": "text/html;profile=mcp-app",
            "text": "<!doctype html><title>view</title>",
            "_meta": { "ui": options },
        }])
    );
    // Contents that the handler makes itself get the type that hosts require.
    let own = json!(client.read_resource("ui://app/own.html").await.unwrap());
    assert_eq!(own[0]["mimeType"], "text/html;profile=mcp-app");
    assert_eq!(own[0]["_meta"], json!({ "ui": { "prefersBorder": true } }));
}

#[tokio::test]
async fn a_server_declares_apps_only_if_it_has_them() {
    for (name, expected) in [("full", json!({})), ("plain", Value::Null)] {
        let server = start(name).await;
        let extension = |answer: &Value| {
            answer["result"]["capabilities"]["extensions"]["io.modelcontextprotocol/ui"].clone()
        };
        let mut wire = Wire::of_rounds(&server, json!({}));
        let discovered = wire.request("server/discover", json!({})).await;
        assert_eq!(extension(&discovered), expected, "{name}: {discovered}");
        let mut wire = Wire::of_rounds(&server, json!({}));
        let session = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let initialized = wire.request("initialize", session).await;
        assert_eq!(extension(&initialized), expected, "{name}: {initialized}");
    }
}

#[tokio::test]
async fn a_handler_knows_whether_its_client_shows_pages() {
    let server = start("full").await;
    let others =
        json!({ "extensions": { "io.modelcontextprotocol/ui": { "mimeTypes": ["text/html"] } } });
    let unset = json!({ "extensions": { "io.modelcontextprotocol/ui": {} } });
    for (capabilities, expected) in [
        (host(), true),
        (others, false),
        (unset, false),
        (json!({}), false),
    ] {
        for mut wire in [
            Wire::of_sessions(&server, capabilities.clone()).await,
            Wire::of_rounds(&server, capabilities.clone()),
        ] {
            let call = json!({ "name": "shows_apps", "arguments": {} });
            // Twice, because a later call may take the fast path.
            for _ in 0..2 {
                let answer = wire.request("tools/call", call.clone()).await;
                let text = &answer["result"]["content"][0]["text"];
                assert_eq!(*text, expected.to_string(), "{capabilities}: {answer}");
            }
        }
    }
    for protocol in [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28] {
        let client = Client::builder().protocol(protocol).shows_apps();
        let client = client.connect(&server).await.unwrap();
        let result = client.call_tool("shows_apps", json!(null)).await.unwrap();
        assert_eq!(json!(result.content)[0]["text"], "true");
    }
}

#[tokio::test]
async fn a_tool_whose_page_is_missing_prevents_the_start() {
    let error = refusal("lost").await;
    assert!(
        error.contains("tool `show_lost` (tests/tests/apps/wire.rs:")
            && error.contains(
                "the server has no UI resource `ui://lost/veiw.html`; did you mean `ui://lost/view.html`?"
            ),
        "{error}"
    );
    let error = refusal("alone").await;
    assert!(
        error.contains(
            "the server has no UI resource `ui://alone/view.html`: add `#[resource(\"ui://alone/view.html\")]`"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn origins_that_the_compiler_does_not_see_are_checked_at_the_start() {
    let error = refusal("invalid").await;
    for expected in [
        "resource `invalid_view` (tests/tests/apps/wire.rs:",
        "`connect(…)` in `csp(…)`: an origin has no path: write `https://example.com`",
        "resource `invalid_domain` (tests/tests/apps/wire.rs:",
        "`domain` must be a host name",
    ] {
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[tokio::test]
async fn models_need_no_description_of_tools_that_they_never_see() {
    let server = start("full").await;
    let lints = server.lints();
    let described: Vec<&str> = lints
        .iter()
        .filter(|lint| lint.code == "missing-description")
        .map(|lint| lint.component.as_str())
        .collect();
    assert_eq!(described, ["open", "row_seven", "shows_apps", "think"]);
}

#[tokio::test]
async fn a_question_offers_its_model_no_tools_of_pages() {
    let server = start("full").await;
    let capabilities = json!({ "sampling": { "tools": {} } });
    let mut wire = Wire::of_rounds(&server, capabilities);
    let call = json!({ "name": "ask_model", "arguments": {} });
    let asked = wire.request("tools/call", call).await.to_string();
    for (name, expected) in [("open", true), ("think", true), ("save", false)] {
        let is_offered = asked.contains(&format!("\"name\":\"{name}\""));
        assert_eq!(is_offered, expected, "{name}: {asked}");
    }
}
