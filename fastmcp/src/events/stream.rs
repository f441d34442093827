//! `events/stream`: the notifications of one subscription on an open request.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::error::ProtocolError;
use crate::events::cursor::Position;
use crate::events::error::EventError;
use crate::events::history::{self, Start};
use crate::events::params::Params;
use crate::events::server::EventServer;
use crate::events::wire;

/// The events that are read at once.
const PART: usize = 100;

/// An open stream.
pub(crate) struct Stream {
    server: Arc<EventServer>,
    /// The name of the event.
    name: &'static str,
    arguments: Map<String, Value>,
    caller: Caller,
    position: Position,
    has_more: bool,
}

/// A notification.
pub(crate) struct Message {
    pub(crate) method: &'static str,
    pub(crate) params: Map<String, Value>,
}

impl Message {
    fn new(method: &'static str, params: Value) -> Self {
        let params = match params {
            Value::Object(params) => params,
            _ => Map::new(),
        };
        Self { method, params }
    }
}

impl Stream {
    /// Opens a stream, and returns its first notification.
    pub(crate) async fn open(
        server: Arc<EventServer>,
        params: Option<&Value>,
        caller: Caller,
    ) -> Result<(Self, Message), ProtocolError> {
        let codes = server.options.error_codes;
        let opened = Self::read(server, params, caller).await;
        opened.map_err(|error| error.into_protocol(codes))
    }

    async fn read(
        server: Arc<EventServer>,
        params: Option<&Value>,
        caller: Caller,
    ) -> Result<(Self, Message), EventError> {
        let none = Map::new();
        let params = Params(params.and_then(Value::as_object).unwrap_or(&none));
        let event = server.find(params.name()?, &caller)?;
        let name = event.entry.name;
        if !server.options.has_history() {
            return Err(EventError::UnsupportedMode {
                event: name.to_owned(),
                mode: wire::PUSH.to_owned(),
            });
        }
        let arguments = params.arguments()?;
        let start = Start::of(params.cursor()?, &server);
        let max_age = params.count("maxAgeMs")?.map(Duration::from_millis);
        server.check(&caller, event, &arguments).await?;
        // Where the stream begins. Its events are read by `next`.
        let begin = history::begin(&server, start, max_age).await?;
        let active = json!({
            "cursor": begin.position.encode(&server.docket),
            "truncated": begin.truncated,
        });
        let stream = Self {
            name,
            arguments,
            caller,
            position: begin.position,
            has_more: false,
            server,
        };
        Ok((stream, Message::new(wire::ACTIVE, active)))
    }

    /// Returns the notifications of the events since the last call.
    pub(crate) async fn next(&mut self) -> Result<Vec<Message>, ProtocolError> {
        let codes = self.server.options.error_codes;
        self.look()
            .await
            .map_err(|error| error.into_protocol(codes))
    }

    async fn look(&mut self) -> Result<Vec<Message>, EventError> {
        let event = self.server.find(self.name, &self.caller)?;
        // The right of the caller may have ended since.
        if !self.server.permits(&self.caller, event, &self.arguments) {
            return Err(EventError::Forbidden(format!(
                "this caller may not have the event `{}` any more",
                self.name
            )));
        }
        let start = Start::At(self.position);
        let (server, arguments) = (&self.server, &self.arguments);
        let limits = (PART, None);
        let part = history::read(server, event, arguments, &self.caller, start, limits).await?;
        self.position = part.position;
        self.has_more = part.has_more;
        let docket = &self.server.docket;
        let mut messages = Vec::new();
        if part.truncated {
            let active = json!({ "cursor": part.position.encode(docket), "truncated": true });
            messages.push(Message::new(wire::ACTIVE, active));
        }
        for (mut occurrence, position) in part.events {
            occurrence.cursor = Some(position.encode(docket));
            let params = serde_json::to_value(occurrence).unwrap_or_default();
            messages.push(Message::new(wire::EVENT, params));
        }
        Ok(messages)
    }

    /// Returns whether there are more events already.
    pub(crate) fn has_more(&self) -> bool {
        self.has_more
    }

    /// Returns the notification that shows that the stream is alive.
    pub(crate) fn heartbeat(&self) -> Message {
        let cursor = self.position.encode(&self.server.docket);
        Message::new(wire::HEARTBEAT, json!({ "cursor": cursor }))
    }
}
