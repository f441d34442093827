//! What the macros' expansions name. Not for people: it changes without notice.

pub use crate::background::arguments::{Listed, Nil};
pub use crate::background::output::{TaskOutput, TaskSink, row as task_output_row};
pub use crate::background::parameter::{TaskParameter, row as task_row};
pub use crate::background::policy::{Lanes, LazyPolicy};
pub use crate::background::run::Run;
pub use crate::background::task::{RegisteredTask, Task, TaskEntry};
pub use crate::call::classify::{
    Parameter, ParameterEntry, Source, is_sound, receiver_row, row, uri_row,
};
pub use crate::call::constraints::kinds::{
    HasLength, InHeader, KindFallback, KindProbe, Ranged, Textual,
};
pub use crate::call::constraints::{LazyRules, Rules};
pub use crate::call::depends::{
    Depends, IsProvider, NotAProvider, ProviderFallback, ProviderProbe, SameFallback, SameProbe,
    ValueOf, depends_row, is_provider_row,
};
pub use crate::call::inject::injector::Injector;
pub use crate::call::inject::needs::Needs;
pub use crate::call::inject::provided_ref::Lent;
pub use crate::call::inject::provider::{Provider, ProviderEntry, Ran};
pub use crate::call::inject::state::State;
pub use crate::call::probe::{Fallback, Probe};
pub use crate::call::provider_parameter::{
    CanBeProvided, Finished, GivenOnce, PerCallFallback, PerCallProbe, ProviderParameter, Provides,
    Returned, fill_provider, parameter_row, provider_needs,
};
pub use crate::call::returned::{HandlerError, Return};
pub use crate::call::take::fill;
pub use crate::call::take::{Call, CallError};
pub use crate::component::completion::{
    Completion, CompletionEntry, Completions, IntoCompletions, NotACompletion,
};
pub use crate::component::entry::{Boxing, Entry};
pub use crate::component::options::{
    EntryOptions, ResourceHints, TaskOptions, ToolHints, blocking,
};
pub use crate::component::output::ToolResult;
pub use crate::component::output::schema::{OutputSchema, schema_of};
pub use crate::component::output::{Output, OutputFallback, Sink, row as output_row};
pub use crate::component::prompt::{PromptEntry, PromptOutput, PromptSink, row as prompt_row};
pub use crate::component::resource::ResourceResult;
pub use crate::component::resource::{
    ResourceEntry, ResourceOutput, ResourceSink, row as resource_row,
};
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

/// A default, a schema or other data as JSON; `null` if it cannot be written as JSON.
pub fn to_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
