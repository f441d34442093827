//! [`Place`]: the queue or set in which an execution is. An execution is in exactly one.

use std::borrow::Cow;

use crate::docket::model::key::{Key, Name};

/// The value of the column `place`. The column `rank` is the order within the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// `ready`: can be claimed and has no owner, by priority and position.
    Ready,
    /// `ready:<owner>`: the same, for one owner.
    ReadyOf(Key),
    /// `later`: scheduled, by due time.
    Later,
    /// `timed`: queued, by the start time that a rate limit has assigned.
    Timed,
    /// `offered`: offered to one worker, by the time at which the offer is checked.
    Offered,
    /// `running`, by the end of the lease.
    Running,
    /// `parked`: scheduled until an event wakes it.
    Parked,
    /// `sleeping`: the same, and the time wakes it too.
    Sleeping,
    /// `behind`: a replacement that waits for a running execution.
    Behind,
    /// `lane:<lane>`: waits for a slot of the lane, by position.
    Lane(Name),
    /// `struck:<task>`: held back because its task is struck, by position.
    Struck(Name),
    /// `ended`: a result, by expiry.
    Ended,
    /// `dead`: a dead letter, by expiry.
    Dead,
    /// `kept`: ended, with its own retention period, by its end.
    Kept,
}

impl Place {
    pub(super) fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Ready => "ready",
            Self::ReadyOf(owner) => return Cow::Owned(format!("ready:{owner}")),
            Self::Later => "later",
            Self::Timed => "timed",
            Self::Offered => "offered",
            Self::Running => "running",
            Self::Parked => "parked",
            Self::Sleeping => "sleeping",
            Self::Behind => "behind",
            Self::Lane(lane) => return Cow::Owned(format!("lane:{lane}")),
            Self::Struck(task) => return Cow::Owned(format!("struck:{task}")),
            Self::Ended => "ended",
            Self::Dead => "dead",
            Self::Kept => "kept",
        })
    }

    /// Reads a name. An unknown one can only come from another program; such an execution is in no queue.
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "ready" => Self::Ready,
            "later" => Self::Later,
            "timed" => Self::Timed,
            "offered" => Self::Offered,
            "running" => Self::Running,
            "sleeping" => Self::Sleeping,
            "behind" => Self::Behind,
            "ended" => Self::Ended,
            "dead" => Self::Dead,
            "kept" => Self::Kept,
            _ => match name.split_once(':') {
                Some(("ready", owner)) => Self::ReadyOf(owner.into()),
                Some(("lane", lane)) => Self::Lane(lane.into()),
                Some(("struck", task)) => Self::Struck(task.into()),
                _ => Self::Parked,
            },
        }
    }
}
