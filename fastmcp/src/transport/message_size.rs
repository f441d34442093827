//! The limit of the number of values in one message.

/// The number of JSON values that any message may have.
const MAX_SMALL_VALUES: usize = 100_000;

/// The average length in bytes that the values of a longer message must have.
const MIN_AVERAGE_LENGTH: usize = 32;

/// The error of a message with too many values.
#[derive(Debug, thiserror::Error)]
#[error("the message has more than {limit} values")]
pub(crate) struct TooManyValues {
    limit: usize,
}

/// Checks that `message` does not consist of a huge number of small values. A parsed value occupies
/// about 300 bytes, whatever its length, so that `[{},{},…]` occupies a hundred times its length.
pub(crate) fn check(message: &[u8]) -> Result<(), TooManyValues> {
    let limit = MAX_SMALL_VALUES.max(message.len() / MIN_AVERAGE_LENGTH);
    // A value needs at least two bytes: itself, and the comma or bracket behind it.
    if message.len() / 2 < limit || values(message) <= limit {
        return Ok(());
    }
    Err(TooManyValues { limit })
}

/// Counts the values of a message: each ends with a comma, or with its array or object.
fn values(message: &[u8]) -> usize {
    let mut values = 0;
    let mut in_string = false;
    let mut bytes = message.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                bytes.next();
            }
            b',' | b'[' | b'{' if !in_string => values += 1,
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(value: &str, count: usize) -> String {
        format!("[{}]", vec![value; count].join(","))
    }

    #[test]
    fn a_huge_number_of_small_values_is_rejected() {
        for (value, count, fits) in [
            ("{}", 40_000, true),
            ("1", 90_000, true),
            ("{}", 200_000, false),
            ("1", 200_000, false),
            (r#""[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""#, 200_000, true),
            (r#""\",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,""#, 200_000, true),
            (r#"{"a":[{"b":1}]}"#, 200_000, false),
        ] {
            assert_eq!(
                check(message(value, count).as_bytes()).is_ok(),
                fits,
                "{value}"
            );
        }
    }
}
