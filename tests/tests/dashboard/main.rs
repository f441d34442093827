//! Tests of the dashboard: its requests, who may send them, what they cost, and the page in a browser.

mod access;
mod cost;
mod counting;
#[path = "../../../fastmcp/tests/support/delegate.rs"]
mod delegate;
mod live;
mod page;
mod requests;
mod screenshots;
mod setup;
