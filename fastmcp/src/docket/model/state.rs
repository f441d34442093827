//! The states of an execution, as a pure state machine: no clock, no I/O, no allocation.
//!
//! The memory and SQLite backends use [`StateMachine`] directly. The Redis script implements the same transitions in Lua; the
//! contract tests check all of them.

use serde::{Deserialize, Serialize};

use crate::docket::model::outcome::Outcome;

/// The state of an execution.
///
/// `Scheduled → Queued → Running → Completed | Failed | Cancelled | Dead`. A run returns to `Scheduled` for a retry,
/// the next run of a perpetual task, a snooze or a park, and to `Queued` if it was released, the worker has no
/// handler for its task, or its lease was lost. A waiting execution can become `Cancelled`, and a queued one `Dead`
/// if no worker has a handler for its task. The last four states are terminal and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExecutionState {
    /// Due later, or [parked](StateMachine::is_parked) until an event wakes it.
    Scheduled,
    /// Due, and waiting for a worker.
    Queued,
    /// Leased by a worker.
    Running,
    /// Ended with a result.
    Completed,
    /// Ended with a failure, after the last attempt that the policy allows. The execution is kept as a dead letter,
    /// unless its policy [discards it](crate::docket::Policy::discard_failed).
    Failed,
    /// Cancelled, replaced or discarded before it completed.
    Cancelled,
    /// Cannot run. The execution is kept as a dead letter until it is replayed or expires.
    Dead,
}

/// Formats the state as a lowercase name: `scheduled`, `queued`, …
impl std::fmt::Display for ExecutionState {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Dead => "dead",
        })
    }
}

impl ExecutionState {
    /// All states.
    pub(crate) const ALL: [Self; 7] = [
        Self::Scheduled,
        Self::Queued,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Dead,
    ];

    /// Returns true if the state never changes again.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::Cancelled | Self::Dead
        )
    }
}

/// Returns the state after a run with this outcome. `repeats` is true if a perpetual task has a next run. If
/// `superseded` is true, a replacement waits for the key, and the execution ends even if its outcome would schedule
/// another run.
fn next_state(outcome: &Outcome, repeats: bool, superseded: bool) -> ExecutionState {
    match outcome {
        Outcome::Completed(_) | Outcome::Failed(_) if repeats && !superseded => {
            ExecutionState::Scheduled
        }
        Outcome::Retry { .. }
        | Outcome::Snooze { .. }
        | Outcome::Park { .. }
        | Outcome::Suspend(_)
            if !superseded =>
        {
            ExecutionState::Scheduled
        }
        Outcome::Release | Outcome::UnknownTask if !superseded => ExecutionState::Queued,
        Outcome::Completed(_) => ExecutionState::Completed,
        Outcome::Failed(_) | Outcome::Retry { .. } => ExecutionState::Failed,
        Outcome::Snooze { .. }
        | Outcome::Park { .. }
        | Outcome::Suspend(_)
        | Outcome::Release
        | Outcome::UnknownTask
        | Outcome::Discard { .. } => ExecutionState::Cancelled,
        Outcome::Undecodable { .. } => ExecutionState::Dead,
    }
}

/// The reason why the state machine rejected a transition. The state is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransitionError {
    /// The token is not the token of the current run: the lease was lost, or the run has already settled.
    Fenced,
    /// The transition does not exist from the current state.
    Illegal,
}

/// The result of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cancelled {
    /// The execution was waiting and is now cancelled.
    Removed,
    /// The execution is running. Its worker was signalled, and the execution is cancelled once its run has stopped.
    Signalled,
    /// The key is unknown, or its execution has already ended. Nothing was changed.
    Unknown,
}

/// The state machine of one execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateMachine {
    token: u64,
    attempt: u32,
    delivery: u32,
    state: ExecutionState,
    cancelling: bool,
    parked: bool,
}

impl StateMachine {
    /// Starts in [`ExecutionState::Queued`] if the execution is due, or else in [`ExecutionState::Scheduled`].
    #[must_use]
    pub const fn new(due: bool) -> Self {
        Self {
            token: 0,
            attempt: 1,
            delivery: 0,
            state: if due {
                ExecutionState::Queued
            } else {
                ExecutionState::Scheduled
            },
            cancelling: false,
            parked: false,
        }
    }

    /// Restores the state machine of an execution that was read from a store.
    #[cfg(feature = "sqlite")]
    pub(crate) const fn restore(
        state: ExecutionState,
        token: u64,
        attempt: u32,
        delivery: u32,
        cancelling: bool,
        parked: bool,
    ) -> Self {
        Self {
            token,
            attempt,
            delivery,
            state,
            cancelling,
            parked,
        }
    }

    /// Returns the current state.
    #[must_use]
    pub const fn state(&self) -> ExecutionState {
        self.state
    }

    /// Returns the fencing token of the current or latest run; 0 before the first run.
    #[must_use]
    pub const fn token(&self) -> u64 {
        self.token
    }

    /// Returns the number of the current attempt, from 1. Only failures count as attempts.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the number of deliveries of the current attempt; 0 before the first delivery.
    #[must_use]
    pub const fn delivery(&self) -> u32 {
        self.delivery
    }

    /// Returns true if the execution was cancelled while running and has not stopped yet.
    #[must_use]
    pub const fn is_cancelling(&self) -> bool {
        self.cancelling
    }

    /// Returns true if a run has parked or suspended the execution: it is scheduled until [`StateMachine::wake`].
    #[must_use]
    pub const fn is_parked(&self) -> bool {
        self.parked
    }

    /// Queues a scheduled execution whose due time has passed. A parked execution is woken instead.
    pub fn become_due(&mut self) -> Result<(), TransitionError> {
        if self.parked {
            return Err(TransitionError::Illegal);
        }
        self.step(ExecutionState::Scheduled, ExecutionState::Queued)
    }

    /// Queues a parked execution.
    pub fn wake(&mut self) -> Result<(), TransitionError> {
        if !self.parked {
            return Err(TransitionError::Illegal);
        }
        self.step(ExecutionState::Scheduled, ExecutionState::Queued)?;
        self.parked = false;
        Ok(())
    }

    /// Starts a run under `token`, which must be greater than all earlier tokens.
    pub fn claim(&mut self, token: u64) -> Result<(), TransitionError> {
        if token <= self.token {
            return Err(TransitionError::Fenced);
        }
        self.step(ExecutionState::Queued, ExecutionState::Running)?;
        self.token = token;
        self.delivery = self.delivery.saturating_add(1);
        Ok(())
    }

    /// Checks that `token` belongs to the current run. Renewals and progress reports require it.
    pub fn check_token(&self, token: u64) -> Result<(), TransitionError> {
        if self.state == ExecutionState::Running && self.token == token {
            Ok(())
        } else {
            Err(TransitionError::Fenced)
        }
    }

    /// Ends the run under `token`, and returns the new state.
    ///
    /// A cancelled run always ends as cancelled, regardless of its outcome. `repeats` schedules the next run of a
    /// perpetual task after [`Outcome::Completed`] and [`Outcome::Failed`]. If the execution is `superseded` by a
    /// replacement under its key, it does not run again.
    pub fn settle(
        &mut self,
        token: u64,
        outcome: &Outcome,
        repeats: bool,
        superseded: bool,
    ) -> Result<ExecutionState, TransitionError> {
        self.check_token(token)?;
        let next = if self.cancelling {
            ExecutionState::Cancelled
        } else {
            next_state(outcome, repeats, superseded)
        };
        match (next, outcome) {
            (ExecutionState::Scheduled, Outcome::Retry { .. }) => {
                self.attempt = self.attempt.saturating_add(1);
                self.delivery = 0;
            }
            (ExecutionState::Scheduled, Outcome::Snooze { .. }) => self.delivery = 0,
            (ExecutionState::Scheduled, Outcome::Park { .. } | Outcome::Suspend(_)) => {
                self.delivery = 0;
                self.parked = true;
            }
            (ExecutionState::Scheduled, _) => {
                self.attempt = 1;
                self.delivery = 0;
            }
            // A run that was released on purpose does not indicate a toxic task, so it does not count as a delivery.
            (ExecutionState::Queued, _) => self.delivery = self.delivery.saturating_sub(1),
            _ => {}
        }
        self.state = next;
        Ok(next)
    }

    /// Ends the run under `token`, whose lease has expired, and returns the new state.
    pub fn lose_lease(
        &mut self,
        token: u64,
        max_deliveries: u32,
        superseded: bool,
    ) -> Result<ExecutionState, TransitionError> {
        self.check_token(token)?;
        self.state = if self.cancelling || superseded {
            ExecutionState::Cancelled
        } else if self.delivery >= max_deliveries {
            ExecutionState::Dead
        } else {
            ExecutionState::Queued
        };
        Ok(self.state)
    }

    /// Cancels a waiting execution, or marks a running one as cancelled.
    pub fn cancel(&mut self) -> Cancelled {
        match self.state {
            ExecutionState::Scheduled | ExecutionState::Queued => {
                self.state = ExecutionState::Cancelled;
                self.parked = false;
                Cancelled::Removed
            }
            ExecutionState::Running => {
                self.cancelling = true;
                Cancelled::Signalled
            }
            _ => Cancelled::Unknown,
        }
    }

    /// Turns a queued execution that no worker can run into a dead letter.
    pub fn kill(&mut self) -> Result<(), TransitionError> {
        self.step(ExecutionState::Queued, ExecutionState::Dead)
    }

    fn step(&mut self, from: ExecutionState, to: ExecutionState) -> Result<(), TransitionError> {
        if self.state != from {
            return Err(TransitionError::Illegal);
        }
        self.state = to;
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
