//! Background tasks: the types that `#[task]` expands to, and the scheduling and running of its
//! functions.

pub(crate) mod add;
pub(crate) mod arguments;
pub(crate) mod error;
pub(crate) mod handler;
pub(crate) mod limits;
pub(crate) mod next_run;
pub(crate) mod output;
pub(crate) mod payload;
pub(crate) mod policy;
pub(crate) mod registry;
pub(crate) mod run;
pub(crate) mod schedule;
pub(crate) mod steps;
pub(crate) mod task;
pub(crate) mod worker;
