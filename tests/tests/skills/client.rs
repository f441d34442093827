//! The client's methods for skills.

use fastmcp::client::{Client, ClientError, SkillMismatch};
use fastmcp::mcp::SkillResources;

use crate::folder::Skills;

#[tokio::test]
async fn a_client_lists_gets_and_reads_skills() {
    let skills = Skills::new();
    let server = skills.server().page_size(1).start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let listed = client.list_skills().await.unwrap();
    assert_eq!(listed.len(), 3);
    for skill in &listed {
        assert_eq!(&client.get_skill(&skill.uri).await.unwrap(), skill);
        let SkillResources::Files(files) = &skill.resources else {
            panic!("a manifest");
        };
        for file in files {
            let bytes = client.read_skill_file(skill, &file.uri).await.unwrap();
            assert_eq!(bytes.len() as u64, file.size);
        }
    }
    let children = client.read_directory("skill://refunds").await.unwrap();
    assert_eq!(children.len(), 3);
    let unknown = client.get_skill("skill://nobody/SKILL.md").await;
    assert!(
        matches!(unknown, Err(ClientError::Refused { code: -32602, .. })),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_not_the_one_of_the_manifest_is_refused() {
    let skills = Skills::new();
    let server = skills.start().await;
    let client = Client::connect(&server).await.unwrap();
    let listed = client.list_skills().await.unwrap();
    let refunds = &listed[2];
    let reason = async |uri: &str| match client.read_skill_file(refunds, uri).await {
        Err(ClientError::Skill { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        reason("skill://acme/billing/SKILL.md").await,
        SkillMismatch::Unlisted
    );
    // The server changes the files after the list.
    skills.write("refunds/logo.png", b"\x89PNG\0\xfe");
    skills.write("refunds/templates/a letter.md", "Hello");
    server.reload_skills().await.unwrap();
    assert_eq!(
        reason("skill://refunds/logo.png").await,
        SkillMismatch::Digest
    );
    let size = SkillMismatch::Size {
        expected: 13,
        actual: 5,
    };
    assert_eq!(
        reason("skill://refunds/templates/a%20letter.md").await,
        size
    );
    let mut other = refunds.clone();
    other.frontmatter.description = "another".to_owned();
    let read = client.read_skill_file(&other, &other.uri).await;
    assert!(
        matches!(
            &read,
            Err(ClientError::Skill {
                reason: SkillMismatch::Frontmatter,
                ..
            })
        ),
        "{read:?}"
    );
}
