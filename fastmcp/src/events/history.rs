//! The history of an event: reads what was emitted after a place.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::docket::error::DocketError;
use crate::docket::model::filter::{Cursor, Filter};
use crate::docket::model::time::Timestamp;
use crate::events::cursor::Position;
use crate::events::error::EventError;
use crate::events::names;
use crate::events::occurrence::Occurrence;
use crate::events::registry::ListedEvent;
use crate::events::server::EventServer;

/// The number of events that are read at once.
const PAGE: usize = 200;

/// The part of a history that a caller may see.
pub(crate) struct Part {
    pub(crate) events: Vec<(Occurrence, Position)>,
    /// The place after the last event that was read, whether it matches or not.
    pub(crate) position: Position,
    /// `true` if events before the first one may be missing.
    pub(crate) truncated: bool,
    pub(crate) has_more: bool,
}

/// The place from which a history is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    Now,
    /// The client has a cursor that is not valid any more.
    Lost,
    At(Position),
}

impl Start {
    pub(crate) fn of(cursor: Option<&str>, server: &EventServer) -> Self {
        match cursor {
            None => Self::Now,
            Some(text) => Position::decode(text, &server.docket).map_or(Self::Lost, Self::At),
        }
    }
}

/// The place where the events of a client begin.
pub(crate) struct Begin {
    pub(crate) position: Position,
    pub(crate) truncated: bool,
}

/// Finds the place where the events of a client begin, within the history and the age that it wants.
pub(crate) async fn begin(
    server: &EventServer,
    start: Start,
    max_age: Option<Duration>,
) -> Result<Begin, EventError> {
    let now = now(server).await?;
    let Start::At(position) = start else {
        return Ok(Begin {
            position: Position {
                since: now.as_micros(),
                after: None,
            },
            truncated: matches!(start, Start::Lost),
        });
    };
    let kept_since = now - server.options.history;
    let wanted_since = max_age.map_or(kept_since, |age| kept_since.max(now - age));
    let since = Timestamp::from_micros(position.since);
    Ok(Begin {
        position: Position {
            since: since.max(wanted_since).as_micros(),
            ..position
        },
        truncated: since < wanted_since,
    })
}

/// Reads up to `limit` events, and returns those that match the arguments.
pub(crate) async fn read(
    server: &EventServer,
    event: &ListedEvent,
    arguments: &Map<String, Value>,
    caller: &Caller,
    start: Start,
    (limit, max_age): (usize, Option<Duration>),
) -> Result<Part, EventError> {
    // What is submitted from now on belongs to the next part. So an event is in exactly one part, and the end of a part
    // is a time.
    let now = now(server).await?;
    let end = Position {
        since: now.as_micros(),
        after: None,
    };
    let Begin {
        position,
        truncated,
    } = begin(server, start, max_age).await?;
    let mut part = Part {
        events: Vec::new(),
        position: end,
        truncated,
        has_more: false,
    };
    if !matches!(start, Start::At(_)) {
        return Ok(part);
    }
    let name = event.entry.name;
    let filter = Filter::new()
        .task(names::history_task(name))
        .submitted_since(Timestamp::from_micros(position.since))
        .submitted_before(now);
    let after = position.after.map(Cursor);
    let page = server.docket.list(&filter, after, limit.min(PAGE)).await?;
    if let (Some(next), Some(last)) = (page.next, page.executions.last()) {
        part.has_more = true;
        part.position = Position {
            since: last.submitted.as_micros(),
            after: Some(next.0),
        };
    }
    for record in page.executions {
        let note = record.note.as_deref().unwrap_or_default();
        let Ok(mut occurrence) = serde_json::from_slice::<Occurrence>(note) else {
            continue;
        };
        if !occurrence.belongs_to(caller) {
            continue;
        }
        // It is not sent.
        occurrence.owner = None;
        let matched = event.entry.matches(
            &server.provided,
            arguments.clone(),
            &occurrence.data,
            caller.clone(),
        );
        let matched = matched.await.map_err(|error| {
            tracing::error!(event = name, %error, "the function of an event failed");
            EventError::Internal
        });
        if matched? {
            // A client that continues here gets this event again, and recognizes its ID.
            let at = Position {
                since: record.submitted.as_micros(),
                after: None,
            };
            part.events.push((occurrence, at));
        }
    }
    Ok(part)
}

/// Returns the time of the docket, which also dates its executions.
async fn now(server: &EventServer) -> Result<Timestamp, EventError> {
    let snapshot = server.docket.backend().snapshot(0).await;
    let snapshot = snapshot.map_err(DocketError::from)?;
    Ok(snapshot.now.unwrap_or_else(|| SystemTime::now().into()))
}
