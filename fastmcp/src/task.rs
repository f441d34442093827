//! Background tasks: functions that run after the tool that scheduled them has answered.
//!
//! `#[task]` turns `async fn analyze(query: String, docket: Docket, depth: u32) -> R` into a plain
//! function of the same parameters that returns a [`Run`], beside an empty type of the same name
//! that implements [`Task`]. A function lives in the value namespace and a type in the type
//! namespace, so one name and one `use` carry both, and the returned `Run<analyze, _>` is how
//! `docket.add(analyze)` learns from the function which task it is.

pub use crate::background::add::Add;
pub use crate::background::arguments::ArgumentList;
pub use crate::background::directive::{Directive, discard, retry, retry_after, snooze};
pub use crate::background::error::{InvalidTask, WorkerError};
pub use crate::background::run::{Run, TaskFn};
pub use crate::background::task::Task;
#[doc(hidden)]
pub use crate::background::task::{RegisteredTask, TaskEntry};
