//! The limit of the memory that a message takes when it is parsed.

use memchr::{memchr_iter, memchr2};

/// The memory that a message may take besides its text, as a multiple of its length. The text itself is copied up to six
/// times on its way through buffers, the library and the arguments, so a message takes at most ten times its length.
const ALLOWED_RATIO: usize = 3;

/// The memory that the protocol library takes for one value at most, whatever its length: it parses a message into a tree
/// and copies parts of it. Measured with an array of 50 000 numbers, after which arrays double their capacity.
const VALUE_COST: usize = 320;

/// The additional memory for an array or an object that is not empty.
const CONTAINER_COST: usize = 500;

/// The error of a message with too many small values.
#[derive(Debug, thiserror::Error)]
#[error(
    "the message has too many small values: they take about {cost} bytes of memory, and {allowed} are allowed for a \
     message of this length; `FastMcp::max_values` sets how many values every message may have"
)]
pub(crate) struct TooManyValues {
    cost: usize,
    allowed: usize,
}

/// Returns an estimate of the memory that parsing `message` takes besides its text. A message of any length may have
/// `max_values` values. It is an error if a message takes more memory and consists of small values, because `[{},{},…]`
/// takes a hundred times its length.
pub(crate) fn check(message: &[u8], max_values: usize) -> Result<usize, TooManyValues> {
    let allowed = (max_values.saturating_mul(VALUE_COST)).max(message.len() * ALLOWED_RATIO);
    let cost = cost(message);
    if cost > allowed {
        return Err(TooManyValues { cost, allowed });
    }
    Ok(cost)
}

/// Returns whether [`check`] accepts the message. Most messages are too short to contain too many values, or have too few
/// commas and brackets, which are counted much faster than read.
pub(crate) fn fits(message: &[u8], max_values: usize) -> bool {
    let allowed = max_values.saturating_mul(VALUE_COST);
    message.len() * (VALUE_COST + CONTAINER_COST) <= allowed
        || max_cost(message) <= allowed.max(message.len() * ALLOWED_RATIO)
        || check(message, max_values).is_ok()
}

/// Returns the cost of a message whose commas and brackets are all outside of strings.
fn max_cost(message: &[u8]) -> usize {
    let count = |byte| memchr_iter(byte, message).count();
    count(b',') * VALUE_COST + (count(b'[') + count(b'{')) * (VALUE_COST + CONTAINER_COST)
}

/// Adds up the costs of all values. Each value ends with a comma, or is the last one of an array or an object.
fn cost(message: &[u8]) -> usize {
    let mut cost = 0;
    let mut rest = message;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => rest = after_string(rest),
            b',' => cost += VALUE_COST,
            b'[' | b'{' => {
                let next = rest.trim_ascii_start().first();
                if !matches!(next, Some(b']' | b'}')) {
                    cost += VALUE_COST + CONTAINER_COST;
                }
            }
            _ => {}
        }
    }
    cost
}

/// Returns the text after the quote that ends a string.
fn after_string(mut text: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', text) {
        if text[at] == b'"' {
            return &text[at + 1..];
        }
        // The byte after a backslash does not end the string.
        text = text.get(at + 2..).unwrap_or_default();
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(value: &str, count: usize) -> String {
        format!("[{}]", vec![value; count].join(","))
    }

    #[test]
    fn a_huge_number_of_small_values_is_rejected() {
        let long = format!("\"{}\"", "[,".repeat(60));
        let escaped = format!(r#""\",{}""#, ",".repeat(110));
        for (value, count, fits) in [
            ("{}", 7_000, true),
            ("1", 7_900, true),
            ("{ }", 20_000, false),
            ("1", 20_000, false),
            ("[1]", 3_000, false),
            (&*long, 50_000, true),
            (&*escaped, 50_000, true),
            (r#"{"a":[{"b":1}]}"#, 20_000, false),
        ] {
            let checked = check(message(value, count).as_bytes(), 8_000);
            assert_eq!(checked.is_ok(), fits, "{count} of {value}: {checked:?}");
            assert_eq!(super::fits(message(value, count).as_bytes(), 8_000), fits);
        }
        let many = message("1", 100_000);
        assert!(check(many.as_bytes(), 100_010).is_ok());
        assert!(check(many.as_bytes(), usize::MAX).is_ok());
    }
}
