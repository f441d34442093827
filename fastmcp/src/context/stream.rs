//! Ending the connection that waits for an answer, before there is one.

use std::fmt;
use std::sync::Arc;

use crate::context::request::Context;

/// Ends the connection that waits for the answer to a request; in the extensions of an HTTP request
/// whose client can come back for it.
#[derive(Clone)]
pub(crate) struct EndStream(pub(crate) Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for EndStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndStream")
    }
}

impl Context {
    /// Ends the event stream that waits for the answer to this call, and says whether there was one
    /// to end. The call goes on: after the time that [`HttpOptions::retry`](crate::HttpOptions::retry)
    /// says, the client comes back with the last event that it has, for what it missed and for the
    /// answer (SEP-1699).
    ///
    /// A call that takes minutes so need not hold a connection that a proxy in between would break
    /// anyhow. Only the sessions of revisions before 2026-07-28 can be come back to; elsewhere this
    /// does nothing and is `false`.
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
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn close_sse_stream(&self) -> bool {
        let end = self
            .http()
            .and_then(|parts| parts.extensions.get::<EndStream>());
        if let Some(EndStream(end)) = end {
            end();
        }
        end.is_some()
    }
}
