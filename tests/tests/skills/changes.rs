//! Skills whose files change while they are served.

use std::time::Duration;

use fastmcp::skills::SkillDirectory;
use fastmcp::{FastMcp, Selection};
use fastmcp_tests::wire::Wire;
use serde_json::json;

use crate::folder::Skills;

async fn text(wire: &mut Wire, uri: &str) -> String {
    let read = wire.request("resources/read", json!({ "uri": uri })).await;
    let text = &read["result"]["contents"][0]["text"];
    text.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn changed_files_are_served_after_a_reload_and_not_before() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    let letter = "skill://refunds/templates/a%20letter.md";
    skills.write("refunds/templates/a letter.md", "Hello");
    skills.skill("shipping", "How to ship");
    std::fs::remove_dir_all(skills.path().join("acme")).unwrap();
    // The manifest still promises these bytes.
    assert_eq!(text(&mut wire, letter).await, "Dear customer");

    let changes = server.reload_skills().await.unwrap();
    assert_eq!(changes.added, ["skill://shipping/SKILL.md"]);
    assert_eq!(changes.changed, ["skill://refunds/SKILL.md"]);
    assert_eq!(
        changes.removed,
        [
            "skill://acme/billing/SKILL.md",
            "skill://acme/billing/parts/invoices/SKILL.md"
        ]
    );
    assert_eq!(text(&mut wire, letter).await, "Hello");
    let gone = json!({ "uri": "skill://acme/billing/SKILL.md" });
    let gone = wire.request("skills/get", gone).await;
    assert_eq!(gone["error"]["code"], -32602);
    assert!(server.reload_skills().await.unwrap().is_empty());
}

#[tokio::test]
async fn clients_are_notified_of_changed_lists_and_files() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    let letter = "skill://refunds/templates/a%20letter.md";
    let notifications = json!({ "resourcesListChanged": true, "resourceSubscriptions": [letter] });
    let listen = json!({ "notifications": notifications });
    wire.ask("subscriptions/listen", listen).await;
    wire.hear().await;
    skills.write("refunds/templates/a letter.md", "Hello");
    server.reload_skills().await.unwrap();
    let list = wire.hear().await;
    assert_eq!(list["method"], "notifications/resources/list_changed");
    let updated = wire.hear().await;
    assert_eq!(updated["method"], "notifications/resources/updated");
    assert_eq!(updated["params"]["uri"], letter);
}

#[tokio::test]
async fn a_reload_with_mistakes_changes_nothing() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    skills.skill("shipping", "How to ship");
    skills.write("refunds/SKILL.md", "no frontmatter");
    let error = server.reload_skills().await.unwrap_err();
    assert_eq!(error.faults().len(), 1);
    assert!(
        error
            .to_string()
            .contains("refunds/SKILL.md:1: no frontmatter"),
        "{error}"
    );
    let main = text(&mut wire, "skill://refunds/SKILL.md").await;
    assert!(main.starts_with("---"), "{main}");
    let listed = wire.request("skills/list", json!({})).await;
    assert_eq!(listed["result"]["skills"].as_array().unwrap().len(), 3);
    // Mended, also the new skill is there.
    skills.skill("refunds", "How to refund an order");
    let changes = server.reload_skills().await.unwrap();
    assert_eq!(changes.added, ["skill://shipping/SKILL.md"]);
}

#[tokio::test]
async fn a_watched_directory_is_loaded_after_a_change() {
    let skills = Skills::new();
    let watched = SkillDirectory::new(skills.path()).watch(Duration::ZERO);
    let server = FastMcp::new("shop").docket(None).skills(watched);
    let server = server.select(!Selection::tag("embedded"));
    let server = server.start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let listen = json!({ "notifications": { "resourcesListChanged": true } });
    wire.ask("subscriptions/listen", listen).await;
    wire.hear().await;
    skills.skill("shipping", "How to ship");
    // The test ends by the limit of its runner if nothing is noticed.
    let changed = wire.hear().await;
    assert_eq!(changed["method"], "notifications/resources/list_changed");
}
