//! The note of a task: the data for which the execution has no field of its own.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::answer_log::AnswerLogState;

/// The version of the format. Readers reject all other versions: during a rolling deployment, the
/// program that wrote a note may be newer.
const VERSION: u32 = 1;

/// The data that is stored in the note of a task's execution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Note {
    /// The subject of the principal that created the task; `None` for anonymous callers.
    pub(crate) owner: Option<String>,
    /// The lifetime of the task, counted from its creation.
    pub(crate) ttl: Duration,
    /// The interval between polls that the server suggests.
    pub(crate) poll: Duration,
    /// The questions and answers so far.
    pub(crate) answer_log: AnswerLogState,
}

/// The stored form. Its field names are part of the format, so renaming one requires a new version.
#[derive(Serialize, Deserialize)]
struct Wire {
    v: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    ttl_ms: u64,
    poll_ms: u64,
    #[serde(default)]
    journal: AnswerLogState,
}

/// The error of a note that cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadNote {
    #[error("the execution of a task has no note")]
    Missing,
    #[error("the note of a task has version {0}, expected {VERSION}")]
    Version(u32),
    #[error("invalid note of a task: {0}")]
    Json(#[from] serde_json::Error),
}

impl Note {
    pub(crate) fn read(bytes: Option<&Bytes>) -> Result<Self, BadNote> {
        let wire: Wire = serde_json::from_slice(bytes.ok_or(BadNote::Missing)?)?;
        if wire.v != VERSION {
            return Err(BadNote::Version(wire.v));
        }
        Ok(Self {
            owner: wire.owner,
            ttl: Duration::from_millis(wire.ttl_ms),
            poll: Duration::from_millis(wire.poll_ms),
            answer_log: wire.journal,
        })
    }

    pub(crate) fn write(&self) -> serde_json::Result<Bytes> {
        let wire = Wire {
            v: VERSION,
            owner: self.owner.clone(),
            ttl_ms: millis(self.ttl),
            poll_ms: millis(self.poll),
            journal: self.answer_log.clone(),
        };
        Ok(serde_json::to_vec(&wire)?.into())
    }

    /// Adds answers. Ignores those that belong to no open question, and returns whether any was
    /// added.
    pub(crate) fn answer(&mut self, answers: Map<String, Value>) -> bool {
        let mut answered = false;
        for (key, answer) in answers {
            answered |= self.answer_log.answer(&key, answer);
        }
        answered
    }

    /// Returns whether a question is open.
    pub(crate) fn waits(&self) -> bool {
        !self.answer_log.open.is_empty()
    }

    /// Returns the open questions by key, as requests to the client.
    pub(crate) fn open(&self) -> Map<String, Value> {
        let open = self.answer_log.open.iter();
        open.map(|(key, question)| (key.clone(), question.to_request()))
            .collect()
    }
}

/// Converts a duration to milliseconds; the result is at least 1, because the protocol does not
/// allow zero.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
