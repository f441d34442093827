//! [`Cron`]: schedules in cron notation, with time zones.

use std::fmt;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::docket::error::DocketError;
use crate::docket::model::time::Timestamp;

/// A schedule in cron notation, in a time zone.
///
/// The expression has five fields (minute, hour, day, month, weekday), or six with seconds first. If a clock change skips
/// or repeats a local time, a run at a fixed time happens once.
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
    pattern: croner::Cron,
}

impl Cron {
    /// Parses `expression` in the time zone `zone` (an IANA name such as `Europe/Berlin`, or `UTC`).
    ///
    /// # Errors
    /// [`DocketError::Option`] if either is invalid, or if the schedule never matches a date.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, DocketError> {
        let refuse = |option, problem: String| DocketError::Option { option, problem };
        let tz = TimeZone::get(zone)
            .map_err(|error| refuse("tz", format!("unknown time zone `{zone}`: {error}")))?;
        let pattern: croner::Cron = expression.parse().map_err(|error| {
            refuse(
                "cron",
                format!("invalid cron expression `{expression}`: {error}"),
            )
        })?;
        let cron = Self(Arc::new(Schedule {
            expression: expression.into(),
            zone: tz,
            pattern,
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
        let micros = i64::try_from(moment.as_micros()).ok()?;
        let moment = jiff::Timestamp::from_microsecond(micros)
            .ok()?
            .to_zoned(self.0.zone.clone());
        let next = self.0.pattern.find_next_occurrence(&moment, false).ok()?;
        u64::try_from(next.timestamp().as_microsecond())
            .ok()
            .map(Timestamp::from_micros)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.0.zone.iana_name().unwrap_or("UTC");
        write!(out, "Cron({:?} in {zone})", self.0.expression)
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.0.expression == other.0.expression && self.0.zone == other.0.zone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_micros(u64::try_from(moment.as_microsecond()).unwrap())
    }

    #[test]
    fn a_time_of_day_follows_its_zone_through_a_clock_change() {
        let nine = Cron::parse("0 9 * * *", "Europe/Berlin").unwrap();
        let before = nine.next_after(moment("2027-03-27T12:00:00Z")).unwrap();
        assert_eq!(
            before,
            moment("2027-03-28T07:00:00Z"),
            "summer time has started"
        );
        let winter = nine.next_after(moment("2027-01-10T12:00:00Z")).unwrap();
        assert_eq!(winter, moment("2027-01-11T08:00:00Z"));
    }

    #[test]
    fn an_error_names_the_invalid_option() {
        for (expression, zone, named) in [
            ("every day", "UTC", "cron"),
            ("0 9 * * *", "Europe/Atlantis", "tz"),
            ("0 0 30 2 *", "UTC", "cron"),
            ("", "UTC", "cron"),
        ] {
            match Cron::parse(expression, zone) {
                Err(DocketError::Option { option, .. }) => assert_eq!(option, named),
                other => panic!("{expression:?} in {zone:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_next_moment_is_later_than_the_given_one() {
        let each_minute = Cron::parse("* * * * *", "UTC").unwrap();
        let noon = moment("2027-01-10T12:00:00Z");
        assert_eq!(
            each_minute.next_after(noon),
            Some(moment("2027-01-10T12:01:00Z"))
        );
    }
}
