//! What is said to a backend, and what it answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::docket::model::failure::Failure;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::{Limits, OnConflict, Priority};
use crate::docket::model::time::{Timestamp, When};

/// One execution to take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its key.
    pub key: Key,
    /// Its task.
    pub task: Name,
    /// Its envelope: opaque.
    pub body: Bytes,
    /// When it is due.
    pub when: When,
    /// What is claimed before it.
    pub priority: Priority,
    /// What happens when its key is in use.
    pub conflict: OnConflict,
    /// The shared limits that it runs under.
    pub limits: Option<Box<Limits>>,
    /// What the docket keeps beside it: opaque.
    pub note: Option<Bytes>,
    /// How long it is kept from its admission on, whatever becomes of it, instead of by the docket's options.
    pub keep: Option<Duration>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It was taken in under this number.
    Accepted(ExecutionId),
    /// Its key is in use, or its lane cools down after this execution; nothing new was made.
    Existing(ExecutionId),
    /// Its key runs, and the message asked to be refused then.
    Running(ExecutionId),
    /// The docket is full.
    Full {
        /// The bound that is reached.
        capacity: usize,
    },
}

/// A worker asks for work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The worker's name, unique among the workers of the docket.
    pub worker: Arc<str>,
    /// The most executions to hand out; at least 1.
    pub limit: usize,
    /// How long the worker may hold them without renewing.
    pub lease: Duration,
    /// After how many deliveries of one attempt, lost with their worker, an execution is a dead letter.
    pub max_deliveries: u32,
}

/// An execution in a worker's hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// Its number and the fencing token of this run.
    pub hold: Hold,
    /// Its key.
    pub key: Key,
    /// Its task.
    pub task: Name,
    /// Its envelope.
    pub body: Bytes,
    /// Its note, as it stands.
    pub note: Option<Bytes>,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Which delivery of this attempt, from 1.
    pub delivery: u32,
    /// When it was due.
    pub due: Timestamp,
    /// When it was claimed.
    pub now: Timestamp,
}

/// A run: the number of its execution, and its fencing token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hold {
    /// The execution.
    pub id: ExecutionId,
    /// The token. Tokens rise over the whole docket, so a greater one is a later run.
    pub token: u64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// The run.
    pub hold: Hold,
    /// How it ended.
    pub verdict: Verdict,
}

/// The end of a run, and what follows.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The body returned `result`.
    Completed {
        /// JSON.
        result: Bytes,
        /// The next run of a perpetual task.
        again: Option<Again>,
    },
    /// The body failed for good.
    Failed {
        /// Why.
        failure: Failure,
        /// The next run of a perpetual task.
        again: Option<Again>,
    },
    /// The body failed, and is tried again after a pause.
    Retry {
        /// Why.
        failure: Failure,
        /// The pause.
        after: Duration,
    },
    /// The body asked to be run again after a pause; no attempt is counted.
    Snoozed {
        /// The pause.
        after: Duration,
    },
    /// The body waits for somebody outside: it is run again once [`Command::Amend`] wakes it.
    Parked {
        /// Its note from now on.
        note: Bytes,
    },
    /// The body was stopped, or gave the work up.
    Cancelled {
        /// By whom or what.
        reason: String,
    },
    /// The worker stops; another one takes the run at once.
    HandBack,
    /// The worker does not know the task; another one may.
    HandOn,
    /// Nobody can run this.
    Buried {
        /// Why.
        reason: String,
    },
}

/// The next run of a perpetual task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// When it is due.
    pub when: When,
    /// Its envelope, where that is not the one of the run before.
    pub body: Option<Bytes>,
}

/// What became of a settlement or report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It was written down; this is the state now.
    Done(ExecutionState),
    /// The run is over or was lost; nothing was changed.
    Fenced,
}

/// Which execution is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The one that holds this key now, or held it last.
    Key(Key),
    /// The one of this number.
    Id(ExecutionId),
}

/// A word to the docket as a whole, or to an execution from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ends what is scheduled, queued or running under a key.
    Cancel {
        /// The key.
        key: Key,
        /// By whom or what, for the record.
        reason: String,
    },
    /// Holds back the executions of a task until it is restored; running ones go on.
    Strike(Name),
    /// Lets the executions of a struck task go.
    Restore(Name),
    /// Hands out nothing until the docket is resumed.
    Pause,
    /// Hands out work again.
    Resume,
    /// Cancels everything that is scheduled or queued.
    Clear,
    /// Takes a dead letter in again, as a new execution under its key.
    Replay(Key),
    /// The dead letters, oldest first, up to this many.
    DeadLetters(usize),
    /// Changes the note of a parked execution, if it is what the caller thinks it is.
    Amend {
        /// The execution.
        id: ExecutionId,
        /// Its note, as the caller has read it.
        expected: Bytes,
        /// Its note from now on.
        note: Bytes,
        /// Whether it is due now.
        wake: bool,
    },
    /// This worker takes its leave; it holds nothing any more.
    Leave(Arc<str>),
}

/// The answer to a [`Command`].
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// To all commands without an answer of their own.
    Done,
    /// To `Cancel`.
    Cancelled(Cancelled),
    /// To `Clear`: how many were cancelled.
    Cleared(usize),
    /// To `Replay`: what became of it; `None` without such a dead letter.
    Replayed(Option<Admission>),
    /// To `Amend`.
    Amended(Amended),
    /// To `DeadLetters`.
    DeadLetters(Vec<Record>),
}

/// What a cancellation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It was waiting, and is cancelled.
    Removed,
    /// It runs; its worker was told, and it is cancelled once it has stopped.
    Signalled,
    /// The key is unknown, or its execution has ended. Nothing was left behind.
    Unknown,
}

/// What became of a change to a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amended {
    /// The note is the new one.
    Done,
    /// The execution is not parked, or its note is another one; nothing was changed.
    Stale,
    /// There is no such execution, or it was forgotten.
    Unknown,
}

/// What [`Backend::wait`](crate::docket::backend::contract::Backend::wait) waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// At most this many executions are scheduled, queued or running.
    PendingAtMost(usize),
    /// The docket can take one more.
    Room,
}
