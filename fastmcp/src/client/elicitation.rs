//! [`Elicitation`]: a question of a server to the user of a client.

use serde_json::{Map, Value, json};

use crate::client::member::take;
use crate::context::elicit::Elicited;

/// A question of a server to the user; see
/// [`ClientBuilder::on_elicitation`](crate::client::ClientBuilder::on_elicitation).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Elicitation {
    /// The text for the user.
    pub message: String,
    /// The JSON Schema of the form: an object with flat fields. `None` if the server asks the user to
    /// visit a page.
    pub form: Option<Value>,
    /// The page that the user should visit.
    pub url: Option<String>,
}

impl Elicitation {
    pub(crate) fn from_params(mut params: Value) -> Self {
        let mut text = |key: &str| match take(&mut params, key) {
            Value::String(text) => Some(text),
            _ => None,
        };
        let (message, url) = (text("message").unwrap_or_default(), text("url"));
        Self {
            message,
            form: Some(take(&mut params, "requestedSchema")).filter(|form| !form.is_null()),
            url,
        }
    }

    /// Returns an answer. A JSON object has the fields of the form. Any other value is the value of a
    /// form with one field, which is the form for a question such as `ctx.elicit::<u8>(…)`. `()`
    /// confirms a question without fields, or the visit of a page.
    ///
    /// ```
    /// # use fastmcp::client::Client;
    /// # use fastmcp::serde_json::json;
    /// let booking = Client::builder()
    ///     .on_elicitation(|question| async move { question.accept(json!({ "seats": 2 })) });
    /// let number = Client::builder().on_elicitation(|question| async move { question.accept(2) });
    /// ```
    pub fn accept(&self, answer: impl Into<Value>) -> Elicited<Value> {
        Elicited::Accepted(match answer.into() {
            answer @ (Value::Object(_) | Value::Null) => answer,
            answer => json!({ self.only_field(): answer }),
        })
    }

    /// Returns the default values of the form's fields, for a client whose user leaves them as they are (MCP 2025-11-25,
    /// "Elicitation").
    ///
    /// ```
    /// # use fastmcp::client::Client;
    /// let quick = Client::builder()
    ///     .on_elicitation(|question| async move { question.accept(question.defaults()) });
    /// ```
    pub fn defaults(&self) -> Map<String, Value> {
        let form = self.form.as_ref();
        let fields = form.and_then(|form| form["properties"].as_object());
        let fields = fields.into_iter().flatten();
        let defaults = fields.filter_map(|(name, schema)| {
            let default = schema.get("default")?;
            Some((name.clone(), default.clone()))
        });
        defaults.collect()
    }

    /// Returns the name of the first field. A form for a single value has only one.
    fn only_field(&self) -> &str {
        let form = self.form.as_ref();
        let fields = form.and_then(|form| form["properties"].as_object());
        let field = fields.and_then(|fields| fields.keys().next());
        field.map_or("value", String::as_str)
    }
}
