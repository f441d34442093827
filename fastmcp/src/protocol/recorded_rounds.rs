//! The responses of rounds whose call has done work [once](crate::Context::once), for clients that repeat a round.

use std::time::Duration;

use rmcp::model::{
    CallToolResponse, GetPromptResponse, InputRequiredResult, InputResponses, ReadResourceResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::request_state::Round;
use crate::store::Store;
use crate::store::expected::Expected;

/// The time for which a response is kept.
const TTL: Duration = Duration::from_hours(1);

/// A response that may contain questions instead of the result.
pub(crate) trait RoundResponse: Sized {
    /// Creates the response with the questions of a round.
    fn input_required(required: InputRequiredResult) -> Self;
    /// Returns the response as JSON; `None` if it is not kept.
    fn to_json(&self) -> Option<Value>;
    fn from_json(json: Value) -> Option<Self>;
}

macro_rules! round_response {
    ($($type:ident),*) => {$(
        impl RoundResponse for $type {
            fn input_required(required: InputRequiredResult) -> Self {
                Self::InputRequired(required)
            }

            fn to_json(&self) -> Option<Value> {
                match self {
                    Self::Complete(result) => serde_json::to_value(result).ok(),
                    Self::InputRequired(required) => serde_json::to_value(required).ok(),
                    _ => None,
                }
            }

            fn from_json(json: Value) -> Option<Self> {
                if json["resultType"] == "input_required" {
                    return Some(Self::InputRequired(serde_json::from_value(json).ok()?));
                }
                Some(Self::Complete(serde_json::from_value(json).ok()?))
            }
        }
    )*};
}
round_response!(CallToolResponse, GetPromptResponse, ReadResourceResponse);

#[derive(Serialize, Deserialize)]
struct Recorded {
    /// The answers that the client sent in the round.
    answers: InputResponses,
    response: Value,
}

fn key(server: &str, call: &str, number: u32) -> String {
    format!("fastmcp:{server}:round:{call}:{number}")
}

/// The record of an earlier request with the same state.
pub(crate) enum Earlier<R> {
    /// The request had the same answers and got this response.
    Same(R),
    /// The request had other answers.
    Other,
    None,
}

/// Finds the record of an earlier request of `round`.
pub(crate) async fn find<R: RoundResponse>(
    store: &Store,
    server: &str,
    round: &Round,
    answers: &InputResponses,
) -> Earlier<R> {
    let Some(call) = &round.call else {
        return Earlier::None;
    };
    let bytes = match store.get(&key(server, call, round.number)).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Earlier::None,
        Err(error) => {
            tracing::warn!(%error, "cannot read the response of an earlier round");
            return Earlier::None;
        }
    };
    match serde_json::from_slice::<Recorded>(&bytes) {
        Ok(recorded) if recorded.answers == *answers => match R::from_json(recorded.response) {
            Some(response) => Earlier::Same(response),
            None => Earlier::Other,
        },
        _ => Earlier::Other,
    }
}

/// Keeps the response of a round that has ended. After the last round, the results of its work are removed, because no
/// run needs them.
pub(crate) async fn keep<R: RoundResponse>(
    store: &Store,
    server: &str,
    round: &Round,
    answers: InputResponses,
    response: &R,
) {
    let once = round.log.once();
    let (Some(call), Some(json)) = (once.call(), response.to_json()) else {
        return;
    };
    let is_last = json["resultType"] != "input_required";
    if round.has_state {
        let recorded = Recorded {
            answers,
            response: json,
        };
        let bytes = serde_json::to_vec(&recorded).unwrap_or_default();
        let key = key(server, &call, round.number);
        let kept = store.put(&key, bytes.into(), Some(TTL), Expected::Anything);
        if let Err(error) = kept.await {
            // The client can still repeat the call from its first request, but not this round.
            tracing::warn!(%error, "cannot keep the response of a round");
            return;
        }
    }
    if is_last {
        once.remove_results().await;
    }
}
