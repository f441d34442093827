//! The dates and times of day of a cron expression, without a time zone.

use croner::{CronPattern, Weekday};
use jiff::civil::{Date, DateTime, Time};

/// The number of years with matching dates that a search looks at. A weekday on 29 February recurs within 40 years.
const MAX_YEARS: usize = 41;

/// The last year of a search; cron expressions can name no later one.
const LAST_YEAR: i16 = 5000;

/// The set of civil times that an expression describes.
pub(super) struct Calendar {
    pattern: CronPattern,
    hours: Vec<i8>,
    minutes: Vec<i8>,
    seconds: Vec<i8>,
}

impl Calendar {
    pub(super) fn new(pattern: CronPattern) -> Self {
        let matching = |end: i8, matches: &dyn Fn(u32) -> bool| {
            (0..end)
                .filter(|value| matches(u32::from(value.unsigned_abs())))
                .collect()
        };
        Self {
            hours: matching(24, &|hour| pattern.hour_match(hour).unwrap_or(false)),
            minutes: matching(60, &|minute| pattern.minute_match(minute).unwrap_or(false)),
            seconds: matching(60, &|second| pattern.second_match(second).unwrap_or(false)),
            pattern,
        }
    }

    /// Returns the first civil time of the set that is not before `start`; `None` if there is none within
    /// [`MAX_YEARS`].
    pub(super) fn first_from(&self, start: DateTime) -> Option<DateTime> {
        if self.has_date(start.date())
            && let Some(time) = self.time_from(start.time())
        {
            return Some(start.date().to_datetime(time));
        }
        let date = self.first_date_from(start.date().tomorrow().ok()?)?;
        Some(date.to_datetime(self.time_from(Time::midnight())?))
    }

    /// Returns the first time of day that is not before `start`.
    fn time_from(&self, start: Time) -> Option<Time> {
        // A fraction of a second has passed, so the second is over.
        let start = match start.subsec_nanosecond() {
            0 => start,
            _ => Time::new(start.hour(), start.minute(), start.second(), 0)
                .ok()?
                .checked_add(jiff::Span::new().seconds(1))
                .ok()?,
        };
        let first = |values: &[i8], from: i8| values.iter().copied().find(|value| *value >= from);
        let time = |hour, minute, second| Time::new(hour, minute, second, 0).ok();
        let (hour, minute) = (start.hour(), start.minute());
        let (first_minute, first_second) = (*self.minutes.first()?, *self.seconds.first()?);
        if self.hours.contains(&hour) {
            if self.minutes.contains(&minute)
                && let Some(second) = first(&self.seconds, start.second())
            {
                return time(hour, minute, second);
            }
            if let Some(minute) = first(&self.minutes, minute + 1) {
                return time(hour, minute, first_second);
            }
        }
        time(first(&self.hours, hour + 1)?, first_minute, first_second)
    }

    fn first_date_from(&self, start: Date) -> Option<Date> {
        (start.year()..=LAST_YEAR)
            .filter(|year| self.pattern.year_match(i32::from(*year)).unwrap_or(false))
            .take(MAX_YEARS)
            .flat_map(|year| (1..=12).map(move |month| (year, month)))
            .filter(|(_, month)| self.has_month(*month))
            .filter_map(|(year, month)| Date::new(year, month, 1).ok())
            .flat_map(|first| {
                first
                    .series(jiff::Span::new().days(1))
                    .take(usize::from(first.days_in_month().unsigned_abs()))
            })
            .find(|date| *date >= start && self.has_date(*date))
    }

    fn has_month(&self, month: i8) -> bool {
        let month = u32::from(month.unsigned_abs());
        self.pattern.month_match(month).unwrap_or(false)
    }

    fn has_date(&self, date: Date) -> bool {
        let (year, day) = (i32::from(date.year()), u32::from(date.day().unsigned_abs()));
        let month = u32::from(date.month().unsigned_abs());
        let matches = || {
            Ok::<_, croner::errors::CronError>(
                self.pattern.year_match(year)?
                    && self.pattern.month_match(month)?
                    && self.pattern.day_match(year, month, day, weekday(date))?,
            )
        };
        matches().unwrap_or(false)
    }
}

fn weekday(date: Date) -> Weekday {
    match date.weekday() {
        jiff::civil::Weekday::Monday => Weekday::Monday,
        jiff::civil::Weekday::Tuesday => Weekday::Tuesday,
        jiff::civil::Weekday::Wednesday => Weekday::Wednesday,
        jiff::civil::Weekday::Thursday => Weekday::Thursday,
        jiff::civil::Weekday::Friday => Weekday::Friday,
        jiff::civil::Weekday::Saturday => Weekday::Saturday,
        jiff::civil::Weekday::Sunday => Weekday::Sunday,
    }
}
