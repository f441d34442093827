//! Limits of fields that schemars does not list: listed and enforced where they have a form, else reported.

use std::collections::BTreeMap;

use fastmcp::FastMcp;
use fastmcp::client::Client;
use fastmcp::prelude::*;
use serde_json::json;

#[fastmcp::data]
struct Labels {
    #[schemars(length(min = 1, max = 2))]
    by_name: BTreeMap<String, u8>,
    #[schemars(length(equal = 1))]
    optional: Option<BTreeMap<String, u8>>,
    #[schemars(length(max = 3))]
    flag: bool,
    #[schemars(inner(range(max = 5)))]
    stars: BTreeMap<String, u8>,
    #[schemars(regex(pattern = "(?=a)a"))]
    ahead: String,
}

/// Takes labels.
#[tool]
async fn label(labels: Labels) -> String {
    let Labels {
        by_name,
        optional,
        flag,
        stars,
        ahead,
    } = labels;
    format!("{by_name:?} {optional:?} {flag} {stars:?} {ahead}")
}

#[tokio::test]
async fn a_limit_is_listed_and_enforced_or_reported() {
    let server = FastMcp::new("limits").start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let tools = client.list_tools().await.unwrap();
    let tool = tools.iter().find(|tool| tool.name == "label").unwrap();
    let fields = &tool.input_schema["properties"]["labels"]["properties"];
    assert_eq!(
        json!([
            fields["by_name"]["minProperties"],
            fields["by_name"]["maxProperties"]
        ]),
        json!([1, 2])
    );
    assert_eq!(fields["optional"]["maxProperties"], 1);
    assert!(!json!(tool).to_string().contains("x-fastmcp-unlisted"));
    let lints = server.lints();
    let reported = lints.iter().filter(|lint| lint.component == "label");
    let reported: Vec<_> = reported.map(|lint| (&*lint.path, lint.code)).collect();
    assert_eq!(
        reported,
        [
            ("labels.flag", "unenforced-limit"),
            ("labels.stars", "unenforced-limit"),
            ("labels.ahead", "unenforced-limit"),
        ]
    );
    let labels = |by_name: serde_json::Value, optional: serde_json::Value| {
        let labels = json!({
            "by_name": by_name, "optional": optional, "flag": true, "stars": {}, "ahead": "a",
        });
        json!({ "labels": labels })
    };
    let good = labels(json!({ "a": 1 }), json!(null));
    assert!(!client.call_tool("label", good).await.unwrap().is_error);
    let bad = labels(json!({}), json!({ "a": 1, "b": 2 }));
    let result = client.call_tool("label", bad).await.unwrap();
    let text = json!(result.content).to_string();
    for expected in [
        "by_name",
        "expected 1 to 2 entries, got 0",
        "optional",
        "expected 1 entry, got 2",
    ] {
        assert!(text.contains(expected), "{text}");
    }
}
