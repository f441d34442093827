//! [`Dependency`]: a type that the server provides to handlers.

use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;

/// A type that the server provides to handlers; see the [module](crate::dependencies) for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dependency, so the server cannot provide it",
    label = "does not implement `Dependency`",
    note = "implement `fastmcp::dependencies::Dependency` for it, or take it from the server's state with `State<{Self}>`"
)]
pub trait Dependency: Sized + Send + 'static {
    /// `true` if `resolve` may use the request of the call. The call of a tool without such dependencies has no context.
    #[doc(hidden)]
    const USES_REQUEST: bool = true;

    /// Adds the requirements of [`resolve`](Self::resolve) on the server. They are checked at
    /// start-up: a server that does not meet the requirements of a handler does not start.
    fn needs(needs: &mut Needs) {
        let _ = needs;
    }

    /// Returns the value for one call.
    fn resolve(injector: &Injector) -> impl Future<Output = crate::error::Result<Self>> + Send;

    /// Returns the value if that needs no `.await`: then the future of [`resolve`](Self::resolve) is not created.
    #[doc(hidden)]
    fn resolve_now(injector: &Injector) -> Option<crate::error::Result<Self>> {
        let _ = injector;
        None
    }
}

/// Marks a dependency that exists only while a client waits for its response. A `#[task]` runs later
/// and cannot take it.
pub trait RequestScoped: Dependency {}

impl Injector {
    /// Looks up another dependency for the same call.
    ///
    /// # Errors
    ///
    /// Returns the error of that dependency's [`resolve`](Dependency::resolve).
    pub async fn get<D: Dependency>(&self) -> crate::error::Result<D> {
        D::resolve(self).await
    }

    /// Returns whether the server meets all requirements of `D` in this call.
    pub(crate) fn can_provide<D: Dependency>(&self) -> bool {
        self.capabilities().missing(D::needs).is_none()
    }
}

impl Needs {
    /// Adds the requirements of another dependency.
    pub fn of<D: Dependency>(&mut self) {
        D::needs(self);
    }
}
