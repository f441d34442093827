//! [`Headers`]: the headers of an HTTP request.

use std::fmt;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Request};

use crate::call::inject::dependency::{Dependency, RequestScoped};
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{Need, Unavailable};
use crate::call::inject::needs::Needs;

/// The headers of the HTTP request of the call.
///
/// A request over standard input and output has no headers: `Option<Headers>` is `None`, and a call of
/// a handler that takes `Headers` fails with an error that suggests the `Option`.
///
/// ```
/// use fastmcp::dependencies::Headers;
/// use fastmcp::prelude::*;
///
/// /// The user name that the gateway in front of this server has verified.
/// #[dependency]
/// fn user(headers: Option<Headers>) -> Result<String, ToolError> {
///     match headers.as_ref().and_then(|headers| headers.get("x-user")) {
///         Some(user) => Ok(user.to_owned()),
///         None => Err(ToolError::new("sign in first")),
///     }
/// }
///
/// let headers = Headers::new([("X-User", "ada")]);
/// assert_eq!(user(headers).unwrap(), "ada");
/// ```
#[derive(Clone)]
pub struct Headers(Arc<Parts>);

impl Headers {
    /// Creates headers, for calling a handler in a unit test. Returns `None` if a name or a value is
    /// not valid in HTTP.
    pub fn new<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let (mut parts, ()) = Request::new(()).into_parts();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            parts
                .headers
                .append(name, HeaderValue::from_str(value).ok()?);
        }
        Some(Self(Arc::new(parts)))
    }

    /// Returns the first value of a header, or `None` if it is absent or not text. The name is
    /// case-insensitive.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }

    /// Iterates over the values of a header, in the order of the request. Values that are not text are
    /// skipped.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.headers.get_all(name).into_iter();
        values.filter_map(|value| value.to_str().ok())
    }

    /// Iterates over the names, in lower case, and values of all headers. Values that are not text are
    /// skipped.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.0.headers.iter();
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }
}

impl Dependency for Headers {
    fn needs(needs: &mut Needs) {
        needs.add(Need::Http);
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let parts = injector.context().and_then(|context| context.http());
        Ok(Self(Arc::clone(parts.ok_or(Unavailable(Need::Http))?)))
    }
}

impl RequestScoped for Headers {}

/// Writes only the names, because values may be secrets.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}
