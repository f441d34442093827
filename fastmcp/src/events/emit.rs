//! `events.emit(event)(payload)`: emits an event.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::finite;
use crate::call::inject::dependency::Dependency;
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{Need, Unavailable};
use crate::call::inject::needs::Needs;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::model::submission::Submission;
use crate::events::entry::Event;
use crate::events::names;
use crate::events::occurrence::{Occurrence, Owner};
use crate::events::options::EventOptions;
use crate::events::wire;

/// The time after which subscribers get a delayed event.
const DELAY: Duration = Duration::from_secs(1);
/// The longest ID of an event in bytes.
const MAX_ID: usize = 128;

/// Emits events. Handlers take it as a parameter, and [`Server::events`](crate::Server::events) returns it for
/// other code of the program.
///
/// ```
/// use fastmcp::events::Events;
/// use fastmcp::prelude::*;
///
/// #[fastmcp::data]
/// struct Build {
///     repository: String,
///     ok: bool,
/// }
///
/// /// A build has finished.
/// #[event(name = "build.finished")]
/// fn build_finished(repository: &str, #[payload] build: &Build) -> bool {
///     build.repository == repository
/// }
///
/// /// Records the end of a build.
/// #[tool]
/// async fn finish_build(repository: String, ok: bool, events: Events) -> Result<String> {
///     let emitted = events.emit(build_finished)(Build { repository, ok }).await?;
///     Ok(emitted.event_id)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Events {
    docket: Docket,
    history: Duration,
}

/// An event that was emitted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Emitted {
    /// The ID of the event, by which subscribers recognize a repeated delivery.
    pub event_id: String,
}

/// The error of an event that was not emitted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The payload cannot be written as a JSON object.
    #[error("the payload of the event `{event}` cannot be written as a JSON object: {problem}")]
    Payload {
        /// The event.
        event: &'static str,
        /// The problem.
        problem: String,
    },
    /// The event is larger than webhooks accept.
    #[error(
        "the event `{event}` has {length} bytes, and subscribers accept {limit}: emit a summary, and \
         offer a tool that returns the rest"
    )]
    TooLarge {
        /// The event.
        event: &'static str,
        /// The size in bytes.
        length: usize,
        /// The maximum size in bytes.
        limit: usize,
    },
    /// The ID of the event is invalid.
    #[error("the ID of an event has 1 to {MAX_ID} visible ASCII characters")]
    Id,
    /// The docket did not store the event.
    #[error(transparent)]
    Docket(#[from] DocketError),
}

impl Events {
    pub(crate) fn new(docket: Docket, options: &EventOptions) -> Self {
        Self {
            docket,
            history: options.history,
        }
    }

    /// Emits an event: `events.emit(build_finished)(payload).await?`.
    ///
    /// The event is stored in the docket before the future completes. A worker then finds the subscribers, and
    /// delivers the event to each of them at least once. A repeated delivery has the same ID.
    pub fn emit<E>(&self, event: E) -> Box<dyn FnOnce(E::Payload) -> Emit<E> + Send>
    where
        E: Event<Payload: Serialize>,
    {
        let events = self.clone();
        drop(event);
        Box::new(move |payload| Emit {
            payload: to_object::<E>(&payload),
            events,
            id: None,
            event: PhantomData,
        })
    }
}

/// An event that is emitted when it is awaited.
#[must_use = "an event is emitted when it is awaited"]
pub struct Emit<E> {
    events: Events,
    payload: Result<Map<String, Value>, EmitError>,
    id: Option<String>,
    event: PhantomData<fn() -> E>,
}

impl<E: Event> Emit<E> {
    /// Sets the ID of the event; by default it is random.
    ///
    /// A task that runs again emits its event again. With an ID of its own, subscribers recognize the second one as
    /// a repetition.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

impl<E: Event> IntoFuture for Emit<E> {
    type Output = Result<Emitted, EmitError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let id = match self.id {
                Some(id) => id,
                None => format!("evt_{}", Key::random()),
            };
            let pending = Pending {
                event: E::ENTRY.name,
                id,
                payload: self.payload?,
                owner: None,
                is_delayed: false,
            };
            store(&self.events, pending).await
        })
    }
}

impl<E: Event> fmt::Debug for Emit<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emit")
            .field("event", &E::ENTRY.name)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

fn to_object<E>(payload: &E::Payload) -> Result<Map<String, Value>, EmitError>
where
    E: Event<Payload: Serialize>,
{
    let event = E::ENTRY.name;
    match finite::to_value(payload) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(EmitError::Payload {
            event,
            problem: "it is another kind of value; use a struct".to_owned(),
        }),
        Err(error) => Err(EmitError::Payload {
            event,
            problem: error.to_string(),
        }),
    }
}

/// An event that is not stored yet.
pub(crate) struct Pending {
    pub(crate) event: &'static str,
    pub(crate) id: String,
    pub(crate) payload: Map<String, Value>,
    /// The only caller that may have the event; `None` for all.
    pub(crate) owner: Option<Owner>,
    /// `true` if subscribers get the event a moment later.
    pub(crate) is_delayed: bool,
}

/// Stores an event: one execution that finds the subscribers, and one that is the event in the history.
pub(crate) async fn store(events: &Events, pending: Pending) -> Result<Emitted, EmitError> {
    let Pending {
        event,
        id,
        payload,
        owner,
        is_delayed,
    } = pending;
    if id.len() > MAX_ID || id.is_empty() || !id.bytes().all(|it| it.is_ascii_graphic()) {
        return Err(EmitError::Id);
    }
    let mut occurrence = Occurrence::new(id.clone(), event, payload);
    occurrence.owner = owner;
    let encoded = occurrence.to_bytes().map_err(|error| EmitError::Payload {
        event,
        problem: error.to_string(),
    })?;
    if encoded.len() > wire::MAX_BODY {
        return Err(EmitError::TooLarge {
            event,
            length: encoded.len(),
            limit: wire::MAX_BODY,
        });
    }
    // The execution in the history expires, whatever its state is, so it must not be the one that delivers.
    let mut fan_out = Submission::new(names::fan_out_task(event), encoded.clone())
        .key(names::fan_out_key(event, &id));
    if is_delayed {
        fan_out = fan_out.after(DELAY);
    }
    let mut submissions = vec![fan_out];
    if !events.history.is_zero() {
        submissions.push(
            Submission::new(names::history_task(event), Bytes::from_static(b"{}"))
                .key(names::history_key(event, &id))
                .note(encoded)
                .keep_for(events.history),
        );
    }
    for submitted in events.docket.submit_many(submissions).await? {
        submitted?;
    }
    Ok(Emitted { event_id: id })
}

const NEED: Need = Need::Setting {
    type_id: TypeId::of::<EventOptions>(),
    fix: "the server offers no events: call `FastMcp::events(EventOptions::new())`",
};

impl Dependency for Events {
    const USES_REQUEST: bool = false;

    fn needs(needs: &mut Needs) {
        needs.add(NEED);
        needs.add(Need::Docket);
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let options = injector.state(TypeId::of::<EventOptions>());
        let options = options.and_then(|it| it.downcast_ref::<EventOptions>());
        let options = options.ok_or(Unavailable(NEED))?;
        let docket = injector.docket().ok_or(Unavailable(Need::Docket))?;
        Ok(Self::new(docket, options))
    }
}
