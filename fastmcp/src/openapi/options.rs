//! [`OpenApi`]: a document, and the options of its tools.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, Response};
use serde_json::Value;

use crate::component::dynamic::DynamicTool;
use crate::error::Result;
use crate::middleware::request::ToolCall;
use crate::openapi::api::Provider;
use crate::openapi::arguments::Inputs;
use crate::openapi::credential::{self, Credential, SecurityScheme};
use crate::openapi::document::Document;
use crate::openapi::error::{OpenApiError, Skipped};
use crate::openapi::http_client::{self, HttpClient};
use crate::openapi::operation::{self, Endpoint, Operation};

/// The default limit of a response in bytes.
const MAX_RESPONSE: usize = 1024 * 1024;
/// The default time limit of a call.
const TIMEOUT: Duration = Duration::from_secs(30);

type Select = Box<dyn Fn(&Operation) -> bool + Send + Sync>;
type Rename = Box<dyn Fn(&Operation) -> Option<String> + Send + Sync>;
type Change = Box<dyn Fn(&Operation, DynamicTool) -> DynamicTool + Send + Sync>;

/// An API that an `OpenAPI` 3.0 or 3.1 document describes.
///
/// ```
/// use fastmcp::FastMcp;
/// use fastmcp::openapi::OpenApi;
///
/// # let document = r#"{"openapi": "3.1.0", "paths": {"/pets": {"get": {"operationId": "listPets"}}}}"#;
/// // let document = include_str!("shop.json");
/// let shop = OpenApi::new(document)?
///     .base_url("https://shop.example.com/v1")
///     .bearer("secret")
///     .select(|operation| operation.is_read_only());
/// let server = FastMcp::new("shop").openapi(shop);
/// # let _ = server;
/// # Ok::<(), fastmcp::openapi::OpenApiError>(())
/// ```
#[must_use = "an API adds no tools until it is passed to `FastMcp::openapi`"]
pub struct OpenApi {
    pub(crate) document: Arc<Document>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) base_url: Option<String>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) client: Option<HttpClient>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credentials: BTreeMap<String, Credential>,
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) passes_token: bool,
    pub(crate) prefix: Option<String>,
    pub(crate) select: Option<Select>,
    pub(crate) rename: Option<Rename>,
    pub(crate) change: Option<Change>,
    pub(crate) max_response: usize,
    pub(crate) timeout: Duration,
    pub(crate) is_strict: bool,
}

impl OpenApi {
    /// Reads a document from JSON text.
    ///
    /// An operation that cannot become a tool is no error of the document: [`skipped`](Self::skipped) has it, with the
    /// reason.
    ///
    /// # Errors
    ///
    /// The text is not JSON, has more than 32 MiB, is not `OpenAPI` 3.0 or 3.1, or has no paths.
    pub fn new(text: &str) -> Result<Self, OpenApiError> {
        Document::parse(text).map(Self::of)
    }

    /// Reads a document that the program has parsed, for example from YAML, or changed.
    ///
    /// # Errors
    ///
    /// The document is not `OpenAPI` 3.0 or 3.1, or has no paths.
    pub fn from_value(document: Value) -> Result<Self, OpenApiError> {
        Document::new(document).map(Self::of)
    }

    fn of(document: Document) -> Self {
        let (endpoints, skipped) = operation::read_all(&document);
        let mut api = Self {
            document: Arc::new(document),
            endpoints: Vec::new(),
            skipped,
            base_url: None,
            variables: BTreeMap::new(),
            client: None,
            headers: Vec::new(),
            credentials: BTreeMap::new(),
            provider: None,
            passes_token: false,
            prefix: None,
            select: None,
            rename: None,
            change: None,
            max_response: MAX_RESPONSE,
            timeout: TIMEOUT,
            is_strict: false,
        };
        let is_whole = api.document.has_all_targets();
        for endpoint in endpoints {
            // A fault in a schema is found now, and not when the server starts.
            let inputs = Inputs::of(&api.document, &endpoint, |_| false);
            let checked = inputs.and_then(|inputs| {
                if is_whole {
                    return Ok(());
                }
                inputs.schema(&api.document).map(drop)
            });
            match checked {
                Ok(()) => api.endpoints.push(endpoint),
                Err(fault) => api.skipped.push(Skipped {
                    method: endpoint.operation.method.clone(),
                    path: endpoint.operation.path.clone(),
                    parameter: None,
                    reason: fault.into(),
                }),
            }
        }
        api
    }

    /// Returns the operations that can become tools, before the [selection](Self::select).
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.endpoints.iter().map(|it| &it.operation)
    }

    /// Returns the operations that cannot become tools, and the optional parameters that tools do not have, with the
    /// reasons.
    ///
    /// ```
    /// use fastmcp::openapi::OpenApi;
    ///
    /// let document = r##"{
    ///     "openapi": "3.0.3",
    ///     "paths": { "/pets": { "get": { "parameters": [{ "$ref": "#/components/parameters/limit" }] } } }
    /// }"##;
    /// let api = OpenApi::new(document)?;
    /// assert_eq!(
    ///     api.skipped()[0].to_string(),
    ///     "GET /pets: the OpenAPI document is invalid at `/paths/~1pets/get/parameters/0`: its `$ref` names \
    ///      `#/components/parameters/limit`, which the document does not have; add it, or correct the name"
    /// );
    /// # Ok::<(), fastmcp::openapi::OpenApiError>(())
    /// ```
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Returns the security schemes of the document.
    pub fn security_schemes(&self) -> Vec<SecurityScheme> {
        credential::read(&self.document)
    }

    /// Makes a server that has operations which cannot become tools an error at the start. By default, they are left out
    /// with a warning in the log.
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Sets the address of the API, with the path before those of the document. By default, it is the first of the
    /// document's `servers`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets a variable in the address of the document's `servers`, such as a region.
    pub fn server_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Sends the requests with a client of the program, such as one with a proxy or with certificates.
    ///
    /// The client should not follow redirects, because it might send credentials to other servers; this library follows
    /// those to the same server.
    ///
    /// ```
    /// use fastmcp::openapi::{Bytes, OpenApi, Response};
    ///
    /// # let document = r#"{"openapi": "3.1.0", "paths": {}}"#;
    /// let api = OpenApi::new(document)?.client(|request| async move {
    ///     // With reqwest: `client.execute(request.try_into()?).await?`
    ///     Ok(Response::new(Bytes::from(format!("{} {}", request.method(), request.uri()))))
    /// });
    /// # let _ = api;
    /// # Ok::<(), fastmcp::openapi::OpenApiError>(())
    /// ```
    pub fn client<F>(mut self, send: impl Fn(Request<Bytes>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Response<Bytes>>> + Send + 'static,
    {
        self.client = Some(http_client::of_program(send));
        self
    }

    /// Sets a header of all requests. Tools do not have the parameter of this header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends this bearer token with all requests.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", Credential::key(token).authorization())
    }

    /// Sends this user and password with all requests (RFC 7617).
    pub fn basic(self, user: &str, password: &str) -> Self {
        let credential = Credential::basic(user, password);
        self.header("authorization", credential.authorization())
    }

    /// Sets the credential of a security scheme of the document, such as the key of an API. It is sent with the
    /// operations that require the scheme, in the header, parameter or cookie that the document states.
    pub fn credential(mut self, scheme: impl Into<String>, credential: Credential) -> Self {
        self.credentials.insert(scheme.into(), credential);
        self
    }

    /// Sets a function that returns the credential of a call for a security scheme, or `None`: for tokens that expire,
    /// and for credentials of each caller.
    ///
    /// An operation names alternatives of schemes. The first one for which all credentials are given is sent; if there
    /// is none, the request has no credentials, and the API decides.
    ///
    /// ```
    /// use fastmcp::openapi::{Credential, OpenApi};
    ///
    /// # let document = r#"{"openapi": "3.1.0", "paths": {}}"#;
    /// let api = OpenApi::new(document)?.credentials(|scheme, call| async move {
    ///     let caller = call.caller();
    ///     let Some(principal) = caller.principal() else {
    ///         return Ok(None);
    ///     };
    ///     Ok(match scheme.name() {
    ///         "api_key" => Some(Credential::key(format!("the key of {}", principal.subject()))),
    ///         _ => None,
    ///     })
    /// });
    /// # let _ = api;
    /// # Ok::<(), fastmcp::openapi::OpenApiError>(())
    /// ```
    pub fn credentials<F>(
        mut self,
        provide: impl Fn(SecurityScheme, ToolCall) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Option<Credential>>> + Send + 'static,
    {
        self.provider = Some(Arc::new(move |scheme, call| provide(scheme, call).boxed()));
        self
    }

    /// Sends the access token of the caller to the API. A call without one fails.
    ///
    /// **This is safe only if the API and this server are one resource with one audience.** MCP forbids it otherwise
    /// ("Token Passthrough"): the API cannot tell the caller from this server, a token for this server gets a second
    /// use, and everybody who controls the API gets the tokens of all callers. Prefer
    /// [`credentials`](Self::credentials) with a token for the API, for example by an exchange (RFC 8693).
    ///
    /// The server needs [`FastMcp::auth`](crate::FastMcp::auth), or a layer that sets the
    /// [`Principal`](crate::Principal).
    pub fn pass_caller_token(mut self) -> Self {
        self.passes_token = true;
        self
    }

    /// Sets a prefix of all names: a tool `pay` becomes `billing_pay`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Selects the operations that become tools; by default all. A second selection replaces the first.
    pub fn select(mut self, selects: impl Fn(&Operation) -> bool + Send + Sync + 'static) -> Self {
        self.select = Some(Box::new(selects));
        self
    }

    /// Sets a function that returns the name of a tool, or `None` for the default: the `operationId`, or the method and
    /// the path.
    pub fn rename(
        mut self,
        name: impl Fn(&Operation) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.rename = Some(Box::new(name));
        self
    }

    /// Sets a function that changes tools: their descriptions, hints, tags, and the scopes that callers need.
    ///
    /// ```
    /// use fastmcp::openapi::OpenApi;
    ///
    /// # let document = r#"{"openapi": "3.1.0", "paths": {}}"#;
    /// let api = OpenApi::new(document)?.change(|operation, tool| match operation.is_read_only() {
    ///     true => tool.scopes(["shop:read"]),
    ///     false => tool.scopes(["shop:write"]),
    /// });
    /// # let _ = api;
    /// # Ok::<(), fastmcp::openapi::OpenApiError>(())
    /// ```
    pub fn change(
        mut self,
        change: impl Fn(&Operation, DynamicTool) -> DynamicTool + Send + Sync + 'static,
    ) -> Self {
        self.change = Some(Box::new(change));
        self
    }

    /// Sets the limit of a response in bytes, by default 1 MiB. A text that is longer is cut; JSON and files that are
    /// longer are errors.
    pub fn max_response(mut self, bytes: usize) -> Self {
        self.max_response = bytes.max(1);
        self
    }

    /// Sets the time limit of a call, by default 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl fmt::Debug for OpenApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenApi")
            .field("operations", &self.endpoints.len())
            .field("skipped", &self.skipped.len())
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
