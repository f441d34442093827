//! [`take`]: takes a member out of JSON that a server has sent.

use serde_json::Value;

/// Takes a member out of an object; `null` if it is missing, or `value` is not an object. Indexing panics then, and a server
/// may send anything.
pub(crate) fn take(value: &mut Value, key: &str) -> Value {
    value.get_mut(key).map(Value::take).unwrap_or_default()
}
