//! Tests of MCP Apps: what clients see of tools with pages, and pages in a browser, within a minimal host.

mod composed;
#[path = "../../../examples/src/bin/apps/main.rs"]
#[allow(dead_code, clippy::unused_async, reason = "only its server is used")]
mod example;
mod page;
mod wire;
