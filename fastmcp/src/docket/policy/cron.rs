//! [`Cron`]: schedules in cron notation, with time zones.

mod calendar;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::docket::error::DocketError;
use crate::docket::model::time::Timestamp;
use crate::docket::policy::cron::calendar::Calendar;

/// The longest expression in bytes. A list of all minutes and seconds is shorter.
const MAX_LENGTH: usize = 512;

/// A schedule in cron notation, in a time zone.
///
/// The expression has five fields (minute, hour, day, month, weekday), or six with seconds first. It describes local
/// times. One rule holds for every expression where the clock changes: a skipped local time runs once, at the first
/// moment after the gap, and a repeated local time runs once, the first time. Local times of one gap therefore share one
/// run, and `*/30 * * * *` runs neither more often nor twice at one local time when the clock goes back. For work that
/// has to run in even intervals, use `UTC`, which has no clock changes, or a perpetual task.
///
/// ```
/// use fastmcp::docket::Cron;
///
/// let weekdays_at_nine = Cron::parse("0 9 * * MON-FRI", "Europe/Berlin")?;
/// assert!(Cron::parse("0 0 30 2 *", "UTC").is_err(), "there is no 30 February");
/// # let _ = weekdays_at_nine;
/// # Ok::<(), fastmcp::docket::DocketError>(())
/// ```
#[derive(Clone)]
pub struct Cron(Arc<Schedule>);

struct Schedule {
    expression: String,
    zone: TimeZone,
    calendar: Calendar,
}

impl Cron {
    /// Parses `expression` in the time zone `zone` (an IANA name such as `Europe/Berlin`, or `UTC`).
    ///
    /// # Errors
    /// [`DocketError::Option`] if either is invalid, if the expression is longer than 512 bytes, or if the schedule
    /// matches no date from now on.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, DocketError> {
        let refuse = |option, problem: String| DocketError::Option { option, problem };
        let tz = TimeZone::get(zone)
            .map_err(|error| refuse("tz", format!("unknown time zone `{zone}`: {error}")))?;
        // `Etc/Unknown` behaves like UTC, which is a wrong time zone for everybody who did not mean UTC.
        if tz.is_unknown() {
            return Err(refuse(
                "tz",
                format!(
                    "`{zone}` is not a time zone; use a name such as `Europe/Berlin`, or `UTC`"
                ),
            ));
        }
        if expression.len() > MAX_LENGTH {
            return Err(refuse(
                "cron",
                format!(
                    "is {} bytes long, the limit is {MAX_LENGTH}; use ranges and steps",
                    expression.len()
                ),
            ));
        }
        let parsed: croner::Cron = expression.parse().map_err(|error| {
            refuse(
                "cron",
                format!("invalid cron expression `{expression}`: {error}"),
            )
        })?;
        let cron = Self(Arc::new(Schedule {
            expression: expression.into(),
            zone: tz,
            calendar: Calendar::new(parsed.pattern),
        }));
        match cron.next_after(Timestamp::from(std::time::SystemTime::now())) {
            Some(_) => Ok(cron),
            None => Err(refuse(
                "cron",
                format!("`{expression}` never matches a date"),
            )),
        }
    }

    /// Returns the first moment of the schedule after `moment`; `None` if there is none.
    #[must_use]
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let moment = i64::try_from(moment.as_micros()).ok()?;
        let moment = jiff::Timestamp::from_microsecond(moment).ok()?;
        let next = self.0.calendar.first_from(self.first_candidate(moment)?)?;
        let next = first_moment(&self.0.zone, next)?;
        u64::try_from(next.as_microsecond())
            .ok()
            .map(Timestamp::from_micros)
    }

    /// Returns the earliest local time whose first moment is after `moment`.
    fn first_candidate(&self, moment: jiff::Timestamp) -> Option<DateTime> {
        let zone = &self.0.zone;
        let offset = zone.to_offset(moment);
        let local = offset.to_datetime(moment);
        if let AmbiguousOffset::Fold { before, .. } = zone.to_ambiguous_timestamp(local).offset()
            && before != offset
        {
            // The second pass of a repeated time: all repeated times have run. The next local time is the one at which
            // the clock went back.
            let change = zone
                .preceding(moment + jiff::SignedDuration::from_nanos(1))
                .next()?;
            return Some(before.to_datetime(change.timestamp()));
        }
        local.checked_add(jiff::SignedDuration::from_nanos(1)).ok()
    }
}

/// Returns the first moment at which clocks in `zone` show `local`, or the first one after the gap if they never do.
fn first_moment(zone: &TimeZone, local: DateTime) -> Option<jiff::Timestamp> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the later offset, a skipped time is before the change.
            let earlier = after.to_timestamp(local).ok()?;
            let change = zone
                .following(earlier)
                .find(|change| change.offset() == after);
            Some(change?.timestamp())
        }
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.0.zone.iana_name().unwrap_or("UTC");
        write!(out, "cron {} in {zone}", self.0.expression)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Cron({self})")
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.0.expression == other.0.expression && self.0.zone == other.0.zone
    }
}
