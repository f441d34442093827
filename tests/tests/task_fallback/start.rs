//! Options that stop the start of a server.

use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp::{Selection, TaskFallback};

use crate::stage::{AFTER, builder};

async fn error(server: FastMcp) -> String {
    server.start().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_name_that_the_program_uses_is_an_error_with_its_place() {
    let fallback = TaskFallback::after(AFTER).names("task_status", "add", "task_cancel");
    let error = error(builder().task_fallback(fallback)).await;
    assert!(error.contains("a tool `add`"), "{error}");
    assert!(error.contains("stage.rs:"), "{error}");
    assert!(error.contains("`TaskFallback::names`"), "{error}");
}

/// A tool of a mounted server has a prefix.
#[tokio::test]
async fn a_name_of_a_mounted_tool_is_an_error() {
    let outer = FastMcp::new("outer")
        .select(Selection::name("nothing_of_this_name"))
        .docket(Docket::memory("outer"));
    let _ = outer;
    let outer = FastMcp::new("outer")
        .docket(Docket::memory("outer"))
        .mount("task", builder().docket(None))
        .task_fallback(TaskFallback::after(AFTER).names("task_add", "task_result", "task_cancel"));
    let error = error(outer).await;
    assert!(error.contains("a tool `task_add`"), "{error}");
}

#[tokio::test]
async fn invalid_options_are_errors_with_the_fix() {
    let fallback = || TaskFallback::after(AFTER);
    for (fallback, expected) in [
        (
            fallback().names("a b", "c", "d"),
            "`a b` cannot be the name of a tool",
        ),
        (
            fallback().names("a", "b", "a"),
            "two tools have the name `a`",
        ),
        (fallback().ttl(AFTER), "must be longer than the 10s"),
        (fallback().ttl(Duration::MAX), "at most a year"),
        (
            fallback().except(Selection::name("reporrt")),
            "did you mean `report`?",
        ),
    ] {
        let error = error(builder().task_fallback(fallback)).await;
        assert!(error.contains(expected), "{error}");
    }
    let error = error(builder().docket(None).task_fallback(fallback())).await;
    assert!(error.contains("`FastMcp::enable_docket`"), "{error}");
}

#[tokio::test]
async fn a_mounted_server_has_no_fallback_of_its_own() {
    let inner = builder().task_fallback(TaskFallback::after(AFTER));
    let error = error(FastMcp::new("outer").mount("inner", inner)).await;
    assert!(
        error.contains("call `FastMcp::task_fallback` on the outer server"),
        "{error}"
    );
}
