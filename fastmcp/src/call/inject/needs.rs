//! What a dependency needs of the server, and whether a server has it.

use std::any::TypeId;
use std::collections::HashSet;
use std::fmt;

use crate::call::inject::dependency::Dependency;
use crate::call::inject::injector::States;
use crate::call::inject::overrides::Overrides;
use crate::call::inject::provider::{Provider, ProviderEntry};
use crate::context::request::Context;
use crate::registration::Location;

/// One thing that a server may or may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Background work: a docket and its worker.
    Docket,
    /// A live request.
    Request,
    /// A live request that came over HTTP.
    #[cfg_attr(not(feature = "http"), allow(dead_code))]
    Http,
    /// A value that the HTTP request carries along.
    #[cfg_attr(not(feature = "http"), allow(dead_code))]
    Carried {
        type_name: &'static str,
        is_carried: Carried,
    },
    /// A caller who is known.
    Principal(Carried),
    /// A running task.
    Execution,
    /// A live request or a running task.
    Call,
    /// A state value of this type.
    State {
        type_id: TypeId,
        type_name: &'static str,
    },
    /// Never met: a provider that depends on itself.
    NoCircle,
}

/// Whether a request carries what is needed.
#[derive(Clone, Copy)]
pub(crate) struct Carried(pub(crate) fn(&Context) -> bool);

/// What is needed says the rest of the need.
impl PartialEq for Carried {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Carried {}

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carried")
    }
}

/// A need, and the providers through which it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) need: Need,
    path: Vec<Step>,
}

/// One provider on the way to a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    id: TypeId,
    provider: &'static str,
    location: Location,
    shared: bool,
    /// Which of its parameters the way goes on with.
    parameter: Option<&'static str>,
}

/// Collects what a [`Dependency`] needs of the server.
#[derive(Debug, Default)]
pub struct Needs {
    found: Vec<Want>,
    /// The providers that are being looked at, each asked for by the one before.
    path: Vec<Step>,
    /// Those that have been.
    seen: HashSet<TypeId>,
    overrides: Overrides,
}

impl Needs {
    /// The needs of one dependency, where these providers are not asked.
    fn collect(add: fn(&mut Needs), overrides: &Overrides) -> Vec<Want> {
        let mut needs = Self {
            overrides: overrides.clone(),
            ..Self::default()
        };
        add(&mut needs);
        needs.found
    }

    /// Adds all that another dependency needs.
    pub fn of<D: Dependency>(&mut self) {
        D::needs(self);
    }

    /// Adds all that a provider needs.
    pub(crate) fn on<P: Provider>(&mut self) {
        let id = TypeId::of::<P>();
        if self.overrides.has(id) {
            return;
        }
        let ProviderEntry {
            name,
            location,
            shared,
            needs,
        } = *P::ENTRY;
        let is_circle = self.path.iter().any(|step| step.id == id);
        self.path.push(Step {
            id,
            provider: name,
            location,
            shared,
            parameter: None,
        });
        if is_circle {
            self.add(Need::NoCircle);
        } else if self.seen.insert(id) {
            needs(self);
        }
        self.path.pop();
    }

    /// Adds what `add` adds for a parameter of the provider that is being looked at.
    pub(crate) fn of_parameter(&mut self, name: &'static str, add: fn(&mut Needs)) {
        if let Some(step) = self.path.last_mut() {
            step.parameter = Some(name);
        }
        add(self);
    }

    pub(crate) fn add(&mut self, need: Need) {
        let path = self.path.clone();
        self.found.push(Want { need, path });
    }
}

/// What a server offers to one kind of handler.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is the answer to one need"
)]
pub(crate) struct Offer<'a> {
    pub(crate) docket: bool,
    pub(crate) request: bool,
    /// Whether a request may come, or this one came, over HTTP.
    pub(crate) http: bool,
    /// The request that is asked for what it carries; `None` when a server starts, which may get
    /// any request.
    pub(crate) context: Option<&'a Context>,
    pub(crate) execution: bool,
    pub(crate) states: &'a States,
    pub(crate) overrides: &'a Overrides,
}

impl Offer<'_> {
    /// The first of a dependency's needs that is not met.
    pub(crate) fn lacks(&self, needs: fn(&mut Needs)) -> Option<Want> {
        let wants = Needs::collect(needs, self.overrides);
        wants.into_iter().find(|want| {
            let is_shared = want.shared().is_some();
            !match want.need {
                Need::Docket => self.docket,
                Need::Request => self.request && !is_shared,
                Need::Http => self.http && !is_shared,
                Need::Carried { is_carried, .. } | Need::Principal(is_carried) => {
                    self.request && !is_shared && self.context.is_none_or(is_carried.0)
                }
                Need::Execution => self.execution && !is_shared,
                Need::Call => (self.request || self.execution) && !is_shared,
                Need::State { type_id, .. } => self.states.contains_key(&type_id),
                Need::NoCircle => false,
            }
        })
    }
}

impl Want {
    /// The shared provider on the way, if there is one: what is behind it outlives the call.
    fn shared(&self) -> Option<&Step> {
        self.path.iter().find(|step| step.shared)
    }
}

/// The way to the need, and what is missing.
impl fmt::Display for Want {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.need == Need::NoCircle {
            let last = self.path.last().map(|step| step.id);
            let circle = self.path.iter().skip_while(|step| Some(step.id) != last);
            f.write_str("providers depend on each other in a circle: ")?;
            for (index, step) in circle.enumerate() {
                if index > 0 {
                    f.write_str(" -> ")?;
                }
                write!(f, "`{}` ({})", step.provider, step.location)?;
            }
            return Ok(());
        }
        for step in &self.path {
            write!(f, "provider `{}` ({}), ", step.provider, step.location)?;
            if let Some(parameter) = step.parameter {
                write!(f, "parameter `{parameter}`: ")?;
            }
        }
        match (self.shared(), self.need) {
            (
                Some(shared),
                Need::Request
                | Need::Http
                | Need::Carried { .. }
                | Need::Principal(_)
                | Need::Execution
                | Need::Call,
            ) => write!(
                f,
                "it belongs to one call, and provider `{}` is shared: it lives as long as the \
                 server; take `shared` away from it",
                shared.provider
            ),
            (_, need) => need.fmt(f),
        }
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
            Self::Http => f.write_str(
                "there is no HTTP request: take an `Option<Headers>`, which is `None` then",
            ),
            Self::Carried { type_name, .. } => write!(
                f,
                "the request carries no `{type_name}`: have a layer in front of the server put one into the \
                 extensions of the HTTP request, or take an `Option<Extension<{type_name}>>`, which is \
                 `None` then"
            ),
            Self::Principal(_) => f.write_str(
                "nobody knows who is calling: have an authentication layer put a `Principal` into \
                 the extensions of the HTTP request, or take an `Option<Principal>`, which is `None` \
                 then",
            ),
            Self::Execution => f.write_str("no task is running: only a `#[task]` has an execution"),
            Self::Call => f.write_str("there is neither a request nor a running task"),
            Self::State { type_name, .. } => write!(
                f,
                "the server has no state of type `{type_name}`: give it one with \
                 `FastMcp::state(…)`, or let the lifespan serve one"
            ),
            Self::NoCircle => f.write_str("providers depend on each other in a circle"),
        }
    }
}

/// A need that a call turned out not to have met; start-up refuses most of these before.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unmet(pub(crate) Need);
