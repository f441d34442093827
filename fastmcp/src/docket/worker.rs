//! Workers: claim executions, run them with a handler, and settle them.

pub(crate) mod automatic;
pub(crate) mod builder;
pub(crate) mod failure_log;
pub(crate) mod handle;
pub(crate) mod options;
pub(crate) mod outcome;
pub(crate) mod panic_hook;
pub(crate) mod quotas;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod run_loop;
pub(crate) mod running;
pub(crate) mod session;
pub(crate) mod settlement_buffer;
pub(crate) mod shutdown;
