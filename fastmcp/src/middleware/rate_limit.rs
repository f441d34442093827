//! [`RateLimit`]: limits how often each caller uses each component.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Result, ToolError};
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request, TaskOperation};

/// The number of callers and components that are counted separately. Further ones share a limit.
const MAX_COUNTED: usize = 100_000;

/// A caller and a component.
type Counted = (Option<String>, String);

/// Limits how often each caller uses each tool, resource and prompt. A refused call is an error that says when the next
/// one is allowed.
///
/// The limit allows bursts: with 60 per minute, a caller can use a tool 60 times at once, and then once a second. A
/// caller is a [`Principal`](crate::Principal); all anonymous callers share a limit. The creation of a task counts, its
/// run does not.
///
/// The limit counts the calls of this process. A limit of all processes that share a docket is the option
/// `rate_limit` of a [task](crate::guide::background_work).
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
}

impl RateLimit {
    /// Allows `at_most` uses of each component `per` time and caller; at least one.
    pub fn new(at_most: u32, per: Duration) -> Self {
        Self {
            at_most: at_most.max(1),
            per,
            full_at: Mutex::default(),
        }
    }

    /// Counts a use. `Err` is the time until the next one is allowed.
    fn count(&self, counted: Counted) -> Result<(), Duration> {
        let now = Instant::now();
        // Every critical section is one operation, so a poisoned lock is still usable.
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted = counted;
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
            return Err(ahead.saturating_sub(self.per));
        }
        full_at.insert(counted, next);
        Ok(())
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
            if let Err(wait) = self.count((owner, name.clone())) {
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
        let count = |caller: &str| limit.count((Some(caller.to_owned()), "tool a".to_owned()));
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
    }
}
