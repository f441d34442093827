//! [`Task`]: the trait of the types that represent functions with `#[task]`.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::background::arguments::ArgumentList;
use crate::background::policy::{Lanes, LazyPolicy};
use crate::call::arguments::Call;
use crate::call::error::CallError;
use crate::call::parameter_entry::ParameterEntry;
use crate::docket::model::outcome::Outcome;
use crate::registration::Location;

/// A task. `#[task]` implements it for a type with the name of the function.
pub trait Task: 'static {
    /// The types of the arguments, that is, of the parameters without the dependencies.
    type Arguments: ArgumentList;
    /// The type of the result.
    type Output;
    /// The registration.
    #[doc(hidden)]
    const ENTRY: &'static TaskEntry;
}

/// The registration of a task.
#[doc(hidden)]
pub struct TaskEntry {
    /// The name in the queue.
    pub name: &'static str,
    /// The location of the function.
    pub location: Location,
    /// The parameters, in order.
    pub parameters: &'static [ParameterEntry],
    /// The retries, the timeout, the schedule and the limits.
    pub policy: &'static LazyPolicy,
    /// The arguments whose values divide the limits into lanes.
    pub lanes: Lanes,
    /// Returns true if an error should be retried. `None` retries every error.
    pub only_if: Option<fn(&crate::error::Error) -> bool>,
    /// `true` if workers schedule the task when they start.
    pub is_automatic: bool,
    /// Decodes the arguments, resolves the dependencies and runs the body.
    pub call: fn(Call) -> BoxFuture<'static, Result<Outcome, CallError>>,
}

/// A reference to a [`TaskEntry`]. `inventory` collects these references.
#[doc(hidden)]
pub struct RegisteredTask(pub &'static TaskEntry);

inventory::collect!(RegisteredTask);

/// The arguments of one execution, by name.
pub(crate) type Arguments = Map<String, Value>;
