//! Decodes the basic values of a reply: lists, strings, numbers and fields.

use std::collections::HashMap;

use bytes::Bytes;
use redis::Value;

use crate::docket::error::BackendError;

pub(crate) type Decoded<T> = Result<T, BackendError>;

fn unexpected(expected: &str, value: &Value) -> BackendError {
    BackendError::new(format!(
        "unexpected reply from Redis: expected {expected}, got {value:?}"
    ))
}

/// Decodes a list. A nil answer is an empty list: `XREAD` returns nil when it times out. A map, as `XREAD` returns it in
/// RESP3, is a list of pairs.
pub(crate) fn list(value: Value) -> Decoded<Vec<Value>> {
    match value {
        Value::Array(values) | Value::Set(values) => Ok(values),
        Value::Map(pairs) => {
            let pairs = pairs.into_iter();
            Ok(pairs
                .map(|(key, value)| Value::Array(vec![key, value]))
                .collect())
        }
        Value::Nil => Ok(Vec::new()),
        other => Err(unexpected("a list", &other)),
    }
}

/// Decodes the bytes of a string or number.
pub(crate) fn bytes(value: Value) -> Decoded<Bytes> {
    match value {
        Value::BulkString(bytes) => Ok(Bytes::from(bytes)),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Ok(Bytes::from(text)),
        Value::Int(number) => Ok(Bytes::from(number.to_string())),
        other => Err(unexpected("a string", &other)),
    }
}

/// Decodes a string. Replaces invalid UTF-8, which only another program can have written, instead of returning an
/// error.
pub(crate) fn text(value: Value) -> Decoded<String> {
    Ok(String::from_utf8_lossy(&bytes(value)?).into_owned())
}

/// Decodes a number from its decimal digits. Lua numbers above 2^53 would lose digits, so the script returns strings.
pub(crate) fn number(value: Value) -> Decoded<u64> {
    let digits = text(value)?;
    digits.parse().map_err(|_| {
        BackendError::new(format!(
            "unexpected reply from Redis: expected a number, got `{digits}`"
        ))
    })
}

/// Decodes a list of exactly `N` elements.
pub(crate) fn parts<const N: usize>(value: Value) -> Decoded<[Value; N]> {
    let values = list(value)?;
    <[Value; N]>::try_from(values)
        .map_err(|values| unexpected(&format!("{N} elements"), &Value::Array(values)))
}

/// Decodes a flat list of alternating names and values.
pub(crate) fn fields(value: Value) -> Decoded<HashMap<String, Bytes>> {
    let mut fields = HashMap::new();
    let mut values = list(value)?.into_iter();
    while let (Some(name), Some(value)) = (values.next(), values.next()) {
        fields.insert(text(name)?, bytes(value)?);
    }
    Ok(fields)
}

/// Decodes the number of an attempt or delivery. Defaults to 1, the value of an execution whose field was never
/// written.
pub(crate) fn ordinal(text: &str) -> u32 {
    text.parse().unwrap_or(1)
}
