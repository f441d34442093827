//! [`ClientBuilder`]: the options of a client.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::client::elicitation::Elicitation;
use crate::client::handlers::Handlers;
use crate::client::notices::Notices;
use crate::client::sampling::Sampling;
use crate::context::elicit::Elicited;
use crate::context::message_content::MessageContent;
use crate::mcp::ProtocolVersion;

/// The options of a [`Client`](crate::client::Client):
/// [`Client::builder`](crate::client::Client::builder) creates it.
///
/// A client declares support for a kind of question if it has a handler for it. In protocol 2026-07-28,
/// a server returns its questions in the response; the client then repeats the request with the answers.
#[must_use]
pub struct ClientBuilder {
    pub(crate) options: Options,
}

/// The options of a connection.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) handlers: Handlers,
    pub(crate) protocol: ProtocolVersion,
    /// The receivers of notifications.
    pub(crate) notices: Notices,
    /// The headers of each HTTP request.
    #[cfg(feature = "client")]
    pub(crate) headers: Vec<(String, String)>,
    /// Whether an HTTP connection begins a new session without notice if the server does not know its session.
    #[cfg(feature = "client")]
    pub(crate) restores_session: bool,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            options: Options {
                handlers: Handlers::default(),
                protocol: ProtocolVersion::LATEST_WITH_INITIALIZE,
                notices: Notices::default(),
                #[cfg(feature = "client")]
                headers: Vec::new(),
                #[cfg(feature = "client")]
                restores_session: true,
            },
        }
    }

    /// Answers the questions of [`Context::elicit`](crate::Context::elicit) and
    /// [`Context::elicit_url`](crate::Context::elicit_url), and those of arguments with
    /// `#[arg(ask = "…")]`.
    ///
    /// ```standalone_crate
    /// use fastmcp::client::Client;
    /// use fastmcp::prelude::*;
    /// use fastmcp::serde_json::json;
    ///
    /// /// Deletes a file if the user agrees.
    /// #[tool]
    /// async fn delete(file: String, ctx: Context) -> Result<String> {
    ///     let sure: bool = ctx.elicit(format!("Delete {file}?")).await?;
    ///     Ok(if sure { "deleted" } else { "kept" }.into())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = FastMcp::new("files").start().await?;
    /// let client = Client::builder()
    ///     .on_elicitation(|question| async move {
    ///         assert_eq!(question.message, "Delete a.txt?");
    ///         question.accept(true)
    ///     })
    ///     .connect(&server)
    ///     .await?;
    /// let result = client.call_tool("delete", json!({ "file": "a.txt" })).await?;
    /// assert_eq!(json!(result.content)[0]["text"], "deleted");
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_elicitation<F, A>(mut self, handler: F) -> Self
    where
        F: Fn(Elicitation) -> A + Send + Sync + 'static,
        A: Future<Output = Elicited<Value>> + Send + 'static,
    {
        self.options.handlers.elicitation =
            Some(Arc::new(move |question| handler(question).boxed()));
        self
    }

    /// Answers the questions of [`Context::sample`](crate::Context::sample) with text or other content.
    ///
    /// ```
    /// # use fastmcp::client::Client;
    /// let client = Client::builder().on_sampling(|question| async move {
    ///     format!("You said: {}", question.text())
    /// });
    /// ```
    ///
    /// The client does not declare `sampling.tools`, so a question that offers tools fails.
    pub fn on_sampling<F, A>(mut self, handler: F) -> Self
    where
        F: Fn(Sampling) -> A + Send + Sync + 'static,
        A: Future<Output: Into<MessageContent>> + Send + 'static,
    {
        self.options.handlers.sampling = Some(Arc::new(move |question| {
            let answer = handler(question);
            let answer: BoxFuture<'static, MessageContent> = answer.map(Into::into).boxed();
            answer
        }));
        self
    }

    /// Sets the URIs of the client's root folders, for [`Context::list_roots`](crate::Context::list_roots).
    pub fn roots(mut self, uris: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.handlers.roots = Some(uris.into_iter().map(Into::into).collect());
        self
    }

    /// Sends the header `Authorization: Bearer …` with each request of an HTTP connection.
    #[cfg(feature = "client")]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sends a header with each request of an HTTP connection. A name or a value that HTTP does not allow
    /// is an error of [`http`](Self::http).
    #[cfg(feature = "client")]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.options.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the revision of the protocol; by default the last one with sessions, 2025-11-25. A test of a
    /// handler that asks can run with both: in
    /// [`ProtocolVersion::V_2026_07_28`](crate::mcp::ProtocolVersion), the handler runs again from its
    /// start with each answer.
    pub fn protocol(mut self, version: ProtocolVersion) -> Self {
        self.options.protocol = version;
        self
    }
}
