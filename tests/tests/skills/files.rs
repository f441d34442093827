//! The files and folders of skills.

use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

use crate::folder::Skills;

async fn read(wire: &mut Wire, uri: &str) -> Value {
    wire.request("resources/read", json!({ "uri": uri })).await
}

async fn children(wire: &mut Wire, uri: &str) -> Value {
    let answer = wire
        .request("resources/directory/read", json!({ "uri": uri }))
        .await;
    let Some(resources) = answer["result"]["resources"].as_array() else {
        return answer["error"]["code"].clone();
    };
    let listed = resources.iter();
    listed
        .map(|it| json!([it["uri"], it["name"], it["mimeType"]]))
        .collect()
}

#[tokio::test]
async fn bytes_that_are_no_text_are_a_blob() {
    let skills = Skills::new();
    skills.write("refunds/nul.txt", b"a\0b");
    skills.write("refunds/latin1.md", b"caf\xe9");
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    for (uri, expected) in [
        (
            "skill://refunds/logo.png",
            json!({ "blob": "iVBORwD/", "mimeType": "image/png" }),
        ),
        (
            "skill://refunds/nul.txt",
            json!({ "blob": "YQBi", "mimeType": "application/octet-stream" }),
        ),
        (
            "skill://refunds/latin1.md",
            json!({ "blob": "Y2Fm6Q==", "mimeType": "application/octet-stream" }),
        ),
        (
            "skill://refunds/templates/a%20letter.md",
            json!({ "text": "Dear customer", "mimeType": "text/markdown" }),
        ),
    ] {
        let answer = read(&mut wire, uri).await;
        let content = &answer["result"]["contents"][0];
        assert_eq!(content["uri"], uri, "{answer}");
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(&content[member], value, "{answer}");
        }
    }
}

#[tokio::test]
async fn no_uri_leaves_the_skills() {
    let skills = Skills::new();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    for uri in [
        "skill://refunds/.hidden",
        "skill://refunds/../README.md",
        "skill://README.md",
        "skill://refunds/../../../../../../etc/hostname",
        "skill://refunds/%2e%2e/%2e%2e/%2e%2e/etc/hostname",
        "skill://refunds/..%2f..%2f..%2f..%2fetc%2fhostname",
        "skill:///etc/hostname",
        "skill:refunds/SKILL.md",
        "skill://refunds/",
        "skill://refunds//SKILL.md",
        "skill://refunds/SKILL.md%00",
        "skill://refunds/SKILL.md/",
    ] {
        let answer = read(&mut wire, uri).await;
        assert_eq!(answer["error"]["code"], -32602, "{uri}: {answer}");
        let folder = children(&mut wire, uri).await;
        assert_eq!(folder, -32602, "{uri}");
    }
}

#[tokio::test]
async fn folders_list_their_direct_children() {
    let skills = Skills::new();
    std::fs::create_dir(skills.path().join("refunds/empty")).unwrap();
    let server = skills.start().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    assert_eq!(
        children(&mut wire, "skill://refunds").await,
        json!([
            ["skill://refunds/SKILL.md", "refunds", "text/markdown"],
            ["skill://refunds/empty", "empty", "inode/directory"],
            ["skill://refunds/logo.png", "logo.png", "image/png"],
            ["skill://refunds/templates", "templates", "inode/directory"],
        ])
    );
    assert_eq!(
        children(&mut wire, "skill://refunds/empty").await,
        json!([])
    );
    // A folder around skills.
    assert_eq!(
        children(&mut wire, "skill://acme").await,
        json!([["skill://acme/billing", "billing", "inode/directory"]])
    );
    for unknown in [
        "skill://",
        "skill://nobody",
        "skill://refunds/SKILL.md",
        "page://a",
    ] {
        assert_eq!(children(&mut wire, unknown).await, -32602, "{unknown}");
    }
}

#[tokio::test]
async fn folders_have_pages() {
    let skills = Skills::new();
    let server = skills.server().page_size(1).start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let mut params = json!({ "uri": "skill://refunds" });
    let mut pages = 0;
    loop {
        let page = wire
            .request("resources/directory/read", params.clone())
            .await;
        pages += 1;
        match page["result"]["nextCursor"].as_str() {
            Some(cursor) => params["cursor"] = cursor.into(),
            None => break,
        }
    }
    assert_eq!(pages, 3);
}
