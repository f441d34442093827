//! One run handed to a worker, and the lease under which the worker holds it.

use bytes::Bytes;

use crate::docket::model::journal::JournalEntry;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::time::Timestamp;

/// Identifies one run of one execution. Workers pass it to settle, renew and report; the backend rejects the lease of
/// an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The execution.
    pub id: ExecutionId,
    /// The fencing token. Tokens increase across the whole docket, so a greater token belongs to a later run.
    pub token: u64,
}

/// One run of an execution, handed to a worker by [`Backend::claim`](crate::docket::backend::contract::Backend::claim).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The lease: the number of the execution, and the fencing token of this run.
    pub lease: Lease,
    /// The key of the execution.
    pub key: Key,
    /// The task to run.
    pub task: Name,
    /// The envelope around the payload. Backends do not read it.
    pub envelope: Bytes,
    /// The note, as of the claim.
    pub note: Option<Bytes>,
    /// The journal of the execution, as of the claim, with signals in the order of their arrival.
    pub journal: Vec<JournalEntry>,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// The number of this delivery within the attempt, from 1.
    pub delivery: u32,
    /// The due time.
    pub due: Timestamp,
    /// The time of the claim on the backend's clock.
    pub claimed: Timestamp,
}

impl Delivery {
    /// Creates the first delivery of the first attempt, due and claimed at `now`, without a note.
    #[must_use]
    pub fn new(lease: Lease, key: Key, task: Name, envelope: Bytes, now: Timestamp) -> Self {
        Self {
            lease,
            key,
            task,
            envelope,
            note: None,
            journal: Vec::new(),
            attempt: 1,
            delivery: 1,
            due: now,
            claimed: now,
        }
    }
}
