//! Keeps clients connected while `cargo build` replaces the server behind them.
//!
//! [`Dev`] is the front that clients connect to. The guide [`dev`](crate::guide::dev) explains it.

mod agent;
mod agent_client;
mod build;
mod catalog;
mod child;
mod client_request;
mod dep_info;
mod diagnostic;
mod difference;
mod error;
mod events;
mod front;
mod http_front;
mod http_requests;
mod http_sessions;
mod listener;
mod metadata;
mod pipe;
mod project;
mod record;
mod response_body;
mod session;
mod sources;
mod standard_streams;
mod standing_stream;
mod stdio_front;
mod stdio_relay;
mod stdio_switch;
mod supervisor;
mod upstream;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

pub use crate::dev::error::DevError;
use crate::dev::front::Front;
use crate::dev::http_front::HttpFront;
use crate::dev::listener::Listener;
use crate::dev::project::{Project, ProjectOptions};
use crate::dev::record::Record;
use crate::dev::stdio_front::StdioFront;
use crate::dev::supervisor::Supervisor;
use crate::server::signals::stop_requested;

/// A front that keeps clients connected while `cargo build` replaces the server behind them.
///
/// It builds the package of its own program: one program is both the front and, in its child processes, the server.
///
/// ```no_run
/// use fastmcp::dev::Dev;
/// use fastmcp::prelude::*;
///
/// /// Adds two numbers.
/// #[tool]
/// async fn add(a: f64, b: f64) -> f64 {
///     a + b
/// }
///
/// #[tokio::main]
/// async fn main() -> fastmcp::Result<()> {
///     let server = fastmcp::FastMcp::new("calculator");
///     let arguments: Vec<String> = std::env::args().skip(1).collect();
///     match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
///         ["dev"] => Dev::new().run().await?,
///         ["dev", "--http", address] => {
///             let dev = Dev::new().http(address).arguments(["--http", "{address}"]);
///             dev.run().await?;
///         }
///         ["dev", "--agent"] => Dev::new().run_agent().await?,
///         ["--http", address] => server.run_http(address.to_owned()).await?,
///         _ => server.run().await?,
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a front does nothing until it runs"]
pub struct Dev {
    http: Option<String>,
    arguments: Vec<OsString>,
    project: ProjectOptions,
}

impl Dev {
    /// Creates a front for a client on standard input and output.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves HTTP at this address instead, such as `127.0.0.1:8000`. The paths are those of the server, and `/dev/mcp`.
    ///
    /// The server has to listen at a private address, which the front puts in the place of `{address}` in its
    /// [`arguments`](Self::arguments).
    pub fn http(mut self, address: impl Into<String>) -> Self {
        self.http = Some(address.into());
        self
    }

    /// Sets the arguments with which the program is started as the server, by default none. Over HTTP, `{address}`
    /// becomes the address at which it has to listen.
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the command that builds the program, with its options, such as
    /// `["cargo", "build", "--features", "postgres"]`. By default, `cargo build` builds the binary or example in its
    /// profile, with the default features.
    pub fn command(mut self, command: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.project.command = Some(command.into_iter().map(Into::into).collect());
        self
    }

    /// Builds and starts the program of another package, whose `Cargo.toml` this is.
    pub fn manifest_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.project.manifest_path = Some(path.into());
        self
    }

    /// Sets the name of the binary, if the package at the [`manifest_path`](Self::manifest_path) has several.
    pub fn bin(mut self, name: impl Into<String>) -> Self {
        self.project.bin = Some(name.into());
        self
    }

    /// Serves until the client closes its stream, or until `SIGINT`, `SIGTERM` or `SIGHUP`. What it does, and the log of
    /// requests, go to standard error.
    ///
    /// # Errors
    ///
    /// [`DevError`] if the package is not found, the address cannot be bound, or the server over HTTP gets none. Failed builds and servers that end are
    /// reported, and do not end the front.
    pub fn run(self) -> BoxFuture<'static, Result<(), DevError>> {
        async move {
            let has_address = |it: &OsString| it.to_string_lossy().contains("{address}");
            if self.http.is_some() && !self.arguments.iter().any(has_address) {
                return Err(DevError::NoAddress);
            }
            let project = Project::find(&self.project).await?;
            let record = Arc::new(Record::new());
            let (restart, restarts) = mpsc::channel(1);
            let agent = agent::start(agent::calls(Arc::clone(&record), restart)).await;
            let agent = agent.map_err(|error| DevError::Agent(error.to_string()))?;
            let http = self
                .http
                .is_some()
                .then(|| HttpFront::new(Arc::clone(&record)));
            let address = self.http.as_deref().unwrap_or("127.0.0.1:0");
            let listener = Listener::bind(address, &project, &record).await?;
            let listening = listener.serve(http.clone(), &agent);
            let supervise = |front: Arc<dyn Front>| {
                Supervisor {
                    project,
                    arguments: self.arguments,
                    over_http: http.is_some(),
                    front,
                    record: Arc::clone(&record),
                    restarts,
                }
                .run()
            };
            if let Some(front) = &http {
                let front: Arc<dyn Front> = Arc::new(Arc::clone(front));
                tokio::select! {
                    () = stop_requested() => {}
                    served = listening => served?,
                    () = supervise(Arc::clone(&front)) => {}
                }
                front.close().await;
            } else {
                let (lines, output) = standard_streams::open();
                let stdio = StdioFront::new(Arc::clone(&record), output);
                let front: Arc<dyn Front> = Arc::new(Arc::clone(&stdio));
                tokio::select! {
                    () = stop_requested() => {}
                    () = stdio.serve(lines) => {}
                    served = listening => served?,
                    () = supervise(Arc::clone(&front)) => {}
                }
                front.close().await;
            }
            record.flush();
            Ok(())
        }
        .boxed()
    }

    /// Serves a coding agent on standard input and output: the tools of the front that runs for the same program.
    ///
    /// Over HTTP, an agent needs no such program: the tools are at `/dev/mcp`.
    ///
    /// # Errors
    ///
    /// [`DevError::NotRunning`] if no front runs.
    #[cfg(feature = "stdio")]
    pub fn run_agent(self) -> BoxFuture<'static, Result<(), DevError>> {
        async move {
            let project = Project::find(&self.project).await?;
            let server = agent::start(agent_client::calls(project.address_file())?).await;
            let server = server.map_err(|error| DevError::Agent(error.to_string()))?;
            let served = server.serve_stdio().await;
            served.map_err(|error| DevError::Agent(error.to_string()))
        }
        .boxed()
    }
}
