//! Tests of cron schedules, above all where clocks change.

use std::time::Duration;

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

/// Returns the first runs of a schedule from `start` up to and without `end`, in UTC.
fn runs(expression: &str, zone: &str, start: &str, end: &str) -> Vec<String> {
    let cron = Cron::parse(expression, zone).unwrap();
    let (mut at, end) = (moment(start) - Duration::from_micros(1), moment(end));
    let mut runs = Vec::new();
    while let Some(next) = cron.next_after(at).filter(|next| *next < end) {
        let micros = i64::try_from(next.as_micros()).unwrap();
        let text = jiff::Timestamp::from_microsecond(micros)
            .unwrap()
            .to_string();
        runs.push(text.trim_end_matches(":00Z").to_owned());
        assert!(runs.len() < 100, "{expression} in {zone}: too many runs");
        at = next;
    }
    runs
}

/// Expression, zone, begin, end and runs. All times are in UTC.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

#[test]
#[allow(clippy::too_many_lines, reason = "a table of cases")]
fn a_skipped_time_runs_once_after_the_gap_and_a_repeated_time_runs_once() {
    const BERLIN: &str = "Europe/Berlin";
    const NEW_YORK: &str = "America/New_York";
    const LORD_HOWE: &str = "Australia/Lord_Howe";
    const APIA: &str = "Pacific/Apia";
    const KATHMANDU: &str = "Asia/Kathmandu";
    // The local days of the changes.
    const SPRING: (&str, &str) = ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    const AUTUMN: (&str, &str) = ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    let cases: &[Case] = &[
        // 02:00 to 03:00 is skipped; 03:00 is 01:00 UTC.
        (
            "30 2 * * *",
            BERLIN,
            SPRING.0,
            SPRING.1,
            &["2026-03-29T01:00"],
        ),
        (
            "15,45 2 * * *",
            BERLIN,
            SPRING.0,
            SPRING.1,
            &["2026-03-29T01:00"],
        ),
        (
            "30 2,3 * * *",
            BERLIN,
            SPRING.0,
            SPRING.1,
            &["2026-03-29T01:00", "2026-03-29T01:30"],
        ),
        (
            "0 1,2,3 * * *",
            BERLIN,
            SPRING.0,
            SPRING.1,
            &["2026-03-29T00:00", "2026-03-29T01:00"],
        ),
        (
            "*/30 1-3 * * *",
            BERLIN,
            SPRING.0,
            SPRING.1,
            &[
                "2026-03-29T00:00",
                "2026-03-29T00:30",
                "2026-03-29T01:00",
                "2026-03-29T01:30",
            ],
        ),
        (
            "30 2 29 3 *",
            BERLIN,
            SPRING.0,
            SPRING.1,
            &["2026-03-29T01:00"],
        ),
        // 02:00 to 03:00 happens twice; the first 02:00 is 00:00 UTC.
        (
            "30 2 * * *",
            BERLIN,
            AUTUMN.0,
            AUTUMN.1,
            &["2026-10-25T00:30"],
        ),
        (
            "0,30 2 * * *",
            BERLIN,
            AUTUMN.0,
            AUTUMN.1,
            &["2026-10-25T00:00", "2026-10-25T00:30"],
        ),
        (
            "0 1-4 * * *",
            BERLIN,
            AUTUMN.0,
            AUTUMN.1,
            &[
                "2026-10-24T23:00",
                "2026-10-25T00:00",
                "2026-10-25T02:00",
                "2026-10-25T03:00",
            ],
        ),
        ("59 2 * * *", BERLIN, "2026-10-25T00:59:30Z", AUTUMN.1, &[]),
        // From within the second pass.
        (
            "*/30 * * * *",
            BERLIN,
            "2026-10-25T01:10:00Z",
            "2026-10-25T03:00:00Z",
            &["2026-10-25T02:00", "2026-10-25T02:30"],
        ),
        (
            "0 3 * * *",
            BERLIN,
            "2026-10-25T01:59:59Z",
            AUTUMN.1,
            &["2026-10-25T02:00"],
        ),
        // New York skips 02:00 to 03:00 and repeats 01:00 to 02:00.
        (
            "5,35 2 * * *",
            NEW_YORK,
            "2026-03-08T05:00:00Z",
            "2026-03-09T04:00:00Z",
            &["2026-03-08T07:00"],
        ),
        (
            "0,30 1 * * *",
            NEW_YORK,
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z",
            &["2026-11-01T05:00", "2026-11-01T05:30"],
        ),
        // Lord Howe moves its clocks by half an hour: 02:00 to 02:30 is skipped, 01:30 to 02:00 repeated.
        (
            "0,15,30,45 2 * * *",
            LORD_HOWE,
            "2026-10-03T13:30:00Z",
            "2026-10-04T13:00:00Z",
            &["2026-10-03T15:30", "2026-10-03T15:45"],
        ),
        (
            "15,45 1 * * *",
            LORD_HOWE,
            "2026-04-04T13:00:00Z",
            "2026-04-05T13:30:00Z",
            &["2026-04-04T14:15", "2026-04-04T14:45"],
        ),
        // Apia skipped 2011-12-30; the day after began at 10:00 UTC.
        (
            "0 0 30 12 *",
            APIA,
            "2011-12-29T10:00:00Z",
            "2012-12-31T00:00:00Z",
            &["2011-12-30T10:00", "2012-12-29T10:00"],
        ),
        (
            "0 6,12 * * *",
            APIA,
            "2011-12-29T10:00:00Z",
            "2011-12-31T10:00:00Z",
            &[
                "2011-12-29T16:00",
                "2011-12-29T22:00",
                "2011-12-30T10:00",
                "2011-12-30T16:00",
                "2011-12-30T22:00",
            ],
        ),
        // Kathmandu skipped the first quarter of 1986; 00:15 is 18:30 UTC.
        (
            "0,5,10,15,20 0 1 1 *",
            KATHMANDU,
            "1985-12-31T00:00:00Z",
            "1986-06-01T00:00:00Z",
            &["1985-12-31T18:30", "1985-12-31T18:35"],
        ),
    ];
    for (expression, zone, start, end, expected) in cases {
        assert_eq!(
            &runs(expression, zone, start, end),
            expected,
            "{expression} in {zone} from {start}"
        );
    }
}

/// The rule, checked against the clock itself: walks over every minute of the days around the changes.
#[test]
fn every_local_time_runs_once_in_every_zone() {
    for (zone, day) in [
        ("Europe/Berlin", "2026-03-29"),
        ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Pacific/Apia", "2011-12-30"),
        ("Asia/Kathmandu", "1986-01-01"),
        ("Africa/Casablanca", "2026-02-15"),
        ("America/St_Johns", "2006-10-29"),
    ] {
        let tz = TimeZone::get(zone).unwrap();
        let day: jiff::civil::Date = day.parse().unwrap();
        let first = tz.to_timestamp(
            day.yesterday()
                .unwrap()
                .to_datetime(jiff::civil::Time::midnight()),
        );
        let first = first.unwrap();
        for expression in ["*/15 * * * *", "7 * * * *", "0,50 0-3 * * *"] {
            let cron = Cron::parse(expression, zone).unwrap();
            let pattern: croner::Cron = expression.parse().unwrap();
            // A local time runs at the minute at which the latest local time reaches or passes it.
            let mut latest = tz.to_datetime(first - jiff::SignedDuration::from_mins(1));
            let mut expected = Vec::new();
            for minute in 0..(3 * 24 * 60) {
                let at = first + jiff::SignedDuration::from_mins(minute);
                let local = tz.to_datetime(at);
                let mut matched = false;
                while latest < local {
                    latest = latest
                        .checked_add(jiff::SignedDuration::from_mins(1))
                        .unwrap();
                    let utc = latest.to_zoned(TimeZone::UTC).unwrap();
                    matched |= pattern.is_time_matching(&utc).unwrap();
                }
                if matched {
                    expected.push(at);
                }
            }
            let mut at = first - jiff::SignedDuration::from_secs(1);
            for expected in expected {
                let micros = u64::try_from(at.as_microsecond()).unwrap();
                let next = cron.next_after(Timestamp::from_micros(micros)).unwrap();
                let next =
                    jiff::Timestamp::from_microsecond(i64::try_from(next.as_micros()).unwrap());
                at = next.unwrap();
                assert_eq!(at, expected, "{expression} in {zone} around {day}");
            }
        }
    }
}

#[test]
fn rare_dates_are_found_and_impossible_ones_refused() {
    let leap_monday = Cron::parse("0 0 29 2 +MON", "UTC").unwrap();
    assert_eq!(
        leap_monday.next_after(moment("2025-01-01T00:00:00Z")),
        Some(moment("2044-02-29T00:00:00Z"))
    );
    let far = Cron::parse("0 0 0 1 1 * 4000", "UTC").unwrap();
    assert_eq!(
        far.next_after(moment("2026-01-01T00:00:00Z")),
        Some(moment("4000-01-01T00:00:00Z"))
    );
    let seconds = Cron::parse("*/20 * * * * *", "UTC").unwrap();
    assert_eq!(
        seconds.next_after(moment("2026-12-31T23:59:40.5Z")),
        Some(moment("2027-01-01T00:00:00Z"))
    );
    let long = format!("{} * * * *", "0,".repeat(400).trim_end_matches(','));
    for expression in [
        "0 0 31 2,4,6,9,11 *",
        "0 0 0 1 1 * 2020",
        "0 0 30 2 +MON",
        &long,
    ] {
        Cron::parse(expression, "Europe/Berlin").unwrap_err();
    }
    for zone in ["Etc/Unknown", "etc/unknown", "", "Berlin"] {
        let error = Cron::parse("0 9 * * *", zone).unwrap_err();
        assert!(
            matches!(error, DocketError::Option { option: "tz", .. }),
            "{error}"
        );
    }
}
