//! Long calls of clients that do not support the tasks extension (`FastMcp::task_fallback`), tested through the JSON that
//! a client sends and receives.

mod answers;
mod around;
mod http;
mod lists;
mod stage;
mod start;
mod tools;
