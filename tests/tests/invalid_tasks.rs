//! Invalid options of tasks are refused at the start, with file and line.

use fastmcp::StartError;
use fastmcp::prelude::*;

#[task(cron("0 0 30 2 *"))]
async fn never() {}

#[tokio::test]
async fn a_cron_expression_that_never_matches_is_named() {
    let server = FastMcp::new("never").docket(Docket::memory("never"));
    let error = server.start().await.unwrap_err();
    assert!(matches!(error, StartError::InvalidTask(_)));
    let text = error.to_string();
    assert!(text.starts_with("task `never` ("), "{text}");
    assert!(
        text.contains("invalid_tasks.rs:") && text.contains("`0 0 30 2 *` never matches a date"),
        "{text}"
    );
    assert!(Worker::new(&Docket::memory("never")).is_err());
}
