//! What every kind of component is registered with.

use crate::call::arguments::Call;
use crate::call::error::CallError;
use crate::call::parameter_entry::ParameterEntry;
use crate::registration::Location;
use crate::selection::Traits;
use futures_util::future::BoxFuture;

use crate::component::options::EntryOptions;

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
    /// What it is selected by.
    pub(crate) fn traits(&self, uri: Option<&'static str>) -> Traits {
        let Self {
            name,
            tags,
            location,
            ..
        } = *self;
        Traits {
            name,
            uri,
            tags,
            location,
        }
    }

    /// Runs the handler for one call, for as long as it may take; see [`crate::component::run::run`].
    pub(crate) async fn run(&self, call: Call) -> Result<Reply, crate::component::run::RunError> {
        let guard = call.guard();
        let journal = call.journal();
        let timeout = self.options.timeout.map(|timeout| timeout());
        crate::component::run::run((self.call)(call), guard, timeout, journal).await
    }
}

/// Boxes the futures of an expansion, which have to be `Send`, unless a parameter was refused: that
/// its type is not `Send` either would be a second error for one mistake.
#[doc(hidden)]
pub struct Boxing<const SOUND: bool>;

impl Boxing<true> {
    /// A handler's body. It is boxed where the error of one that is not `Send` points at the
    /// handler.
    pub fn body<'a, F: Future + Send + 'a>(future: F) -> BoxFuture<'a, F::Output> {
        Box::pin(future)
    }

    /// A whole call.
    pub fn call<F: Future + Send + 'static>(future: F) -> BoxFuture<'static, F::Output> {
        Box::pin(future)
    }
}

impl Boxing<false> {
    /// Never run: the program does not compile.
    pub fn body<F: Future>(future: F) -> F {
        future
    }

    /// Never run: the program does not compile.
    pub fn call<F: Future<Output: Send + 'static>>(_: F) -> BoxFuture<'static, F::Output> {
        Box::pin(std::future::pending())
    }
}
