//! One connection to Redis that is made anew when it breaks.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::time::{Instant, sleep};

use crate::docket::error::BackendError;

use crate::docket::backend::redis::address::Address;
use crate::docket::backend::redis::script::{SCRIPT, Step};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a call is tried while Redis is away.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Link {
    client: Client,
    address: Address,
    /// How long an answer may take; a blocking read says so itself.
    response: Option<Duration>,
    reconnection_delay: Duration,
    present: Mutex<Present>,
    /// Held while a connection is made: all who need one wait for the same.
    making: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Present {
    connection: Option<MultiplexedConnection>,
    made: u64,
}

impl Link {
    pub(crate) fn new(
        client: Client,
        address: Address,
        response: Option<Duration>,
        reconnection_delay: Duration,
    ) -> Self {
        Self {
            client,
            address,
            response,
            reconnection_delay,
            present: Mutex::default(),
            making: tokio::sync::Mutex::new(()),
        }
    }

    pub(crate) fn reconnection_delay(&self) -> Duration {
        self.reconnection_delay
    }

    /// Takes a step, again and again while Redis is away and until `patience` is over. Every step can be said twice.
    pub(crate) async fn run(&self, step: &Step, patience: Duration) -> Result<Value, BackendError> {
        self.send(step.command(), patience).await
    }

    /// As [`Link::run`], for any command.
    pub(crate) async fn send(
        &self,
        command: &Cmd,
        patience: Duration,
    ) -> Result<Value, BackendError> {
        let deadline = Instant::now() + patience;
        loop {
            let error = match self.try_once(command).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let next = Instant::now() + self.reconnection_delay;
            if !is_passing(&error) || next >= deadline {
                return Err(self.explain(&error));
            }
            tracing::debug!(address = %self.address, %error, "Redis is away; trying again");
            sleep(self.reconnection_delay).await;
        }
    }

    async fn try_once(&self, command: &Cmd) -> Result<Value, RedisError> {
        let (made, mut connection) = self.connection().await?;
        let mut answer = command.query_async::<Value>(&mut connection).await;
        if let Err(error) = &answer
            && error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
        {
            SCRIPT.load_async(&mut connection).await?;
            answer = command.query_async(&mut connection).await;
        }
        if let Err(error) = &answer
            && (error.is_io_error() || error.is_unrecoverable_error())
        {
            self.broke(made);
        }
        answer
    }

    async fn connection(&self) -> Result<(u64, MultiplexedConnection), RedisError> {
        if let Some(present) = self.ready() {
            return Ok(present);
        }
        let _alone = self.making.lock().await;
        if let Some(present) = self.ready() {
            return Ok(present);
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(self.response);
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.made += 1;
        present.connection = Some(connection.clone());
        Ok((present.made, connection))
    }

    fn ready(&self) -> Option<(u64, MultiplexedConnection)> {
        let present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        Some((present.made, present.connection.clone()?))
    }

    /// Lets go of a connection that broke, unless there is a newer one already.
    fn broke(&self, made: u64) {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        if present.made == made {
            present.connection = None;
        }
    }

    /// What went wrong, where, and what to do about it. No password is in it.
    fn explain(&self, error: &RedisError) -> BackendError {
        let text = error.to_string();
        let has = |word: &str| text.contains(word);
        let hint = if has("OOM command not allowed") {
            "; it is out of memory (`maxmemory`): make room, or raise the limit. What was taken in is run all the same"
        } else if has("READONLY") || has("read only replica") {
            "; it is a read-only replica: give the address of the primary"
        } else if has("NOAUTH")
            || has("WRONGPASS")
            || has("AuthenticationFailed")
            || has("authentication failed")
        {
            "; put the right user and password into the URL: redis://user:password@host:port"
        } else if has("WRONGTYPE") {
            "; a key under the docket's prefix was written by something else: find it with `TYPE`, and delete it"
        } else if has("MOVED") {
            "; it is a node of a cluster that does not hold this docket: give the address of the one that does"
        } else if ["unknown command", "Unknown Redis command", "syntax error"]
            .into_iter()
            .any(has)
        {
            "; a docket needs Redis 6.2, or Valkey"
        } else {
            ""
        };
        BackendError::new(format!("Redis at {}: {text}{hint}", self.address))
    }
}

/// Whether the same call may well succeed in a moment.
fn is_passing(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, TryAgain};
    error.is_io_error()
        || matches!(
            error.kind(),
            ErrorKind::Server(BusyLoading | ClusterDown | MasterDown | TryAgain)
        )
        || error.code() == Some("BUSY")
}
