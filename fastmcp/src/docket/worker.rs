//! Workers: what claims executions, runs them by a handler, and settles them.

pub(crate) mod builder;
pub(crate) mod handle;
pub(crate) mod outcome;
pub(crate) mod panic_hook;
pub(crate) mod run;
pub(crate) mod run_loop;
pub(crate) mod running;
pub(crate) mod session;
pub(crate) mod settlement_buffer;
pub(crate) mod shutdown;
