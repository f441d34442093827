//! What the server itself runs has names of its own.

use fastmcp::prelude::*;

/// Would be taken for a client's call of the tool `report`.
#[task(name = "fastmcp:tool/report")]
async fn report() {}

#[tokio::test]
async fn a_task_cannot_have_a_name_of_the_server() {
    let server = FastMcp::new("names").docket(Docket::memory("names"));
    let text = server.start().await.unwrap_err().to_string();
    assert!(
        text.starts_with("task `fastmcp:tool/report` (") && text.contains("reserved_names.rs:"),
        "{text}"
    );
    assert!(
        text.contains("option `name` begins with `fastmcp:`, as the server's own work does"),
        "{text}"
    );
}
