//! A web page that shows dockets and operates them.
//!
//! The page is one file without data. It reads JSON, sends actions, and follows the docket by an event stream while it
//! is visible.

pub(crate) mod action;
pub(crate) mod action_log;
pub(crate) mod board;
pub(crate) mod gate;
pub(crate) mod live;
pub(crate) mod panel;
pub(crate) mod query;
pub(crate) mod response;
pub(crate) mod row;
pub(crate) mod search;
pub(crate) mod service;
pub(crate) mod state;
pub(crate) mod watch;
