//! The caller of a request, and the properties of its HTTP request.

use std::borrow::Cow;

use crate::caller::Caller;
use crate::context::request::Context;
use crate::principal::Principal;

impl Context {
    /// Returns the HTTP request, if the transport is HTTP.
    #[cfg(feature = "http")]
    pub(crate) fn http(&self) -> Option<&std::sync::Arc<axum::http::request::Parts>> {
        self.0.http.as_ref()
    }

    /// Returns `true` if the transport is HTTP.
    #[cfg(feature = "http")]
    pub(crate) fn is_http(&self) -> bool {
        self.0.http.is_some()
    }

    /// Returns `false`, because the crate is built without the feature `http`.
    #[cfg(not(feature = "http"))]
    #[expect(clippy::unused_self, reason = "has the signature of the other variant")]
    pub(crate) fn is_http(&self) -> bool {
        false
    }

    /// Returns the caller that a layer in front of the server has authenticated. It is `None` for
    /// anonymous callers and on other transports than HTTP.
    #[cfg(feature = "http")]
    pub fn principal(&self) -> Option<&Principal> {
        self.http()?.extensions.get()
    }

    /// Returns `None`. Only requests over HTTP are authenticated, and the crate is built without the
    /// feature `http`.
    #[cfg(not(feature = "http"))]
    pub fn principal(&self) -> Option<&Principal> {
        None
    }

    /// Returns the first value of a header of the HTTP request; `name` is case-insensitive. It is
    /// `None` if the header is missing or is not valid text, and on other transports than HTTP.
    #[cfg(feature = "http")]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.http()?.headers.get(name)?.to_str().ok()
    }

    /// Returns the client of the request, for rules about callers.
    pub(crate) fn caller(&self) -> Caller {
        if self.is_http() {
            Caller::http(self.principal().cloned())
        } else {
            Caller::LOCAL
        }
    }

    /// Returns the text that identifies the caller as the owner of the tasks that the request creates. All
    /// anonymous callers share the owner `None`.
    pub(crate) fn owner(&self) -> Option<Cow<'_, str>> {
        self.principal().map(Principal::owner)
    }
}
