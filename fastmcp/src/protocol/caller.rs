//! The client of a request in the protocol library.

use crate::caller::Caller;

type RequestContext = rmcp::service::RequestContext<rmcp::RoleServer>;

/// Returns the client of a request.
#[cfg(feature = "http")]
pub(crate) fn caller(context: &RequestContext) -> Caller {
    match context.extensions.get::<axum::http::request::Parts>() {
        Some(parts) => Caller::http(parts.extensions.get().cloned()),
        None => Caller::LOCAL,
    }
}

/// Returns the client of a request: without HTTP, all are local.
#[cfg(not(feature = "http"))]
pub(crate) fn caller(_: &RequestContext) -> Caller {
    Caller::LOCAL
}
