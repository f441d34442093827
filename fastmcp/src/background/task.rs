//! [`Task`]: the type that stands for a function under `#[task]`.

use serde_json::{Map, Value};

use crate::call::classify::ParameterEntry;
use crate::call::take::{Call, CallError};
use crate::docket::model::outcome::Outcome;
use crate::registration::Location;
use futures_util::future::BoxFuture;

use crate::background::arguments::ArgumentList;

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
    pub policy: &'static crate::background::policy::LazyPolicy,
    /// The arguments by which its limits are told apart.
    pub lanes: crate::background::policy::Lanes,
    /// Whether a failure is worth another attempt.
    pub only_if: Option<fn(&crate::error::Error) -> bool>,
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
