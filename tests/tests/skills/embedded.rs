//! Skills that are part of the program.

use fastmcp::prelude::*;
use fastmcp::{Selection, StartError};
use fastmcp_tests::wire::Wire;
use serde_json::json;

use crate::folder::Skills;

/// The skills of this test.
#[skill(path = "tests/skills/embedded", tags("embedded"))]
struct Greeting;

#[tokio::test]
async fn an_embedded_skill_is_served_as_the_files_on_disk() {
    let server = FastMcp::new("shop").docket(None).start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let listed = wire.request("skills/list", json!({})).await;
    let skill = &listed["result"]["skills"][0];
    assert_eq!(skill["uri"], "skill://embedded/SKILL.md");
    assert_eq!(skill["frontmatter"]["metadata"]["version"], "1.0");
    let uris: Vec<_> = skill["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["uri"])
        .collect();
    assert_eq!(
        uris,
        [
            "skill://embedded/SKILL.md",
            "skill://embedded/words/hello.txt"
        ]
    );
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/skills/embedded");
    let disk = FastMcp::new("shop").docket(None).skills(directory);
    let disk = disk
        .select(!Selection::tag("embedded"))
        .start()
        .await
        .unwrap();
    let mut wire = Wire::of_rounds(&disk, json!({}));
    let again = wire.request("skills/list", json!({})).await;
    assert_eq!(again["result"]["skills"], listed["result"]["skills"]);
}

#[tokio::test]
async fn a_selection_selects_embedded_skills_and_a_directory_cannot_repeat_them() {
    let skills = Skills::empty();
    skills.skill("embedded", "The same name");
    let server = FastMcp::new("shop").docket(None).skills(skills.path());
    let selected = Selection::name("embedded");
    let error = server.select(selected).start().await.expect_err("one URI");
    let StartError::Skill(fault) = error else {
        panic!("{error}");
    };
    let text = fault.to_string();
    assert!(text.contains("tests/skills/embedded.rs:"), "{text}");
}
