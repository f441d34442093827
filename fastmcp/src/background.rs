//! Background tasks: what `#[task]` expands to, and how its functions are scheduled and run.

pub(crate) mod add;
pub(crate) mod arguments;
pub(crate) mod directive;
pub(crate) mod handler;
pub(crate) mod output;
pub(crate) mod parameter;
pub(crate) mod policy;
pub(crate) mod run;
pub(crate) mod task;
