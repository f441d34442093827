//! Skills that only some callers see, and those of mounted servers.

use fastmcp::auth::{Auth, StaticTokens};
use fastmcp::middleware::{ListSkills, Next, from_fn};
use fastmcp::prelude::*;
use fastmcp::skills::SkillDirectory;
use fastmcp::{Principal, Selection};
use fastmcp_tests::http::{Http, answer};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::folder::Skills;

fn uris(answer: &Value, list: &str) -> Vec<String> {
    let items = answer["result"][list].as_array().unwrap().iter();
    items
        .map(|it| it["uri"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_hidden_skill_and_all_its_files_are_unknown() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    server.hide(&Selection::name("billing")).unwrap();
    let listed = wire.request("skills/list", json!({})).await;
    assert_eq!(uris(&listed, "skills"), ["skill://refunds/SKILL.md"]);
    // The skill in the hidden one is hidden with it.
    for uri in [
        "skill://acme/billing/SKILL.md",
        "skill://acme/billing/parts/invoices/SKILL.md",
    ] {
        for method in ["skills/get", "resources/read"] {
            let answer = wire.request(method, json!({ "uri": uri })).await;
            assert_eq!(answer["error"]["code"], -32602, "{method} {uri}: {answer}");
        }
    }
    for folder in ["skill://acme", "skill://acme/billing/parts"] {
        let answer = wire
            .request("resources/directory/read", json!({ "uri": folder }))
            .await;
        assert_eq!(answer["error"]["code"], -32602, "{folder}: {answer}");
    }
    server.show(&Selection::name("billing")).unwrap();
    let listed = wire.request("skills/list", json!({})).await;
    assert_eq!(uris(&listed, "skills").len(), 3);
}

#[tokio::test]
async fn callers_without_the_scope_see_no_skill() {
    let skills = Skills::new();
    let restricted = SkillDirectory::new(skills.path()).scopes(["support"]);
    let tokens = StaticTokens::new()
        .token("with", Principal::new("ada").with_scopes(["support"]))
        .token("without", Principal::new("bob"));
    let server = FastMcp::new("shop").docket(None).skills(restricted);
    let server = server.select(!Selection::tag("embedded")).auth(Auth::new(
        "https://mcp.example.com/mcp",
        "https://auth.example.com",
        tokens,
    ));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let server = server.start().await.unwrap();
    tokio::spawn(async move { server.serve_http(listener).await });
    let http = |token: &str| Http::new(&url).with("authorization", &format!("Bearer {token}"));
    let list = |http: Http| async move {
        answer(http.modern_without_name("skills/list", json!({})))
            .await
            .message()
    };
    assert_eq!(uris(&list(http("with")).await, "skills").len(), 3);
    assert!(uris(&list(http("without")).await, "skills").is_empty());
    let get = json!({ "uri": "skill://refunds/SKILL.md" });
    let refused = answer(http("without").modern_without_name("skills/get", get)).await;
    assert_eq!(refused.status.as_u16(), 403);
}

#[tokio::test]
async fn skills_of_a_mounted_server_have_its_prefix_everywhere() {
    let skills = Skills::new();
    let server = FastMcp::new("outer")
        .docket(None)
        .select(!Selection::tag("embedded"));
    let server = server.mount("shop", skills.server()).start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let listed = wire.request("skills/list", json!({})).await;
    let main = "skill://shop/refunds/SKILL.md";
    assert_eq!(uris(&listed, "skills")[2], main);
    let manifest = &listed["result"]["skills"][2]["resources"];
    for file in manifest.as_array().unwrap() {
        let read = wire
            .request("resources/read", json!({ "uri": file["uri"] }))
            .await;
        assert_eq!(read["result"]["contents"][0]["uri"], file["uri"], "{read}");
    }
    let got = wire.request("skills/get", json!({ "uri": main })).await;
    assert_eq!(got["result"]["skill"], listed["result"]["skills"][2]);
    let folder = json!({ "uri": "skill://shop/refunds" });
    let folder = wire.request("resources/directory/read", folder).await;
    assert_eq!(uris(&folder, "resources")[0], main);
    skills.skill("shipping", "How to ship");
    let changes = server.reload_skills().await.unwrap();
    assert_eq!(changes.added, ["skill://shop/shipping/SKILL.md"]);
    // A rule of the outer server decides too.
    server.hide(&Selection::name("refunds")).unwrap();
    for (method, uri) in [
        ("skills/get", main),
        ("resources/read", main),
        ("resources/directory/read", "skill://shop/refunds"),
    ] {
        let answer = wire.request(method, json!({ "uri": uri })).await;
        assert_eq!(answer["error"]["code"], -32602, "{method}: {answer}");
    }
}

#[tokio::test]
async fn middleware_runs_around_the_requests_for_skills() {
    async fn first(list: ListSkills, next: Next<ListSkills>) -> Result<Vec<fastmcp::mcp::Skill>> {
        let mut skills = next.run(list).await?;
        skills.truncate(1);
        Ok(skills)
    }
    let skills = Skills::new();
    let server = skills.server().middleware(from_fn(first));
    let server = server.start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let listed = wire.request("skills/list", json!({})).await;
    assert_eq!(uris(&listed, "skills"), ["skill://acme/billing/SKILL.md"]);
}
