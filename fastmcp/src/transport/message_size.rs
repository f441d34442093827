//! The limit of the memory that a message takes when it is parsed.

/// The memory that parsing any message may take.
const MIN_ALLOWANCE: usize = 2 * 1024 * 1024;

/// The memory that parsing a longer message may take, as a multiple of its length. Together with the copies of its text,
/// a message takes at most ten times its length.
const ALLOWED_RATIO: usize = 6;

/// The memory that the protocol library takes for one value, whatever its length: it parses a message into a tree and
/// copies parts of it. Measured for arrays of empty objects.
const VALUE_COST: usize = 300;

/// The error of a message with too many values.
#[derive(Debug, thiserror::Error)]
#[error("the message has more than {limit} values; a message of {length} bytes may have that many")]
pub(crate) struct TooManyValues {
    limit: usize,
    length: usize,
}

/// Returns an estimate of the memory that parsing `message` takes besides its text. It is an error for a message of a huge
/// number of small values: `[{},{},…]` takes a hundred times its length.
pub(crate) fn check(message: &[u8]) -> Result<usize, TooManyValues> {
    let length = message.len();
    let limit = MIN_ALLOWANCE.max(length * ALLOWED_RATIO) / VALUE_COST;
    let values = values(message);
    if values > limit {
        return Err(TooManyValues { limit, length });
    }
    Ok(values * VALUE_COST)
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
        let long = format!("\"{}\"", "[,".repeat(25));
        let escaped = format!(r#""\",{}""#, ",".repeat(50));
        for (value, count, fits) in [
            ("{}", 3_000, true),
            ("1", 6_900, true),
            ("{}", 30_000, false),
            ("1", 90_000, false),
            (&*long, 200_000, true),
            (&*escaped, 200_000, true),
            (r#"{"a":[{"b":1}]}"#, 20_000, false),
        ] {
            let checked = check(message(value, count).as_bytes());
            assert_eq!(checked.is_ok(), fits, "{count} of {value}: {checked:?}");
        }
    }
}
