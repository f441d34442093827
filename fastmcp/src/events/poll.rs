//! `events/poll`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::events::error::EventError;
use crate::events::history::{self, Start};
use crate::events::params::Params;
use crate::events::server::EventServer;
use crate::events::wire;

/// The events of one response, by default and at most.
const DEFAULT_EVENTS: u64 = 50;
const MAX_EVENTS: u64 = 200;
/// The pause before the next request that is suggested to clients, in milliseconds.
const NEXT_POLL: u64 = 5000;

/// Returns the events after the cursor of a client.
pub(crate) async fn poll(
    server: &EventServer,
    params: Params<'_>,
    caller: &Caller,
) -> Result<Value, EventError> {
    let event = server.find(params.name()?, caller)?;
    if !server.options.has_history() {
        return Err(EventError::UnsupportedMode {
            event: event.entry.name.to_owned(),
            mode: wire::MODE_POLL.to_owned(),
        });
    }
    let arguments = params.arguments()?;
    let start = Start::of(params.cursor()?, server);
    let max_age = params.count("maxAgeMs")?.map(Duration::from_millis);
    let limit = params.count("maxEvents")?.unwrap_or(DEFAULT_EVENTS);
    let limit = usize::try_from(limit.clamp(1, MAX_EVENTS)).unwrap_or(1);
    server.check(caller, event, &arguments).await?;
    let part = history::read(server, event, &arguments, caller, start, (limit, max_age)).await?;
    let events: Vec<&_> = part
        .events
        .iter()
        .map(|(occurrence, _)| occurrence)
        .collect();
    Ok(json!({
        "resultType": "complete",
        "events": events,
        "cursor": part.position.encode(&server.docket),
        "truncated": part.truncated,
        "hasMore": part.has_more,
        "nextPollMs": NEXT_POLL,
    }))
}
