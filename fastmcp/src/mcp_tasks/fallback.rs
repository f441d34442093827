//! Long calls of clients that do not support the tasks extension, with [`TaskFallback`].
//!
//! Such a call becomes a task as for any other client, before its tool runs. [`call`] waits for its end, and answers with
//! the ID of the task if that takes too long. [`tools`] are the three ordinary tools with which a model goes on, and
//! [`listing`] changes the list of tools for these clients. [`text`] has what the model reads.
//!
//! [`TaskFallback`]: crate::component::task_fallback::TaskFallback

pub(crate) mod call;
pub(crate) mod follow;
pub(crate) mod listing;
pub(crate) mod text;
pub(crate) mod tools;
