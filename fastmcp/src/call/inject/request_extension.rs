//! What a request carries along: its [`Principal`], and what layers in front of the server have put
//! into it.

use crate::call::inject::dependency::{Dependency, RequestScoped};
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::{Carried, Unmet};
use crate::call::inject::needs::{Need, Needs};
use crate::context::request::Context;
use crate::principal::Principal;

/// A value that a layer in front of the server has put into the extensions of the HTTP request.
///
/// `Option<Extension<T>>` is `None` where the request carries none, and over standard input and
/// output. A handler that takes an `Extension<T>` fails there, and says so.
///
/// ```
/// use fastmcp::dependencies::Extension;
/// use fastmcp::prelude::*;
///
/// /// What the layer knows of the caller.
/// #[derive(Clone)]
/// struct Tenant {
///     name: String,
/// }
///
/// /// The tenant's reports.
/// #[tool]
/// fn reports(Extension(tenant): Extension<Tenant>) -> Vec<String> {
///     vec![format!("{}: all is well", tenant.name)]
/// }
///
/// // In the layer:
/// // request.extensions_mut().insert(Tenant { name: "acme".into() });
/// let tenant = Tenant { name: "acme".into() };
/// assert_eq!(reports(Extension(tenant)), ["acme: all is well"]);
/// ```
#[cfg(feature = "http")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Extension<T: Clone + Send + Sync + 'static>(pub T);

#[cfg(feature = "http")]
impl<T: Clone + Send + Sync + 'static> std::ops::Deref for Extension<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(feature = "http")]
fn extension<T: Clone + Send + Sync + 'static>(context: &Context) -> Option<&T> {
    context.http()?.extensions.get::<T>()
}

#[cfg(feature = "http")]
impl<T: Clone + Send + Sync + 'static> Extension<T> {
    fn need() -> Need {
        Need::Carried {
            type_name: std::any::type_name::<T>(),
            is_carried: Carried(|context| extension::<T>(context).is_some()),
        }
    }
}

#[cfg(feature = "http")]
impl<T: Clone + Send + Sync + 'static> Dependency for Extension<T> {
    fn needs(needs: &mut Needs) {
        needs.add(Self::need());
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let value = injector.context().and_then(extension::<T>);
        Ok(Self(value.ok_or(Unmet(Self::need()))?.clone()))
    }
}

#[cfg(feature = "http")]
impl<T: Clone + Send + Sync + 'static> RequestScoped for Extension<T> {}

impl Dependency for Principal {
    fn needs(needs: &mut Needs) {
        needs.add(Need::Principal(Carried(|it| it.principal().is_some())));
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let known = injector.context().and_then(Context::principal);
        let need = Need::Principal(Carried(|it| it.principal().is_some()));
        Ok(known.ok_or(Unmet(need))?.clone())
    }
}

impl RequestScoped for Principal {}
