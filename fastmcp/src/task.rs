//! Background tasks: functions that run after the tool that scheduled them has answered.
//!
//! `#[task]` turns `async fn analyze(query: String, docket: Docket, depth: u32) -> R` into a plain
//! function of the same parameters that returns a [`Run`], beside an empty type of the same name
//! that implements [`Task`]. A function lives in the value namespace and a type in the type
//! namespace, so one name and one `use` carry both, and the returned `Run<analyze, _>` is how
//! `docket.add(analyze)` learns from the function which task it is.

use serde_json::{Map, Value};

use crate::BoxFuture;
use crate::docket::Outcome;
use crate::parameter::{Call, CallError, ParameterEntry};
use crate::registered::Location;

mod add;
mod directive;
mod handler;
pub(crate) mod list;
pub(crate) mod output;
pub(crate) mod parameter;
pub(crate) mod policy;
mod run;

pub use add::Add;
pub use directive::{Directive, discard, retry, retry_after, snooze};
pub(crate) use handler::TaskRegistry;
pub use handler::{InvalidTask, WorkerError};
pub use list::ArgumentList;
pub use run::{Run, TaskFn};

/// A task; `#[task]` implements it.
pub trait Task: 'static {
    /// The types of its arguments: its parameters without the dependencies, as a list.
    type Arguments: ArgumentList;
    /// What it gives when it succeeds.
    type Output;
    /// What it is registered with.
    #[doc(hidden)]
    const ENTRY: &'static TaskEntry;
}

/// What `#[task]` registers.
#[doc(hidden)]
pub struct TaskEntry {
    /// The name on the wire.
    pub name: &'static str,
    /// Where the function is.
    pub location: Location,
    /// Its parameters, in order.
    pub parameters: &'static [ParameterEntry],
    /// How it is retried, timed and limited.
    pub policy: &'static policy::LazyPolicy,
    /// The arguments by which its limits are told apart.
    pub lanes: policy::Lanes,
    /// Whether a failure is worth another attempt.
    pub only_if: Option<fn(&crate::Error) -> bool>,
    /// Whether a worker starts it by itself.
    pub is_automatic: bool,
    /// Takes the arguments apart, looks the dependencies up and runs the body.
    pub call: fn(Call) -> BoxFuture<'static, Result<Outcome, CallError>>,
}

/// [`TaskEntry`], by reference: what `inventory` collects.
#[doc(hidden)]
pub struct RegisteredTask(pub &'static TaskEntry);

inventory::collect!(RegisteredTask);

/// The arguments of one execution, by name.
pub(crate) type Arguments = Map<String, Value>;
