//! What a server offers to clients: tools, resources, resource templates and prompts.
//!
//! The attribute macros register an entry of each handler with `inventory`; a server gathers them
//! into a [`Registry`] when it starts.

use crate::BoxFuture;
use crate::parameter::{Call, CallError, ParameterEntry};
use crate::registered::Location;

pub(crate) mod output;
pub(crate) mod prompt;
pub(crate) mod registry;
pub(crate) mod resource;
pub(crate) mod run;
pub(crate) mod tool;
pub(crate) mod uri;

pub use output::{IntoToolResult, ToolResult};
pub use prompt::IntoPromptResult;
pub(crate) use registry::Registry;
pub use resource::{IntoResourceResult, ResourceResult};

/// What every kind of handler is registered with.
#[doc(hidden)]
pub struct Entry<Reply: 'static> {
    /// The name on the wire.
    pub name: &'static str,
    /// A name for people.
    pub title: Option<&'static str>,
    /// What it does, from its doc comment.
    pub description: Option<&'static str>,
    /// Where the function is.
    pub location: Location,
    /// Its parameters, in order.
    pub parameters: &'static [ParameterEntry],
    /// Takes the arguments apart, looks the dependencies up and runs the body.
    pub call: fn(Call) -> BoxFuture<'static, Result<Reply, CallError>>,
}

impl<Reply> Entry<Reply> {
    /// Runs the handler for one call; see [`run::run`].
    pub(crate) async fn run(&self, call: Call) -> Result<Reply, run::RunError> {
        let guard = call.guard();
        run::run((self.call)(call), guard).await
    }
}

/// A handler's body, boxed where the error of a body that is not `Send` points at the handler.
#[doc(hidden)]
pub fn body<'a, F: Future + Send + 'a>(future: F) -> BoxFuture<'a, F::Output> {
    Box::pin(future)
}
