//! Pages of mounted and of remote servers.

use fastmcp::client::{Client, Upstream};
use fastmcp::middleware::{ListTools, Next, ResourceRead, from_fn};
use fastmcp::prelude::*;
use fastmcp::{DynamicResource, DynamicTool, Selection, Server};
use fastmcp_tests::wire::Wire;
use serde_json::json;

use crate::example;

mod outer {
    use super::*;

    #[tool]
    async fn outer_tool(ctx: Context) -> bool {
        ctx.client_supports_apps()
    }

    /// Shows the page of a mounted server.
    #[tool(ui = "ui://team/board/view.html")]
    async fn show_mounted() {}
}

fn board() -> FastMcp {
    example::server().select(Selection::module("example"))
}

fn outer(tool: &str) -> FastMcp {
    FastMcp::new("outer").select(Selection::name(tool.to_owned()))
}

/// Checks the page of the board, whose server has these prefixes.
async fn has_the_board(server: &Server, names: &str, uris: &str) {
    let client = Client::builder()
        .shows_apps()
        .connect(server)
        .await
        .unwrap();
    let tools = client.list_tools().await.unwrap();
    let page = format!("ui://{uris}board/view.html");
    let show = format!("{names}show_board");
    let show = tools.iter().find(|it| it.name == *show).expect(&show);
    assert_eq!(
        json!(show.meta),
        json!({
            "ui": { "resourceUri": page, "visibility": ["model", "app"] },
            "ui/resourceUri": page,
        })
    );
    let vote = format!("{names}vote");
    let tool = tools.iter().find(|it| it.name == *vote).expect(&vote);
    assert_eq!(json!(tool.meta), json!({ "ui": { "visibility": ["app"] } }));
    let listed = client.list_resources().await.unwrap();
    let listed = json!(listed.iter().find(|it| it.uri == page).expect(&page));
    assert_eq!(listed["mimeType"], "text/html;profile=mcp-app");
    assert_eq!(listed["_meta"], json!({ "ui": { "prefersBorder": true } }));
    let contents = json!(client.read_resource(&page).await.unwrap());
    assert_eq!(contents[0]["uri"], page);
    assert_eq!(contents[0]["mimeType"], "text/html;profile=mcp-app");
    assert_eq!(contents[0]["_meta"], listed["_meta"]);
    let result = client
        .call_tool(&vote, json!({ "drink": "Tea" }))
        .await
        .unwrap();
    assert_eq!(
        result.structured_content.unwrap()["choices"][0],
        json!({ "drink": "Tea", "votes": 1 })
    );
}

#[tokio::test]
async fn pages_of_mounted_servers_have_the_prefixes_of_their_tools() {
    has_the_board(&board().start().await.unwrap(), "", "").await;
    let server = outer("outer_tool").mount("team", board());
    has_the_board(&server.start().await.unwrap(), "team_", "team/").await;
    // Middleware sees and returns the same lists and contents.
    let server = outer("outer_tool")
        .mount("team", board())
        .middleware(from_fn(|list: ListTools, next: Next<ListTools>| {
            next.run(list)
        }))
        .middleware(from_fn(|read: ResourceRead, next: Next<ResourceRead>| {
            next.run(read)
        }));
    has_the_board(&server.start().await.unwrap(), "team_", "team/").await;
    let inner = outer("outer_tool").mount("team", board());
    let server = outer("outer_tool").mount("all", inner);
    has_the_board(&server.start().await.unwrap(), "all_team_", "all/team/").await;
}

#[tokio::test]
async fn a_tool_may_show_the_page_of_a_mounted_server() {
    let server = outer("show_mounted").mount("team", board());
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    assert!(
        client
            .read_resource("ui://team/board/view.html")
            .await
            .is_ok()
    );
    let alone = outer("show_mounted").start().await;
    let error = alone.expect_err("the start fails").to_string();
    assert!(
        error.contains("no UI resource `ui://team/board/view.html`"),
        "{error}"
    );
}

#[tokio::test]
async fn pages_of_remote_servers_have_the_prefixes_of_their_tools() {
    let remote = board().start().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { remote.serve_http(listener).await });
    let server = outer("outer_tool").proxy("up", Upstream::http(url));
    has_the_board(&server.start().await.unwrap(), "up_", "up/").await;
}

#[tokio::test]
async fn a_remote_server_is_asked_by_a_client_that_shows_pages() {
    let remote = outer("outer_tool").start().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { remote.serve_http(listener).await });
    // It must have a component of its own.
    let server = outer("show_mounted")
        .mount("team", board())
        .proxy("up", Upstream::http(url));
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let result = client
        .call_tool("up_outer_tool", json!(null))
        .await
        .unwrap();
    assert_eq!(json!(result.content)[0]["text"], "true");
}

#[tokio::test]
async fn a_server_with_a_mounted_page_declares_apps() {
    let server = outer("outer_tool").mount("team", board());
    let server = server.start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let discovered = wire.request("server/discover", json!({})).await;
    let extensions = &discovered["result"]["capabilities"]["extensions"];
    assert_eq!(extensions["io.modelcontextprotocol/ui"], json!({}));
}

#[tokio::test]
async fn pages_and_tools_are_added_while_the_server_runs() {
    let server = outer("outer_tool").start().await.unwrap();
    let add_page = |mime_type: Option<&str>| {
        let page =
            DynamicResource::new("ui://added/view.html", |_| async { Ok("<!doctype html>") });
        server.add(match mime_type {
            Some(mime_type) => page.mime_type(mime_type),
            None => page,
        })
    };
    let error = add_page(Some("text/html")).unwrap_err().to_string();
    assert!(
        error.contains("must have the MIME type `text/html;profile=mcp-app`"),
        "{error}"
    );
    add_page(None).unwrap();
    let tool = |page: &str| {
        DynamicTool::new("added", |_| async { Ok("added") })
            .ui(page)
            .app_only()
    };
    let error = server.add(tool("https://added")).unwrap_err().to_string();
    assert!(
        error.contains("must begin with `ui://`, got `https://added`"),
        "{error}"
    );
    server.add(tool("ui://added/view.html")).unwrap();
    let client = Client::connect(&server).await.unwrap();
    let tools = client.list_tools().await.unwrap();
    let added = tools.iter().find(|it| it.name == "added").unwrap();
    assert_eq!(
        json!(added.meta)["ui"],
        json!({ "resourceUri": "ui://added/view.html", "visibility": ["app"] })
    );
    let page = json!(client.read_resource("ui://added/view.html").await.unwrap());
    assert_eq!(page[0]["mimeType"], "text/html;profile=mcp-app");
}
