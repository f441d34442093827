//! The options of a docket, for every backend.

use std::time::Duration;

/// The options of a docket; [`Docket::builder`](crate::docket::handle::Docket::builder) sets them.
#[derive(Debug, Clone, PartialEq)]
pub struct DocketOptions {
    /// The maximum number of executions that are scheduled, queued or running.
    pub capacity: usize,
    /// The maximum size of the payloads and notes of executions that are scheduled, queued or running, in bytes.
    pub capacity_bytes: usize,
    /// The maximum number of pending executions of one [owner](crate::docket::Submission::owner).
    pub owner_capacity: usize,
    /// The maximum number of running executions of one owner, across all workers.
    pub owner_concurrency: u32,
    /// How a full docket treats further submissions.
    pub when_full: WhenFull,
    /// The time for which results are kept.
    pub result_ttl: Duration,
    /// The maximum number of results. When it is exceeded, the oldest results are deleted before `result_ttl`.
    pub result_capacity: usize,
    /// The maximum size of all results, in bytes. When it is exceeded, the oldest results are deleted.
    pub result_bytes: usize,
    /// The maximum size of a result, in bytes.
    pub max_result: usize,
    /// The maximum size of a payload, in bytes.
    pub max_payload: usize,
    /// The maximum size of the journal of one execution, in bytes: the results of its steps, and its signals.
    pub max_journal: usize,
    /// The time for which dead letters are kept.
    pub dead_letter_ttl: Duration,
    /// The maximum number of dead letters. When it is exceeded, the oldest are deleted before `dead_letter_ttl`.
    pub dead_letter_capacity: usize,
    /// The maximum size of all dead letters, in bytes. When it is exceeded, the oldest are deleted.
    pub dead_letter_bytes: usize,
    /// Whether the store may delete data to make room. It may then delete executions that are waiting.
    pub allow_eviction: bool,
}

/// The behavior of a full docket when another execution is submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenFull {
    /// Fails at once with [`DocketError::Full`](crate::docket::error::DocketError::Full).
    #[default]
    Refuse,
    /// Waits until an execution has ended. A task that submits to its own docket can then wait forever, because the
    /// docket may have room only after that task has ended.
    Wait,
}

impl Default for DocketOptions {
    fn default() -> Self {
        Self {
            capacity: 1_000_000,
            capacity_bytes: 256 << 20,
            owner_capacity: 1000,
            owner_concurrency: 8,
            when_full: WhenFull::Refuse,
            result_ttl: Duration::from_mins(15),
            result_capacity: 100_000,
            result_bytes: 256 << 20,
            max_result: 1 << 20,
            max_payload: 1 << 20,
            max_journal: 4 << 20,
            dead_letter_ttl: Duration::from_hours(7 * 24),
            dead_letter_capacity: 100_000,
            dead_letter_bytes: 256 << 20,
            allow_eviction: false,
        }
    }
}
