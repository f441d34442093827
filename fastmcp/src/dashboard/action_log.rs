//! [`ActionLog`]: the latest actions of callers, for the page and for the log of the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use serde::Serialize;

use crate::dashboard::row::millis;
use crate::docket::model::filter::Changed;

/// The number of actions that are kept.
const KEPT: usize = 100;

/// The latest actions on one docket, newest first. They are kept in the memory of this process.
#[derive(Debug, Default)]
pub(crate) struct ActionLog(Mutex<(u64, VecDeque<Action>)>);

/// One action.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Action {
    /// Numbers the actions of the process.
    number: u64,
    at: u64,
    /// The subject of the caller; `None` for an anonymous one.
    caller: Option<String>,
    #[serde(rename = "action")]
    kind: &'static str,
    /// The selection of executions, or the task.
    what: String,
    changed: Option<usize>,
    skipped: usize,
    error: Option<String>,
}

impl ActionLog {
    /// Adds an action with its outcome, and logs it.
    pub(crate) fn add(
        &self,
        docket: &str,
        caller: Option<&str>,
        action: &'static str,
        what: String,
        outcome: &Result<Option<Changed>, String>,
    ) {
        let changed = outcome.as_ref().ok().copied().flatten();
        let error = outcome.as_ref().err();
        let (number, skipped) = (
            changed.map(|it| it.changed),
            changed.map_or(0, |it| it.skipped),
        );
        match error {
            None => tracing::info!(
                docket,
                caller,
                action,
                what,
                changed = number,
                skipped,
                "an action on the dashboard"
            ),
            Some(error) => tracing::warn!(
                docket,
                caller,
                action,
                what,
                error,
                "an action on the dashboard failed"
            ),
        }
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.0 += 1;
        let action = Action {
            number: log.0,
            at: millis(SystemTime::now().into()),
            caller: caller.map(ToOwned::to_owned),
            kind: action,
            what,
            changed: number,
            skipped,
            error: error.cloned(),
        };
        log.1.push_front(action);
        log.1.truncate(KEPT);
    }

    /// Returns the actions, newest first.
    pub(crate) fn latest(&self) -> Vec<Action> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.1.iter().cloned().collect()
    }
}
