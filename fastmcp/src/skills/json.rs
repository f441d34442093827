//! Converts a frontmatter to JSON.

use serde_json::{Map, Value as Json};

use crate::skill_folder::value::{Field, Value};

/// Returns the fields as an object.
pub(crate) fn object(fields: &[Field]) -> Map<String, Json> {
    let fields = fields.iter();
    let fields = fields.map(|it| (it.key.clone(), json(&it.node.value)));
    fields.collect()
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => integer(*value),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(items) => items.iter().map(|it| json(&it.value)).collect(),
        Value::Map(fields) => Json::Object(object(fields)),
    }
}

/// Returns a whole number. Numbers of more than 64 bits have the nearest value that readers of JSON can represent.
fn integer(value: i128) -> Json {
    if let Ok(value) = i64::try_from(value) {
        value.into()
    } else if let Ok(value) = u64::try_from(value) {
        value.into()
    } else {
        #[expect(clippy::cast_precision_loss, reason = "JSON has no wider numbers")]
        let value = value as f64;
        value.into()
    }
}
