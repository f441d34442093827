//! [`Context`]: the live request that a handler serves.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::docket::model::submission::TraceContext;
use crate::mcp::{Implementation, ProtocolVersion};
use crate::principal::Principal;
use futures_util::future::BoxFuture;

use crate::context::elicit::{Elicit, ElicitUrl};
use crate::context::input::{InputError, InputKind};
use crate::context::sample::{ListRoots, Sample};
use crate::context::session::Session;

use crate::context::answer_log::Journal;
use crate::context::input::{Abilities, Question};
use crate::context::server_handle::Home;

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
pub struct Context(pub(crate) Arc<Request>);

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

/// How a request reached the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// A stream of newline-delimited JSON: standard input and output, or a connection in memory.
    Stream,
    /// Streamable HTTP.
    Http,
    /// None at all: the request is over, and its tool runs as a background task.
    Background,
}

/// What the transport tells of a request.
#[derive(Clone)]
pub(crate) struct Request {
    /// The request's id, as the client wrote it.
    pub(crate) id: String,
    /// The server's name.
    pub(crate) server: Arc<str>,
    /// Who is calling, where the client said so.
    pub(crate) client: Option<Implementation>,
    /// The version of the protocol that the request speaks.
    pub(crate) protocol: Option<ProtocolVersion>,
    /// The HTTP request that carries it, if one does.
    #[cfg(feature = "http")]
    pub(crate) http: Option<Arc<axum::http::request::Parts>>,
    /// The trace that the client asked under (`_meta.traceparent`, SEP-414).
    pub(crate) trace: Option<TraceContext>,
    /// The way back to the client.
    pub(crate) link: Arc<dyn Link>,
    /// How it came.
    pub(crate) transport: Transport,
    /// What the client can be asked for.
    pub(crate) abilities: Abilities,
    /// Where questions to the client go, if there is no connection to wait on for the answer.
    pub(crate) journal: Option<Arc<Journal>>,
    /// Whether this is a call that a handler makes of another: questions end the outer run.
    pub(crate) nested: bool,
    /// The session that it belongs to.
    pub(crate) session: Option<Session>,
    /// The server's own components.
    pub(crate) home: Option<Arc<dyn Home>>,
    /// Cancelled when the client takes the request back, or the server stops.
    pub(crate) cancellation: CancellationToken,
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

    /// Asks the client, and waits for its answer. Only requests without a journal come here.
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, InputError>>;
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

    /// Who is calling, as a layer in front of the server found out; `None` for whoever is anonymous,
    /// and over standard input and output.
    #[cfg(feature = "http")]
    pub fn principal(&self) -> Option<&Principal> {
        self.http()?.extensions.get()
    }

    /// Who is calling: without HTTP nobody is known.
    #[cfg(not(feature = "http"))]
    pub fn principal(&self) -> Option<&Principal> {
        None
    }

    /// The first value of a header of the HTTP request, whatever the case of its name. `None` if there
    /// is none, if it is not text, and over standard input and output.
    #[cfg(feature = "http")]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.http()?.headers.get(name)?.to_str().ok()
    }

    /// Who is calling, as far as tasks are told apart by it: the principal of an authenticated request. `None` is the
    /// scope that all other callers share.
    pub(crate) fn caller_scope(&self) -> Option<&str> {
        self.principal().map(Principal::subject)
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

    /// How the request came.
    pub fn transport(&self) -> Transport {
        self.0.transport
    }

    /// The session that the request belongs to. `None` in protocol 2026-07-28, which has none, and
    /// in a background task.
    pub fn session(&self) -> Option<&Session> {
        self.0.session.as_ref()
    }

    /// The session's id (`Mcp-Session-Id`), where it has one.
    pub fn session_id(&self) -> Option<&str> {
        self.session()?.id()
    }

    /// Cancelled when the client takes its request back, or is gone.
    ///
    /// The handler itself needs no care: it is dropped at its next `.await`. Hand this to what it
    /// has set going elsewhere, such as a thread.
    pub fn cancellation(&self) -> CancellationToken {
        self.0.cancellation.clone()
    }

    /// Whether the client has declared that it can be asked for this. Where it has not, asking is
    /// [`InputError::Unsupported`].
    pub fn can_ask_for(&self, kind: InputKind) -> bool {
        self.0.abilities.includes(kind)
    }

    /// Asks the user for a `T`: a struct of flat fields, or one text, number, boolean or choice.
    ///
    /// Doc comments become the fields' descriptions, `#[serde(default)]` their defaults. `()` asks
    /// for nothing but a yes.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[fastmcp::data]
    /// struct Booking {
    ///     /// How many seats
    ///     seats: u8,
    ///     window: bool,
    /// }
    ///
    /// /// Books seats for the user.
    /// #[tool]
    /// async fn book(train: String, ctx: Context) -> Result<String> {
    ///     let booking: Booking = ctx.elicit("What should I book?").await?;
    ///     Ok(format!("{} seats on {train}", booking.seats))
    /// }
    /// ```
    ///
    /// | the request | how the client is asked |
    /// |---|---|
    /// | before protocol 2026-07-28 | on its connection, while the handler waits |
    /// | protocol 2026-07-28 | by the reply: the client sends the request again, with the answer |
    /// | a tool that runs as a task | by the task's state; the answer comes with `tasks/update` |
    ///
    /// In the last two cases **the handler is run again from its start**, and is given the answers
    /// that are known. So ask before you act, or make what comes before a question harmless to do
    /// twice. Questions under one `tokio::join!` reach the client together.
    ///
    /// # Errors
    ///
    /// [`InputError`]: the client cannot be asked, the user declined, the answer is no `T`.
    /// [`Elicit::response`] gives a refusal as a value instead.
    pub fn elicit<T: DeserializeOwned + JsonSchema>(
        &self,
        message: impl Into<String>,
    ) -> Elicit<T> {
        Elicit::new(self.clone(), message.into())
    }

    /// Asks the user to visit a web page, such as one to sign in or to pay at: what is secret stays
    /// between them and that page.
    ///
    /// The answer says that they agreed to go there, not that they are done.
    ///
    /// # Errors
    ///
    /// As for [`elicit`](Self::elicit).
    pub fn elicit_url(&self, message: impl Into<String>, url: impl Into<String>) -> ElicitUrl {
        ElicitUrl::new(self.clone(), message.into(), url.into())
    }

    /// Asks the client's model to answer `prompt`.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// A summary in one sentence.
    /// #[tool]
    /// async fn summary(text: String, ctx: Context) -> Result<String> {
    ///     let answer = ctx
    ///         .sample(format!("Say this in one sentence: {text}"))
    ///         .max_tokens(100)
    ///         .await?;
    ///     Ok(answer.text())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`elicit`](Self::elicit).
    pub fn sample(&self, prompt: impl Into<String>) -> Sample {
        Sample::new(self.clone(), prompt.into())
    }

    /// Asks for the folders that the client lets servers work in.
    ///
    /// # Errors
    ///
    /// As for [`elicit`](Self::elicit).
    pub fn list_roots(&self) -> ListRoots {
        ListRoots::new(self.clone())
    }

    /// Puts a question to the client by the way that this request has.
    pub(crate) async fn ask(
        &self,
        key: Option<String>,
        question: Question,
    ) -> Result<Value, InputError> {
        if !self.can_ask_for(question.kind) {
            return Err(InputError::Unsupported(question.kind));
        }
        match &self.0.journal {
            Some(journal) => Ok(journal.ask(key, question).await),
            None => self.0.link.ask(question).await,
        }
    }

    /// What the client can be asked for.
    pub(crate) fn abilities(&self) -> Abilities {
        self.0.abilities
    }

    /// What the body of the call has to be driven by, if it may ask.
    pub(crate) fn journal(&self) -> Option<&Arc<Journal>> {
        self.0.journal.as_ref().filter(|_| !self.0.nested)
    }

    /// Whether questions are answered by a later round, or a later run, and not while one waits.
    pub(crate) fn asks_by_rounds(&self) -> bool {
        self.0.journal.is_some()
    }

    /// The same request, for a call that its handler makes of another.
    pub(crate) fn nested(&self) -> Self {
        let mut request = (*self.0).clone();
        request.nested = true;
        Self::new(request)
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
