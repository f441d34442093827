//! [`Params`]: the parameters of requests about events.

use serde_json::{Map, Value};

use crate::events::error::EventError;
use crate::events::secret::Secret;
use crate::events::wire;
use crate::text::serialized_size;

/// The maximum size of the arguments of a subscription in bytes.
const MAX_ARGUMENTS: usize = 16 * 1024;

/// The parameters of a request. The errors name the member at fault, and never repeat a value.
#[derive(Clone, Copy)]
pub(crate) struct Params<'p>(pub(crate) &'p Map<String, Value>);

fn invalid(message: impl Into<String>) -> EventError {
    EventError::Invalid(message.into())
}

/// Returns a member that is not `null`.
fn member<'p>(object: &'p Map<String, Value>, name: &str) -> Option<&'p Value> {
    object.get(name).filter(|value| !value.is_null())
}

impl<'p> Params<'p> {
    pub(crate) fn name(self) -> Result<&'p str, EventError> {
        match member(self.0, "name") {
            Some(Value::String(name)) => Ok(name),
            Some(_) => Err(invalid("name: expected string")),
            None => Err(invalid("name: required member is missing")),
        }
    }

    pub(crate) fn arguments(self) -> Result<Map<String, Value>, EventError> {
        match member(self.0, "arguments") {
            Some(Value::Object(arguments)) => {
                if serialized_size(arguments) > MAX_ARGUMENTS {
                    return Err(invalid("arguments: have more than 16 KiB"));
                }
                Ok(arguments.clone())
            }
            Some(_) => Err(invalid("arguments: expected object")),
            None => Ok(Map::new()),
        }
    }

    pub(crate) fn cursor(self) -> Result<Option<&'p str>, EventError> {
        match member(self.0, "cursor") {
            Some(Value::String(cursor)) => Ok(Some(cursor)),
            Some(_) => Err(invalid("cursor: expected string or null")),
            None => Ok(None),
        }
    }

    /// Returns a number of milliseconds or events.
    pub(crate) fn count(self, name: &str) -> Result<Option<u64>, EventError> {
        match member(self.0, name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(count) => Ok(Some(count)),
                None => Err(invalid(format!("{name}: expected a number from 0"))),
            },
        }
    }

    /// Returns whether the client asks for a subscription without an end, and otherwise the suggested lifetime.
    pub(crate) fn ttl(self) -> Result<Ttl, EventError> {
        if self.0.get("ttlMs") == Some(&Value::Null) {
            return Ok(Ttl::Unlimited);
        }
        match self.count("ttlMs")? {
            None => Ok(Ttl::Default),
            Some(0) => Err(invalid("ttlMs: must be positive")),
            Some(time) => Ok(Ttl::Suggested(time)),
        }
    }

    fn delivery(self) -> Result<&'p Map<String, Value>, EventError> {
        match member(self.0, "delivery") {
            Some(Value::Object(delivery)) => Ok(delivery),
            Some(_) => Err(invalid("delivery: expected object")),
            None => Err(invalid("delivery: required member is missing")),
        }
    }

    /// Returns the URL of the webhook, after a check of the mode. A client may leave the mode out.
    pub(crate) fn url(self, event: &str) -> Result<&'p str, EventError> {
        let delivery = self.delivery()?;
        match member(delivery, "mode") {
            None => {}
            Some(Value::String(mode)) if mode == wire::WEBHOOK => {}
            Some(Value::String(mode)) => {
                return Err(EventError::UnsupportedMode {
                    event: event.to_owned(),
                    mode: mode.chars().take(64).collect(),
                });
            }
            Some(_) => return Err(invalid("delivery.mode: expected string")),
        }
        match member(delivery, "url") {
            Some(Value::String(url)) => Ok(url),
            Some(_) => Err(invalid("delivery.url: expected string")),
            None => Err(invalid("delivery.url: required member is missing")),
        }
    }

    pub(crate) fn secret(self) -> Result<Secret, EventError> {
        match member(self.delivery()?, "secret") {
            Some(Value::String(secret)) => Secret::parse(secret).map_err(invalid),
            Some(_) => Err(invalid("delivery.secret: expected string")),
            None => Err(invalid("delivery.secret: required member is missing")),
        }
    }
}

/// The lifetime that a client suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ttl {
    Default,
    Unlimited,
    /// In milliseconds.
    Suggested(u64),
}
