//! The components that a server offers to clients: tools, resources, resource templates and prompts.
//!
//! The attribute macros register an entry for each handler with `inventory`. When a server starts,
//! it collects the entries in a `Registry`.

pub(crate) mod access;
pub(crate) mod added;
pub(crate) mod answer_store;
pub(crate) mod around;
pub(crate) mod attached;
pub(crate) mod bounded_answer;
pub(crate) mod call_settings;
pub(crate) mod changes;
pub(crate) mod completion;
pub mod content;
pub(crate) mod dispatch;
pub(crate) mod dynamic;
pub(crate) mod entry;
pub(crate) mod finish;
pub(crate) mod lint;
pub(crate) mod lists;
pub(crate) mod missing_arguments;
pub(crate) mod mounted;
pub(crate) mod options;
pub(crate) mod output;
pub(crate) mod part;
pub(crate) mod place;
pub(crate) mod prefix;
pub(crate) mod prompt;
pub(crate) mod registry;
pub(crate) mod remote_task;
pub(crate) mod request_error;
pub(crate) mod requests;
pub(crate) mod resource;
pub(crate) mod routing;
pub(crate) mod run;
pub(crate) mod server_handle;
pub(crate) mod task_fallback;
pub(crate) mod task_tools;
pub(crate) mod task_view;
pub(crate) mod tool;
pub(crate) mod tool_lints;
pub(crate) mod ui;
pub(crate) mod uri;
pub(crate) mod validation;
pub(crate) mod visibility;
