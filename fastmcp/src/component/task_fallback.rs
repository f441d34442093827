//! [`TaskFallback`]: long calls of clients that do not support tasks.

use std::time::Duration;

use crate::component::access::Component;
use crate::component_kind::ComponentKind;
use crate::selection::{Descriptor, Selection, UnmatchedSelection};

/// The longest time that a task is kept, as for `#[tool(task(ttl = "…"))]`.
const MAX_TTL: Duration = Duration::from_hours(24 * 365);

/// The default of [`TaskFallback::poll`].
const DEFAULT_POLL: Duration = Duration::from_secs(5);

/// How a server answers long calls of clients that do not support tasks; for
/// [`FastMcp::task_fallback`](crate::FastMcp::task_fallback).
///
/// A call of a `#[tool(task)]` that ends within the [time](Self::after) gets its ordinary result. A longer one gets a
/// text with the ID of a task, and the client's model goes on with three ordinary tools: `task_status`, `task_result`
/// and `task_cancel`. The guide [`tasks`](crate::guide::tasks#hosts-without-tasks) states the costs.
///
/// ```standalone_crate
/// use std::time::Duration;
///
/// use fastmcp::client::Client;
/// use fastmcp::prelude::*;
/// use fastmcp::{Selection, TaskFallback};
/// use serde_json::json;
///
/// /// Makes a report of a year.
/// #[tool(task)]
/// async fn report(year: u32) -> String {
///     tokio::time::sleep(Duration::from_secs(60)).await;
///     format!("the report of {year}")
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<()> {
/// let server = FastMcp::new("reports")
///     .docket(Docket::memory("reports"))
///     .task_fallback(TaskFallback::after(Duration::from_secs(10)))
///     .start()
///     .await?;
/// // A client of protocol 2025-11-25, which has no tasks.
/// let client = Client::connect(&server).await?;
/// let answer = client.call_tool("report", json!({ "year": 2025 })).await?;
/// let task = answer.structured_content.unwrap();
/// assert_eq!(task["status"], "working");
/// let id = json!({ "taskId": task["taskId"] });
/// loop {
///     let answer = client.call_tool("task_result", id.clone()).await?;
///     if answer.structured_content.is_none_or(|it| it.get("taskId").is_none()) {
///         break;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "pass it to `FastMcp::task_fallback`"]
pub struct TaskFallback {
    /// The time that a call may take before it is answered with an ID.
    pub(crate) after: Duration,
    poll: Duration,
    ttl: Option<Duration>,
    pub(crate) status: String,
    pub(crate) result: String,
    pub(crate) cancel: String,
    except: Option<Selection>,
}

/// The reason why a server cannot start with its [`TaskFallback`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTaskFallback {
    /// The server has no docket.
    #[error(
        "`FastMcp::task_fallback` requires a docket, which stores the calls: call `FastMcp::docket` or \
         `FastMcp::enable_docket`"
    )]
    NoDocket,
    /// A name cannot be the name of a tool.
    #[error(
        "`TaskFallback::names`: `{name}` cannot be the name of a tool: hosts only accept 1 to 64 letters, digits, `_` \
         and `-`"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Two of the names are equal.
    #[error("`TaskFallback::names`: two tools have the name `{name}`: choose three names")]
    SameName {
        /// The name.
        name: String,
    },
    /// A tool of the program has one of the names.
    #[error(
        "`FastMcp::task_fallback` adds a tool `{name}`, and the program has one{location}: rename that tool, or choose \
         other names with `TaskFallback::names`"
    )]
    TakenName {
        /// The name.
        name: String,
        /// The location of the program's tool, after ` at `; empty if no attribute declares it.
        location: String,
    },
    /// The time to live is zero, longer than a year, or ends before a call is answered.
    #[error(
        "`TaskFallback::ttl`: {ttl:?} must be longer than the {after:?} of `TaskFallback::after`, and at most a year"
    )]
    Ttl {
        /// The time to live.
        ttl: Duration,
        /// The time before a call is answered with an ID.
        after: Duration,
    },
    /// The selection of [`TaskFallback::except`] matches no component.
    #[error("`TaskFallback::except`: {0}")]
    Except(UnmatchedSelection),
}

impl TaskFallback {
    /// Answers a call with an ID if it takes longer than `time`. Choose a time below the time limits of hosts, many of
    /// which end a call after 60 seconds. With zero, each call is answered with an ID.
    pub fn after(time: Duration) -> Self {
        Self {
            after: time,
            poll: DEFAULT_POLL,
            ttl: None,
            status: "task_status".to_owned(),
            result: "task_result".to_owned(),
            cancel: "task_cancel".to_owned(),
            except: None,
        }
    }

    /// Sets the time after which models are asked to look at the task, by default 5 seconds. A longer time of the tool
    /// (`#[tool(task(poll = "1m"))]`) takes precedence.
    pub fn poll(mut self, interval: Duration) -> Self {
        self.poll = interval;
        self
    }

    /// Sets the lifetime of the tasks, counted from the call; by default, it is that of the tool
    /// (`#[tool(task(ttl = "…"))]`), one hour. At its end, a task is cancelled and deleted.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// Sets the names of the three tools, by default `task_status`, `task_result` and `task_cancel`.
    pub fn names(
        mut self,
        status: impl Into<String>,
        result: impl Into<String>,
        cancel: impl Into<String>,
    ) -> Self {
        (self.status, self.result, self.cancel) = (status.into(), result.into(), cancel.into());
        self
    }

    /// Leaves some tools out: their calls are answered when they are done, as without a fallback. It is for tools that
    /// ask their client, which a call with a fallback cannot do.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use fastmcp::prelude::*;
    /// use fastmcp::{Selection, TaskFallback};
    ///
    /// /// Deletes a file if the user agrees.
    /// #[tool(task)]
    /// async fn delete(file: String, ctx: Context) -> Result<String> {
    ///     let yes: bool = ctx.elicit(format!("Delete {file}?")).await?;
    ///     Ok(format!("{file}: {yes}"))
    /// }
    ///
    /// let fallback = TaskFallback::after(Duration::from_secs(10)).except(Selection::name("delete"));
    /// let server = FastMcp::new("files").enable_docket().task_fallback(fallback);
    /// # let _ = server;
    /// ```
    pub fn except(mut self, tools: Selection) -> Self {
        self.except = Some(tools);
        self
    }

    /// Returns the names of the tools.
    pub(crate) fn tool_names(&self) -> [&str; 3] {
        [&self.status, &self.result, &self.cancel]
    }

    /// Returns whether long calls of the tool are answered with an ID.
    pub(crate) fn covers(&self, tool: &Component) -> bool {
        let except = self.except.as_ref();
        !except.is_some_and(|it| it.matches(&tool.descriptor()))
    }

    /// Returns the lifetime of a task of a tool with this lifetime.
    pub(crate) fn ttl_of(&self, tool: Duration) -> Duration {
        self.ttl.unwrap_or(tool)
    }

    /// Returns the poll interval of a task of a tool with this interval.
    pub(crate) fn poll_of(&self, tool: Duration) -> Duration {
        self.poll.max(tool)
    }

    /// Checks the options of a server.
    pub(crate) fn validate(&self, has_docket: bool) -> Result<(), InvalidTaskFallback> {
        if !has_docket {
            return Err(InvalidTaskFallback::NoDocket);
        }
        let names = self.tool_names();
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let is_name = |name: &str| (1..=64).contains(&name.len()) && name.bytes().all(is_allowed);
        if let Some(name) = names.into_iter().find(|name| !is_name(name)) {
            let name = name.to_owned();
            return Err(InvalidTaskFallback::Name { name });
        }
        let [status, result, cancel] = names;
        if let Some((name, _)) = [(status, result), (status, cancel), (result, cancel)]
            .into_iter()
            .find(|(a, b)| a == b)
        {
            let name = name.to_owned();
            return Err(InvalidTaskFallback::SameName { name });
        }
        match self.ttl {
            Some(ttl) if ttl <= self.after || ttl > MAX_TTL => Err(InvalidTaskFallback::Ttl {
                ttl,
                after: self.after,
            }),
            _ => Ok(()),
        }
    }

    /// Checks the options against the components that are known at the start.
    pub(crate) fn check_components(
        &self,
        components: &[Component],
    ) -> Result<(), InvalidTaskFallback> {
        let names = self.tool_names();
        let is_taken =
            |it: &&Component| it.kind == ComponentKind::Tool && names.contains(&&*it.name);
        if let Some(tool) = components.iter().find(is_taken) {
            return Err(InvalidTaskFallback::TakenName {
                name: tool.name.to_string(),
                location: tool
                    .location
                    .map_or_else(String::new, |it| format!(" at {it}")),
            });
        }
        let Some(except) = &self.except else {
            return Ok(());
        };
        let components: Vec<Descriptor<'_>> =
            components.iter().map(Component::descriptor).collect();
        except
            .refuse_unmatched(&components)
            .map_err(InvalidTaskFallback::Except)
    }
}
