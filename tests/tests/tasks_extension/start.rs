//! Tasks that stop the start of a server.

use crate::stage::builder;

/// A task-only tool on a server without a docket stops the start.
#[tokio::test]
async fn a_required_task_needs_a_docket() {
    let error = builder()
        .docket(None)
        .select(fastmcp::Selection::name("report"))
        .start()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("tool `report` ("), "{error}");
    assert!(error.contains("stage.rs:"), "{error}");
    assert!(
        error.contains("FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true"),
        "{error}"
    );
    assert!(error.contains("`FastMcp::docket(…)`"), "{error}");
}
