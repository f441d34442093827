//! The declaration of skills.

use fastmcp::{FastMcp, Selection};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

use crate::folder::Skills;

fn declared(described: &Value) -> &Value {
    &described["result"]["capabilities"]["extensions"]["io.modelcontextprotocol/skills"]
}

#[tokio::test]
async fn a_server_with_skills_declares_them_and_resources() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    let described = wire.request("server/discover", json!({})).await;
    assert_eq!(declared(&described), &json!({ "directoryRead": true }));
    assert!(described["result"]["capabilities"]["resources"].is_object());
    // Sessions of earlier revisions can use skills too.
    let mut session = Wire::of_sessions(&server, json!({})).await;
    let listed = session.request("skills/list", json!({})).await;
    assert_eq!(listed["result"]["skills"].as_array().unwrap().len(), 3);
    assert_eq!(listed["result"].get("ttlMs"), None, "{listed}");
}

#[tokio::test]
async fn a_server_without_skills_knows_none_of_the_methods() {
    let server = FastMcp::new("plain").docket(None);
    let server = server.select(!Selection::tag("embedded"));
    let server = server.start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let described = wire.request("server/discover", json!({})).await;
    assert_eq!(declared(&described), &Value::Null);
    for (method, params) in [
        ("skills/list", json!({})),
        ("skills/get", json!({ "uri": "skill://refunds/SKILL.md" })),
        (
            "resources/directory/read",
            json!({ "uri": "skill://refunds" }),
        ),
    ] {
        let answer = wire.request(method, params).await;
        assert_eq!(answer["error"]["code"], -32601, "{method}: {answer}");
    }
}

#[tokio::test]
async fn unfit_parameters_are_named() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    for (method, params, named) in [
        ("skills/list", json!({ "cursor": 7 }), "cursor"),
        ("skills/get", json!({}), "uri"),
        ("skills/get", json!({ "uri": ["a"] }), "uri"),
        ("resources/directory/read", json!({ "uri": 1 }), "uri"),
    ] {
        let answer = wire.request(method, params).await;
        assert_eq!(answer["error"]["code"], -32602, "{method}: {answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(named), "{method}: {message}");
    }
}
