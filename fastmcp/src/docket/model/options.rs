//! The options of a docket, whatever its backend.

use std::time::Duration;

/// The options of a docket; [`Docket::builder`](crate::docket::handle::Docket::builder) sets them.
#[derive(Debug, Clone, PartialEq)]
pub struct DocketOptions {
    /// The most executions that are scheduled, queued or running at once.
    pub capacity: usize,
    /// What a submission to a full docket comes to.
    pub when_full: WhenFull,
    /// How long results stay readable.
    pub result_ttl: Duration,
    /// The most results that are kept; beyond it, the oldest go before their time.
    pub result_capacity: usize,
    /// The largest result, in bytes.
    pub max_result: usize,
    /// The largest payload, in bytes.
    pub max_payload: usize,
    /// How long dead letters are kept.
    pub dead_letter_ttl: Duration,
}

/// What a submission to a full docket comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenFull {
    /// [`DocketError::Full`](crate::docket::error::DocketError::Full), at once.
    #[default]
    Refuse,
    /// It waits for room. A task that adds to its own docket this way can wait for ever: its slot is what would make
    /// the room.
    Wait,
}

impl Default for DocketOptions {
    fn default() -> Self {
        Self {
            capacity: 1_000_000,
            when_full: WhenFull::Refuse,
            result_ttl: Duration::from_mins(15),
            result_capacity: 100_000,
            max_result: 1 << 20,
            max_payload: 1 << 20,
            dead_letter_ttl: Duration::from_hours(7 * 24),
        }
    }
}
