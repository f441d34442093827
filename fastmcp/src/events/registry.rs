//! [`EventRegistry`]: the events of the program, by name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::inject::capabilities::Capabilities;
use crate::call::portable::schemas::SchemaForm;
use crate::call::unmet::{UnmetDependency, unmet};
use crate::component::validation::{self, InvalidDeclaration};
use crate::events::entry::{EventEntry, EventSchemas, RegisteredEvent};
use crate::events::options::EventOptions;
use crate::events::{task_finished, wire};
use crate::registration::{DuplicateKind, DuplicateName, refuse_duplicates};
use crate::text::nearest;

/// The events that a server offers.
pub(crate) struct EventRegistry {
    events: BTreeMap<&'static str, ListedEvent>,
}

/// An event with its schemas.
pub(crate) struct ListedEvent {
    pub(crate) entry: &'static EventEntry,
    schemas: EventSchemas,
}

impl EventRegistry {
    /// Collects the events that the program registers.
    pub(crate) fn gather(form: SchemaForm, options: &EventOptions) -> Result<Self, DuplicateName> {
        let registered = inventory::iter::<RegisteredEvent>();
        let mut entries: Vec<&'static EventEntry> = registered
            .map(|registered| registered.0)
            .filter(|entry| entry.is_enabled())
            .filter(|entry| options.task_finished || !is_task_finished(entry))
            .collect();
        entries.sort_by_key(|entry| (entry.name, entry.location));
        let named = entries.iter().map(|entry| (entry.name, entry.location));
        refuse_duplicates(DuplicateKind::Event, named)?;
        let events = entries.into_iter().map(|entry| {
            let schemas = entry.schemas(form);
            (entry.name, ListedEvent { entry, schemas })
        });
        Ok(Self {
            events: events.collect(),
        })
    }

    /// Returns the problems of events that cannot be listed.
    pub(crate) fn invalid(&self) -> Vec<InvalidDeclaration> {
        let invalid = self.events.values().filter_map(|event| {
            let defect = event.schemas.defect.clone();
            validation::entry("event", event.entry).or_else(|| {
                let reason = defect?;
                Some(validation::invalid("event", event.entry, reason))
            })
        });
        invalid.collect()
    }

    /// Returns the parameters of events that the server cannot provide.
    pub(crate) fn unmet(&self, capabilities: &Capabilities<'_>) -> Vec<UnmetDependency> {
        let unmet = self.events.values().flat_map(|event| {
            let entry = event.entry;
            unmet(
                "event",
                entry.name,
                entry.location,
                entry.parameters,
                capabilities,
            )
        });
        unmet.collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&ListedEvent> {
        self.events.get(name)
    }

    /// Returns the events in the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ListedEvent> {
        self.events.values()
    }

    /// Returns the name that is most similar to an unknown one.
    pub(crate) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.events.keys().copied())
    }
}

fn is_task_finished(entry: &EventEntry) -> bool {
    entry.name == task_finished::NAME && entry.location.module == task_finished::MODULE
}

impl ListedEvent {
    /// Returns the descriptor, as `events/list` contains it.
    pub(crate) fn descriptor(&self, has_history: bool) -> Value {
        let entry = self.entry;
        let mut delivery = vec![wire::WEBHOOK];
        if has_history {
            delivery.extend([wire::MODE_POLL, wire::PUSH]);
        }
        let mut descriptor = json!({
            "name": entry.name,
            "delivery": delivery,
            "inputSchema": self.schemas.input,
            "payloadSchema": self.schemas.payload,
        });
        if let Some(description) = entry.description {
            descriptor["description"] = description.into();
        }
        if let Some(meta) = entry.meta() {
            descriptor["_meta"] = Value::Object(meta.0);
        }
        descriptor
    }
}
