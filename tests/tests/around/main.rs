//! Middleware, mounted servers, components of a running server, and proxies.

mod hostile_remote;
mod lints;
mod middleware;
mod mount;
mod proxy;
mod remote_questions;
mod remote_stage;
mod remote_tasks;
mod remote_updates;
mod runtime;
