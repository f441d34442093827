//! Background tasks: functions that run independently of the call that schedules them.
//!
//! `#[task]` turns `async fn analyze(query: String, docket: Docket, depth: u32) -> R` into two items: a
//! function with the same parameters that returns a [`Run`], and an empty type `analyze` that
//! implements [`Task`]. Functions and types have separate namespaces, so both have the same name and
//! one `use` imports both. `docket.add(analyze)` determines the task from the return type
//! `Run<analyze, _>` of the function.

pub use crate::background::add::Add;
pub use crate::background::arguments::ArgumentList;
pub use crate::background::error::{InvalidTask, WorkerError};
pub use crate::background::run::{Run, TaskFn};
pub use crate::background::task::Task;
#[doc(hidden)]
pub use crate::background::task::{RegisteredTask, TaskEntry};
pub use crate::background::worker::TaskWorkerBuilder;
pub use crate::call::directive::{Directive, discard, retry, retry_after, snooze};
