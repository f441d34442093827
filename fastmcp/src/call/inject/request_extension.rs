//! Request extensions: values that layers in front of the server insert into an HTTP request, such as
//! the [`Principal`].

use crate::call::inject::dependency::{Dependency, RequestScoped};
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{Need, RequestPredicate, Unavailable};
use crate::call::inject::needs::Needs;
use crate::context::request::Context;
use crate::principal::Principal;

/// A value that a layer in front of the server has inserted into the extensions of the HTTP request.
///
/// `Option<Extension<T>>` is `None` if the request has no extension of this type or did not arrive over
/// HTTP. In these cases, a call of a handler that takes an `Extension<T>` fails with an error that
/// suggests the `Option`.
///
/// ```
/// use fastmcp::dependencies::Extension;
/// use fastmcp::prelude::*;
///
/// /// The caller's tenant, as determined by the layer.
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
        Need::RequestExtension {
            type_name: std::any::type_name::<T>(),
            is_present: RequestPredicate(|context| extension::<T>(context).is_some()),
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
        Ok(Self(value.ok_or(Unavailable(Self::need()))?.clone()))
    }
}

#[cfg(feature = "http")]
impl<T: Clone + Send + Sync + 'static> RequestScoped for Extension<T> {}

const PRINCIPAL: Need = Need::Principal(RequestPredicate(|context| context.principal().is_some()));

impl Dependency for Principal {
    fn needs(needs: &mut Needs) {
        needs.add(PRINCIPAL);
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let principal = injector.context().and_then(Context::principal);
        Ok(principal.ok_or(Unavailable(PRINCIPAL))?.clone())
    }
}

impl RequestScoped for Principal {}
