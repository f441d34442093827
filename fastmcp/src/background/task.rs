//! [`Task`]: the type that represents a function under `#[task]`.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::background::arguments::ArgumentList;
use crate::background::policy::{Lanes, LazyPolicy};
use crate::call::arguments::Call;
use crate::call::error::CallError;
use crate::call::parameter_entry::ParameterEntry;
use crate::docket::model::outcome::Outcome;
use crate::registration::Location;

/// A task; `#[task]` implements it.
pub trait Task: 'static {
    /// The list of its argument types: its parameters without the dependencies.
    type Arguments: ArgumentList;
    /// The type of its result.
    type Output;
    /// Its registration.
    #[doc(hidden)]
    const ENTRY: &'static TaskEntry;
}

/// The registration of a task.
#[doc(hidden)]
pub struct TaskEntry {
    /// The name on the wire.
    pub name: &'static str,
    /// The location of the function.
    pub location: Location,
    /// Its parameters, in order.
    pub parameters: &'static [ParameterEntry],
    /// Its retries, timeout, schedule and limits.
    pub policy: &'static LazyPolicy,
    /// The arguments by which its limits are split into lanes.
    pub lanes: Lanes,
    /// Returns true if an error is worth another attempt; `None` if every error is.
    pub only_if: Option<fn(&crate::error::Error) -> bool>,
    /// True if workers schedule it when they start.
    pub is_automatic: bool,
    /// Decodes the arguments, resolves the dependencies and runs the body.
    pub call: fn(Call) -> BoxFuture<'static, Result<Outcome, CallError>>,
}

/// A reference to a [`TaskEntry`], which `inventory` collects.
#[doc(hidden)]
pub struct RegisteredTask(pub &'static TaskEntry);

inventory::collect!(RegisteredTask);

/// The arguments of one execution, by name.
pub(crate) type Arguments = Map<String, Value>;
