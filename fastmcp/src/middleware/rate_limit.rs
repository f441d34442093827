//! [`RateLimit`]: limits how often each caller uses each component.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::context::request::Context;
use crate::error::{Result, ToolError};
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request, TaskOperation};

/// The number of callers and components that are counted separately. Further ones share a limit.
const MAX_COUNTED: usize = 100_000;

/// The time for which a process counts alone after Redis could not be reached.
#[cfg(feature = "redis")]
const ALONE_FOR: Duration = Duration::from_secs(5);

/// A caller and a component.
type Counted = (Option<String>, String);

/// Limits how often each caller uses each tool, resource and prompt. A refused call is an error that says when the next
/// one is allowed.
///
/// The limit allows bursts: with 60 per minute, a caller can use a tool 60 times at once, and then once a second. A
/// caller is a [`Principal`](crate::Principal); all anonymous callers share a limit. The creation of a task counts, its
/// run does not.
///
/// With a [`Store`](crate::Store) in Redis, all servers of the same name that use it share the limit, by the clock of
/// Redis. A server without one counts the calls of its process. While Redis cannot be reached, each process counts alone:
/// callers are neither locked out nor unlimited, and with several processes they can get several times the limit.
///
/// Limits with equal numbers on the same component share their count.
///
/// ```
/// use std::time::Duration;
///
/// use fastmcp::{FastMcp, Selection};
/// use fastmcp::middleware::RateLimit;
///
/// let server = FastMcp::new("search")
///     .middleware(RateLimit::new(60, Duration::from_secs(60)))
///     .middleware_for(Selection::tag("expensive"), RateLimit::new(5, Duration::from_secs(60)));
/// # let _ = server;
/// ```
#[derive(Debug)]
pub struct RateLimit {
    at_most: u32,
    per: Duration,
    /// The time at which all allowance of a caller is back. Later times are calls that used it (the generic cell rate
    /// algorithm): a call moves the time by one interval, and is refused if it would be more than `per` ahead.
    full_at: Mutex<HashMap<Counted, Instant>>,
    /// The time until which Redis is not asked again, after it could not be reached.
    #[cfg(feature = "redis")]
    alone_until: Mutex<Option<Instant>>,
}

impl RateLimit {
    /// Allows `at_most` uses of each component `per` time and caller; at least one.
    pub fn new(at_most: u32, per: Duration) -> Self {
        Self {
            at_most: at_most.max(1),
            per,
            full_at: Mutex::default(),
            #[cfg(feature = "redis")]
            alone_until: Mutex::default(),
        }
    }

    /// Returns the time until this process allows a use; zero if it does now. With `counts`, counts the use then.
    fn wait(&self, counted: &Counted, counts: bool) -> Duration {
        let now = Instant::now();
        // Every critical section is one operation, so a poisoned lock is still usable.
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted = counted.clone();
        if full_at.len() >= MAX_COUNTED && !full_at.contains_key(&counted) {
            full_at.retain(|_, time| *time > now);
            if full_at.len() >= MAX_COUNTED {
                counted = (None, String::new());
            }
        }
        let time = full_at.get(&counted).copied().map_or(now, |it| it.max(now));
        let next = time + self.per / self.at_most;
        let ahead = next - now;
        if ahead > self.per {
            return ahead.saturating_sub(self.per);
        }
        if counts {
            full_at.insert(counted, next);
        }
        Duration::ZERO
    }

    /// Counts a use. `Err` is the time until the next one is allowed.
    async fn count(&self, counted: &Counted, context: &Context) -> Result<(), Duration> {
        let shared = self.wait_of_all(counted, context).await;
        let wait = match shared {
            // This process keeps its part of the count, for the time when Redis cannot be reached.
            Some(Duration::ZERO) => {
                self.wait(counted, true);
                Duration::ZERO
            }
            Some(wait) => wait,
            None => self.wait(counted, true),
        };
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }

    /// Counts a use in the store that all processes share, and returns the time until it allows one. `None` if there is no
    /// such store, or it cannot be reached.
    #[cfg(feature = "redis")]
    async fn wait_of_all(&self, counted: &Counted, context: &Context) -> Option<Duration> {
        let server = context.0.server_handle.as_ref()?;
        let alone_until = || {
            self.alone_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if alone_until().is_some_and(|it| Instant::now() < it) {
            return None;
        }
        // The uses of this process are a part of all, so what it refuses is refused. This saves Redis the calls of a
        // caller who does not stop.
        let wait = self.wait(counted, false);
        if !wait.is_zero() {
            return Some(wait);
        }
        let key = self.key(context.server_name(), counted);
        let counted = server.store().count_use(&key, self.at_most, self.per);
        match counted.await? {
            Ok(wait) => Some(wait),
            Err(error) => {
                tracing::warn!(%error, "this process counts the calls of its rate limits alone");
                *alone_until() = Some(Instant::now() + ALONE_FOR);
                None
            }
        }
    }

    #[cfg(not(feature = "redis"))]
    #[expect(
        clippy::unused_async,
        clippy::unused_self,
        reason = "has the signature of the other variant"
    )]
    async fn wait_of_all(&self, _: &Counted, _: &Context) -> Option<Duration> {
        None
    }

    /// Returns the key of a count. The owner is the last part, because it may contain any character.
    #[cfg(feature = "redis")]
    fn key(&self, server: &str, (owner, component): &Counted) -> String {
        let (at_most, per) = (self.at_most, self.per.as_millis());
        let owner = match owner {
            Some(owner) => format!("={owner}"),
            None => "anonymous".to_owned(),
        };
        format!("fastmcp:{server}:rate:{at_most}/{per}:{component}:{owner}")
    }
}

impl Middleware<Request> for RateLimit {
    async fn handle(&self, request: Request, next: Next<Request>) -> Result<Answer> {
        let is_counted = match &request {
            Request::ToolCall(call) => !call.is_task(),
            Request::Task(task) => task.operation() == TaskOperation::Create,
            Request::ResourceRead(_) | Request::PromptGet(_) => true,
            _ => false,
        };
        if let Some(component) = request.component().filter(|_| is_counted) {
            let owner = request.context().owner().map(std::borrow::Cow::into_owned);
            let kind = component.kind();
            let name = format!("{kind} {}", component.key());
            if let Err(wait) = self.count(&(owner, name), request.context()).await {
                let message = format!(
                    "{kind} `{}` allows {} requests in {:?}; try again in {} seconds",
                    component.key(),
                    self.at_most,
                    self.per,
                    wait.as_secs() + 1,
                );
                return Err(ToolError::new(message).into());
            }
        }
        next.run(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn allowance_comes_back_at_an_even_rate() {
        let limit = RateLimit::new(3, Duration::from_secs(30));
        let count = |caller: &str| {
            let wait = limit.wait(&(Some(caller.to_owned()), "tool a".to_owned()), true);
            if wait.is_zero() { Ok(()) } else { Err(wait) }
        };
        for _ in 0..3 {
            assert_eq!(count("ada"), Ok(()));
        }
        assert_eq!(count("ada"), Err(Duration::from_secs(10)));
        assert_eq!(count("bob"), Ok(()));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(count("ada"), Ok(()));
        assert_eq!(count("ada"), Err(Duration::from_secs(10)));
        tokio::time::advance(Duration::from_mins(5)).await;
        for _ in 0..3 {
            assert_eq!(count("ada"), Ok(()));
        }
        assert!(count("ada").is_err());
        // Over a day, a caller who does not stop gets exactly one use in ten seconds, after the first three.
        let mut allowed = 0;
        for _ in 0..24 * 60 * 60 {
            tokio::time::advance(Duration::from_secs(1)).await;
            allowed += u32::from(count("ada").is_ok());
        }
        assert_eq!(allowed, 24 * 60 * 6);
    }
}
