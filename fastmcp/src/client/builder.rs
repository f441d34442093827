//! [`ClientBuilder`]: the options of a client.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::client::elicitation::Elicitation;
use crate::client::events::EventHandlers;
use crate::client::handlers::Handlers;
use crate::client::log_message::LogMessage;
use crate::client::notices::Notices;
use crate::client::sampling::Sampling;
#[cfg(feature = "client")]
use crate::client::token::{SharedTokenProvider, TokenProvider};
use crate::component::ui;
use crate::context::change::ListKind;
use crate::context::client_channel::LogLevel;
use crate::context::elicit::Elicited;
use crate::context::message_content::MessageContent;
use crate::context::meta::TASKS;
use crate::mcp::ProtocolVersion;

/// The options of a [`Client`](crate::client::Client):
/// [`Client::builder`](crate::client::Client::builder) creates it.
///
/// A client declares support for a kind of question if it has a handler for it. In protocol 2026-07-28,
/// a server returns its questions in the response; the client then repeats the request with the answers.
#[must_use]
pub struct ClientBuilder {
    pub(crate) options: Options,
    pub(super) events: EventHandlers,
    pub(super) log_level: Option<LogLevel>,
    pub(super) timeout: Option<Duration>,
    pub(super) checks_output: bool,
    /// `true` if the program has chosen the revision.
    #[cfg(feature = "client")]
    pub(super) is_pinned: bool,
}

/// The options of a connection.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) handlers: Handlers,
    pub(crate) protocol: ProtocolVersion,
    /// `true` if the program shows the pages of tools.
    pub(crate) shows_apps: bool,
    /// The receivers of notifications.
    pub(crate) notices: Notices,
    /// The headers of each HTTP request.
    #[cfg(feature = "client")]
    pub(crate) headers: Vec<(String, String)>,
    /// `true` if an HTTP connection begins a new session without notice if the server does not know its session.
    #[cfg(feature = "client")]
    pub(crate) restores_session: bool,
    /// Returns the access token of each HTTP request.
    #[cfg(feature = "client")]
    pub(crate) token_provider: Option<SharedTokenProvider>,
}

impl Options {
    /// Returns the capabilities of the client, in the protocol's form.
    pub(crate) fn capabilities(&self) -> Value {
        let mut capabilities = self.handlers.capabilities();
        // A handler of all questions is a proxy, which decides for each request. It passes pages on.
        let is_proxy = self.handlers.any.is_some();
        if !self.protocol.has_initialize() && !is_proxy {
            capabilities["extensions"][TASKS] = json!({});
        }
        if self.shows_apps || is_proxy {
            capabilities["extensions"][ui::EXTENSION] = json!({ "mimeTypes": [ui::MIME_TYPE] });
        }
        capabilities
    }
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            options: Options {
                handlers: Handlers::default(),
                protocol: ProtocolVersion::LATEST_WITH_INITIALIZE,
                shows_apps: false,
                notices: Notices::default(),
                #[cfg(feature = "client")]
                headers: Vec::new(),
                #[cfg(feature = "client")]
                token_provider: None,
                #[cfg(feature = "client")]
                restores_session: true,
            },
            events: EventHandlers::default(),
            log_level: None,
            timeout: None,
            checks_output: false,
            #[cfg(feature = "client")]
            is_pinned: false,
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

    /// Declares that the program shows the pages of [apps](crate::guide::apps): the extension
    /// `io.modelcontextprotocol/ui` with the MIME type `text/html;profile=mcp-app`. Handlers see it as
    /// [`Context::client_supports_apps`](crate::Context::client_supports_apps).
    ///
    /// The listing of a tool names its page in `_meta.ui.resourceUri`, and
    /// [`read_resource`](crate::client::Client::read_resource) returns it. A program that shows pages to people has the
    /// duties of a host: SEP-1865 requires a sandbox, and a policy from `_meta.ui.csp` of the page.
    pub fn shows_apps(mut self) -> Self {
        self.options.shows_apps = true;
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

    /// Gives each HTTP request the access token of a provider, such as one that speaks OAuth. It is asked again, once for
    /// each request, when the server refuses the token.
    ///
    /// ```
    /// # use fastmcp::client::{Client, TokenRequest};
    /// # async fn stored_token() -> Result<String, std::io::Error> { Ok("secret".into()) }
    /// # async fn refreshed_token() -> Result<String, std::io::Error> { Ok("secret".into()) }
    /// let client = Client::builder().token_provider(|request: TokenRequest| async move {
    ///     match request.challenge {
    ///         None => stored_token().await,
    ///         Some(_) => refreshed_token().await,
    ///     }
    /// });
    /// ```
    #[cfg(feature = "client")]
    pub fn token_provider(mut self, provider: impl TokenProvider) -> Self {
        self.options.token_provider = Some(SharedTokenProvider::new(provider));
        self
    }

    /// Sets the time without a response after which a request fails and is cancelled; by default, a request waits for as
    /// long as the connection is open. Each progress notification of the server begins it anew.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets a function that gets the log messages of the server. It runs on the task that reads the connection, so it
    /// should be short.
    ///
    /// A server of protocol 2026-07-28 sends messages only to requests that name a level:
    /// [`log_level`](Self::log_level), or `Info`.
    pub fn on_log(mut self, handler: impl Fn(LogMessage) + Send + Sync + 'static) -> Self {
        self.events.log = Some(Arc::new(handler));
        self
    }

    /// Sets the lowest level of the log messages that the server sends; by default, the server decides.
    pub fn log_level(mut self, level: LogLevel) -> Self {
        self.log_level = Some(level);
        self
    }

    /// Sets a function that is called when a list of the server has changed. It runs on the task that reads the
    /// connection, so it should be short.
    pub fn on_list_changed(mut self, handler: impl Fn(ListKind) + Send + Sync + 'static) -> Self {
        self.events.list_changed = Some(Arc::new(handler));
        self
    }

    /// Sets a function that gets the URI of a resource whose contents have changed, if the client has
    /// [subscribed](crate::client::Client::subscribe) to it.
    pub fn on_resource_updated(mut self, handler: impl Fn(String) + Send + Sync + 'static) -> Self {
        self.events.resource_updated = Some(Arc::new(handler));
        self
    }

    /// Compares each structured result of a tool with the output schema that the tool lists, and returns
    /// [`ClientError::Output`](crate::client::ClientError::Output) for one that does not match. The client reads the list
    /// of tools with the first result. By default, it compares nothing.
    pub fn check_output(mut self, check: bool) -> Self {
        self.checks_output = check;
        self
    }

    /// Sets the revision of the protocol. By default, the last one with sessions, 2025-11-25; over HTTP and to a program,
    /// 2026-07-28 if the server does not have it.
    ///
    /// A server makes [tasks](crate::client::TaskHandle) of calls only in 2026-07-28. A test of a handler that asks can
    /// run with both: in [`ProtocolVersion::V_2026_07_28`](crate::mcp::ProtocolVersion), the handler runs again from its
    /// start with each answer.
    pub fn protocol(mut self, version: ProtocolVersion) -> Self {
        self.options.protocol = version;
        #[cfg(feature = "client")]
        {
            self.is_pinned = true;
        }
        self
    }
}
