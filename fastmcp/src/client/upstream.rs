//! [`Upstream`]: a remote server whose components are offered as one's own.

mod call;
mod follow;
mod link;
mod lists;
mod part;
mod questions;
mod read_lists;
mod relay;
mod shared;
mod task_ids;
mod tasks;
mod watched;

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::process::Command;

use crate::client::builder::{ClientBuilder, Options};
use crate::client::connection::Connection;
use crate::client::upstream::link::Link;
use crate::client::upstream::shared::Open;
use crate::client::{http, process};
use crate::component::part::Part;
use crate::component::place::Place;
use crate::mcp::ProtocolVersion;
use crate::server::builder::FastMcp;
use crate::server::options::{PartOptions, PartSource};

/// A remote server, for [`FastMcp::proxy`].
///
/// ```
/// use fastmcp::client::Upstream;
/// use tokio::process::Command;
///
/// let search = Upstream::http("https://search.example.com/mcp").bearer("secret");
/// let files = Upstream::process(|| {
///     let mut command = Command::new("files-server");
///     command.arg("/srv");
///     command
/// });
/// # let _ = (search, files);
/// ```
#[must_use]
pub struct Upstream {
    open: Open,
    options: Options,
    protocol: Option<ProtocolVersion>,
}

impl Upstream {
    fn new(open: Open) -> Self {
        Self {
            open,
            options: ClientBuilder::new().options,
            protocol: None,
        }
    }

    /// A server over streamable HTTP, such as `http://127.0.0.1:8000/mcp`.
    pub fn http(url: impl Into<String>) -> Self {
        let url = url.into();
        Self::new(Arc::new(move |options| {
            let url = url.clone();
            async move {
                let connection = http::connect(url, options).await?;
                Ok(Arc::new(connection) as Arc<dyn Connection>)
            }
            .boxed()
        }))
    }

    /// A program that is a server on its standard input and output. The function is called for each start: the program
    /// is started again when it has ended.
    pub fn process(command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self::new(Arc::new(move |options| {
            let mut command = command();
            async move {
                let connection = process::spawn(&mut command, options).await?;
                Ok(Arc::new(connection) as Arc<dyn Connection>)
            }
            .boxed()
        }))
    }

    /// Sends the header `Authorization: Bearer …` with each request over HTTP. The tokens of callers are never passed
    /// on (MCP, "Token Passthrough").
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sends a header with each request over HTTP.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.options.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the revision of the protocol; by default 2026-07-28 and, if the server does not have it, 2025-11-25.
    pub fn protocol(mut self, version: ProtocolVersion) -> Self {
        self.protocol = Some(version);
        self
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

impl FastMcp {
    /// Adds the components of a remote server, under a prefix: a tool `find` becomes `search_find`, and a resource
    /// `data://info` becomes `data://search/info`.
    ///
    /// Progress, log messages, questions to the user, cancellation, tasks and subscriptions pass through. A remote server that cannot be
    /// reached is an error of its tools, and not of this server: the lists keep the last known components, and the
    /// connection is opened again. The guide [`composition`](crate::guide::composition#remote-servers) has the details.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    /// use fastmcp::client::Upstream;
    ///
    /// let search = Upstream::http("https://search.example.com/mcp").bearer("secret");
    /// let server = FastMcp::new("shop").proxy("search", search);
    /// # let _ = server;
    /// ```
    pub fn proxy(mut self, prefix: impl Into<String>, upstream: Upstream) -> Self {
        let prefix = prefix.into();
        let name = prefix.clone();
        let factory = move |place: Place| {
            let starting = Link::start(
                name,
                upstream.open,
                upstream.options,
                upstream.protocol,
                place,
            );
            async move { Arc::new(starting.await) as Arc<dyn Part> }.boxed()
        };
        self.0.parts.push(PartOptions {
            prefix,
            source: PartSource::Proxy(Box::new(factory)),
        });
        self
    }
}
