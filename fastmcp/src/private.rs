//! What the macros' expansions name. Not for people: it changes without notice.

pub use crate::component::completion::{
    Completion, CompletionEntry, Completions, IntoCompletions, NotACompletion,
};
pub use crate::component::output::{
    Output, OutputFallback, OutputSchema, Sink, row as output_row, schema_of,
};
pub use crate::component::prompt::{PromptEntry, PromptOutput, PromptSink, row as prompt_row};
pub use crate::component::resource::{
    ResourceEntry, ResourceOutput, ResourceSink, row as resource_row,
};
pub use crate::component::tool::ToolEntry;
pub use crate::component::uri::Part;
pub use crate::component::{
    Boxing, Entry, EntryOptions, ResourceHints, ResourceResult, TaskOptions, ToolHints, ToolResult,
    blocking,
};
pub use crate::dependencies::{Injector, Lent, Needs, Provider, ProviderEntry, Ran, State};
pub use crate::docket::{Cron, Outcome, Policy, Priority, Repeat, Retry};
pub use crate::error::Error;
pub use crate::mcp::{Icon, PromptMessage};
pub use crate::parameter::call::fill;
pub use crate::parameter::depends::{
    Depends, IsProvider, NotAProvider, ProviderFallback, ProviderProbe, SameFallback, SameProbe,
    ValueOf, depends_row, is_provider_row,
};
pub use crate::parameter::probe::{Fallback, Probe};
pub use crate::parameter::provider::{
    CanBeProvided, Finished, GivenOnce, PerCallFallback, PerCallProbe, ProviderParameter, Provides,
    Returned, fill_provider, parameter_row, provider_needs,
};
pub use crate::parameter::rules::kinds::{
    HasLength, InHeader, KindFallback, KindProbe, Ranged, Textual,
};
pub use crate::parameter::rules::{LazyRules, Rules};
pub use crate::parameter::{
    Call, CallError, HandlerError, Parameter, ParameterEntry, Return, Source, is_sound,
    receiver_row, row, uri_row,
};
pub use crate::registered::Location;
pub use crate::task::list::{Listed, Nil};
pub use crate::task::output::{TaskOutput, TaskSink, row as task_output_row};
pub use crate::task::parameter::{TaskParameter, row as task_row};
pub use crate::task::policy::{Lanes, LazyPolicy};
pub use crate::task::{RegisteredTask, Run, Task, TaskEntry};
pub use futures_util::future::BoxFuture;
pub use inventory;
pub use serde_json;

/// A default, a schema or other data as JSON; `null` if it cannot be written as JSON.
pub fn to_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
