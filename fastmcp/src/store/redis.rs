//! [`RedisStore`]: a store in Redis.

use std::time::Duration;

use bytes::Bytes;
#[cfg(feature = "http")]
use futures_util::StreamExt;
use redis::{Client, Cmd, Value, cmd};
#[cfg(feature = "http")]
use tokio::sync::{mpsc, oneshot};

use crate::docket::backend::redis::address::Address;
use crate::docket::backend::redis::connection::Connection;
use crate::store::error::StoreError;
use crate::store::expected::Expected;

/// The time limit of one response of Redis.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which a command is retried while Redis cannot be reached. A request waits for it.
const RETRY_FOR: Duration = Duration::from_secs(3);

const RECONNECTION_DELAY: Duration = Duration::from_millis(100);

/// The time for which a new subscriber waits until it is connected.
#[cfg(feature = "http")]
const SUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(3);

/// The number of messages that a subscriber may have unread before its connection is not read.
#[cfg(feature = "http")]
const MAX_UNREAD: usize = 1024;

/// Replaces a value only if it is equal to the expected one. `ARGV`: the expected value, the new value, the time to live
/// in milliseconds or 0.
const REPLACE: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end \
    if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2]) \
    else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end return 1";

/// Counts a use against a limit, by the clock of Redis (the generic cell rate algorithm). `ARGV`: the number of uses, the
/// time for it in microseconds. The value is the time at which all allowance is back. Returns the microseconds until the
/// next use is allowed, or 0.
const COUNT_USE: &str = "local clock = redis.call('TIME') \
    local now = clock[1] * 1000000 + clock[2] \
    local full_at = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now) \
    local per = tonumber(ARGV[2]) \
    local ahead = full_at + per / tonumber(ARGV[1]) - now \
    if ahead > per + 1 then return math.ceil(ahead - per) end \
    redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000) + 1) return 0";

/// The time for which a use waits for Redis before its process counts alone.
const COUNT_TIMEOUT: Duration = Duration::from_millis(500);

/// A store in Redis.
pub(crate) struct RedisStore {
    #[cfg(feature = "http")]
    client: Client,
    address: Address,
    connection: Connection,
}

fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl RedisStore {
    pub(crate) fn new(url: &str) -> Result<Self, StoreError> {
        let (address, info) = Address::parse(url).map_err(StoreError::Url)?;
        let client = Client::open(info).map_err(|error| StoreError::Url(error.to_string()))?;
        let connection = Connection::new(
            client.clone(),
            address.clone(),
            Some(RESPONSE_TIMEOUT),
            RECONNECTION_DELAY,
        );
        Ok(Self {
            #[cfg(feature = "http")]
            client,
            address,
            connection,
        })
    }

    /// Returns the address, without a password.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    async fn send(&self, command: &Cmd) -> Result<Value, StoreError> {
        let sent = self.connection.send(command, RETRY_FOR).await;
        sent.map_err(|error| StoreError::Unavailable(error.message().to_owned()))
    }

    async fn number(&self, command: &Cmd) -> Result<u64, StoreError> {
        match self.send(command).await? {
            Value::Int(number) => Ok(u64::try_from(number).unwrap_or_default()),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        self.send(&cmd("PING")).await.map(drop)
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        match self.send(cmd("GET").arg(key)).await? {
            Value::Nil => Ok(None),
            Value::BulkString(value) => Ok(Some(value.into())),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn put(
        &self,
        key: &str,
        value: Bytes,
        ttl: Option<Duration>,
        expected: Expected<'_>,
    ) -> Result<bool, StoreError> {
        if let Expected::Value(expected) = expected {
            let mut command = cmd("EVAL");
            command.arg(REPLACE).arg(1).arg(key).arg(expected);
            command.arg(&*value).arg(ttl.map_or(0, millis));
            return Ok(self.number(&command).await? == 1);
        }
        let mut command = cmd("SET");
        command.arg(key).arg(&*value);
        if let Some(ttl) = ttl {
            command.arg("PX").arg(millis(ttl));
        }
        if let Expected::Nothing = expected {
            command.arg("NX");
        }
        match self.send(&command).await? {
            Value::Okay => Ok(true),
            Value::Nil => Ok(false),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, StoreError> {
        let count = self
            .number(cmd("PEXPIRE").arg(key).arg(millis(ttl)))
            .await?;
        Ok(count == 1)
    }

    pub(crate) async fn remove(&self, key: &str) -> Result<bool, StoreError> {
        Ok(self.number(cmd("DEL").arg(key)).await? == 1)
    }

    pub(crate) async fn count_use(
        &self,
        key: &str,
        at_most: u32,
        per: Duration,
    ) -> Result<Duration, StoreError> {
        let micros = u64::try_from(per.as_micros()).unwrap_or(u64::MAX);
        let mut command = cmd("EVAL");
        command
            .arg(COUNT_USE)
            .arg(1)
            .arg(key)
            .arg(at_most)
            .arg(micros);
        let sent = self.connection.send(&command, Duration::ZERO);
        match tokio::time::timeout(COUNT_TIMEOUT, sent).await {
            Ok(Ok(Value::Int(wait))) => Ok(Duration::from_micros(
                u64::try_from(wait).unwrap_or_default(),
            )),
            Ok(Ok(other)) => Err(unexpected(&other)),
            Ok(Err(error)) => Err(StoreError::Unavailable(error.message().to_owned())),
            Err(_) => Err(StoreError::Unavailable("Redis does not respond".to_owned())),
        }
    }

    #[cfg(feature = "http")]
    pub(crate) async fn publish(&self, channel: &str, message: Bytes) -> Result<u64, StoreError> {
        self.number(cmd("PUBLISH").arg(channel).arg(&*message))
            .await
    }

    /// Subscribes in a task. Returns once it is connected, or after a while.
    #[cfg(feature = "http")]
    pub(crate) async fn subscribe(&self, channels: Vec<String>) -> mpsc::Receiver<Bytes> {
        let (sender, receiver) = mpsc::channel(MAX_UNREAD);
        let (connected, is_connected) = oneshot::channel();
        let client = self.client.clone();
        let address = self.address.clone();
        tokio::spawn(async move {
            let mut connected = Some(connected);
            while !sender.is_closed() {
                if let Err(error) = listen(&client, &channels, &sender, &mut connected).await {
                    tracing::warn!(%address, %error, "a subscription to the store has ended; it is renewed");
                }
                tokio::select! {
                    () = sender.closed() => return,
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
            }
        });
        let _ = tokio::time::timeout(SUBSCRIBE_TIMEOUT, is_connected).await;
        receiver
    }
}

/// Passes messages on until the connection or the receiver is closed.
#[cfg(feature = "http")]
async fn listen(
    client: &Client,
    channels: &[String],
    sender: &mpsc::Sender<Bytes>,
    connected: &mut Option<oneshot::Sender<()>>,
) -> Result<(), redis::RedisError> {
    let mut connection = client.get_async_pubsub().await?;
    for channel in channels {
        connection.subscribe(channel).await?;
    }
    if let Some(connected) = connected.take() {
        let _ = connected.send(());
    }
    let mut messages = connection.on_message();
    loop {
        tokio::select! {
            () = sender.closed() => return Ok(()),
            message = messages.next() => {
                let Some(message) = message else {
                    return Ok(());
                };
                let payload = Bytes::copy_from_slice(message.get_payload_bytes());
                if sender.send(payload).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
}

fn unexpected(value: &Value) -> StoreError {
    // The value itself may be a secret of the program.
    let kind = match value {
        Value::Nil => "nil",
        Value::Int(_) => "an integer",
        Value::BulkString(_) | Value::SimpleString(_) => "text",
        _ => "another kind of value",
    };
    StoreError::Unavailable(format!(
        "Redis has answered with {kind}, which was not expected"
    ))
}
