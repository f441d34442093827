//! The tools of a server: names, descriptions, hints, selection, and the address of the API.

use fastmcp::client::Client;
use fastmcp::openapi::{OpenApi, Operation};
use fastmcp::prelude::*;
use fastmcp::{Selection, StartError};
use serde_json::{Value, json};

use crate::stage::{api, document, echo, start};

/// A tool of the program, beside those of documents.
#[tool]
fn own() -> u8 {
    1
}

fn shop() -> Value {
    json!({ "openapi": "3.1.0", "paths": {
        "/goods": {
            "get": { "operationId": "goods.list", "tags": ["goods"], "summary": "Lists goods",
                "description": "All of them." },
            "post": { "tags": ["goods", "admin"], "deprecated": true },
        },
        "/goods/{id}": {
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
            "put": { "operationId": "goods/put" },
            "delete": { "operationId": "goods-put" },
        },
    } })
}

fn local(document: &Value) -> OpenApi {
    api(document).base_url("http://127.0.0.1:9")
}

async fn names(api: OpenApi) -> Vec<String> {
    let (_server, client) = start(api).await;
    let tools = client.list_tools().await.unwrap();
    tools
        .iter()
        .map(|it| it.name.to_string())
        .filter(|it| it != "own")
        .collect()
}

#[tokio::test]
async fn tools_have_names_descriptions_hints_and_tags() {
    let (_server, client) = start(local(&shop())).await;
    let tools = client.list_tools().await.unwrap();
    let tool = |name: &str| serde_json::to_value(tools.iter().find(|it| it.name == name)).unwrap();
    let list = tool("goods_list");
    assert_eq!(list["description"], "Lists goods.\n\nAll of them.");
    assert_eq!(list["annotations"]["readOnlyHint"], true);
    assert_eq!(list["_meta"]["fastmcp"]["tags"], json!(["goods"]));
    let post = tool("post_goods");
    assert_eq!(
        post["description"],
        "Deprecated. Calls POST /goods of the API."
    );
    assert_eq!(post["annotations"]["readOnlyHint"], Value::Null);
    let put = tool("goods_put");
    assert_eq!(put["annotations"]["idempotentHint"], true);
    // Some hosts map `-` to `_`, so the names must differ in more.
    assert_eq!(tool("goods-put_2")["annotations"]["destructiveHint"], true);
}

#[tokio::test]
async fn closures_select_rename_and_change_tools() {
    let selected =
        names(local(&shop()).select(|it| it.is_read_only() || it.has_tag("admin"))).await;
    assert_eq!(selected, ["goods_list", "post_goods"]);
    let renamed = local(&shop())
        .select(|it| it.path() == "/goods")
        .rename(|it| (it.method() == "POST").then(|| "add".to_owned()))
        .prefix("shop");
    assert_eq!(names(renamed).await, ["shop_add", "shop_goods_list"]);
    let changed = local(&shop()).change(|operation, tool| match operation.id() {
        Some("goods.list") => tool.description("Changed.").scopes(["read"]),
        _ => tool,
    });
    let (_server, client) = start(changed).await;
    let tools = client.list_tools().await.unwrap();
    let list = tools.iter().find(|it| it.name == "goods_list").unwrap();
    assert_eq!(list.description.as_deref(), Some("Changed."));
}

#[tokio::test]
async fn servers_of_the_document_are_the_address() {
    let address = echo().await;
    let (host, port) = address
        .strip_prefix("http://")
        .unwrap()
        .split_once(':')
        .unwrap();
    let mut document = document("get", "/items", json!({}));
    document["servers"] = json!([{
        "url": format!("http://{host}:{{port}}/{{version}}/"),
        "variables": { "port": { "default": "1" }, "version": { "default": "v1" } },
    }]);
    let result = crate::stage::call(api(&document).server_variable("port", port), json!({})).await;
    assert_eq!(result.structured_content.unwrap()["path"], "/v1/items");
    document["paths"]["/items"]["servers"] = json!([{ "url": format!("{address}/own") }]);
    let result = crate::stage::call(api(&document), json!({})).await;
    assert_eq!(result.structured_content.unwrap()["path"], "/own/items");
    let api = api(&document).base_url(format!("{address}/base/"));
    let result = crate::stage::call(api, json!({})).await;
    assert_eq!(result.structured_content.unwrap()["path"], "/base/items");
}

#[tokio::test]
async fn a_server_with_an_invalid_option_does_not_start() {
    let error = |api: OpenApi| async {
        let start = FastMcp::new("api").openapi(api).start().await;
        let error = start.map(drop).expect_err("the server starts");
        error.to_string()
    };
    let document = shop();
    for (api, expected) in [
        (
            api(&document),
            "the address of the API (`/`): it is relative to the address of the document, which is not known; set it \
             with `OpenApi::base_url`",
        ),
        (
            api(&document).base_url("ftp://example.com"),
            "the address of the API (`ftp://example.com`): it is not an address of HTTP; set it with \
             `OpenApi::base_url`",
        ),
        (
            local(&document).header("a b", "c"),
            "OpenApi::header: `a b` is not the name of a header",
        ),
        (
            local(&document).credential("key", fastmcp::openapi::Credential::key("k")),
            "OpenApi::credential: the document has no security scheme `key`; it has none",
        ),
        (
            local(&document)
                .rename(|_| Some("a name".to_owned()))
                .select(Operation::is_read_only),
            "OpenApi::rename: tool `a name`: hosts only accept names of 1 to 64 letters, digits, `_` and `-`",
        ),
    ] {
        assert_eq!(error(api).await, expected);
    }
}

#[tokio::test]
async fn names_of_other_tools_stop_the_start() {
    let api = local(&document("get", "/", json!({}))).rename(|_| Some("own".to_owned()));
    let error = FastMcp::new("api")
        .openapi(api)
        .start()
        .await
        .err()
        .unwrap();
    assert!(matches!(error, StartError::Mount(_)), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("tools.rs") && text.contains("an operation of an OpenAPI document"),
        "{text}"
    );
    // Under a prefix, both are offered.
    let api = local(&document("get", "/", json!({}))).rename(|_| Some("own".to_owned()));
    let inner = FastMcp::new("inner")
        .select(Selection::name("own"))
        .openapi(api.prefix("x"));
    let server = FastMcp::new("outer")
        .mount("api", inner)
        .start()
        .await
        .unwrap();
    let tools = Client::connect(&server)
        .await
        .unwrap()
        .list_tools()
        .await
        .unwrap();
    let names: Vec<&str> = tools.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["api_own", "api_x_own"]);
}

/// The client of the program gets the whole request.
#[tokio::test]
async fn the_program_can_send_the_requests_itself() {
    let api = api(&document("post", "/a", json!({})))
        .base_url("https://example.com/v1")
        .client(|request| async move {
            let seen = format!("{} {}", request.method(), request.uri());
            Ok(fastmcp::openapi::Response::new(seen.into()))
        });
    let result = crate::stage::call(api, json!({})).await;
    assert_eq!(crate::stage::text(&result), "POST https://example.com/v1/a");
}
