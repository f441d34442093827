//! Runs a server or a worker until the program is asked to stop.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::server::builder::FastMcp;
use crate::server::error::{ServeError, StartError};
use crate::server::logging::{LogGuard, log_to_stderr};
use crate::server::running::Server;
#[cfg(feature = "stdio")]
use crate::server::serve::take_over;
use crate::server::settings::DocketSettings;
use crate::server::{signals, start};

impl FastMcp {
    /// Starts the server: first the lifespan, then background work. It serves no client yet.
    ///
    /// # Errors
    ///
    /// [`StartError`] if two handlers have the same name, a handler needs a dependency that the server
    /// does not have, or the lifespan fails.
    pub fn start(self) -> BoxFuture<'static, Result<Server, StartError>> {
        start::start(self.0).boxed()
    }

    /// Serves standard input and output until the client closes them, or until `SIGINT`, `SIGTERM` or
    /// `SIGHUP`; see [`Server::serve_stdio`]. Logs go to standard error.
    ///
    /// If a handler still blocks a thread after the grace period, logs its name and ends the process
    /// with status 1, because a runtime would wait for the thread.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the server cannot start, the connection fails, or the lifespan fails.
    #[cfg(feature = "stdio")]
    pub fn run(self) -> BoxFuture<'static, Result<(), ServeError>> {
        async move {
            let log = log_to_stderr();
            // From here on, because the lifespan may print as well.
            let streams = take_over()?;
            let server = self.start().await?;
            server.log_start("standard input and output");
            let served = server.serve_streams(&streams).await;
            shut_down(server, served, &log).await
        }
        .boxed()
    }

    /// Serves streamable HTTP at `http://{address}/mcp` until `SIGINT`, `SIGTERM` or `SIGHUP`, and
    /// then finishes the calls in flight. Logs go to standard error.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the address cannot be bound, or the server cannot start or stop.
    #[cfg(feature = "http")]
    pub fn run_http(
        self,
        address: impl tokio::net::ToSocketAddrs + std::fmt::Display,
    ) -> BoxFuture<'static, Result<(), ServeError>> {
        self.run_http_at(address.to_string())
    }

    #[cfg(feature = "http")]
    fn run_http_at(self, address: String) -> BoxFuture<'static, Result<(), ServeError>> {
        async move {
            let log = log_to_stderr();
            // Bind before the lifespan starts: an occupied address is found without side effects.
            let listener = crate::transport::http::listen(&address).await?;
            let path = self.0.http.path.clone();
            let server = self.start().await?;
            if let Ok(address) = listener.local_addr() {
                server.log_start(&format!("http://{address}{path}"));
            }
            let served = server.serve_http(listener).await;
            shut_down(server, served, &log).await
        }
        .boxed()
    }

    /// Runs the docket's tasks without serving clients, until `SIGINT`, `SIGTERM` or `SIGHUP`.
    /// Logs go to standard error.
    ///
    /// The same program can be a server and, as other processes on any number of machines, a worker
    /// for the tasks that the server adds. When a worker stops, running tasks have the worker's grace
    /// period to finish. Tasks that do not finish return to the docket, and other workers take them
    /// over at once. A worker hands on tasks that its program does not have.
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
    /// [`StartError::NoSharedDocket`] if there is no docket, or only one in memory,
    /// [`StartError::NoWorker`] if the worker is disabled, and the errors of
    /// [`start`](Self::start).
    pub fn run_worker(self) -> BoxFuture<'static, Result<(), ServeError>> {
        async move {
            let log = log_to_stderr();
            let settings = DocketSettings::read().map_err(StartError::from)?;
            if let Some(disabled_by) = self.0.worker.disabled_by(&settings) {
                let problem = "`run_worker` runs only tasks; enable the worker in this process";
                return Err(StartError::NoWorker {
                    disabled_by,
                    problem,
                }
                .into());
            }
            let server = self.start().await?;
            let problem = match server.docket() {
                None => Some("disabled"),
                Some(docket) if !docket.is_shared() => Some("in the memory of this process"),
                Some(_) => None,
            };
            if let Some(docket) = problem {
                let problem = StartError::NoSharedDocket { docket };
                return shut_down(server, Err(problem.into()), &log).await;
            }
            server.log_start("no clients");
            signals::stop_requested().await;
            shut_down(server, Ok(()), &log).await
        }
        .boxed()
    }
}

/// Shuts a server down, so that the lifespan cleans up whatever happened while it served.
async fn shut_down(
    server: Server,
    served: Result<(), ServeError>,
    log: &LogGuard,
) -> Result<(), ServeError> {
    let running = server.running_handlers().clone();
    let stopped = server.shutdown().await;
    // A thread cannot be stopped from outside, and the runtime would wait for it forever.
    let ended = first_error(served, stopped);
    if !running.names().is_empty() {
        if let Err(error) = ended {
            tracing::error!(%error, "the server failed");
        }
        log.flush();
        std::process::exit(1);
    }
    ended
}

/// Returns the first error, which is the cause, and logs an error of the shutdown that follows it.
fn first_error(
    served: Result<(), ServeError>,
    stopped: Result<(), ServeError>,
) -> Result<(), ServeError> {
    if let (Err(_), Err(error)) = (&served, &stopped) {
        tracing::error!(%error, "the server failed, and so did its shutdown");
    }
    served.and(stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_returned() {
        let error = |text: &str| Err(ServeError::Transport(text.to_owned()));
        for (served, stopped, expected) in [
            (error("served"), error("stopped"), Some("served")),
            (error("served"), Ok(()), Some("served")),
            (Ok(()), error("stopped"), Some("stopped")),
            (Ok(()), Ok(()), None),
        ] {
            let ended = first_error(served, stopped)
                .err()
                .map(|error| error.to_string());
            assert_eq!(ended.is_some(), expected.is_some());
            if let (Some(ended), Some(expected)) = (ended, expected) {
                assert!(ended.contains(expected), "{ended}");
            }
        }
    }
}
