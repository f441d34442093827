//! [`Span`]: a duration, written as in the options of attributes.

use std::time::Duration;

/// The units, with their length in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// A duration: a [`Duration`], or text such as `"1h"` or `"1h 30m"`, with the units `ms`, `s`, `m`, `h` and `d`.
///
/// # Panics
///
/// The conversion from text panics if the text is not a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub(crate) Duration);

impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl From<&str> for Span {
    #[track_caller]
    fn from(text: &str) -> Self {
        match parse(text) {
            Some(duration) => Self(duration),
            None => panic!(
                "`{text}` is not a duration: write numbers and units (`ms`, `s`, `m`, `h` or `d`), such as `\"1h 30m\"`"
            ),
        }
    }
}

fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let unit = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let number: u64 = rest[..unit].parse().ok()?;
        let unit = rest[unit..].trim_start();
        let end = unit.find(|letter: char| !letter.is_ascii_alphabetic());
        let (name, after) = unit.split_at(end.unwrap_or(unit.len()));
        let (_, factor) = UNITS.iter().find(|(unit, _)| *unit == name)?;
        let part = Duration::from_millis(number.checked_mul(*factor)?);
        total = total.checked_add(part)?;
        rest = after.trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_sum_of_numbers_with_units() {
        for (text, milliseconds) in [
            ("250ms", 250),
            ("1h", 3_600_000),
            ("1h30m", 5_400_000),
            (" 2 d 1s ", 172_801_000),
            ("0s", 0),
        ] {
            assert_eq!(
                parse(text),
                Some(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in [
            "",
            "1",
            "h",
            "1x",
            "-1h",
            "1.5h",
            "1h-",
            "99999999999999999d",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
