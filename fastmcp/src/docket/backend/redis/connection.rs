//! A connection to Redis that reconnects and retries.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::docket::error::BackendError;

use crate::docket::backend::redis::address::Address;
use crate::docket::backend::redis::failure::{Recovery, advice, code, recovery};
use crate::docket::backend::redis::script::{Step, scripts};

/// The time limit for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which a call is retried while Redis is unreachable, or while its server is not the primary.
pub(crate) const RETRY_FOR: Duration = Duration::from_secs(10);

/// The longest delay between two attempts, unless the first delay is longer.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(1);

pub(crate) struct Connection {
    client: Client,
    address: Address,
    /// The time limit of one response. `None` for blocking reads, which have their own.
    response_timeout: Option<Duration>,
    reconnection_delay: Duration,
    current: Mutex<Current>,
    /// Held while connecting, so that concurrent callers share one attempt.
    connecting: tokio::sync::Mutex<()>,
    /// Counts discarded connections.
    discarded: watch::Sender<u64>,
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
            discarded: watch::Sender::new(0),
        }
    }

    /// Returns a receiver that changes whenever a connection is discarded.
    pub(crate) fn discards(&self) -> watch::Receiver<u64> {
        self.discarded.subscribe()
    }

    /// Discards the present connection; the next call connects again.
    pub(crate) fn disconnect(&self) {
        let generation = self.lock().generation;
        self.discard(generation);
    }

    pub(crate) fn reconnection_delay(&self) -> Duration {
        self.reconnection_delay
    }

    /// Runs a step, and retries it for `retry_for` while Redis is unreachable or its server is not the primary.
    ///
    /// A step whose response was lost may have taken effect, so every step must be safe to repeat.
    pub(crate) async fn run(
        &self,
        step: &Step,
        retry_for: Duration,
    ) -> Result<Value, BackendError> {
        let answer = self.send(step.command(), retry_for).await?;
        match step.complete() {
            Some(complete) if answer == Value::Nil => self.send(&complete, retry_for).await,
            _ => Ok(answer),
        }
    }

    /// Sends any command, and retries it like [`Connection::run`].
    pub(crate) async fn send(
        &self,
        command: &Cmd,
        retry_for: Duration,
    ) -> Result<Value, BackendError> {
        let deadline = Instant::now() + retry_for;
        let mut delay = self.reconnection_delay;
        loop {
            let error = match self.try_once(command).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if recovery(&error) == Recovery::None || Instant::now() + delay >= deadline {
                return Err(self.explain(&error));
            }
            tracing::debug!(address = %self.address, %error, ?delay, "Redis is unavailable; retrying");
            sleep(delay).await;
            // A server that is demoted answers at once, so without a growing delay every waiting call would send
            // hundreds of commands until its successor has taken over.
            delay = (delay * 2).min(MAX_RETRY_DELAY.max(self.reconnection_delay));
        }
    }

    async fn try_once(&self, command: &Cmd) -> Result<Value, RedisError> {
        let (generation, mut connection) = self.connection().await?;
        let answer = Self::query(command, &mut connection).await;
        if let Err(error) = &answer
            && recovery(error) == Recovery::Reconnect
        {
            self.discard(generation);
        }
        answer
    }

    async fn query(
        command: &Cmd,
        connection: &mut MultiplexedConnection,
    ) -> Result<Value, RedisError> {
        let answer = command.query_async::<Value>(connection).await;
        // Redis keeps scripts in memory only: after a restart, a failover or `SCRIPT FLUSH` it has to be loaded again.
        match answer {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                for script in scripts() {
                    script.load_async(connection).await?;
                }
                command.query_async(connection).await
            }
            answer => answer,
        }
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
        let mut current = self.lock();
        current.generation += 1;
        current.connection = Some(connection.clone());
        Ok((current.generation, connection))
    }

    fn current(&self) -> Option<(u64, MultiplexedConnection)> {
        let current = self.lock();
        Some((current.generation, current.connection.clone()?))
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Discards a broken connection, unless it was already replaced.
    fn discard(&self, generation: u64) {
        let mut current = self.lock();
        if current.generation == generation && current.connection.take().is_some() {
            self.discarded.send_modify(|count| *count += 1);
        }
    }

    /// Adds the address and the advice to an error. The address contains no password.
    fn explain(&self, error: &RedisError) -> BackendError {
        let message = format!("Redis at {}: {error}{}", self.address, advice(error));
        match code(error) {
            Some(code) => BackendError::new(message).with_code(code),
            None => BackendError::new(message),
        }
    }
}
