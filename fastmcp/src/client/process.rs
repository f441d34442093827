//! [`Process`]: a connection to a program over its standard input and output.

use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::runtime;

use crate::client::builder::Options;
use crate::client::connection::{Connection, Outgoing};
use crate::client::error::{ClientError, connection_error};
use crate::client::json_rpc::{self, JsonRpc};
use crate::mcp::Implementation;

/// The time that a program has to end after its input has ended.
const EXIT_TIMEOUT: Duration = Duration::from_secs(3);

/// A connection to a child process. Dropping it ends the process in the background.
pub(crate) struct Process {
    /// Closing it ends the input of the process.
    connection: JsonRpc,
    child: Mutex<Option<Child>>,
}

/// Starts a program and connects to it.
pub(crate) async fn spawn(command: &mut Command, options: Options) -> Result<Process, ClientError> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(connection_error)?;
    let streams = child.stdout.take().zip(child.stdin.take());
    let (read, write) = streams.ok_or_else(|| connection_error("the program has no pipes"))?;
    let connection = json_rpc::open(Box::new(read), Box::new(write), options).await?;
    Ok(Process {
        connection,
        child: Mutex::new(Some(child)),
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

impl Process {
    fn take_child(&self) -> Option<Child> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.take()
    }
}

impl Connection for Process {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Value, ClientError>> {
        self.connection.send(request)
    }

    fn post(&self, method: &'static str, params: Value) {
        self.connection.post(method, params);
    }

    fn is_closed(&self) -> bool {
        self.connection.is_closed()
    }

    fn listens(&self) -> bool {
        self.connection.listens()
    }

    fn makes_tasks(&self) -> bool {
        self.connection.makes_tasks()
    }

    fn server_info(&self) -> Option<Implementation> {
        self.connection.server_info()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            self.connection.close().await;
            if let Some(child) = self.take_child() {
                end(child).await;
            }
        }
        .boxed()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Outside of a runtime, the process is killed at once.
        if let Some(child) = self.take_child()
            && let Ok(runtime) = runtime::Handle::try_current()
        {
            runtime.spawn(end(child));
        }
    }
}
