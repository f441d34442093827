//! A connection to Redis that reconnects and retries.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::time::{Instant, sleep};

use crate::docket::error::BackendError;

use crate::docket::backend::redis::address::Address;
use crate::docket::backend::redis::script::{SCRIPT, Step};

/// The time limit for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which a call is retried while Redis is unreachable.
pub(crate) const RETRY_FOR: Duration = Duration::from_secs(10);

pub(crate) struct Connection {
    client: Client,
    address: Address,
    /// The time limit of one response. `None` for blocking reads, which have their own.
    response_timeout: Option<Duration>,
    reconnection_delay: Duration,
    current: Mutex<Current>,
    /// Held while connecting, so that concurrent callers share one attempt.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Current {
    connection: Option<MultiplexedConnection>,
    /// Counts connections, so that a late failure on an old connection does not discard the new one.
    generation: u64,
}

impl Connection {
    /// Creates a connection that is established on first use.
    pub(crate) fn new(
        client: Client,
        address: Address,
        response_timeout: Option<Duration>,
        reconnection_delay: Duration,
    ) -> Self {
        Self {
            client,
            address,
            response_timeout,
            reconnection_delay,
            current: Mutex::default(),
            connecting: tokio::sync::Mutex::new(()),
        }
    }

    pub(crate) fn reconnection_delay(&self) -> Duration {
        self.reconnection_delay
    }

    /// Runs a step, and retries it for `retry_for` while Redis is unreachable.
    ///
    /// A step whose response was lost may have taken effect, so every step must be safe to repeat.
    pub(crate) async fn run(
        &self,
        step: &Step,
        retry_for: Duration,
    ) -> Result<Value, BackendError> {
        self.send(step.command(), retry_for).await
    }

    /// Sends any command, and retries it like [`Connection::run`].
    pub(crate) async fn send(
        &self,
        command: &Cmd,
        retry_for: Duration,
    ) -> Result<Value, BackendError> {
        let deadline = Instant::now() + retry_for;
        loop {
            let error = match self.try_once(command).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let next = Instant::now() + self.reconnection_delay;
            if !is_transient(&error) || next >= deadline {
                return Err(self.explain(&error));
            }
            tracing::debug!(address = %self.address, %error, "Redis is unreachable; retrying");
            sleep(self.reconnection_delay).await;
        }
    }

    async fn try_once(&self, command: &Cmd) -> Result<Value, RedisError> {
        let (generation, mut connection) = self.connection().await?;
        let mut answer = command.query_async::<Value>(&mut connection).await;
        // Redis keeps scripts in memory only, so after a restart or `SCRIPT FLUSH` the script has to be loaded again.
        if let Err(error) = &answer
            && error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
        {
            SCRIPT.load_async(&mut connection).await?;
            answer = command.query_async(&mut connection).await;
        }
        if let Err(error) = &answer
            && (error.is_io_error() || error.is_unrecoverable_error())
        {
            self.discard(generation);
        }
        answer
    }

    async fn connection(&self) -> Result<(u64, MultiplexedConnection), RedisError> {
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let _guard = self.connecting.lock().await;
        // Another caller may have connected while this one waited for the lock.
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(self.response_timeout);
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.generation += 1;
        current.connection = Some(connection.clone());
        Ok((current.generation, connection))
    }

    fn current(&self) -> Option<(u64, MultiplexedConnection)> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        Some((current.generation, current.connection.clone()?))
    }

    /// Discards a broken connection, unless it was already replaced.
    fn discard(&self, generation: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.generation == generation {
            current.connection = None;
        }
    }

    /// Adds the address and a hint to an error. The address contains no password.
    fn explain(&self, error: &RedisError) -> BackendError {
        // The error kinds do not distinguish these cases. The texts only select a hint, never a code path.
        let text = error.to_string();
        let has = |part: &str| text.contains(part);
        let hint = if has("OOM command not allowed") {
            "; Redis is out of memory (`maxmemory`): free memory or raise the limit. Executions that are already \
             stored still run"
        } else if has("READONLY") || has("read only replica") {
            "; this is a read-only replica: use the address of the primary"
        } else if has("NOAUTH")
            || has("WRONGPASS")
            || has("AuthenticationFailed")
            || has("authentication failed")
        {
            "; put the correct user and password into the URL: redis://user:password@host:port"
        } else if has("WRONGTYPE") {
            "; another program wrote to a key with the docket's prefix: find the key with `TYPE` and delete it"
        } else if has("MOVED") {
            "; this cluster node does not hold the docket's keys: use the address of the node that does"
        } else if ["unknown command", "Unknown Redis command", "syntax error"]
            .into_iter()
            .any(has)
        {
            "; a docket requires Redis 6.2 or later, or Valkey"
        } else {
            ""
        };
        BackendError::new(format!("Redis at {}: {text}{hint}", self.address))
    }
}

/// Returns whether the same call is likely to succeed if it is repeated soon.
fn is_transient(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, TryAgain};
    error.is_io_error()
        || matches!(
            error.kind(),
            ErrorKind::Server(BusyLoading | ClusterDown | MasterDown | TryAgain)
        )
        || error.code() == Some("BUSY")
}
