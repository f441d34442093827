//! The `_meta` of a request.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::context::request::Context;
use crate::error::ProtocolError;

/// JSON-RPC: the parameters of the request are invalid.
const INVALID_PARAMS: i32 = -32602;

/// The key of `_meta` with the capabilities of the client (MCP 2026-07-28, "Per-request metadata").
pub(crate) const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// The extension for tasks (SEP-2663).
pub(crate) const TASKS: &str = "io.modelcontextprotocol/tasks";

impl Context {
    /// Returns whether the request declares support for tasks. Earlier requests do not count.
    pub(crate) fn declares_tasks(&self) -> bool {
        let capabilities = self.0.meta.get(CLIENT_CAPABILITIES);
        capabilities.is_some_and(|it| it["extensions"][TASKS].is_object())
    }

    /// Returns the `_meta` that the client sent with the request (MCP, "General fields", `_meta`). It is
    /// empty if the client sent none.
    ///
    /// Keys such as `com.example/tenant` belong to the clients that define them. In protocol 2026-07-28,
    /// the keys that begin with `io.modelcontextprotocol/` contain the client's version and capabilities.
    /// A tool that runs as a task gets the `_meta` of the call that created the task, without these keys
    /// and `progressToken`, which only concern that call.
    ///
    /// The client chooses the content, and nothing has verified it: do not use it to authorize a call.
    pub fn meta(&self) -> &Map<String, Value> {
        &self.0.meta
    }

    /// Decodes one value of the request's [`_meta`](Self::meta); `None` if it is missing or `null`.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[fastmcp::data]
    /// struct Place { latitude: f64, longitude: f64 }
    ///
    /// /// Finds shops near the user, if the host says where the user is.
    /// #[tool]
    /// async fn shops(ctx: Context) -> Result<String> {
    ///     let place: Option<Place> = ctx.meta_value("com.example/location")?;
    ///     Ok(match place {
    ///         Some(Place { latitude, longitude }) => format!("near {latitude}, {longitude}"),
    ///         None => "everywhere".to_owned(),
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`ProtocolError`] with the code -32602 that names the key, if the value does not fit the
    /// type. If a handler returns it, the request fails with this error.
    pub fn meta_value<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ProtocolError> {
        let value = self.meta().get(key).cloned().unwrap_or_default();
        serde_json::from_value(value)
            .map_err(|error| ProtocolError::new(INVALID_PARAMS, format!("_meta.{key}: {error}")))
    }
}
