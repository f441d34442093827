//! The lists, which depend on the declaration of each request.

use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

use crate::stage::{builder, clients, declaring, serve};

async fn list(wire: &mut Wire) -> Vec<Value> {
    let answer = wire.request("tools/list", json!({})).await;
    let tools = answer["result"]["tools"].as_array();
    tools.unwrap_or_else(|| panic!("{answer}")).clone()
}

fn find<'a>(tools: &'a [Value], name: &str) -> Option<&'a Value> {
    tools.iter().find(|it| it["name"] == name)
}

#[tokio::test]
async fn the_list_depends_on_the_declaration_of_the_request() {
    let server = serve().await;
    let original = builder().start().await.unwrap();
    let original = list(&mut declaring(&original)).await;
    // A client that supports tasks sees no difference.
    assert_eq!(list(&mut declaring(&server)).await, original);

    for mut wire in clients(&server).await {
        let tools = list(&mut wire).await;
        assert_eq!(tools.len(), original.len() + 3);
        let report = find(&tools, "report").unwrap();
        assert!(report.get("outputSchema").is_none(), "{report}");
        let description = report["description"].as_str().unwrap();
        assert!(
            description.starts_with("Makes a report.\n\n"),
            "{description}"
        );
        for part in ["10s", "`taskId`", "`task_result`"] {
            assert!(description.contains(part), "{part}: {description}");
        }
        // A tool that is never a task keeps its schema.
        assert_eq!(find(&tools, "add"), find(&original, "add"));
        for (name, read_only) in [
            ("task_status", true),
            ("task_result", true),
            ("task_cancel", false),
        ] {
            let tool = find(&tools, name).unwrap();
            let annotations = &tool["annotations"];
            assert_eq!(annotations["readOnlyHint"], read_only, "{tool}");
            assert_eq!(annotations["idempotentHint"], true, "{tool}");
            assert_eq!(tool["inputSchema"]["required"], json!(["taskId"]), "{tool}");
            assert!(tool.get("outputSchema").is_none(), "{tool}");
        }
        let names: Vec<&str> = tools.iter().filter_map(|it| it["name"].as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}

/// A shared cache must not give one client the list of another.
#[tokio::test]
async fn no_shared_cache_keeps_the_list() {
    use fastmcp::mcp::CacheScope;
    let server = builder()
        .cache(std::time::Duration::from_mins(1), CacheScope::Public)
        .task_fallback(fastmcp::TaskFallback::after(crate::stage::AFTER))
        .start()
        .await
        .unwrap();
    let answer = declaring(&server).request("tools/list", json!({})).await;
    assert_eq!(answer["result"]["cacheScope"], "private", "{answer}");
}
