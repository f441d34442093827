//! What a dependency needs of the server, and whether a server has it.

use std::any::TypeId;
use std::fmt;

use super::Dependency;
use super::injector::States;

/// One thing that a server may or may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Background work: a docket and its worker.
    Docket,
    /// A live request.
    Request,
    /// A running task.
    Execution,
    /// A state value of this type.
    State {
        type_id: TypeId,
        type_name: &'static str,
    },
}

/// Collects what a [`Dependency`] needs of the server.
#[derive(Debug, Default)]
pub struct Needs {
    found: Vec<Need>,
}

impl Needs {
    /// The needs of one dependency.
    pub(crate) fn collect(add: fn(&mut Needs)) -> Vec<Need> {
        let mut needs = Self::default();
        add(&mut needs);
        needs.found
    }

    /// Adds all that another dependency needs.
    pub fn of<D: Dependency>(&mut self) {
        D::needs(self);
    }

    pub(crate) fn add(&mut self, need: Need) {
        self.found.push(need);
    }
}

/// What a server offers to one kind of handler.
pub(crate) struct Offer<'a> {
    pub(crate) docket: bool,
    pub(crate) request: bool,
    pub(crate) execution: bool,
    pub(crate) states: &'a States,
}

impl Offer<'_> {
    /// The first need that is not met.
    pub(crate) fn lacks(&self, needs: &[Need]) -> Option<Need> {
        needs.iter().copied().find(|need| !match need {
            Need::Docket => self.docket,
            Need::Request => self.request,
            Need::Execution => self.execution,
            Need::State { type_id, .. } => self.states.contains_key(type_id),
        })
    }
}

/// What is missing, and the way out.
impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Docket => f.write_str(
                "background work is switched off: set FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true, or \
                 give the server a docket with `FastMcp::docket(…)`",
            ),
            Self::Request => f.write_str(
                "there is no live request: a task runs after the request that scheduled it is over",
            ),
            Self::Execution => f.write_str("no task is running: only a `#[task]` has an execution"),
            Self::State { type_name, .. } => write!(
                f,
                "the server has no state of type `{type_name}`: give it one with \
                 `FastMcp::state(…)`, or let the lifespan serve one"
            ),
        }
    }
}

/// A need that a call turned out not to have met; start-up refuses most of these before.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unmet(pub(crate) Need);
