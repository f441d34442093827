//! The items that the expansions of the macros name. They are not part of the public API and change
//! without notice.

use std::marker::PhantomData;

pub use crate::background::arguments::{Nil, Prepend};
pub use crate::background::output::{
    NEITHER as TASK_OUTPUT_NEITHER, NOT_ENCODABLE as TASK_OUTPUT_NOT_ENCODABLE,
    NOT_READABLE as TASK_OUTPUT_NOT_READABLE, ResultIsEncodable, ResultIsEncodableAndReadable,
    ResultIsReadable, TaskOutput, TaskSink, row as task_output_row,
};
pub use crate::background::policy::{Lanes, LazyPolicy};
pub use crate::background::run::Run;
pub use crate::background::task::{RegisteredTask, Task, TaskEntry};
pub use crate::call::arguments::Call;
pub use crate::call::call_argument::{CallArgument, TakenFromCall};
pub use crate::call::classify::{
    ProviderUse, Traits, are_accepted, is_argument, is_injected, is_scope, row,
};
pub use crate::call::constraints::kinds::{
    Bounded, HasLength, InHeader, KindFallback, KindProbe, StringLike,
};
pub use crate::call::constraints::{Constraints, LazyConstraints};
pub use crate::call::declared_argument::{
    ArgumentAt, ArgumentType, ArgumentsFallback, HasTheTypeOfTheArgument, IsSentForProvider,
    NOWHERE, TaskHasArgument, first_missing, position,
};
pub use crate::call::depends::{
    Depends, HasAttribute, HasTheProvidedType, IsClone, IsShared, NotAProvider, ValueOf,
};
pub use crate::call::error::CallError;
pub use crate::call::field_limits::FieldLimits;
pub use crate::call::inject::injector::Injector;
pub use crate::call::inject::needs::Needs;
pub use crate::call::inject::provider::{Provider, ProviderResult};
pub use crate::call::inject::provider_entry::ProviderEntry;
pub use crate::call::inject::provider_ref::ProviderRef;
pub use crate::call::inject::state::State;
pub use crate::call::parameter::Parameter;
pub use crate::call::parameter_entry::ParameterEntry;
pub use crate::call::pending::Pending;
pub use crate::call::portable::schemas::{Schemas, WideIntegers};
pub use crate::call::probe::{Fallback, Probe};
pub use crate::call::provider_arguments::LazyProviderArguments;
pub use crate::call::provider_value::{
    CanBeProvided, Finished, Provides, ProvidesFallback, ProvidesOnce, Returned, Scoped,
};
pub use crate::call::refused_parameters::{
    ArgumentIsClone, BelongsToAProvider, CanBeTakenByProviders, HasListableName, HasName,
    HasSchema, IsArgumentOrDependency, IsDecodable, IsDependency, IsEncodable, IsInUri,
    IsNoDependency, IsPayload, IsReadable, IsSentByClients, IsSentToTask, IsShareable,
    IsTaskArgumentOrDependency, LivesAsLongAsTheServer, NeedsNoCaller, OutlivesTheRequest,
    TakesArg,
};
pub use crate::call::resolve::{provider_error, provider_needs, resolve_in_provider};
pub use crate::call::returned::{
    ErrorHasMessage, ErrorIsShareable, HandlerError, ResultIsSend, Return,
};
pub use crate::call::source::Source;
pub use crate::component::completion::{
    Completion, CompletionEntry, CompletionFallback, CompletionOf, Completions, IntoCompletions,
    IsCompletion, NotACompletion,
};
pub use crate::component::entry::{Boxing, Entry};
pub use crate::component::options::{
    EntryOptions, Heartbeat, ResourceHints, TaskOptions, ToolHints,
};
pub use crate::component::output::schema::{OutputSchema, schema_of};
pub use crate::component::output::tool_result::ToolResult;
pub use crate::component::output::{
    CanReturn as ToolCanReturn, NOT_ENCODABLE as OUTPUT_NOT_ENCODABLE, Output, OutputFallback,
    Sink, row as output_row,
};
pub use crate::component::prompt::{
    CanReturn as PromptCanReturn, NOT_MESSAGES, PromptEntry, PromptOutput, PromptSink,
    row as prompt_row,
};
pub use crate::component::resource::ResourceResult;
pub use crate::component::resource::{
    CanReturn as ResourceCanReturn, NOT_CONTENTS, NOT_HTML, ResourceEntry, ResourceOutput,
    ResourceSink, UiResourceCanReturn, row as resource_row, ui_row as ui_resource_row,
};
pub use crate::component::run::Blocking;
pub use crate::component::tool::ToolEntry;
pub use crate::component::ui::{ToolUi, UiCsp, UiPermission, UiResource, UiVisibility};
pub use crate::component::uri::Part;
pub use crate::context::form_type::{
    Flat, FlatProbe, FormChoice, FormType, IsFlat, MayBeFlat, NotFlat,
};
pub use crate::docket::model::outcome::Outcome;
pub use crate::docket::model::submission::Priority;
pub use crate::docket::policy::cron::Cron;
pub use crate::docket::policy::retry::Retry;
pub use crate::docket::policy::{Policy, Repeat};
pub use crate::error::Error;
#[cfg(feature = "events")]
pub use crate::events::entry::{Event, EventEntry, IntoMatch, RegisteredEvent};
pub use crate::mcp::{Icon, PromptMessage};
pub use crate::registration::Location;
#[cfg(feature = "skills")]
pub use crate::skills::embedded::EmbeddedSkills;
pub use futures_util::future::BoxFuture;
pub use inventory;
pub use serde_json;

/// The default of an argument. An injected parameter has none: the check of its `#[arg]` reports the
/// mistake, and the functions of `GivenDefault<false>` avoid more errors about the default.
pub struct GivenDefault<const IS_ARGUMENT: bool>;

/// The type of a default that the type of the argument determines.
pub trait DefaultType<T> {
    /// The type.
    type Type;
}

impl<T> DefaultType<T> for GivenDefault<true> {
    type Type = T;
}

impl<T> DefaultType<T> for GivenDefault<false> {
    type Type = ();
}

impl GivenDefault<true> {
    /// Fixes the type of a literal. Never called.
    pub fn slot<T>(_: PhantomData<T>) -> T {
        unreachable!("only its type is used")
    }

    /// Returns the default.
    pub fn given<T>(value: T) -> Option<T> {
        Some(value)
    }

    /// Returns the default as JSON.
    pub fn to_json<T: serde::Serialize>(value: &T) -> serde_json::Value {
        to_json(value)
    }
}

impl GivenDefault<false> {
    /// Leaves the type of a literal open.
    pub fn slot<T, V>(_: PhantomData<T>) -> V {
        unreachable!("only its type is used")
    }

    /// Accepts any value.
    pub fn given<T, V>(_: V) -> Option<T> {
        None
    }

    /// Accepts any value.
    pub fn to_json<T>(_: &T) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// Serializes a schema or other data to JSON; returns `null` if that fails.
pub fn to_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
