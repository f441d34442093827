//! The list of skills, their entries, and the list of resources.

use fastmcp::prelude::*;
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

use crate::folder::Skills;

/// A page.
#[resource("page://a")]
async fn page() -> &'static str {
    "a"
}

/// Anything.
#[resource("skill://{path*}")]
async fn anything(path: String) -> String {
    format!("a template answered {path}")
}

fn uris(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap().iter();
    items.map(|it| it["uri"].as_str().unwrap()).collect()
}

const ALL: [&str; 3] = [
    "skill://acme/billing/SKILL.md",
    "skill://acme/billing/parts/invoices/SKILL.md",
    "skill://refunds/SKILL.md",
];

#[tokio::test]
async fn the_pages_of_the_list_contain_each_skill_once() {
    let skills = Skills::new();
    let server = skills.server().page_size(2).start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let first = wire.request("skills/list", json!({})).await;
    assert_eq!(uris(&first["result"]["skills"]), ALL[..2]);
    let cursor = &first["result"]["nextCursor"];
    let second = wire
        .request("skills/list", json!({ "cursor": cursor }))
        .await;
    assert_eq!(uris(&second["result"]["skills"]), ALL[2..]);
    assert_eq!(second["result"].get("nextCursor"), None);
    assert_eq!(second["result"]["ttlMs"], 0);
    assert_eq!(second["result"]["cacheScope"], "private");
    let invalid = wire.request("skills/list", json!({ "cursor": "§" })).await;
    assert_eq!(invalid["error"]["code"], -32602, "{invalid}");
}

#[tokio::test]
async fn the_manifest_of_a_skill_contains_the_files_of_those_in_it() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    let got = wire.request("skills/get", json!({ "uri": ALL[0] })).await;
    let skill = &got["result"]["skill"];
    assert_eq!(uris(&skill["resources"]), ALL[..2]);
    let refunds = wire.request("skills/get", json!({ "uri": ALL[2] })).await;
    let manifest = &refunds["result"]["skill"]["resources"];
    // Sorted by path, and without the hidden file.
    assert_eq!(
        uris(manifest),
        [
            "skill://refunds/SKILL.md",
            "skill://refunds/logo.png",
            "skill://refunds/templates/a%20letter.md"
        ]
    );
    assert_eq!(manifest[2]["size"], 13);
    // sha256sum of "Dear customer"
    let digest = manifest[2]["digest"].as_str().unwrap();
    assert_eq!(
        digest,
        "sha256:a721d791f600743c55777631d66ef23af6471f6eac51ca0d42b34dbeec7384ed"
    );
}

#[tokio::test]
async fn a_frontmatter_becomes_json_without_a_change() {
    let skills = Skills::empty();
    let text = "\u{feff}---\r\nname: exact\r\ndescription: >-\r\n  one\r\n  two\r\nlicense: MIT # a comment\r\n\
                yes: no\r\nversion: 1.10\r\noctal: 010\r\nhex: 0xfF\r\ndate: 2026-11-28\r\nempty:\r\nlist: [a, 'b', 3]\r\n\
                nested:\r\n  deep: {x: true}\r\nmetadata:\r\n  version: \"1.0\"\r\n---\r\ntext\r\n";
    skills.write("exact/SKILL.md", text);
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    let listed = wire.request("skills/list", json!({})).await;
    assert_eq!(
        listed["result"]["skills"][0]["frontmatter"],
        json!({
            "name": "exact",
            "description": "one two",
            "license": "MIT",
            "yes": "no",
            "version": 1.1,
            "octal": 10,
            "hex": 255,
            "date": "2026-11-28",
            "empty": null,
            "list": ["a", "b", 3],
            "nested": { "deep": { "x": true } },
            "metadata": { "version": "1.0" },
        })
    );
    // The bytes stay as they are, with the byte order mark and the line ends.
    let read = json!({ "uri": "skill://exact/SKILL.md" });
    let read = wire.request("resources/read", read).await;
    assert_eq!(read["result"]["contents"][0]["text"], text);
}

#[tokio::test]
async fn an_unknown_skill_is_refused_also_in_other_spellings() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    for uri in [
        "skill://nobody/SKILL.md",
        "skill://refunds",
        "skill://refunds/logo.png",
        "SKILL://refunds/SKILL.md",
        "skill://refunds/./SKILL.md",
        "skill://refunds/SKILL.md?x",
        "skill://refunds/%2e%2e/refunds/SKILL.md",
        "",
    ] {
        let answer = wire.request("skills/get", json!({ "uri": uri })).await;
        assert_eq!(answer["error"]["code"], -32602, "{uri}: {answer}");
    }
}

#[tokio::test]
async fn the_list_of_resources_has_the_main_files_and_those_of_the_program() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    let listed = wire.request("resources/list", json!({})).await;
    let resources = &listed["result"]["resources"];
    let mut expected = vec!["page://a"];
    expected.extend(ALL);
    assert_eq!(uris(resources), expected);
    assert_eq!(resources[3]["name"], "refunds");
    assert_eq!(resources[3]["description"], "How to refund an order");
    assert_eq!(resources[3]["mimeType"], "text/markdown");
}

#[tokio::test]
async fn no_template_answers_for_a_skill() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    for uri in ["skill://nobody/SKILL.md", "Skill://refunds/none.md"] {
        let answer = wire.request("resources/read", json!({ "uri": uri })).await;
        assert_eq!(answer["error"]["code"], -32602, "{uri}: {answer}");
    }
    let read = json!({ "uri": "skill://refunds/SKILL.md" });
    let read = wire.request("resources/read", read).await;
    let text = read["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("---\nname: refunds"), "{text}");
}
