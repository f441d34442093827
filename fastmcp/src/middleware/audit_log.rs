//! [`AuditLog`]: records which caller used which component.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::error::Result;
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request, TaskOperation};
use crate::middleware::timing::Outcome;

/// One use of a component.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AuditEntry {
    /// The method of the protocol, or the operation on a task.
    pub method: &'static str,
    /// The name of the tool or the prompt, or the URI of the resource.
    pub component: Option<String>,
    /// The ID of the task, for an operation on a task.
    pub task: Option<String>,
    /// The issuer and the subject of the caller; `None` for an anonymous caller.
    pub caller: Option<String>,
    /// The name and the version of the client, as the client states them.
    pub client: Option<String>,
    /// The ID of the session.
    pub session: Option<String>,
    /// The arguments, if [`AuditLog::arguments`] was called.
    pub arguments: Option<Map<String, Value>>,
    /// The outcome: `answered`, `failed`, `waiting for the client` or `cancelled`.
    pub outcome: String,
    /// The time until the answer.
    pub elapsed: Duration,
}

/// Records which caller used which tool, resource, prompt and task, and the outcome.
///
/// An entry contains no token and no header, and by default no arguments, because they may be secret. Each is logged
/// with the target `fastmcp::audit`, at the level `INFO`, or passed to a function.
///
/// A denied request is recorded only if the middleware that denies it was added later.
///
/// ```
/// use fastmcp::FastMcp;
/// use fastmcp::middleware::{AuditLog, ReadOnly};
///
/// let server = FastMcp::new("shop").middleware(AuditLog::new()).middleware(ReadOnly::new());
/// let server = FastMcp::new("shop").middleware(AuditLog::to(|entry| {
///     println!("{}", fastmcp::serde_json::json!(entry));
/// }));
/// ```
pub struct AuditLog {
    record: Box<dyn Fn(&AuditEntry) + Send + Sync>,
    has_arguments: bool,
}

impl AuditLog {
    /// Logs each entry with the target `fastmcp::audit`, at the level `INFO`.
    #[must_use]
    pub fn new() -> Self {
        Self::to(|entry| {
            let arguments = entry.arguments.as_ref();
            let arguments = arguments.map(|it| Value::Object(it.clone()).to_string());
            tracing::info!(
                target: "fastmcp::audit",
                method = entry.method,
                component = entry.component,
                task = entry.task,
                caller = entry.caller,
                client = entry.client,
                session = entry.session,
                arguments,
                outcome = entry.outcome,
                elapsed = ?entry.elapsed,
            );
        })
    }

    /// Passes each entry to a function, which should return at once.
    pub fn to(record: impl Fn(&AuditEntry) + Send + Sync + 'static) -> Self {
        Self {
            record: Box::new(record),
            has_arguments: false,
        }
    }

    /// Records arguments too, as the client sent them.
    #[must_use]
    pub fn arguments(mut self) -> Self {
        self.has_arguments = true;
        self
    }

    fn entry(&self, request: &Request) -> AuditEntry {
        let context = request.context();
        let (method, task) = match request {
            Request::Task(task) => {
                let method = match task.operation() {
                    TaskOperation::Create => "tools/call (task)",
                    TaskOperation::Get => "tasks/get",
                    TaskOperation::Update => "tasks/update",
                    TaskOperation::Cancel => "tasks/cancel",
                };
                (method, task.id().map(ToOwned::to_owned))
            }
            other => (other.kind().method(), None),
        };
        let component = match request {
            Request::ResourceRead(read) => Some(read.uri().to_owned()),
            other => other.component().map(|it| it.key().to_owned()),
        };
        let client = context.client_info();
        AuditEntry {
            method,
            component,
            task,
            caller: context.owner().map(std::borrow::Cow::into_owned),
            client: client.map(|it| format!("{} {}", it.name, it.version)),
            session: context.session_id().map(ToOwned::to_owned),
            arguments: request.arguments().filter(|_| self.has_arguments).cloned(),
            outcome: Outcome::Cancelled.to_string(),
            elapsed: Duration::ZERO,
        }
    }
}

impl Default for AuditLog {
    fn default() -> Self {
        Self::new()
    }
}

/// Records an entry when it is dropped, so that cancelled requests are recorded too.
struct Record<'a> {
    log: &'a AuditLog,
    start: Instant,
    entry: AuditEntry,
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.entry.elapsed = self.start.elapsed();
        (self.log.record)(&self.entry);
    }
}

impl Middleware<Request> for AuditLog {
    async fn handle(&self, request: Request, next: Next<Request>) -> Result<Answer> {
        let is_list = matches!(
            request,
            Request::ListTools(_)
                | Request::ListResources(_)
                | Request::ListResourceTemplates(_)
                | Request::ListPrompts(_)
                | Request::ListSkills(_)
                | Request::DirectoryRead(_)
                | Request::Completion(_)
        );
        if is_list {
            return next.run(request).await;
        }
        let mut record = Record {
            log: self,
            start: Instant::now(),
            entry: self.entry(&request),
        };
        let reply = next.run(request).await;
        record.entry.outcome = Outcome::of(&reply).to_string();
        reply
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditLog")
            .field("has_arguments", &self.has_arguments)
            .finish_non_exhaustive()
    }
}
