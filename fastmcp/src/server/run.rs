//! Runs a server or a worker until its client disconnects or the program receives a signal to stop.

use crate::server::builder::FastMcp;
use crate::server::error::{ServeError, StartError};
use crate::server::running::Server;
use crate::server::{logging, signals, start};

impl FastMcp {
    /// Starts the server: first the lifespan, then background work. The server does not serve
    /// clients yet.
    ///
    /// # Errors
    ///
    /// [`StartError`], for example if an option or environment variable is invalid, two handlers
    /// have the same name, a handler requires a dependency that the server does not have, the
    /// docket cannot be reached, or the lifespan fails.
    pub async fn start(self) -> Result<Server, StartError> {
        start::start(self.0).await
    }

    /// Serves standard input and output until the client closes them, or until `SIGINT` or
    /// `SIGTERM`. Logs go to standard error.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the server cannot start, the connection fails, or the lifespan fails.
    #[cfg(feature = "stdio")]
    pub async fn run(self) -> Result<(), ServeError> {
        logging::to_stderr();
        let server = self.start().await?;
        let served = server.serve_stdio().await;
        // Shut down even after an error, so that the lifespan cleans up. If both fail, the error of
        // the shutdown is returned.
        server.shutdown().await?;
        served
    }

    /// Serves streamable HTTP at `http://{address}/mcp` until `SIGINT` or `SIGTERM`, and then
    /// finishes the calls in flight. Logs go to standard error.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the address cannot be bound, or the server cannot start or stop.
    #[cfg(feature = "http")]
    pub async fn run_http(
        self,
        address: impl tokio::net::ToSocketAddrs + std::fmt::Display,
    ) -> Result<(), ServeError> {
        logging::to_stderr();
        // Bind before the lifespan starts, so that an address in use is detected without side
        // effects.
        let listener = crate::transport::http::listen(address).await?;
        let server = self.start().await?;
        let served = server.serve_http(listener).await;
        server.shutdown().await?;
        served
    }

    /// Runs the docket's tasks without serving clients, until `SIGINT` or `SIGTERM`. Logs go to
    /// standard error.
    ///
    /// The same program can be a server and, as other processes on any number of machines, a worker
    /// for the tasks that the server adds. When a worker stops, running tasks have the worker's
    /// grace period to finish. Unfinished tasks return to the docket, where other workers can claim
    /// them at once. Tasks that the worker's program does not have are offered to other workers.
    ///
    /// ```no_run
    /// # #[tokio::main]
    /// # async fn main() -> fastmcp::Result<()> {
    /// let server = fastmcp::FastMcp::new("reports").enable_docket();
    /// match std::env::args().nth(1).as_deref() {
    ///     Some("worker") => server.run_worker().await?,
    ///     _ => server.run().await?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError::NoSharedDocket`] if there is no docket, or only one in memory, and the errors of
    /// [`start`](Self::start).
    pub async fn run_worker(self) -> Result<(), ServeError> {
        logging::to_stderr();
        let server = self.start().await?;
        let problem = match server.docket() {
            None => Some("disabled"),
            Some(docket) if !docket.is_shared() => Some("in the memory of this process"),
            Some(_) => None,
        };
        if let Some(docket) = problem {
            server.shutdown().await?;
            return Err(StartError::NoSharedDocket { docket }.into());
        }
        signals::stop_requested().await;
        server.shutdown().await
    }
}
