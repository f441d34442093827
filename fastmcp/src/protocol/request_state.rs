//! The signed state of multi round-trip requests (protocol 2026-07-28).
//!
//! The client carries the answers of a call from one request to the next. The state is signed, so
//! that the client cannot change it, and bound to the server's name, its request and its caller, so
//! that it cannot be used for another call. It is not encrypted: it contains only answers of the same
//! client, readable for anybody who sees the request. It expires after a day.
//!
//! A process refuses a state that it has answered with a result or with further questions. Other
//! processes with the same secret do not know of it, unless the call has done work once; then the store has the
//! response.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rmcp::model::{
    InputRequest, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec,
    SealOptions,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::answer_log::{AnswerLog, AnswerLogState};
use crate::context::once_log::OnceLog;

/// The time for which a state is valid.
const STATE_TTL: Duration = Duration::from_hours(24);

/// The number of used states that a process remembers.
const USED_STATES: usize = 10_000;

/// Signs and verifies the state of calls.
pub(crate) struct StateSigner {
    codec: RequestStateCodec,
    /// The server's name. Servers that share a secret do not accept each other's states.
    server: Arc<str>,
    used: Mutex<UsedStates>,
}

/// The states of finished rounds, oldest first.
#[derive(Default)]
struct UsedStates {
    order: VecDeque<u64>,
    hashes: HashSet<u64>,
    hasher: RandomState,
}

impl UsedStates {
    fn contains(&self, state: &str) -> bool {
        self.hashes.contains(&self.hasher.hash_one(state))
    }

    fn insert(&mut self, state: &str) {
        let hash = self.hasher.hash_one(state);
        if !self.hashes.insert(hash) {
            return;
        }
        self.order.push_back(hash);
        if self.order.len() > USED_STATES
            && let Some(oldest) = self.order.pop_front()
        {
            self.hashes.remove(&oldest);
        }
    }
}

/// The data in a state.
#[derive(Default, Serialize, Deserialize)]
struct Carried {
    answers: BTreeMap<String, Value>,
    /// The ID under which the call has kept the results of work that it has done once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<String>,
    /// The names of this work.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    done: BTreeSet<String>,
    /// The number of rounds before the one that sends this state.
    round: u32,
}

/// One round of a call.
pub(crate) struct Round {
    pub(crate) log: Arc<AnswerLog>,
    /// The ID under which earlier rounds have kept the results of work that they have done once.
    pub(crate) call: Option<Arc<str>>,
    pub(crate) number: u32,
    /// `true` if the request has the state of an earlier round.
    pub(crate) has_state: bool,
    /// `true` if this process has answered an earlier request with the same state.
    pub(crate) is_used: bool,
}

/// The error of a request state that is forged or expired, or belongs to another request.
#[derive(Debug)]
pub(crate) struct InvalidState;

impl StateSigner {
    /// Creates a signer with the secret that all replicas of the server share. `None` if the secret is too short.
    pub(crate) fn new(secret: &[u8], server: Arc<str>) -> Option<Self> {
        Some(Self {
            codec: RequestStateCodec::try_new(secret).ok()?,
            server,
            used: Mutex::default(),
        })
    }

    /// Records that the round which began with `state` has ended, so that the state cannot be used again
    /// with other answers.
    pub(crate) fn finish(&self, state: Option<&str>) {
        if let Some(state) = state {
            self.used().insert(state);
        }
    }

    /// Returns the data that a state is bound to: the server's name, the request and the caller.
    fn bound(&self, binding: &Binding) -> Vec<u8> {
        // The name is JSON, so no other name and request have the same bytes.
        let mut bound = Value::from(&*self.server).to_string().into_bytes();
        bound.extend_from_slice(&binding.0);
        bound
    }

    fn used(&self) -> MutexGuard<'_, UsedStates> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the round of a request, with the answers from the state and from this request.
    pub(crate) fn verify(
        &self,
        binding: &Binding,
        state: Option<&str>,
        answers: Option<InputResponses>,
    ) -> Result<Round, InvalidState> {
        let carried = match state {
            Some(state) => {
                let verified = self.codec.open_with(state, &self.bound(binding));
                let verified = verified.map_err(|error| {
                    tracing::warn!(%error, "rejected an invalid request state");
                    InvalidState
                })?;
                serde_json::from_slice(&verified).map_err(|_| InvalidState)?
            }
            None => Carried::default(),
        };
        let is_used = state.is_some_and(|state| self.used().contains(state));
        if is_used && carried.call.is_none() {
            tracing::warn!("rejected a request state whose round has ended");
            return Err(InvalidState);
        }
        let entries = AnswerLogState {
            answered: carried.answers,
            ..AnswerLogState::default()
        };
        let call: Option<Arc<str>> = carried.call.map(Arc::from);
        let once = OnceLog::of_call(call.clone(), carried.done);
        Ok(Round {
            log: AnswerLog::of_round(entries, answers.unwrap_or_default(), once),
            call,
            number: carried.round,
            has_state: state.is_some(),
            is_used,
        })
    }

    /// Returns the response with the open questions, and the state for the next round trip.
    pub(crate) fn input_required(
        &self,
        binding: &Binding,
        round: &Round,
    ) -> Result<InputRequiredResult, serde_json::Error> {
        let entries = round.log.state();
        let requests = entries.open.iter().map(|(key, question)| {
            let request = serde_json::from_value::<InputRequest>(question.to_request())?;
            Ok((key.clone(), request))
        });
        let requests = requests.collect::<Result<InputRequests, serde_json::Error>>()?;
        let carried = serde_json::to_vec(&Carried {
            answers: entries.answered,
            call: round.log.once().call().map(|call| call.to_string()),
            done: round.log.once().done(),
            round: round.number.saturating_add(1),
        })?;
        let bound = self.bound(binding);
        let options = SealOptions::new().associated_data(&bound).ttl(STATE_TTL);
        let state = self.codec.seal_with(&carried, &options);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(server: &str) -> StateSigner {
        StateSigner::new(&[7; 32], server.into()).unwrap()
    }

    fn first_round() -> Round {
        signer("any").verify(&binding(), None, None).unwrap()
    }

    fn binding() -> Binding {
        Binding::new("tools/call", "delete", &Map::new(), None)
    }

    #[test]
    fn a_state_is_bound_to_the_name_of_its_server() {
        let result = signer("one").input_required(&binding(), &first_round());
        let state = result.unwrap().request_state.unwrap();
        signer("one")
            .verify(&binding(), Some(&state), None)
            .unwrap();
        signer("two")
            .verify(&binding(), Some(&state), None)
            .err()
            .unwrap();
    }

    #[test]
    fn the_state_of_a_finished_round_is_refused() {
        let signer = signer("one");
        let result = signer.input_required(&binding(), &first_round());
        let state = result.unwrap().request_state.unwrap();
        // A request that was cancelled may be repeated.
        signer.verify(&binding(), Some(&state), None).unwrap();
        signer.verify(&binding(), Some(&state), None).unwrap();
        signer.finish(Some(&state));
        signer.verify(&binding(), Some(&state), None).err().unwrap();
        for n in 0..USED_STATES {
            signer.finish(Some(&n.to_string()));
        }
        assert_eq!(
            signer.used().hashes.len(),
            USED_STATES,
            "the record is bounded"
        );
    }
}
