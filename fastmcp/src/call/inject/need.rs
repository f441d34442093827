//! The requirements of dependencies on the server, as plain data, and the error texts for unmet ones.

use std::any::{Any, TypeId};
use std::fmt;

use crate::context::request::Context;
use crate::registration::Location;
use crate::text::short_type_name;

/// One requirement on the server or on the current call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Background work: a docket.
    Docket,
    /// The worker of the server.
    Worker,
    /// A live request.
    Request,
    /// A live request that arrived over HTTP.
    #[cfg_attr(not(feature = "http"), allow(dead_code))]
    Http,
    /// A value in the extensions of the HTTP request.
    #[cfg_attr(not(feature = "http"), allow(dead_code))]
    RequestExtension {
        type_name: &'static str,
        is_present: RequestPredicate,
    },
    /// An authenticated caller.
    Principal(RequestPredicate),
    /// A running task.
    Execution,
    /// A live request or a running task.
    Call,
    /// An argument of the call.
    Argument(AnyArgument),
    /// A state value of this type.
    State {
        type_id: TypeId,
        type_name: &'static str,
    },
    /// An option of the server, which keeps its value among the states.
    #[cfg_attr(not(feature = "events"), allow(dead_code))]
    Setting { type_id: TypeId, fix: &'static str },
    /// A subscriber, whose event is being matched.
    #[cfg_attr(not(feature = "events"), allow(dead_code))]
    Subscriber,
    /// No cycle of providers. It is added only when a cycle is found, so it is never met.
    NoCycle,
}

/// A check that a request has the required value.
#[derive(Clone, Copy)]
pub(crate) struct RequestPredicate(pub(crate) fn(&Context) -> bool);

/// All predicates are equal: comparing function pointers is not meaningful, and the other fields of a
/// [`Need`] identify it.
impl PartialEq for RequestPredicate {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for RequestPredicate {}

impl fmt::Debug for RequestPredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestPredicate")
    }
}

/// An argument of the call. Its type is erased, because it is defined in `call`, a level above this one.
#[derive(Clone, Copy)]
pub(crate) struct AnyArgument(pub(crate) &'static (dyn Any + Send + Sync));

impl PartialEq for AnyArgument {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::addr_eq(self.0, other.0)
    }
}

impl Eq for AnyArgument {}

impl fmt::Debug for AnyArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyArgument")
    }
}

/// A need, and the chain of providers that leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) need: Need,
    pub(crate) path: Vec<ProviderStep>,
}

/// One provider in the chain that leads to a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProviderStep {
    pub(crate) id: TypeId,
    pub(crate) provider: &'static str,
    pub(crate) location: Location,
    pub(crate) shared: bool,
    /// The parameter of this provider that leads to the next step.
    pub(crate) parameter: Option<&'static str>,
}

impl Requirement {
    /// Returns the first shared provider in the chain. Everything that it depends on outlives the call.
    pub(crate) fn shared(&self) -> Option<&ProviderStep> {
        self.path.iter().find(|step| step.shared)
    }

    /// Returns the chain of providers, as the beginning of an error.
    pub(crate) fn chain(&self) -> String {
        let steps = self.path.iter().map(|step| {
            let parameter = step.parameter.map(|it| format!("parameter `{it}`: "));
            let parameter = parameter.unwrap_or_default();
            format!(
                "provider `{}` ({}), {parameter}",
                step.provider, step.location
            )
        });
        steps.collect()
    }
}

/// A requirement that the server does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnmetRequirement(pub(crate) Requirement);

impl UnmetRequirement {
    pub(crate) fn need(&self) -> Need {
        self.0.need
    }

    /// Returns whether a state value is missing.
    pub(crate) fn is_state(&self) -> bool {
        matches!(self.0.need, Need::State { .. })
    }
}

/// Writes the chain of providers, the unmet requirement and the fix.
impl fmt::Display for UnmetRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Requirement { need, path } = &self.0;
        if *need == Need::NoCycle {
            let last = path.last().map(|step| step.id);
            let cycle = path.iter().skip_while(|step| Some(step.id) != last);
            f.write_str("providers depend on each other in a cycle: ")?;
            for (index, step) in cycle.enumerate() {
                if index > 0 {
                    f.write_str(" -> ")?;
                }
                write!(f, "`{}` ({})", step.provider, step.location)?;
            }
            return Ok(());
        }
        f.write_str(&self.0.chain())?;
        match (self.0.shared(), need) {
            (
                Some(shared),
                Need::Request
                | Need::Http
                | Need::RequestExtension { .. }
                | Need::Principal(_)
                | Need::Execution
                | Need::Subscriber
                | Need::Argument(_)
                | Need::Call,
            ) => write!(
                f,
                "the value exists only during one call, but provider `{}` is shared and lives as \
                 long as the server; remove `shared` from it",
                shared.provider
            ),
            (_, need) => need.fmt(f),
        }
    }
}

/// Writes the unmet requirement and the fix.
impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Docket => f.write_str(
                "background work is disabled: call `FastMcp::enable_docket()`, pass a docket to \
                 `FastMcp::docket(…)`, or set FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true",
            ),
            Self::Worker => f.write_str(
                "the server runs no worker: enable background work with `FastMcp::docket(…)` or \
                 FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true, and remove `FastMcp::without_worker` and \
                 FASTMCP_DOCKET_CONCURRENCY=0",
            ),
            Self::Request => f.write_str(
                "no request is active: a task runs after the request that scheduled it has ended",
            ),
            Self::Http => f.write_str(
                "the request did not arrive over HTTP: take an `Option<Headers>`, which is `None` \
                 without HTTP",
            ),
            Self::RequestExtension { type_name, .. } => {
                let type_name = short_type_name(type_name);
                write!(
                    f,
                    "the HTTP request has no extension of type `{type_name}`: insert one in a layer \
                     in front of the server, or take an `Option<Extension<{type_name}>>`, which is \
                     `None` without it"
                )
            }
            Self::Principal(_) => f.write_str(
                "the caller is not authenticated: insert a `Principal` into the extensions of the \
                 HTTP request in an authentication layer, or take an `Option<Principal>`, which is \
                 `None` for anonymous callers",
            ),
            Self::Execution => f.write_str("no task is running: only a `#[task]` has an execution"),
            Self::Argument(_) => f.write_str("the call has no such argument"),
            Self::Call => f.write_str("neither a request nor a task is running"),
            Self::State { type_name, .. } => {
                let type_name = short_type_name(type_name);
                write!(
                    f,
                    "the server has no state of type `{type_name}`: add it with \
                     `FastMcp::state(…)`, or serve it from the lifespan"
                )
            }
            Self::Setting { fix, .. } => f.write_str(fix),
            Self::Subscriber => {
                f.write_str("there is no subscriber: only the function of an `#[event]` has one")
            }
            Self::NoCycle => f.write_str("providers depend on each other in a cycle"),
        }
    }
}

/// A requirement that a call does not meet. Most unmet requirements already stop the server at start-up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unavailable(pub(crate) Need);
