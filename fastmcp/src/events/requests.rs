//! The requests about events, by method.

use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::error::ProtocolError;
use crate::events::error::EventError;
use crate::events::params::Params;
use crate::events::server::EventServer;
use crate::events::subscribe::{subscribe, unsubscribe};
use crate::events::{poll, wire};

/// Returns whether a method has one response. `events/stream` has notifications as well.
pub(crate) fn is_method(method: &str) -> bool {
    [wire::LIST, wire::SUBSCRIBE, wire::UNSUBSCRIBE, wire::POLL].contains(&method)
}

/// Answers a request.
pub(crate) async fn answer(
    server: &EventServer,
    method: &str,
    params: Option<&Value>,
    caller: &Caller,
) -> Result<Value, ProtocolError> {
    let none = Map::new();
    let answer = async {
        let params = match params {
            None | Some(Value::Null) => &none,
            Some(Value::Object(params)) => params,
            Some(_) => return Err(EventError::Invalid("params: expected object".to_owned())),
        };
        let params = Params(params);
        match method {
            wire::LIST => list(server, params, caller),
            wire::SUBSCRIBE => subscribe(server, params, caller).await,
            wire::UNSUBSCRIBE => unsubscribe(server, params, caller).await,
            _ => poll::poll(server, params, caller).await,
        }
    };
    answer.await.map_err(|error: EventError| {
        let error = match error {
            EventError::Invalid(problem) => {
                EventError::Invalid(format!("invalid parameters of `{method}`: {problem}"))
            }
            error => error,
        };
        error.into_protocol(server.options.error_codes)
    })
}

/// Lists the events whose scopes the caller has, as one page.
fn list(server: &EventServer, params: Params<'_>, caller: &Caller) -> Result<Value, EventError> {
    if params.cursor()?.is_some() {
        return Err(EventError::Invalid("cursor: invalid cursor".to_owned()));
    }
    let has_history = server.options.has_history();
    let events = server.registry.iter();
    let events = events.filter(|event| EventServer::has_scopes(caller, event));
    let events: Vec<Value> = events.map(|event| event.descriptor(has_history)).collect();
    Ok(json!({ "resultType": "complete", "events": events }))
}
