//! [`Sample`]: a question to the client's model.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::context::input::{InputError, InputKind, Question};
use crate::context::request::Context;
use crate::mcp::{ContentBlock, Role};

/// The default of [`Sample::max_tokens`]. The protocol requires a limit.
const DEFAULT_MAX_TOKENS: u32 = 1024;

/// A question to the client's model. Await it to get the answer; see [`Context::sample`].
#[must_use = "a question is only asked when it is awaited"]
#[derive(Debug)]
pub struct Sample {
    context: Context,
    messages: Vec<Value>,
    options: Map<String, Value>,
    key: Option<String>,
}

/// The answer of a model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sampled {
    /// The content: text, images or audio.
    #[serde(deserialize_with = "one_or_many")]
    pub content: Vec<ContentBlock>,
    /// The name of the model that answered.
    #[serde(default)]
    pub model: String,
    /// The reason why the model stopped, such as `endTurn` or `maxTokens`.
    #[serde(default)]
    pub stop_reason: Option<String>,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<ContentBlock>, D::Error> {
    let content = Value::deserialize(from)?;
    let blocks = match content {
        Value::Array(blocks) => blocks,
        block => vec![block],
    };
    blocks
        .into_iter()
        .map(|block| serde_json::from_value(block).map_err(serde::de::Error::custom))
        .collect()
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

impl Context {
    /// Asks the client's model to answer `prompt`.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// Summarizes a text in one sentence.
    /// #[tool]
    /// async fn summary(text: String, ctx: Context) -> Result<String> {
    ///     let answer = ctx
    ///         .sample(format!("Summarize this text in one sentence: {text}"))
    ///         .max_tokens(100)
    ///         .await?;
    ///     Ok(answer.text())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`elicit`](Self::elicit).
    pub fn sample(&self, prompt: impl Into<String>) -> Sample {
        let sample = Sample {
            context: self.clone(),
            messages: Vec::new(),
            options: Map::new(),
            key: None,
        };
        sample
            .message(Role::User, prompt)
            .max_tokens(DEFAULT_MAX_TOKENS)
    }
}

impl Sample {
    /// Appends a message to the conversation.
    pub fn message(mut self, role: Role, text: impl Into<String>) -> Self {
        let content = json!({ "type": "text", "text": text.into() });
        self.messages
            .push(json!({ "role": role, "content": content }));
        self
    }

    fn option(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.options.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the system prompt.
    pub fn system_prompt(self, text: impl Into<String>) -> Self {
        self.option("systemPrompt", text.into())
    }

    /// Sets the maximum number of tokens in the answer. The default is 1024.
    pub fn max_tokens(self, tokens: u32) -> Self {
        self.option("maxTokens", tokens)
    }

    /// Sets the sampling temperature, from 0 to 1.
    pub fn temperature(self, temperature: f32) -> Self {
        // Converted through text, because `f64::from(0.7_f32)` is 0.699999988079071.
        let number = temperature.to_string().parse::<f64>().unwrap_or_default();
        self.option("temperature", number)
    }

    /// Sets the sequences at which the model stops.
    pub fn stop_sequences(self, sequences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let sequences: Vec<String> = sequences.into_iter().map(Into::into).collect();
        self.option("stopSequences", sequences)
    }

    /// Sets the preferred models, best first, by name or by a part of the name.
    pub fn models(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let hints = names
            .into_iter()
            .map(|name| json!({ "name": name.into() }))
            .collect::<Vec<_>>();
        self.option("modelPreferences", json!({ "hints": hints }))
    }

    /// Sets the key of the question; see [`Elicit::key`](crate::context::elicit::Elicit::key).
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl IntoFuture for Sample {
    type Output = Result<Sampled, InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let mut params = self.options;
        params.insert("messages".into(), self.messages.into());
        let question = Question {
            kind: InputKind::Sampling,
            params: params.into(),
        };
        Box::pin(async move {
            let answer = self.context.ask(self.key, question).await?;
            serde_json::from_value(answer).map_err(|error| InputError::Invalid(error.to_string()))
        })
    }
}
