//! Connects to the server of a command.

use std::env;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::commands::Target;
use crate::cli::failure::{CommandResult, Failure};
use crate::client::{Client, ClientBuilder, ClientError};
use crate::mcp::ProtocolVersion;

/// The time that a server has to answer the first message of a revision that it may not know.
const DISCOVER_TIMEOUT: Duration = Duration::from_secs(10);

impl Target {
    /// Returns whether the server is the one of this program.
    pub(crate) fn is_own(&self) -> bool {
        self.url.is_none() && self.program.is_empty()
    }

    /// Connects to the other server. `builder` makes the options of each attempt.
    ///
    /// A server that does not know revision 2026-07-28 answers its first message with an error, closes the connection or
    /// does not answer, and some of them accept no other message afterwards. So each attempt is a connection of its own.
    pub(crate) async fn connect(
        &self,
        builder: impl Fn() -> ClientBuilder,
    ) -> CommandResult<Client> {
        let newest = builder().protocol(ProtocolVersion::V_2026_07_28);
        if let Ok(Ok(client)) = timeout(DISCOVER_TIMEOUT, self.attempt(newest)?).await {
            return Ok(client);
        }
        let connected = self.attempt(builder())?.await;
        connected.map_err(|error| Failure::unavailable(format!("{}: {error}", self.name())))
    }

    fn attempt(
        &self,
        mut builder: ClientBuilder,
    ) -> CommandResult<impl Future<Output = Result<Client, ClientError>> + use<>> {
        if let Some(url) = &self.url {
            for header in &self.header {
                let (name, value) = header.split_once(':').ok_or_else(|| {
                    Failure::usage(format!(
                        "`--header {header}` is not of the form `NAME: VALUE`"
                    ))
                })?;
                builder = builder.header(name.trim(), value.trim());
            }
            if let Some(variable) = &self.token_env {
                let token = env::var(variable).map_err(|_| {
                    let problem = "the environment variable is not set, or is not text";
                    Failure::usage(format!("`--token-env {variable}`: {problem}"))
                })?;
                builder = builder.bearer(token.trim());
            }
            return Ok(builder.http(url));
        }
        let (program, arguments) = self
            .program
            .split_first()
            .ok_or_else(|| Failure::usage("the command after `--` is empty"))?;
        let mut command = Command::new(program);
        command.args(arguments);
        Ok(builder.spawn(command))
    }

    fn name(&self) -> String {
        match (&self.url, self.program.first()) {
            (Some(url), _) => url.clone(),
            (None, Some(program)) => program.to_string_lossy().into_owned(),
            (None, None) => "the server".to_owned(),
        }
    }
}
