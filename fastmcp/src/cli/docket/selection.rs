//! [`Selection`]: the conditions of `docket list`, `retry` and `purge`.

use std::time::{Duration, SystemTime};

use clap::{Args, ValueEnum};

use crate::docket::model::filter::Filter;
use crate::docket::model::state::ExecutionState;

/// The conditions that an execution must meet.
#[derive(Debug, Default, Args)]
pub(crate) struct Selection {
    /// The state; can be repeated
    #[arg(long, value_enum)]
    pub(crate) state: Vec<State>,
    /// The name of the task
    #[arg(long)]
    pub(crate) task: Option<String>,
    /// The key
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// The beginning of the key
    #[arg(long, value_name = "TEXT")]
    pub(crate) key_prefix: Option<String>,
    /// Submitted at this time or later: `2026-11-28T09:00:00Z`, or `2h` for two hours ago
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) since: Option<SystemTime>,
    /// Submitted before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) before: Option<SystemTime>,
    /// Ended at this time or later
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) ended_since: Option<SystemTime>,
    /// Ended before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) ended_before: Option<SystemTime>,
}

/// The state of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    Scheduled,
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
    Dead,
}

impl From<State> for ExecutionState {
    fn from(state: State) -> Self {
        match state {
            State::Scheduled => Self::Scheduled,
            State::Queued => Self::Queued,
            State::Running => Self::Running,
            State::Completed => Self::Completed,
            State::Failed => Self::Failed,
            State::Cancelled => Self::Cancelled,
            State::Dead => Self::Dead,
        }
    }
}

impl Selection {
    /// Returns whether there is no condition.
    pub(crate) fn is_empty(&self) -> bool {
        self.filter() == Filter::new()
    }

    pub(crate) fn filter(&self) -> Filter {
        let mut filter = Filter::new();
        filter.states = self.state.iter().map(|state| (*state).into()).collect();
        filter.task = self.task.as_deref().map(Into::into);
        filter.key = self.key.as_deref().map(Into::into);
        filter.key_prefix.clone_from(&self.key_prefix);
        filter.submitted_since = self.since.map(Into::into);
        filter.submitted_before = self.before.map(Into::into);
        filter.ended_since = self.ended_since.map(Into::into);
        filter.ended_before = self.ended_before.map(Into::into);
        filter
    }
}

/// Parses a time, or the duration since then.
fn time(text: &str) -> Result<SystemTime, String> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.into());
    }
    let ago = text.parse::<jiff::SignedDuration>().ok();
    let ago = ago.and_then(|ago| Duration::try_from(ago).ok());
    let time = ago.and_then(|ago| SystemTime::now().checked_sub(ago));
    time.ok_or_else(|| {
        "it is neither a time such as 2026-11-28T09:00:00Z nor a duration such as 2h or 90m"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_moments_or_durations() {
        assert!(time("2026-11-28T09:00:00Z").is_ok());
        let before = SystemTime::now();
        let now = time("2h").unwrap() + Duration::from_hours(2);
        assert!(before <= now && now <= SystemTime::now());
        for text in ["", "yesterday", "-2h", "2026-11-28"] {
            assert!(time(text).is_err(), "{text}");
        }
        assert!(Selection::default().is_empty());
    }
}
