//! [`Occurrence`]: an event that has happened, in the form of the protocol.

use std::time::SystemTime;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::principal::Principal;

/// An event that has happened. Webhooks get it as their body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Occurrence {
    pub(crate) event_id: String,
    pub(crate) name: String,
    pub(crate) timestamp: String,
    pub(crate) data: Map<String, Value>,
    /// Always `null` in the body of a webhook, which has no replay.
    #[serde(default)]
    pub(crate) cursor: Option<String>,
    /// The only caller that may have the event. It is stored, and never sent.
    #[serde(default, rename = "_owner", skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<Owner>,
}

/// A caller, as tasks store it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// The text that identifies the principal; `None` for local and anonymous callers.
    pub(crate) principal: Option<String>,
}

impl Occurrence {
    pub(crate) fn new(event_id: String, name: &str, data: Map<String, Value>) -> Self {
        Self {
            event_id,
            name: name.to_owned(),
            timestamp: rfc3339(SystemTime::now()),
            data,
            cursor: None,
            owner: None,
        }
    }

    /// Returns whether the caller may have the event.
    pub(crate) fn belongs_to(&self, caller: &Caller) -> bool {
        let principal = caller.principal().map(Principal::owner);
        self.owner
            .as_ref()
            .is_none_or(|owner| owner.principal.as_deref() == principal.as_deref())
    }

    pub(crate) fn to_bytes(&self) -> serde_json::Result<Bytes> {
        serde_json::to_vec(self).map(Bytes::from)
    }
}

/// Returns a time in the form of the protocol, with milliseconds.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let milliseconds = since.map_or(0, |since| since.as_millis());
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_have_a_zone() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_764_300_000_250);
        assert_eq!(rfc3339(time), "2025-11-28T03:20:00.250Z");
    }
}
