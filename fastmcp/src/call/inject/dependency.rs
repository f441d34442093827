//! [`Dependency`]: a type that the server provides to handlers.

use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;

/// A type that the server provides to handlers; see the [module](self) for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that the server can provide",
    label = "does not implement `Dependency`",
    note = "implement `fastmcp::dependencies::Dependency` for it, or take it from the server's state with `State<{Self}>`"
)]
pub trait Dependency: Sized + Send + 'static {
    /// Adds what [`resolve`](Self::resolve) needs of the server. It is checked when the server
    /// starts, so that a server that cannot serve a handler says so at once.
    fn needs(needs: &mut Needs) {
        let _ = needs;
    }

    /// Makes or looks up the value for one call.
    fn resolve(injector: &Injector) -> impl Future<Output = crate::error::Result<Self>> + Send;
}

/// Marks the dependencies that exist only while a client waits for the answer, so that a
/// `#[task]`, which runs later, cannot ask for them.
pub trait RequestScoped: Dependency {}
