//! The life of one execution, as a pure state machine: no clock, no I/O, no allocation.
//!
//! Every backend moves its executions through [`Life`] (or through a script held to the same tests), so that
//! an illegal step is refused in one place and not by convention.

use serde::{Deserialize, Serialize};

/// Where an execution stands.
///
/// `Scheduled → Queued → Running → Completed | Failed | Cancelled | Dead`, and `Running → Scheduled` for a
/// retry, the next run of a perpetual task, or one that is parked. The last four are terminal and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExecutionState {
    /// Due later, or [parked](Life::is_parked): due once somebody wakes it.
    Scheduled,
    /// Due, and waiting for a worker.
    Queued,
    /// Held by a worker under a lease.
    Running,
    /// Finished with a result.
    Completed,
    /// Finished with a failure, after the last attempt that its policy allows.
    Failed,
    /// Stopped, replaced or discarded before it could complete.
    Cancelled,
    /// Given up on: kept among the dead letters until it is replayed.
    Dead,
}

/// The state's name in small letters: `scheduled`, `queued`, …
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
    /// Whether nothing will change any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::Cancelled | Self::Dead
        )
    }
}

/// How a run ended, as the machine needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The body returned a result; `repeat` when a perpetual task is to run again.
    Completed {
        /// Whether the same execution is scheduled once more.
        repeat: bool,
    },
    /// The body failed.
    Failed(AfterFailure),
    /// The body asked to be run again later; this counts as no attempt.
    Snoozed,
    /// The body waits for somebody outside: run again once woken; this counts as no attempt.
    Parked,
    /// The body stopped without result or failure.
    Cancelled,
    /// The worker gives the run back unharmed: it is shutting down, or does not know the task.
    HandedBack,
    /// Nobody can run this.
    Buried,
}

impl Ending {
    fn leads_to(self, superseded: bool) -> ExecutionState {
        match self {
            Self::Completed { repeat: true }
            | Self::Failed(AfterFailure::Retry | AfterFailure::Repeat)
            | Self::Snoozed
            | Self::Parked
                if !superseded =>
            {
                ExecutionState::Scheduled
            }
            Self::HandedBack if !superseded => ExecutionState::Queued,
            Self::Completed { .. } => ExecutionState::Completed,
            Self::Failed(_) => ExecutionState::Failed,
            Self::Snoozed | Self::Parked | Self::HandedBack | Self::Cancelled => {
                ExecutionState::Cancelled
            }
            Self::Buried => ExecutionState::Dead,
        }
    }
}

/// What follows a failed run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Nothing: the failure stands.
    Stand,
    /// Another attempt.
    Retry,
    /// The next run of a perpetual task, counting attempts from one again.
    Repeat,
}

/// Why a step was refused. The life is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The token is not that of the present run: its lease was lost, or it has settled already.
    Fenced,
    /// The step does not exist from this state.
    Illegal,
}

/// What a cancellation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelling {
    /// It was waiting, and is cancelled.
    Removed,
    /// It runs, and its worker must be told; it is cancelled once it has stopped.
    Signalled,
    /// It had ended already.
    TooLate,
}

/// One execution's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    token: u64,
    attempt: u32,
    delivery: u32,
    state: ExecutionState,
    cancelling: bool,
    parked: bool,
}

impl Life {
    /// A life that begins as [`ExecutionState::Queued`] when it is due, else as [`ExecutionState::Scheduled`].
    #[must_use]
    pub const fn begin(due: bool) -> Self {
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

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> ExecutionState {
        self.state
    }

    /// The fencing token of the present run, or of the last one; 0 before the first.
    #[must_use]
    pub const fn token(&self) -> u64 {
        self.token
    }

    /// Which attempt this is, from 1. Only a failed attempt counts.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How often this attempt was handed to a worker; 0 before the first time.
    #[must_use]
    pub const fn delivery(&self) -> u32 {
        self.delivery
    }

    /// Whether it runs under a cancellation that its worker has yet to carry out.
    #[must_use]
    pub const fn is_cancelling(&self) -> bool {
        self.cancelling
    }

    /// Whether it is scheduled without a due time, until [`Life::wake`].
    #[must_use]
    pub const fn is_parked(&self) -> bool {
        self.parked
    }

    /// The due time has come. What is parked has none.
    pub fn fall_due(&mut self) -> Result<(), Refused> {
        if self.parked {
            return Err(Refused::Illegal);
        }
        self.step(ExecutionState::Scheduled, ExecutionState::Queued)
    }

    /// What it was parked for is there.
    pub fn wake(&mut self) -> Result<(), Refused> {
        if !self.parked {
            return Err(Refused::Illegal);
        }
        self.step(ExecutionState::Scheduled, ExecutionState::Queued)?;
        self.parked = false;
        Ok(())
    }

    /// A worker takes it under `token`, which must be greater than every token before.
    pub fn claim(&mut self, token: u64) -> Result<(), Refused> {
        if token <= self.token {
            return Err(Refused::Fenced);
        }
        self.step(ExecutionState::Queued, ExecutionState::Running)?;
        self.token = token;
        self.delivery = self.delivery.saturating_add(1);
        Ok(())
    }

    /// Whether `token` is that of the present run: the question behind renewing a lease or reporting progress.
    pub fn hold(&self, token: u64) -> Result<(), Refused> {
        if self.state == ExecutionState::Running && self.token == token {
            Ok(())
        } else {
            Err(Refused::Fenced)
        }
    }

    /// The run under `token` has ended.
    ///
    /// A run under cancellation ends as cancelled whatever its body says. One that was `superseded` (a replacement
    /// waits for its key) does not run again.
    pub fn settle(
        &mut self,
        token: u64,
        ending: Ending,
        superseded: bool,
    ) -> Result<ExecutionState, Refused> {
        self.hold(token)?;
        let next = if self.cancelling {
            ExecutionState::Cancelled
        } else {
            ending.leads_to(superseded)
        };
        match (next, ending) {
            (ExecutionState::Scheduled, Ending::Failed(AfterFailure::Retry)) => {
                self.attempt = self.attempt.saturating_add(1);
                self.delivery = 0;
            }
            (ExecutionState::Scheduled, Ending::Snoozed) => self.delivery = 0,
            (ExecutionState::Scheduled, Ending::Parked) => {
                self.delivery = 0;
                self.parked = true;
            }
            (ExecutionState::Scheduled, _) => {
                self.attempt = 1;
                self.delivery = 0;
            }
            (ExecutionState::Queued, _) => self.delivery = self.delivery.saturating_sub(1),
            _ => {}
        }
        self.state = next;
        Ok(next)
    }

    /// The lease of the run under `token` ran out without a word from its worker.
    pub fn lose(
        &mut self,
        token: u64,
        max_deliveries: u32,
        superseded: bool,
    ) -> Result<ExecutionState, Refused> {
        self.hold(token)?;
        self.state = if self.cancelling || superseded {
            ExecutionState::Cancelled
        } else if self.delivery >= max_deliveries {
            ExecutionState::Dead
        } else {
            ExecutionState::Queued
        };
        Ok(self.state)
    }

    /// Somebody asks for its end.
    pub fn cancel(&mut self) -> Cancelling {
        match self.state {
            ExecutionState::Scheduled | ExecutionState::Queued => {
                self.state = ExecutionState::Cancelled;
                self.parked = false;
                Cancelling::Removed
            }
            ExecutionState::Running => {
                self.cancelling = true;
                Cancelling::Signalled
            }
            _ => Cancelling::TooLate,
        }
    }

    /// It waits, and cannot be run by anyone.
    pub fn bury(&mut self) -> Result<(), Refused> {
        self.step(ExecutionState::Queued, ExecutionState::Dead)
    }

    fn step(&mut self, from: ExecutionState, to: ExecutionState) -> Result<(), Refused> {
        if self.state != from {
            return Err(Refused::Illegal);
        }
        self.state = to;
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
