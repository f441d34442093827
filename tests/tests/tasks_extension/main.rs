//! The tasks extension (`io.modelcontextprotocol/tasks`, SEP-2663) as its JSON on the wire: what a client sends, and
//! all that it gets.

mod before;
mod body;
mod create;
mod follow;
mod http;
mod input;
mod keep;
mod stage;
mod start;
