//! [`Sampled`]: the answer of the client's model, and the tools that the model wants to use.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::context::input::InputError;
use crate::context::message_content::MessageContent;
use crate::mcp::ContentBlock;

/// The answer of a model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Answer")]
#[non_exhaustive]
pub struct Sampled {
    /// The content: text, images or audio.
    pub content: Vec<ContentBlock>,
    /// The uses of [tools](crate::context::Sample::tools) whose results the model waits for.
    /// [`Sample::tool_results`](crate::context::Sample::tool_results) continues the conversation.
    pub tool_uses: Vec<ToolUse>,
    /// The name of the model that answered.
    pub model: String,
    /// The reason why the model stopped, such as `endTurn`, `maxTokens` or `toolUse`.
    pub stop_reason: Option<String>,
    /// The content as the client sent it, with text and uses of tools in their order.
    pub(crate) blocks: Vec<Value>,
}

/// A use of a tool by the model (MCP, "Sampling", "Sampling with Tools").
///
/// The handler runs the tool itself and sends its result back.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ToolUse {
    /// The ID of this use. The result contains the same ID.
    pub id: String,
    /// The name of the tool.
    pub name: String,
    /// The arguments as JSON.
    pub input: Map<String, Value>,
}

/// The result of a tool that the model has used; [`ToolUse::result`] creates it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolUseResult {
    pub(crate) id: String,
    content: Vec<ContentBlock>,
    structured_content: Option<Value>,
    is_error: bool,
}

impl Sampled {
    /// Returns the text of the answer, which is empty if the answer has no text.
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|block| match block {
            ContentBlock::Text(text) => Some(text.text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

impl ToolUse {
    /// Decodes the arguments.
    ///
    /// # Errors
    ///
    /// Returns [`InputError::Invalid`] if the arguments do not fit the type. A model usually corrects
    /// its arguments if it gets the message as the [error](Self::error) of the tool.
    pub fn arguments<T: DeserializeOwned>(&self) -> Result<T, InputError> {
        serde_json::from_value(Value::Object(self.input.clone()))
            .map_err(|error| InputError::Invalid(format!("arguments of `{}`: {error}", self.name)))
    }

    /// Creates the result of the tool.
    pub fn result(&self, content: impl Into<MessageContent>) -> ToolUseResult {
        ToolUseResult {
            id: self.id.clone(),
            content: content.into().0,
            structured_content: None,
            is_error: false,
        }
    }

    /// Creates the result of a tool that has failed. The model reads the message.
    pub fn error(&self, message: impl Into<String>) -> ToolUseResult {
        ToolUseResult {
            is_error: true,
            ..self.result(message.into())
        }
    }
}

impl ToolUseResult {
    /// Adds structured content.
    #[must_use]
    pub fn structured_content(mut self, value: impl Into<Value>) -> Self {
        self.structured_content = Some(value.into());
        self
    }

    /// Returns the block of the protocol.
    pub(crate) fn into_block(self) -> Value {
        let mut block = json!({
            "type": "tool_result",
            "toolUseId": self.id,
            "content": self.content,
        });
        if let Some(structured) = self.structured_content {
            block["structuredContent"] = structured;
        }
        if self.is_error {
            block["isError"] = true.into();
        }
        block
    }
}

/// The answer as clients send it. Until 2025-06-18, the content is one block.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    content: Value,
    #[serde(default)]
    model: String,
    #[serde(default)]
    stop_reason: Option<String>,
}

impl TryFrom<Answer> for Sampled {
    type Error = serde_json::Error;

    fn try_from(answer: Answer) -> Result<Self, Self::Error> {
        let blocks = match answer.content {
            Value::Array(blocks) => blocks,
            block => vec![block],
        };
        let mut sampled = Self {
            content: Vec::new(),
            tool_uses: Vec::new(),
            model: answer.model,
            stop_reason: answer.stop_reason,
            blocks: Vec::new(),
        };
        for block in blocks {
            sampled.blocks.push(block.clone());
            if block["type"] == "tool_use" {
                sampled.tool_uses.push(serde_json::from_value(block)?);
            } else {
                sampled.content.push(serde_json::from_value(block)?);
            }
        }
        Ok(sampled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_block_or_several() {
        let one = json!({ "content": { "type": "text", "text": "a" } });
        let sampled: Sampled = serde_json::from_value(one).unwrap();
        assert_eq!((sampled.text().as_str(), sampled.tool_uses.len()), ("a", 0));
        let several = json!({
            "content": [
                { "type": "tool_use", "id": "1", "name": "weather", "input": { "city": "Rome" } },
                { "type": "audio", "data": "AQID", "mimeType": "audio/wav" },
                { "type": "text", "text": "b" },
            ],
            "model": "m",
            "stopReason": "toolUse",
        });
        let sampled: Sampled = serde_json::from_value(several.clone()).unwrap();
        assert_eq!(Value::from(sampled.blocks.clone()), several["content"]);
        assert_eq!(sampled.content.len(), 2);
        assert_eq!(sampled.tool_uses[0].input["city"], "Rome");
        let error = sampled.tool_uses[0].arguments::<Vec<u8>>().unwrap_err();
        assert!(
            error.to_string().contains("arguments of `weather`"),
            "{error}"
        );
        for invalid in [
            json!({}),
            json!({ "content": [{ "type": "tool_use", "id": 1 }] }),
        ] {
            serde_json::from_value::<Sampled>(invalid).unwrap_err();
        }
    }
}
