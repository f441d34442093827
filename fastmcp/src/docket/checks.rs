//! Checks of a submission's data. They run before the backend is called, so every backend can rely on them.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::docket::error::DocketError;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::submission::Limits;
use crate::docket::model::time::{MAX_DELAY, When};

/// Checks that an item has between 1 and `limit` bytes.
pub(crate) fn check_length(
    what: &'static str,
    length: usize,
    limit: usize,
) -> Result<(), DocketError> {
    match length {
        0 => Err(DocketError::Empty { what }),
        _ if length > limit => Err(DocketError::TooLarge {
            what,
            length,
            limit,
        }),
        _ => Ok(()),
    }
}

/// Checks that a note has at most `limit` bytes. A note may be empty.
pub(crate) fn check_note(note: Option<&Bytes>, limit: usize) -> Result<(), DocketError> {
    match note {
        Some(note) if note.len() > limit => Err(DocketError::TooLarge {
            what: "the note",
            length: note.len(),
            limit,
        }),
        _ => Ok(()),
    }
}

/// Checks the retention time of a submission.
pub(crate) fn check_retention(keep: Option<Duration>) -> Result<(), DocketError> {
    let problem = match keep {
        Some(Duration::ZERO) => "is 0, so the execution would expire at once; it must be positive",
        Some(time) if time > MAX_DELAY => "is longer than ten years; it must be shorter",
        _ => return Ok(()),
    };
    Err(DocketError::Option {
        option: "keep_for",
        problem: problem.into(),
    })
}

/// Checks that the due time is within [`MAX_DELAY`].
pub(crate) fn check_due(task: &Name, when: When) -> Result<(), DocketError> {
    let delay = match when {
        When::Now => return Ok(()),
        When::After(delay) => delay,
        // The local clock is accurate enough to detect mistakes of years, and the backend's clock would cost a round
        // trip.
        When::At(moment) => moment.since(SystemTime::now().into()),
    };
    if delay > MAX_DELAY {
        return Err(DocketError::TooFarAhead {
            task: task.clone(),
            delay,
            limit: MAX_DELAY,
        });
    }
    Ok(())
}

/// Checks the shared limits of a submission.
pub(crate) fn check_limits(limits: &Limits) -> Result<(), DocketError> {
    let refuse = |option, problem: &str| {
        Err(DocketError::Option {
            option,
            problem: problem.into(),
        })
    };
    let lanes = [
        limits.concurrency.as_ref().map(|limit| &limit.lane),
        limits.rate.as_ref().map(|limit| &limit.lane),
        limits.cooldown.as_ref().map(|limit| &limit.lane),
    ];
    for lane in lanes.into_iter().flatten() {
        check_length("the name of a limit's lane", lane.len(), Key::MAX_BYTES)?;
    }
    match limits {
        Limits {
            concurrency: Some(limit),
            ..
        } if limit.at_most == 0 => refuse(
            "concurrency",
            "is 0, so nothing would ever run; it must be at least 1",
        ),
        Limits {
            rate: Some(limit), ..
        } if limit.at_most == 0 || limit.per.is_zero() => refuse(
            "rate_limit",
            "must allow at least one start in a period longer than zero",
        ),
        _ => Ok(()),
    }
}
