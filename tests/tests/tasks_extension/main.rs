//! The tasks extension (`io.modelcontextprotocol/tasks`, SEP-2663), tested through the JSON that a client sends and
//! receives.

mod before;
mod body;
mod create;
mod follow;
mod http;
mod input;
mod keep;
mod redis;
mod stage;
mod start;
