//! The lints of mounted servers, of remote servers and of added tools.

use std::time::Duration;

use fastmcp::DynamicTool;
use fastmcp::client::Client;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use serde_json::json;

use crate::remote_stage::process;

mod desk {
    use super::*;

    /// Moves a desk to another room of the building.
    #[tool]
    async fn move_the_desk_to_another_room() {}

    #[tool]
    async fn sit() {}
}

fn codes(server: &Server) -> Vec<(String, &'static str)> {
    let lints = server.lints().into_iter();
    lints.map(|it| (it.component, it.code)).collect()
}

#[tokio::test]
async fn lints_name_the_tools_of_all_parts_as_clients_see_them() {
    let desk = FastMcp::new("desk").select(Selection::module("lints::desk"));
    let server = FastMcp::new("house")
        .select(Selection::name("local"))
        .mount("furniture_store", desk)
        .start()
        .await
        .unwrap();
    let schema = json!({
        "type": "object",
        "properties": { "any": { "not": { "type": "null" } } },
    });
    let tool = DynamicTool::new("later", |_| async { Ok("now") });
    let tool = tool.description("Waits.").input_schema(schema);
    server.add(tool).unwrap();
    let codes = codes(&server);
    for (name, code) in [
        // Together with the prefix, the name is too long.
        (
            "furniture_store_move_the_desk_to_another_room",
            "long-tool-name",
        ),
        ("furniture_store_sit", "missing-description"),
        ("later", "unsupported-keyword"),
    ] {
        let expected = (name.to_owned(), code);
        assert!(codes.contains(&expected), "{expected:?} in {codes:#?}");
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn names_of_remote_tools_that_hosts_refuse_are_lints() {
    let server = FastMcp::new("house").select(Selection::name("local"));
    let server = server.proxy("up", process()).start().await.unwrap();
    assert!(!codes(&server).iter().any(|(name, _)| name == "up_pid"));
    let client = Client::connect(&server).await.unwrap();
    let name = "x".repeat(62);
    let grown = client.call_tool("up_grow", json!({ "name": name })).await;
    assert!(!grown.unwrap().is_error);
    let expected = (format!("up_{name}"), "tool-name");
    while !codes(&server).contains(&expected) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.shutdown().await.unwrap();
}
