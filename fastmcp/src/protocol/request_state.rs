//! The signed state of multi round-trip requests (protocol 2026-07-28).
//!
//! The client sends the answers of a call back with the next request. The state is signed, so that
//! the client cannot change it, and bound to its request and caller, so that it cannot be used for
//! another call. It is not encrypted, because it contains only answers of the same client.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{
    InputRequest, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec,
    SealOptions,
};
use serde_json::{Map, Value};

use crate::context::answer_log::{AnswerLog, AnswerLogState};

/// The time for which a state is valid.
const STATE_TTL: Duration = Duration::from_hours(24);

/// The minimum length of a secret in bytes.
const MIN_SECRET_LENGTH: usize = RequestStateCodec::MIN_KEY_LENGTH;

/// Signs and verifies the state of calls.
pub(crate) struct StateSigner(RequestStateCodec);

/// The error of a request state that is forged or expired, or belongs to another request.
#[derive(Debug)]
pub(crate) struct InvalidState;

impl StateSigner {
    /// Creates a signer with the secret that all replicas of the server share. Without a secret, it
    /// generates one for this process. Returns `None` if the secret is too short.
    pub(crate) fn new(secret: Option<&[u8]>) -> Option<Self> {
        let random: [u8; MIN_SECRET_LENGTH];
        let secret = match secret {
            Some(secret) => secret,
            None => {
                random = rand::random();
                &random
            }
        };
        Some(Self(RequestStateCodec::try_new(secret).ok()?))
    }

    /// Returns the answer log of a call, with the answers from the state and from this request.
    pub(crate) fn verify(
        &self,
        binding: &Binding,
        state: Option<&str>,
        answers: Option<InputResponses>,
    ) -> Result<Arc<AnswerLog>, InvalidState> {
        let entries = match state {
            Some(state) => {
                let verified = self.0.open_with(state, &binding.0);
                let verified = verified.map_err(|error| {
                    tracing::warn!(%error, "rejected an invalid request state");
                    InvalidState
                })?;
                let answered = serde_json::from_slice(&verified).map_err(|_| InvalidState)?;
                AnswerLogState {
                    answered,
                    ..AnswerLogState::default()
                }
            }
            None => AnswerLogState::default(),
        };
        Ok(AnswerLog::new(entries, answers.unwrap_or_default()))
    }

    /// Returns the response with the open questions, and the state for the next round trip.
    pub(crate) fn input_required(
        &self,
        binding: &Binding,
        entries: &AnswerLogState,
    ) -> Result<InputRequiredResult, serde_json::Error> {
        let requests = entries.open.iter().map(|(key, question)| {
            let request = serde_json::from_value::<InputRequest>(question.to_request())?;
            Ok((key.clone(), request))
        });
        let requests = requests.collect::<Result<InputRequests, serde_json::Error>>()?;
        let answered = serde_json::to_vec(&entries.answered)?;
        let options = SealOptions::new()
            .associated_data(&binding.0)
            .ttl(STATE_TTL);
        let state = self.0.seal_with(&answered, &options);
        Ok(InputRequiredResult::new(Some(requests), Some(state)))
    }
}

/// The request and the caller that a state is bound to.
pub(crate) struct Binding(Vec<u8>);

impl Binding {
    pub(crate) fn new(
        method: &str,
        name: &str,
        arguments: &Map<String, Value>,
        caller: Option<&str>,
    ) -> Self {
        let arguments = sorted(&Value::Object(arguments.clone()));
        let bound = serde_json::json!([method, name, arguments, caller]);
        Self(bound.to_string().into_bytes())
    }
}

/// Sorts the members of all objects. With its feature `preserve_order`, `serde_json` keeps the
/// order of the text, and a client may send the same arguments in another order when it repeats the
/// request.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members
                .iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            let members = members.into_iter();
            Value::Object(members.map(|(name, value)| (name.clone(), value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
