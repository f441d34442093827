//! [`Sampling`]: a question of a server to the model of a client.

use serde_json::Value;

/// A question of a server to the client's model; see
/// [`ClientBuilder::on_sampling`](crate::client::ClientBuilder::on_sampling).
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    params: Value,
}

impl Sampling {
    pub(crate) fn new(params: Value) -> Self {
        Self { params }
    }

    /// Returns the text of the last message, without other content.
    pub fn text(&self) -> String {
        let messages = self.params["messages"].as_array();
        let Some(last) = messages.and_then(|messages| messages.last()) else {
            return String::new();
        };
        let blocks = match &last["content"] {
            Value::Array(blocks) => blocks.as_slice(),
            block => std::slice::from_ref(block),
        };
        let texts = blocks.iter().filter_map(|block| block["text"].as_str());
        texts.collect::<Vec<_>>().join("\n")
    }

    /// Returns the instructions for the model.
    pub fn system_prompt(&self) -> Option<&str> {
        self.params["systemPrompt"].as_str()
    }

    /// Returns all parameters of the request, as JSON (MCP, "Sampling").
    pub fn params(&self) -> &Value {
        &self.params
    }
}
