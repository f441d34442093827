//! The tasks extension (`io.modelcontextprotocol/tasks`, SEP-2663): calls of tools that a client follows.
//!
//! One task is one execution of the server's docket, and nothing else is kept of it:
//!
//! | of the task | is, of the execution |
//! |---|---|
//! | its id | behind [`KEY`] its key |
//! | the tool | behind [`TOOL`] its task |
//! | the arguments, and what the tool may read of the request | its payload: [`captured`] |
//! | whose it is, how long it is kept, what it has asked | its note: [`note`] |
//! | its status | its state: [`view`] |
//! | how far it is | its progress |
//! | the answer | its result, or the message of its failure: [`runner`] |
//!
//! So a task is as durable as the docket, and every server on the docket can tell of it. Nothing in here names the
//! protocol library.

pub(crate) mod id;
pub(crate) mod note;
pub(crate) mod request_snapshot;
pub(crate) mod runner;
pub(crate) mod tasks;
pub(crate) mod view;
