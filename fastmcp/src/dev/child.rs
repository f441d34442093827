//! [`Child`]: one process of the server.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::dev::record::Record;
use crate::server::signals::STOP_WITH_STDIN_OF;

/// The length of a line of a server, in bytes; a longer one is logged in parts.
const MAX_LINE: u64 = 64 * 1024;

/// The time that a server has to stop before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// The time that a server which has been replaced has for its calls.
pub(super) const RETIRE_TIMEOUT: Duration = Duration::from_mins(10);

/// One process of the server.
#[derive(Debug)]
pub(super) struct Child {
    /// Counts the servers, from 1.
    pub(super) number: u64,
    /// The private address of a server over HTTP.
    pub(super) address: Option<SocketAddr>,
    pipes: Mutex<Option<(ChildStdin, ChildStdout)>>,
    stop: CancellationToken,
    ended: watch::Receiver<Option<String>>,
}

impl Child {
    /// Starts a server. `{address}` in the arguments becomes the private address.
    pub(super) fn start(
        number: u64,
        executable: &Path,
        arguments: &[OsString],
        address: Option<SocketAddr>,
        record: &Arc<Record>,
    ) -> std::io::Result<Self> {
        // Windows locks programs that run, and the next build writes the file.
        let copy = cfg!(windows)
            .then(|| copy(number, executable))
            .transpose()?;
        let mut command = Command::new(copy.as_deref().unwrap_or(executable));
        for argument in arguments {
            match (argument.to_str(), address) {
                (Some(text), Some(address)) => {
                    command.arg(text.replace("{address}", &address.to_string()))
                }
                _ => command.arg(argument),
            };
        }
        if address.is_some() {
            command.env(STOP_WITH_STDIN_OF, std::process::id().to_string());
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Control-C in a terminal goes to the front alone, which stops the server after its calls.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = command.spawn()?;
        record.server_starts();
        if let Some(stderr) = process.stderr.take() {
            tokio::spawn(log_lines(stderr, Arc::clone(record)));
        }
        let mut pipes = process.stdin.take().zip(process.stdout.take());
        let mut input = None;
        if address.is_some()
            && let Some((stdin, stdout)) = pipes.take()
        {
            input = Some(stdin);
            tokio::spawn(log_lines(stdout, Arc::clone(record)));
        }
        let (ends, ended) = watch::channel(None);
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        tokio::spawn(async move {
            let status = tokio::select! {
                status = process.wait() => status,
                () = stopping.cancelled() => {
                    // The end of its input stops the server.
                    drop(input.take());
                    match tokio::time::timeout(STOP_TIMEOUT, process.wait()).await {
                        Ok(status) => status,
                        Err(_) => match process.kill().await {
                            Ok(()) => process.wait().await,
                            Err(error) => Err(error),
                        },
                    }
                }
            };
            let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
            ends.send_replace(Some(status));
        });
        Ok(Self {
            number,
            address,
            pipes: Mutex::new(pipes),
            stop,
            ended,
        })
    }

    /// Returns the pipes of a server over standard input and output, once.
    pub(super) fn pipes(&self) -> Option<(ChildStdin, ChildStdout)> {
        self.pipes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Stops the server in the background, and kills it if it takes too long.
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits for the end of the process, and returns its status.
    pub(super) async fn ended(&self) -> String {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await;
        status.ok().and_then(|it| it.clone()).unwrap_or_default()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Copies a program. The copies of the last servers may still run.
fn copy(number: u64, executable: &Path) -> std::io::Result<PathBuf> {
    const COPIES: u64 = 16;

    let stem = executable.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!(
        "{stem}-dev-{}{}",
        number % COPIES,
        std::env::consts::EXE_SUFFIX
    );
    let copy = executable.with_file_name(name);
    std::fs::copy(executable, &copy)?;
    Ok(copy)
}

/// Passes the lines of a server on to the log.
async fn log_lines(output: impl AsyncRead + Unpin, record: Arc<Record>) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while let Ok(1..) = (&mut output)
        .take(MAX_LINE)
        .read_until(b'\n', &mut line)
        .await
    {
        record.line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
}
