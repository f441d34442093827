//! The note of a task: what the server has to know of it besides what its execution is.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::answer_log::AnswerLogState;

/// The version that is written; readers refuse any other.
const VERSION: u32 = 1;

/// What stands beside the execution of a task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Note {
    /// Whose task it is; `None` for the scope that all who are not authenticated share.
    pub(crate) owner: Option<String>,
    /// How long it is kept, from its creation on.
    pub(crate) ttl: Duration,
    /// How often its client should ask.
    pub(crate) poll: Duration,
    /// What was asked and answered.
    pub(crate) journal: AnswerLogState,
}

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

/// A note that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadNote {
    #[error("its execution has no note")]
    Missing,
    #[error("its note has version {0}, this server reads version {VERSION}")]
    Version(u32),
    #[error("its note cannot be read: {0}")]
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
            journal: wire.journal,
        })
    }

    pub(crate) fn write(&self) -> serde_json::Result<Bytes> {
        let wire = Wire {
            v: VERSION,
            owner: self.owner.clone(),
            ttl_ms: millis(self.ttl),
            poll_ms: millis(self.poll),
            journal: self.journal.clone(),
        };
        Ok(serde_json::to_vec(&wire)?.into())
    }

    /// Takes the answers to open questions in; whether there was one.
    pub(crate) fn answer(&mut self, answers: Map<String, Value>) -> bool {
        let mut answered = false;
        for (key, answer) in answers {
            answered |= self.journal.answer(&key, answer);
        }
        answered
    }

    /// Whether a question is open.
    pub(crate) fn waits(&self) -> bool {
        !self.journal.open.is_empty()
    }

    /// The open questions, by key, as requests to the client.
    pub(crate) fn open(&self) -> Map<String, Value> {
        let open = self.journal.open.iter();
        open.map(|(key, question)| (key.clone(), question.to_request()))
            .collect()
    }
}

/// Whole milliseconds; at least one, where the protocol has no zero.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
