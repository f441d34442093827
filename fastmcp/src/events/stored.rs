//! [`Subscription`]: a subscription, as the docket stores it.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::events::secret::Secret;
use crate::events::subscriber::StoredSubscriber;

/// The time for which messages are also signed with a secret that was replaced.
const ROTATION: Duration = Duration::from_hours(24);

/// A subscription. It contains the secret of the client, so it is only stored in the docket, and never logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) url: String,
    pub(crate) secret: Secret,
    /// The secret before the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<PreviousSecret>,
    pub(crate) subscriber: StoredSubscriber,
    /// The end, in milliseconds since the Unix epoch.
    pub(crate) expires: u64,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PreviousSecret {
    secret: Secret,
    /// The end of its use, in milliseconds since the Unix epoch.
    until: u64,
}

impl Subscription {
    pub(crate) fn is_expired(&self) -> bool {
        self.expires <= now_ms()
    }

    /// Keeps the secret of the subscription that this one replaces, if it differs.
    pub(crate) fn rotate_from(&mut self, replaced: &Self) {
        self.previous = if replaced.secret == self.secret {
            replaced.previous.clone()
        } else {
            Some(PreviousSecret {
                secret: replaced.secret.clone(),
                until: now_ms() + millis(ROTATION),
            })
        };
    }

    /// Returns the secrets that sign a message now, the current one first.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let previous = self.previous.as_ref().filter(|it| it.until > now_ms());
        std::iter::once(&self.secret).chain(previous.map(|it| &it.secret))
    }

    /// Returns the time at which the subscription ends.
    pub(crate) fn end(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.expires)
    }
}

/// Returns the current time in milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    millis(since.unwrap_or_default())
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
