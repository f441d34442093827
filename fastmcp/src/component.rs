//! What a server offers to clients: tools, resources, resource templates and prompts.
//!
//! The attribute macros register an entry of each handler with `inventory`; a server gathers them
//! into a [`Registry`] when it starts.

use crate::BoxFuture;
use crate::parameter::{Call, CallError, ParameterEntry};
use crate::registered::Location;

pub(crate) mod check;
pub mod content;
pub(crate) mod options;
pub(crate) mod output;
pub(crate) mod prompt;
pub(crate) mod registry;
pub(crate) mod resource;
pub(crate) mod run;
pub(crate) mod tool;
pub(crate) mod uri;

pub use check::InvalidDeclaration;
pub use options::{EntryOptions, ResourceHints, ToolHints, blocking};
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
    /// Words to select it by.
    pub tags: &'static [&'static str],
    /// What else its attribute says.
    pub options: EntryOptions,
    /// Takes the arguments apart, looks the dependencies up and runs the body.
    pub call: fn(Call) -> BoxFuture<'static, Result<Reply, CallError>>,
}

impl<Reply> Entry<Reply> {
    /// Runs the handler for one call, for as long as it may take; see [`run::run`].
    pub(crate) async fn run(&self, call: Call) -> Result<Reply, run::RunError> {
        let reply = run::run((self.call)(call));
        let Some(timeout) = self.options.timeout.map(|timeout| timeout()) else {
            return reply.await;
        };
        match tokio::time::timeout(timeout, reply).await {
            Ok(reply) => reply,
            Err(_) => Err(run::RunError::TimedOut(timeout)),
        }
    }
}

/// A handler's body, boxed where the error of a body that is not `Send` points at the handler.
#[doc(hidden)]
pub fn body<'a, F: Future + Send + 'a>(future: F) -> BoxFuture<'a, F::Output> {
    Box::pin(future)
}
