//! [`EventServer`]: the events of a server that has started.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::call::inject::provided::Provided;
use crate::caller::Caller;
use crate::docket::handle::Docket;
use crate::events::emit::Events;
use crate::events::error::EventError;
use crate::events::options::EventOptions;
use crate::events::registry::{EventRegistry, ListedEvent};
use crate::events::verification_limit::VerificationLimit;
use crate::events::webhook::WebhookClient;

/// The events of a server that has started.
pub(crate) struct EventServer {
    pub(crate) registry: EventRegistry,
    pub(crate) options: EventOptions,
    /// `true` if webhooks may be on this machine.
    pub(crate) allows_loopback: bool,
    pub(crate) provided: Arc<Provided>,
    pub(crate) docket: Docket,
    pub(crate) webhooks: WebhookClient,
    pub(crate) verifications: VerificationLimit,
}

impl EventServer {
    pub(crate) fn new(
        registry: EventRegistry,
        options: EventOptions,
        allows_loopback: bool,
        provided: Arc<Provided>,
        docket: Docket,
    ) -> Result<Self, String> {
        Ok(Self {
            webhooks: WebhookClient::new(allows_loopback, options.timeout)?,
            verifications: VerificationLimit::default(),
            registry,
            options,
            allows_loopback,
            provided,
            docket,
        })
    }

    /// Returns the handle that emits events outside of handlers.
    pub(crate) fn events(&self) -> Events {
        Events::new(self.docket.clone(), &self.options)
    }

    /// Returns whether the caller has the scopes of an event.
    pub(crate) fn has_scopes(caller: &Caller, event: &ListedEvent) -> bool {
        let scopes = event.entry.options.scopes;
        scopes.iter().all(|scope| caller.has_scope(scope))
    }

    /// Returns whether the caller may have an event with these arguments.
    pub(crate) fn permits(
        &self,
        caller: &Caller,
        event: &ListedEvent,
        arguments: &Map<String, Value>,
    ) -> bool {
        Self::has_scopes(caller, event) && self.options.permits(caller, event.entry.name, arguments)
    }

    /// Finds the event of a request. An event whose scopes the caller lacks is unknown, as it is in the list.
    pub(crate) fn find(&self, name: &str, caller: &Caller) -> Result<&ListedEvent, EventError> {
        let found = self.registry.get(name);
        if let Some(event) = found.filter(|event| Self::has_scopes(caller, event)) {
            return Ok(event);
        }
        let nearest = self
            .registry
            .nearest(name)
            .and_then(|it| self.registry.get(it));
        let nearest = nearest.filter(|it| Self::has_scopes(caller, it));
        Err(EventError::UnknownEvent {
            name: name.to_owned(),
            nearest: nearest.map(|it| it.entry.name.to_owned()),
        })
    }

    /// Checks the arguments of a request, and the rule of the program.
    pub(crate) async fn check(
        &self,
        caller: &Caller,
        event: &ListedEvent,
        arguments: &Map<String, Value>,
    ) -> Result<(), EventError> {
        let checked = event.entry.check_arguments(&self.provided, arguments).await;
        checked.map_err(EventError::Invalid)?;
        if self.permits(caller, event, arguments) {
            return Ok(());
        }
        let name = event.entry.name;
        Err(EventError::Forbidden(format!(
            "this caller may not have the event `{name}` with these arguments"
        )))
    }
}
