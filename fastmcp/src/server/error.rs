//! The errors of starting and serving.

use std::io;

use crate::background::error::InvalidTask;
use crate::call::unmet::UnmetDependency;
use crate::component::registry::GatherError;
use crate::component::task_fallback::InvalidTaskFallback;
use crate::component::validation::InvalidDeclaration;
use crate::component_kind::ComponentKind;
use crate::docket::error::DocketError;
use crate::registration::DuplicateName;
use crate::selection::UnmatchedSelection;
use crate::server::settings::SettingError;
use crate::store::error::StoreError;
use crate::text::list;
use crate::transport::error::TransportError;

/// The error of a server that cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An environment variable has an invalid value.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Two handlers have the same name.
    #[error(transparent)]
    DuplicateName(#[from] DuplicateName),
    /// A part of the [selection](crate::FastMcp::select) matches no component of the program.
    #[error(transparent)]
    UnmatchedSelection(#[from] UnmatchedSelection),
    /// The attribute of a handler has an invalid option.
    #[error(transparent)]
    InvalidDeclaration(#[from] Box<InvalidDeclaration>),
    /// The [store](crate::FastMcp::store) cannot be used.
    #[error("the store of sessions and state (`FastMcp::store`, `FASTMCP_STORE_URL`): {0}")]
    Store(#[from] StoreError),
    /// A handler requires a dependency that the server does not have.
    #[error(transparent)]
    UnmetDependency(#[from] Box<UnmetDependency>),
    /// A task has an invalid option.
    #[error(transparent)]
    InvalidTask(#[from] Box<InvalidTask>),
    /// A server that is [mounted](crate::FastMcp::mount), or a proxy, has an error.
    #[error(transparent)]
    Mount(#[from] Box<MountError>),
    /// The [secret](crate::FastMcp::secret) is too short.
    #[error("the server's secret is {0} bytes long, and must be at least 32")]
    ShortSecret(usize),
    /// A name of [`FastMcp::task_headers`](crate::FastMcp::task_headers) is not the name of a header.
    #[error("`task_headers`: `{0}` is not the name of a header; use a name such as `x-tenant`")]
    TaskHeader(String),
    /// The options of [`FastMcp::task_fallback`](crate::FastMcp::task_fallback) are invalid.
    #[error(transparent)]
    TaskFallback(#[from] InvalidTaskFallback),
    /// An option of [`HttpOptions`](crate::HttpOptions) is invalid.
    #[cfg(feature = "http")]
    #[error(transparent)]
    InvalidHttpOption(#[from] crate::transport::http::validation::InvalidHttpOption),
    /// The path of [`FastMcp::dashboard`](crate::FastMcp::dashboard) is invalid.
    #[cfg(feature = "dashboard")]
    #[error("`FastMcp::dashboard`: `{path}` {why}")]
    DashboardPath {
        /// The path.
        path: String,
        /// The reason.
        why: &'static str,
    },
    /// An option of [`Auth`](crate::auth::Auth) or of its verifier is invalid.
    #[cfg(feature = "auth")]
    #[error("authorization: {0}")]
    InvalidAuth(#[from] crate::auth::InvalidAuth),
    /// The options of [`FastMcp::events`](crate::FastMcp::events) are invalid, or the server cannot offer events.
    #[cfg(feature = "events")]
    #[error("events: {0}")]
    Events(String),
    /// A [skill](crate::FastMcp::skills) has a mistake.
    #[cfg(feature = "skills")]
    #[error("skill: {0}")]
    Skill(#[from] Box<crate::skill_folder::fault::SkillFault>),
    /// A document or an option of [`FastMcp::openapi`](crate::FastMcp::openapi) is invalid.
    #[cfg(feature = "openapi")]
    #[error(transparent)]
    OpenApi(#[from] crate::openapi::error::OpenApiError),
    /// The docket of `FASTMCP_DOCKET_URL` cannot be opened.
    #[error("FASTMCP_DOCKET_URL: {0}")]
    DocketUrl(DocketError),
    /// A worker process has no docket to which other processes can add tasks.
    #[error(
        "a worker process requires a shared docket, but its docket is {docket}; set FASTMCP_DOCKET_URL=redis://… or sqlite://…, as in the processes that add tasks"
    )]
    NoSharedDocket {
        /// The state of the worker's docket.
        docket: &'static str,
    },
    /// The server runs no worker, so nothing would run its tasks.
    #[error("{disabled_by} disables the worker, but {problem}")]
    NoWorker {
        /// The setting that disables the worker.
        disabled_by: &'static str,
        /// The reason why a worker is required, and the fix.
        problem: &'static str,
    },
    /// The docket cannot be reached, or its worker cannot be built.
    #[error(transparent)]
    Docket(#[from] DocketError),
    /// The program has several problems.
    #[error("the server cannot start for {} reasons:{}", .0.len(), list(.0))]
    Several(Vec<Self>),
    /// The [lifespan](crate::FastMcp::lifespan) failed before it served.
    #[error("the lifespan failed: {0:#}")]
    Lifespan(crate::error::Error),
}

/// The error of a server that is [mounted](crate::FastMcp::mount), or of a proxy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MountError {
    /// The prefix is invalid.
    #[error("the prefix `{prefix}` is invalid: {problem}")]
    Prefix {
        /// The prefix.
        prefix: String,
        /// The problem and the fix.
        problem: &'static str,
    },
    /// Two parts have the same prefix.
    #[error("two parts have the prefix `{prefix}`: choose another one for the second")]
    DuplicatePrefix {
        /// The prefix.
        prefix: String,
    },
    /// Two components have the same name with their prefixes.
    #[error(
        "two components are the {kind} `{name}`, {first} and {second}: choose another prefix, or another name"
    )]
    DuplicateName {
        /// The kind of the components.
        kind: ComponentKind,
        /// The name, or the URI of a resource.
        name: String,
        /// The location of the first component.
        first: String,
        /// The location of the second component.
        second: String,
    },
    /// The name of a tool is too long with its prefix.
    #[error(
        "the tool `{name}` has {} characters, and hosts accept 64: choose a shorter prefix or name",
        .name.len()
    )]
    LongName {
        /// The name.
        name: String,
    },
    /// The mounted server has authorization of its own, which would have no effect.
    #[error(
        "the server `{prefix}` has `auth`, which applies only to requests over HTTP to that server: call \
         `FastMcp::auth` on the outer server, and set scopes on the tools"
    )]
    Authorization {
        /// The prefix.
        prefix: String,
    },
    /// The mounted server has a fallback for tasks of its own, which would have no effect.
    #[error(
        "the server `{prefix}` has `task_fallback`, which only the outer server can have: call \
         `FastMcp::task_fallback` on the outer server"
    )]
    TaskFallback {
        /// The prefix.
        prefix: String,
    },
    /// The mounted server offers events of its own, which no client would see.
    #[cfg(feature = "events")]
    #[error(
        "the server `{prefix}` has `events`, which only the outer server can offer: call `FastMcp::events` on the \
         outer server"
    )]
    Events {
        /// The prefix.
        prefix: String,
    },
    /// The mounted server cannot start.
    #[error("the mounted server `{prefix}`: {error}")]
    Server {
        /// The prefix.
        prefix: String,
        /// The error.
        error: Box<StartError>,
    },
}

/// Collects the problems of a program, so that one start reports all of them.
#[derive(Default)]
pub(crate) struct StartErrors(Vec<StartError>);

impl StartErrors {
    /// Adds the error of a check, or returns its value.
    pub(crate) fn check<T>(&mut self, checked: Result<T, impl Into<StartError>>) -> Option<T> {
        checked.map_err(|error| self.0.push(error.into())).ok()
    }

    pub(crate) fn extend(&mut self, errors: impl Iterator<Item = impl Into<StartError>>) {
        self.0.extend(errors.map(Into::into));
    }

    /// Returns the errors as one, if there are any.
    pub(crate) fn none(mut self) -> Result<(), StartError> {
        match self.0.len() {
            0 => Ok(()),
            1 => Err(self.0.remove(0)),
            _ => Err(StartError::Several(self.0)),
        }
    }
}

/// Describes the form of an address, for one that is a URL or has no port.
fn address_form(address: &str) -> &'static str {
    if address.contains("://") || !address.contains(':') {
        "; write a host and a port, such as `127.0.0.1:8000`"
    } else {
        ""
    }
}

/// The error of a server that stopped serving.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The server cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The address cannot be bound.
    #[error("cannot listen on {address}: {source}{}", address_form(address))]
    Listen {
        /// The address.
        address: String,
        /// The cause.
        source: io::Error,
    },
    /// The connection or the listener failed.
    #[error("transport error: {0}")]
    Transport(String),
    /// The [lifespan](crate::FastMcp::lifespan) failed after the server had stopped.
    #[error("the lifespan failed while the server stopped: {0:#}")]
    Lifespan(crate::error::Error),
}

impl From<GatherError> for StartError {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::Duplicate(error) => error.into(),
            GatherError::Unmatched(error) => error.into(),
        }
    }
}

impl From<TransportError> for ServeError {
    fn from(error: TransportError) -> Self {
        match error {
            #[cfg(feature = "http")]
            TransportError::Listen { address, source } => Self::Listen { address, source },
            TransportError::Connection(error) => Self::Transport(error),
        }
    }
}
