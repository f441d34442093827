//! The items that the expansions of the macros name. They are not part of the public API and change
//! without notice.

pub use crate::background::arguments::{Nil, Prepend};
pub use crate::background::output::{TaskOutput, TaskSink, row as task_output_row};
pub use crate::background::policy::{Lanes, LazyPolicy};
pub use crate::background::run::Run;
pub use crate::background::task::{RegisteredTask, Task, TaskEntry};
pub use crate::call::arguments::Call;
pub use crate::call::classify::{
    ProviderUse, Traits, are_accepted, is_argument, is_injected, is_scope, row,
};
pub use crate::call::constraints::kinds::{
    Bounded, HasLength, InHeader, KindFallback, KindProbe, StringLike,
};
pub use crate::call::constraints::{Constraints, LazyConstraints};
pub use crate::call::depends::{Depends, IsProvider, NotAProvider, ValueOf};
pub use crate::call::error::CallError;
pub use crate::call::field_limits::FieldLimits;
pub use crate::call::inject::injector::Injector;
pub use crate::call::inject::needs::Needs;
pub use crate::call::inject::provider::{Provider, Ran};
pub use crate::call::inject::provider_entry::ProviderEntry;
pub use crate::call::inject::provider_ref::ProviderRef;
pub use crate::call::inject::state::State;
pub use crate::call::parameter::Parameter;
pub use crate::call::parameter_entry::ParameterEntry;
pub use crate::call::pending::Pending;
pub use crate::call::portable::schemas::{Schemas, WideIntegers};
pub use crate::call::probe::{Fallback, Probe};
pub use crate::call::provider_value::{
    CanBeProvided, Finished, Provides, ProvidesOnce, Returned, Scoped,
};
pub use crate::call::resolve::{provider_error, provider_needs, resolve_in_provider};
pub use crate::call::returned::{HandlerError, Return};
pub use crate::call::source::Source;
pub use crate::component::completion::{
    Completion, CompletionEntry, Completions, IntoCompletions, NotACompletion,
};
pub use crate::component::entry::{Boxing, Entry};
pub use crate::component::options::{
    EntryOptions, Heartbeat, ResourceHints, TaskOptions, ToolHints,
};
pub use crate::component::output::schema::{OutputSchema, schema_of};
pub use crate::component::output::tool_result::ToolResult;
pub use crate::component::output::{Output, OutputFallback, Sink, row as output_row};
pub use crate::component::prompt::{PromptEntry, PromptOutput, PromptSink, row as prompt_row};
pub use crate::component::resource::ResourceResult;
pub use crate::component::resource::{
    ResourceEntry, ResourceOutput, ResourceSink, row as resource_row,
};
pub use crate::component::run::blocking;
pub use crate::component::tool::ToolEntry;
pub use crate::component::uri::Part;
pub use crate::docket::model::outcome::Outcome;
pub use crate::docket::model::submission::Priority;
pub use crate::docket::policy::cron::Cron;
pub use crate::docket::policy::retry::Retry;
pub use crate::docket::policy::{Policy, Repeat};
pub use crate::error::Error;
pub use crate::mcp::{Icon, PromptMessage};
pub use crate::registration::Location;
pub use futures_util::future::BoxFuture;
pub use inventory;
pub use serde_json;

/// Serializes a default, a schema or other data to JSON; returns `null` if that fails.
pub fn to_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
