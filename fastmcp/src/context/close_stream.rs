//! Closes the event stream of a request before its response.

use std::fmt;
use std::sync::Arc;

use crate::context::request::Context;

/// Closes the event stream of a request. The HTTP transport inserts it into the extensions of an
/// HTTP request whose client can reconnect for the response.
#[derive(Clone)]
pub(crate) struct CloseStream(pub(crate) Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for CloseStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CloseStream")
    }
}

impl Context {
    /// Closes the event stream that waits for the response to this call. Returns `false` if there
    /// is no stream that can be closed.
    ///
    /// The call continues. After the time set by
    /// [`HttpOptions::retry`](crate::HttpOptions::retry), the client reconnects with the ID of the
    /// last event that it received, and gets the events since then and the response (SEP-1699).
    ///
    /// Use it in calls that take minutes, so that they do not depend on a connection that a proxy may
    /// close. A client can reconnect only in a session, that is, before revision 2026-07-28. In any
    /// other request, this method does nothing and returns `false`.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// Builds the report, which takes a while.
    /// #[tool]
    /// async fn build(ctx: Context) -> String {
    ///     ctx.close_sse_stream();
    ///     // …
    ///     "built".into()
    /// }
    /// ```
    #[allow(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn close_sse_stream(&self) -> bool {
        let end = self
            .http()
            .and_then(|parts| parts.extensions.get::<CloseStream>());
        if let Some(CloseStream(end)) = end {
            end();
        }
        end.is_some()
    }
}
