//! Calls in several rounds (protocol 2026-07-28, multi round-trip requests): the client carries
//! what a call has learnt from one round to the next, sealed, so that it can be trusted.
//!
//! A seal is bound to the request that it belongs to (its method, name and arguments, and who
//! called), so it can be used for no other; it is signed, not encrypted: a client could read its
//! own answers in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{
    InputRequest, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec,
    SealOptions,
};
use serde_json::{Map, Value};

use crate::context::answer_log::{AnswerLog, AnswerLogState};

/// How long a client may take for its answers.
const PATIENCE: Duration = Duration::from_hours(24);

/// The fewest bytes of a secret.
pub(crate) const SHORTEST_SECRET: usize = RequestStateCodec::MIN_KEY_LENGTH;

/// Seals and opens what calls in several rounds have learnt.
pub(crate) struct Seal(RequestStateCodec);

/// The state that a client sent along cannot be used.
#[derive(Debug)]
pub(crate) struct BadState;

impl Seal {
    /// A seal under `secret`, which other replicas of the server share; without one, under a
    /// random one that ends with the process.
    pub(crate) fn new(secret: Option<&[u8]>) -> Option<Self> {
        let random: [u8; SHORTEST_SECRET];
        let secret = match secret {
            Some(secret) => secret,
            None => {
                random = rand::random();
                &random
            }
        };
        Some(Self(RequestStateCodec::try_new(secret).ok()?))
    }
}

/// The request that a call in several rounds belongs to.
pub(crate) struct Round {
    bound_to: Vec<u8>,
}

impl Round {
    /// Of `method` for `name`, with these arguments, by `caller`.
    pub(crate) fn new(
        method: &str,
        name: &str,
        arguments: &Map<String, Value>,
        caller: Option<&str>,
    ) -> Self {
        let arguments = sorted(&Value::Object(arguments.clone()));
        let bound_to = serde_json::json!([method, name, arguments, caller]);
        Self {
            bound_to: bound_to.to_string().into_bytes(),
        }
    }

    /// What is known from the rounds before this one.
    pub(crate) fn open(
        &self,
        seal: &Seal,
        state: Option<&str>,
        responses: Option<InputResponses>,
    ) -> Result<Arc<AnswerLog>, BadState> {
        let entries = match state {
            Some(state) => {
                let opened = seal.0.open_with(state, &self.bound_to);
                let opened = opened.map_err(|error| {
                    tracing::warn!(%error, "a request state was refused");
                    BadState
                })?;
                let answered = serde_json::from_slice(&opened).map_err(|_| BadState)?;
                AnswerLogState {
                    answered,
                    ..AnswerLogState::default()
                }
            }
            None => AnswerLogState::default(),
        };
        Ok(AnswerLog::new(entries, responses.unwrap_or_default()))
    }

    /// What the client has to send before the next round.
    pub(crate) fn close(
        &self,
        seal: &Seal,
        entries: &AnswerLogState,
    ) -> Result<InputRequiredResult, serde_json::Error> {
        let requests = entries.open.iter().map(|(key, question)| {
            let request = serde_json::from_value::<InputRequest>(question.to_request())?;
            Ok((key.clone(), request))
        });
        let requests = requests.collect::<Result<InputRequests, serde_json::Error>>()?;
        let answered = serde_json::to_vec(&entries.answered)?;
        let options = SealOptions::new()
            .associated_data(&self.bound_to)
            .ttl(PATIENCE);
        let state = seal.0.seal_with(&answered, &options);
        Ok(InputRequiredResult::new(Some(requests), Some(state)))
    }
}

/// The same value with its objects' members in order: a client may write them anew.
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
