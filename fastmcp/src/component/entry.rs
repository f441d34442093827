//! [`Entry`]: the part of the registration that tools, resources, prompts and completions share.

use std::borrow::Cow;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use crate::call::arguments::Call;
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::running;
use crate::call::parameter_entry::ParameterEntry;
use crate::call::pending::{AnyPending, Pending, PollResolve};
use crate::call::provider_arguments::with_owned;
use crate::component::access::Component;
use crate::component::options::{EntryOptions, ToolHints};
use crate::component::run::{RunError, run};
use crate::component_kind::ComponentKind;
use crate::mcp::{Icon, MetaObject};
use crate::registration::Location;
use crate::selection::Descriptor;

/// The registration of a handler. The expansion of its attribute creates it.
#[doc(hidden)]
pub struct Entry<Reply: 'static> {
    /// The name in the protocol.
    pub name: &'static str,
    /// The name for people.
    pub title: Option<&'static str>,
    /// The description, by default the doc comment.
    pub description: Option<&'static str>,
    /// The location of the function.
    pub location: Location,
    /// The parameters, in the order of the signature.
    pub parameters: &'static [ParameterEntry],
    /// The tags, by which a selection can select the handler.
    pub tags: &'static [&'static str],
    /// The other options of the attribute.
    pub options: EntryOptions,
    /// Decodes the arguments, resolves the dependencies and runs the body.
    pub call: fn(Call) -> BoxFuture<'static, Result<Reply, CallError>>,
}

impl<Reply> Entry<Reply> {
    /// Returns the properties by which the handler can be selected. `uri` is the URI of a resource.
    pub(crate) fn descriptor(
        &self,
        kind: ComponentKind,
        uri: Option<&'static str>,
    ) -> Descriptor<'static> {
        Descriptor {
            kind,
            name: self.name,
            uri,
            tags: self.tags,
            location: self.location,
        }
    }

    /// Returns the component for rules about callers.
    pub(crate) fn component(&self, kind: ComponentKind, uri: Option<&'static str>) -> Component {
        Component {
            kind,
            name: Cow::Borrowed(self.name),
            uri: uri.map(Cow::Borrowed),
            tags: Cow::Borrowed(self.tags),
            module: self.location.module,
            location: Some(self.location),
            scopes: Cow::Borrowed(self.options.scopes),
            hints: ToolHints::NONE,
        }
    }

    /// Returns the parameters, and the arguments that only providers take.
    pub(crate) fn all_parameters(&self) -> Vec<&'static ParameterEntry> {
        with_owned(self.parameters)
    }

    /// Returns `true` if servers offer the handler (option `enabled`).
    pub(crate) fn is_enabled(&self) -> bool {
        self.options.enabled.is_none_or(|enabled| enabled())
    }

    pub(crate) fn icons(&self) -> Option<Vec<Icon>> {
        self.options.icons.map(|icons| icons())
    }

    /// Returns `_meta`: the option `meta`, the options of MCP Apps, and the tags under the same key as in the Python library.
    pub(crate) fn meta(&self) -> Option<MetaObject> {
        let mut meta = match self.options.meta.map(|meta| meta()) {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        if let Some(ui) = self.options.tool_ui {
            ui.write(&mut meta);
        }
        if let Some(ui) = self.options.ui_resource {
            ui.write(&mut meta);
        }
        if !self.tags.is_empty() {
            meta.insert("fastmcp".into(), json!({ "tags": self.tags }));
        }
        (!meta.is_empty()).then_some(MetaObject(meta))
    }

    /// Runs the handler for one call, within its time limit; see [`run`].
    pub(crate) async fn run(&self, call: Call) -> Result<Reply, RunError> {
        let guard = call.guard();
        let answer_log = call.answer_log();
        let timeout = self.options.timeout.map(|timeout| timeout());
        let handler = call.running(self.name);
        let run = run((self.call)(call), guard, timeout, answer_log);
        running::scope(handler, run).await
    }
}

/// Boxes the futures of an expansion. With `SOUND`, the futures must be `Send`. Without it, a parameter
/// has been refused: a refused type is often not `Send` either, and one mistake should be one error.
#[doc(hidden)]
pub struct Boxing<const SOUND: bool>;

impl Boxing<true> {
    /// Boxes the future of a body. The expansion calls it where it awaits the body, so that the error
    /// about a future that is not `Send` points to the handler.
    pub fn body<'a, F: Future + Send + 'a>(future: F) -> BoxFuture<'a, F::Output> {
        Box::pin(future)
    }

    /// Erases the type of a parameter.
    pub fn pending<'a, 's, T: Send + 'static>(
        pending: &'s mut Pending<'a, T>,
    ) -> AnyPending<'a, 's> {
        pending
    }

    /// Boxes the future of a whole call.
    pub fn call<F: Future + Send + 'static>(future: F) -> BoxFuture<'static, F::Output> {
        Box::pin(future)
    }
}

impl Boxing<false> {
    /// Accepts any future. It never runs, because the program does not compile.
    pub fn body<F: Future>(future: F) -> F {
        future
    }

    /// Accepts a parameter of any type. It never runs, because the program does not compile.
    pub fn pending<'a, 's, T: 'static>(_: &'s mut Pending<'a, T>) -> AnyPending<'a, 's> {
        Box::leak(Box::new(Refused))
    }

    /// Accepts any future. It never runs, because the program does not compile.
    pub fn call<F: Future<Output: Send + 'static>>(_: F) -> BoxFuture<'static, F::Output> {
        Box::pin(std::future::pending())
    }
}

/// A parameter of a refused type.
struct Refused;

impl<'a> PollResolve<'a> for Refused {
    fn poll_resolve(
        &mut self,
        _: &'a Injector,
        _: &mut Context<'_>,
    ) -> Poll<Result<(), CallError>> {
        Poll::Pending
    }
}
