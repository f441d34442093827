//! [`Process`]: a connection to a program over its standard input and output.

use std::process::Stdio;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::runtime;

use crate::client::builder::Options;
use crate::client::connection::Connection;
use crate::client::error::{ClientError, connection_error};
use crate::client::json_rpc::{self, JsonRpc};
use crate::client::notices::ProgressSink;
use crate::mcp::Implementation;

/// The time that a program has to end after its input has ended.
const EXIT_TIMEOUT: Duration = Duration::from_secs(3);

/// A connection to a child process. Dropping it ends the process in the background.
pub(crate) struct Process {
    /// `None` while the connection closes, which ends the input of the process.
    connection: Option<JsonRpc>,
    child: Option<Child>,
}

/// Starts a program and connects to it.
pub(crate) async fn spawn(mut command: Command, options: Options) -> Result<Process, ClientError> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(connection_error)?;
    let streams = child.stdout.take().zip(child.stdin.take());
    let (read, write) = streams.ok_or_else(|| connection_error("the program has no pipes"))?;
    let connection = json_rpc::open(Box::new(read), Box::new(write), options).await?;
    Ok(Process {
        connection: Some(connection),
        child: Some(child),
    })
}

/// Waits until the process ends, and kills it if it takes too long.
async fn end(mut child: Child) {
    if tokio::time::timeout(EXIT_TIMEOUT, child.wait())
        .await
        .is_err()
    {
        let _ = child.kill().await;
    }
}

impl Connection for Process {
    fn request(
        &self,
        method: &'static str,
        params: Value,
    ) -> BoxFuture<'_, Result<Value, ClientError>> {
        match &self.connection {
            Some(connection) => connection.request(method, params),
            None => std::future::ready(Err(connection_error("not connected"))).boxed(),
        }
    }

    fn follow(
        &self,
        method: &'static str,
        params: Value,
        progress: ProgressSink,
    ) -> BoxFuture<'_, Result<Value, ClientError>> {
        match &self.connection {
            Some(connection) => connection.follow(method, params, progress),
            None => std::future::ready(Err(connection_error("not connected"))).boxed(),
        }
    }

    fn is_closed(&self) -> bool {
        let connection = self.connection.as_ref();
        connection.is_none_or(Connection::is_closed)
    }

    fn listens(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::listens)
    }

    fn makes_tasks(&self) -> bool {
        self.connection
            .as_ref()
            .is_some_and(Connection::makes_tasks)
    }

    fn server_info(&self) -> Option<Implementation> {
        self.connection.as_ref()?.server_info()
    }

    fn close(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        self.connection = None;
        let child = self.child.take();
        async move {
            if let Some(child) = child {
                end(child).await;
            }
        }
        .boxed()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.connection = None;
        // Outside of a runtime, the process is killed at once.
        if let Some(child) = self.child.take()
            && let Ok(runtime) = runtime::Handle::try_current()
        {
            runtime.spawn(end(child));
        }
    }
}
