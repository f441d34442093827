//! [`Timing`]: measures how long requests take.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::component::access::Component;
use crate::error::{Error, Result};
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request, RequestKind};
use crate::middleware::waiting::is_waiting_for_client;

/// The duration of one request, for [`Timing`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Timed {
    /// The kind of the request.
    pub kind: RequestKind,
    /// The component of the request.
    pub component: Option<Component>,
    /// The time from the request to its answer, in the middleware that was added later and in the handler.
    pub elapsed: Duration,
    /// How the request ended.
    pub outcome: Outcome,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// The tool failed, or the request has an error.
    Failed,
    /// The client has to answer a question, and the request then runs again.
    Waiting,
    /// The client cancelled the request or disconnected, or another middleware stopped it.
    Cancelled,
}

impl Outcome {
    pub(crate) fn of(reply: &Result<Answer, Error>) -> Self {
        match reply {
            Ok(answer) if answer.is_error() => Self::Failed,
            Ok(_) => Self::Answered,
            Err(error) if is_waiting_for_client(error) => Self::Waiting,
            Err(_) => Self::Failed,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Waiting => "waiting for the client",
            Self::Cancelled => "cancelled",
        })
    }
}

/// Measures how long requests take.
///
/// ```
/// use fastmcp::FastMcp;
/// use fastmcp::middleware::Timing;
///
/// // Logs each request with the target `fastmcp::timing`, at the level `INFO`.
/// let server = FastMcp::new("shop").middleware(Timing::log());
/// // Passes each duration to a function.
/// let server = FastMcp::new("shop").middleware(Timing::new(|timed| {
///     println!("{} took {:?}", timed.kind.method(), timed.elapsed);
/// }));
/// ```
pub struct Timing(Box<dyn Fn(&Timed) + Send + Sync>);

impl Timing {
    /// Passes each duration to a function, which should return at once.
    pub fn new(record: impl Fn(&Timed) + Send + Sync + 'static) -> Self {
        Self(Box::new(record))
    }

    /// Logs each request with the target `fastmcp::timing`, at the level `INFO`.
    pub fn log() -> Self {
        Self::new(|timed| {
            tracing::info!(
                target: "fastmcp::timing",
                request = timed.kind.method(),
                component = timed.component.as_ref().map(Component::name),
                elapsed = ?timed.elapsed,
                outcome = %timed.outcome,
            );
        })
    }
}

/// Records the duration of a request when it is dropped, so that cancelled requests count too.
struct Measurement<'a> {
    timing: &'a Timing,
    start: Instant,
    timed: Timed,
}

impl Drop for Measurement<'_> {
    fn drop(&mut self) {
        self.timed.elapsed = self.start.elapsed();
        (self.timing.0)(&self.timed);
    }
}

impl Middleware<Request> for Timing {
    async fn handle(&self, request: Request, next: Next<Request>) -> Result<Answer> {
        let mut measurement = Measurement {
            timing: self,
            start: Instant::now(),
            timed: Timed {
                kind: request.kind(),
                component: request.component().cloned(),
                elapsed: Duration::ZERO,
                outcome: Outcome::Cancelled,
            },
        };
        let reply = next.run(request).await;
        measurement.timed.outcome = Outcome::of(&reply);
        reply
    }
}

impl fmt::Debug for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timing").finish_non_exhaustive()
    }
}
