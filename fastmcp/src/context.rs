//! What a handler can do with the request that it serves: report progress, log to the client, ask
//! who is calling.
//!
//! The transport stands behind [`Link`], so that nothing here names the library that speaks the
//! protocol.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::BoxFuture;
use crate::docket::TraceContext;
use crate::mcp::{Implementation, ProtocolVersion};

/// The live request that a handler serves.
///
/// Take it as a parameter. It is cheap to clone, and every `Context` of one call is the same one.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// Adds the numbers up, and says how far it is.
/// #[tool]
/// async fn total(numbers: Vec<f64>, ctx: Context) -> Result<f64> {
///     let mut sum = 0.0;
///     for (done, number) in numbers.iter().enumerate() {
///         sum += number;
///         ctx.report_progress(done as f64 + 1.0, Some(numbers.len() as f64), None).await;
///     }
///     Ok(sum)
/// }
/// ```
#[derive(Clone)]
pub struct Context(Arc<Request>);

/// How much a log message matters, from least to most; the levels of syslog (RFC 5424).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum LogLevel {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}

/// What the transport tells of a request.
pub(crate) struct Request {
    /// The request's id, as the client wrote it.
    pub(crate) id: String,
    /// The server's name.
    pub(crate) server: Arc<str>,
    /// Who is calling, where the client said so.
    pub(crate) client: Option<Implementation>,
    /// The version of the protocol that the request speaks.
    pub(crate) protocol: Option<ProtocolVersion>,
    /// Who is calling, where that was proven; `None` for the scope that all others share.
    pub(crate) scope: Option<String>,
    /// The HTTP request that carries it, if one does.
    #[cfg(feature = "http")]
    pub(crate) http: Option<Arc<axum::http::request::Parts>>,
    /// The trace that the client asked under (`_meta.traceparent`, SEP-414).
    pub(crate) trace: Option<TraceContext>,
    /// The way back to the client.
    pub(crate) link: Box<dyn Link>,
}

/// The way back to the client of one request. A message that cannot be delivered is dropped: the
/// client is gone, and with it everyone who could be told.
pub(crate) trait Link: Send + Sync {
    /// Sends a progress notification, if the client asked for them.
    fn progress<'a>(
        &'a self,
        progress: f64,
        total: Option<f64>,
        message: Option<&'a str>,
    ) -> BoxFuture<'a, ()>;

    /// Sends a log message, if the client wants to see its level.
    fn log<'a>(&'a self, level: LogLevel, logger: &'a str, data: Value) -> BoxFuture<'a, ()>;
}

impl Context {
    pub(crate) fn new(request: Request) -> Self {
        Self(Arc::new(request))
    }

    /// The HTTP request that carries this one, if one does.
    #[cfg(feature = "http")]
    pub(crate) fn http(&self) -> Option<&Arc<axum::http::request::Parts>> {
        self.0.http.as_ref()
    }

    /// Whether an HTTP request carries this one.
    #[cfg(feature = "http")]
    pub(crate) fn is_http(&self) -> bool {
        self.0.http.is_some()
    }

    /// Whether an HTTP request carries this one: without that transport, none does.
    #[cfg(not(feature = "http"))]
    #[expect(clippy::unused_self, reason = "it is asked like the other")]
    pub(crate) fn is_http(&self) -> bool {
        false
    }

    /// Who is calling, as far as tasks are told apart by it: the principal of an authenticated request. `None` is the
    /// scope that all other callers share.
    pub(crate) fn caller_scope(&self) -> Option<&str> {
        self.0.scope.as_deref()
    }

    /// The trace that the client asked under, if it said so. Work that is scheduled through the
    /// injected docket belongs to it too.
    pub fn trace(&self) -> Option<&TraceContext> {
        self.0.trace.as_ref()
    }

    /// The request's id, as the client wrote it.
    pub fn request_id(&self) -> &str {
        &self.0.id
    }

    /// The name of the server that answers.
    pub fn server_name(&self) -> &str {
        &self.0.server
    }

    /// The name and version of the calling client, where it said so.
    pub fn client_info(&self) -> Option<&Implementation> {
        self.0.client.as_ref()
    }

    /// The version of the protocol that this request speaks.
    pub fn protocol_version(&self) -> Option<&ProtocolVersion> {
        self.0.protocol.as_ref()
    }

    /// Tells the client how far the call is, if it asked to be told.
    ///
    /// `progress` must grow with each report; `total`, if known, is what it grows to.
    pub async fn report_progress(&self, progress: f64, total: Option<f64>, message: Option<&str>) {
        self.0.link.progress(progress, total, message).await;
    }

    /// Sends a log message to the client, if it wants to see messages of this level.
    pub async fn log(&self, level: LogLevel, message: impl Into<Value>) {
        self.0.link.log(level, &self.0.server, message.into()).await;
    }

    /// [Logs](Self::log) at level `debug`.
    pub async fn debug(&self, message: impl Into<Value>) {
        self.log(LogLevel::Debug, message).await;
    }

    /// [Logs](Self::log) at level `info`.
    pub async fn info(&self, message: impl Into<Value>) {
        self.log(LogLevel::Info, message).await;
    }

    /// [Logs](Self::log) at level `warning`.
    pub async fn warning(&self, message: impl Into<Value>) {
        self.log(LogLevel::Warning, message).await;
    }

    /// [Logs](Self::log) at level `error`.
    pub async fn error(&self, message: impl Into<Value>) {
        self.log(LogLevel::Error, message).await;
    }
}

/// Two contexts are equal if they are of the same request.
impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Context {}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("request_id", &self.0.id)
            .field("server", &self.0.server)
            .finish_non_exhaustive()
    }
}
