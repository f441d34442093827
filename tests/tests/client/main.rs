//! The client: calls, their limits, notifications, subscriptions, tasks and HTTP, in both revisions.

mod calls;
mod http;
mod subscriptions;
mod tasks;

use fastmcp::mcp::ProtocolVersion;

/// The revisions that the tests run with.
const REVISIONS: [ProtocolVersion; 2] =
    [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];
