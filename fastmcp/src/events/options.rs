//! [`EventOptions`]: the options of a server that offers events.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::docket::policy::retry::Retry;
use crate::events::wire::ErrorCodes;

/// The rule of the program.
type Rule = dyn Fn(&Caller, &str, &Map<String, Value>) -> bool + Send + Sync;

/// The options of a server that offers events; see [`FastMcp::events`](crate::FastMcp::events).
///
/// ```
/// use std::time::Duration;
/// use fastmcp::FastMcp;
/// use fastmcp::events::EventOptions;
///
/// let events = EventOptions::new()
///     .history(Duration::from_secs(3600))
///     .authorize(|caller, event, _arguments| event != "audit" || caller.has_scope("audit:read"));
/// let server = FastMcp::new("builds").enable_docket().events(events);
/// # let _ = server;
/// ```
#[derive(Clone)]
pub struct EventOptions {
    pub(crate) allow_anonymous: bool,
    /// `None` for the environment variable.
    pub(crate) allow_loopback: Option<bool>,
    pub(crate) rule: Option<Arc<Rule>>,
    pub(crate) default_ttl: Duration,
    pub(crate) max_ttl: Duration,
    pub(crate) history: Duration,
    pub(crate) retry: Retry,
    pub(crate) target_concurrency: u32,
    pub(crate) timeout: Duration,
    pub(crate) error_codes: ErrorCodes,
    pub(crate) task_finished: bool,
}

impl Default for EventOptions {
    fn default() -> Self {
        Self {
            allow_anonymous: false,
            allow_loopback: None,
            rule: None,
            default_ttl: Duration::from_hours(24),
            max_ttl: Duration::from_hours(30 * 24),
            history: Duration::from_mins(15),
            retry: Retry::attempts(12)
                .backoff(Duration::from_secs(1)..Duration::from_mins(30))
                .jitter(),
            target_concurrency: 4,
            timeout: Duration::from_secs(10),
            error_codes: ErrorCodes::Sketch,
            task_finished: false,
        }
    }
}

impl EventOptions {
    /// Creates the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets anonymous callers subscribe. They share one identity: each of them can renew and end the
    /// subscriptions of the others, if it knows their URL and arguments. By default, a caller over HTTP has to be
    /// [authenticated](crate::Principal), as SEP-3415 demands.
    #[must_use]
    pub fn allow_anonymous(mut self) -> Self {
        self.allow_anonymous = true;
        self
    }

    /// Sets whether webhooks may be on this machine, over `http` as well: for development. By default, the
    /// environment variable `FASTMCP_EVENTS_ALLOW_LOOPBACK` decides, and without it they may not.
    #[must_use]
    pub fn allow_loopback(mut self, allow: bool) -> Self {
        self.allow_loopback = Some(allow);
        self
    }

    /// Sets a rule that decides whether a caller may have an event with some arguments. It is checked when a
    /// client subscribes or polls, and again before each delivery, so that a right that was revoked ends the
    /// deliveries. Before a delivery, the caller has the scopes and claims of its last `events/subscribe`.
    #[must_use]
    pub fn authorize(
        mut self,
        rule: impl Fn(&Caller, &str, &Map<String, Value>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.rule = Some(Arc::new(rule));
        self
    }

    /// Sets the lifetime of a subscription whose client suggests none; by default one day.
    #[must_use]
    pub fn default_ttl(mut self, ttl: Duration) -> Self {
        self.default_ttl = ttl;
        self
    }

    /// Sets the longest lifetime of a subscription; by default 30 days. A client that asks for an unlimited
    /// subscription gets this lifetime.
    #[must_use]
    pub fn max_ttl(mut self, ttl: Duration) -> Self {
        self.max_ttl = ttl;
        self
    }

    /// Sets how long the docket keeps emitted events for clients that poll; by default 15 minutes. With zero,
    /// clients can only use webhooks.
    #[must_use]
    pub fn history(mut self, time: Duration) -> Self {
        self.history = time;
        self
    }

    /// Sets the attempts to deliver an event to a webhook, and the pauses between them; by default twelve attempts
    /// within about half an hour. After the last one, the delivery is a dead letter of the docket.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the maximum number of simultaneous deliveries to one host and port, across all workers; by default 4.
    #[must_use]
    pub fn target_concurrency(mut self, deliveries: u32) -> Self {
        self.target_concurrency = deliveries;
        self
    }

    /// Sets the time limit of a request to a webhook; by default ten seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Offers the built-in event `task.finished`: a [task](crate::guide::tasks) of the client has ended. It has the
    /// optional argument `taskId`, and only the caller that has created a task gets its event. A task that is
    /// cancelled while it waits has no event.
    #[must_use]
    pub fn task_finished(mut self) -> Self {
        self.task_finished = true;
        self
    }

    /// Sets the numbers of errors.
    #[must_use]
    pub fn error_codes(mut self, codes: ErrorCodes) -> Self {
        self.error_codes = codes;
        self
    }

    pub(crate) fn has_history(&self) -> bool {
        !self.history.is_zero()
    }

    /// Returns whether the rule of the program lets the caller have the event. A rule that panics refuses.
    pub(crate) fn permits(
        &self,
        caller: &Caller,
        event: &str,
        arguments: &Map<String, Value>,
    ) -> bool {
        let Some(rule) = &self.rule else {
            return true;
        };
        let permitted = std::panic::AssertUnwindSafe(|| rule(caller, event, arguments));
        std::panic::catch_unwind(permitted).unwrap_or_else(|_| {
            tracing::error!(
                event,
                "the rule of `EventOptions::authorize` panicked; access is refused"
            );
            false
        })
    }

    /// Returns the first invalid option, with the fix.
    pub(crate) fn problem(&self) -> Option<String> {
        let longest = Duration::from_hours(365 * 24);
        for (option, time) in [
            ("default_ttl", self.default_ttl),
            ("max_ttl", self.max_ttl),
            ("timeout", self.timeout),
        ] {
            if time.is_zero() || time > longest {
                return Some(format!(
                    "`{option}` is {time:?}; use a time of up to a year"
                ));
            }
        }
        if self.history > longest {
            return Some(format!(
                "`history` is {:?}; use a time of up to a year",
                self.history
            ));
        }
        if self.target_concurrency == 0 {
            return Some("`target_concurrency` is 0, so nothing would be delivered".to_owned());
        }
        (self.retry.attempts == 0)
            .then(|| "`retry` has 0 attempts; it must have at least 1".to_owned())
    }
}

impl fmt::Debug for EventOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventOptions")
            .field("history", &self.history)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
