//! The tasks extension (`io.modelcontextprotocol/tasks`, SEP-2663): tool calls that a client polls.
//!
//! A task is exactly one execution of the server's docket; nothing else is stored for it:
//!
//! | of the task | of the execution |
//! |---|---|
//! | its ID | its key ([`names`]) |
//! | the tool | its task name ([`names`]) |
//! | the arguments, and the parts of the request that a tool can read | its payload ([`request_snapshot`]) |
//! | the owner, the lifetime, the questions and answers | its note ([`note`]) |
//! | the status | its state ([`view`]) |
//! | the progress message | its progress ([`docket_channel`]) |
//! | the outcome | its result, or the message of its failure ([`stored`]) |
//!
//! A task is therefore as durable as the docket, and every server that shares the docket can answer
//! requests about it. [`call`] decides whether a call becomes a task, and [`runner`] runs the task
//! in the worker. [`fallback`] serves the clients that do not support the extension. No file here names the protocol library.

pub(crate) mod call;
pub(crate) mod docket_channel;
pub(crate) mod fallback;
pub(crate) mod id;
pub(crate) mod names;
pub(crate) mod note;
pub(crate) mod request_snapshot;
pub(crate) mod requests;
pub(crate) mod runner;
pub(crate) mod stored;
pub(crate) mod tasks;
pub(crate) mod terms;
pub(crate) mod view;
pub(crate) mod watch;
