//! The identity of subscriptions: canonical JSON (RFC 8785) and its digest.

use std::fmt::Write as _;

use ring::digest;
use serde_json::{Map, Value, json};

/// The length of an ID in bytes.
const ID_BYTES: usize = 16;

/// Returns the ID of a subscription. It depends on nothing else than these values, so a subscription keeps
/// its ID when it is renewed, and after a restart of the server.
pub(crate) fn subscription_id(
    owner: &str,
    url: &str,
    event: &str,
    arguments: &Map<String, Value>,
) -> String {
    format!("sub_{}", digest(&json!([owner, url, event, arguments])))
}

/// Returns a digest of a value, in hexadecimal. Equal values have equal digests, whatever the order of
/// their keys is.
pub(crate) fn digest(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    let mut hex = String::with_capacity(2 * ID_BYTES);
    for byte in &digest.as_ref()[..ID_BYTES] {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, text);
                write_value(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                separate(index, text);
                write_value(&Value::from(name.as_str()), text);
                text.push(':');
                write_value(member, text);
            }
            text.push('}');
        }
        // `1.0` and `1` are the same number.
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                let _ = write!(text, "{number:.0}");
            }
            _ => text.push_str(&number.to_string()),
        },
        other => text.push_str(&other.to_string()),
    }
}

fn separate(index: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_arguments_have_equal_digests() {
        let digest_of = |text: &str| digest(&serde_json::from_str(text).unwrap());
        assert_eq!(
            digest_of(r#"{"a":1,"b":{"c":[1.0,"x"],"d":null}}"#),
            digest_of(r#"{"b":{"d":null,"c":[1,"x"]},"a":1.0}"#)
        );
        for (one, other) in [
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            ("[[1],2]", "[1,[2]]"),
            (r#"["a,b"]"#, r#"["a","b"]"#),
            ("0.5", "5"),
        ] {
            assert_ne!(digest_of(one), digest_of(other), "{one} {other}");
        }
    }
}
