//! Asking the client's model, and asking for the client's root folders.

use std::future::IntoFuture;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::context::input::{InputError, InputKind, Question};
use crate::context::request::Context;
use crate::mcp::{ContentBlock, Role};
use futures_util::future::BoxFuture;

/// The tokens that a model may answer with, unless [`Sample::max_tokens`] says another number.
const MAX_TOKENS: u32 = 1024;

/// A question to the client's model; awaiting it gives the answer. See [`Context::sample`].
#[must_use = "a question is asked when it is awaited"]
#[derive(Debug)]
pub struct Sample {
    context: Context,
    messages: Vec<Value>,
    options: Map<String, Value>,
    key: Option<String>,
}

/// What a model said.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sampled {
    /// The content: text, images, sound.
    #[serde(deserialize_with = "one_or_many")]
    pub content: Vec<ContentBlock>,
    /// The model that answered, by the client's name for it.
    #[serde(default)]
    pub model: String,
    /// Why it stopped, such as `endTurn` or `maxTokens`.
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
    /// The text of the answer; empty if it has none.
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|block| match block {
            ContentBlock::Text(text) => Some(text.text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

impl Sample {
    pub(crate) fn new(context: Context, prompt: String) -> Self {
        let this = Self {
            context,
            messages: Vec::new(),
            options: Map::new(),
            key: None,
        };
        this.message(Role::User, prompt).max_tokens(MAX_TOKENS)
    }

    /// Another message of the conversation, after those that are there.
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

    /// What the model is told before the conversation.
    pub fn system_prompt(self, text: impl Into<String>) -> Self {
        self.option("systemPrompt", text.into())
    }

    /// The most tokens of the answer; 1024 by default.
    pub fn max_tokens(self, tokens: u32) -> Self {
        self.option("maxTokens", tokens)
    }

    /// How freely the model answers, from 0 to 1.
    pub fn temperature(self, temperature: f32) -> Self {
        // By way of text, so that 0.7 does not become 0.699999988079071.
        let number = temperature.to_string().parse::<f64>().unwrap_or_default();
        self.option("temperature", number)
    }

    /// Words at which the model stops.
    pub fn stop_sequences(self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        self.option("stopSequences", words)
    }

    /// The models to be preferred, the best first, by name or by a part of it.
    pub fn models(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let hints = names
            .into_iter()
            .map(|name| json!({ "name": name.into() }))
            .collect::<Vec<_>>();
        self.option("modelPreferences", json!({ "hints": hints }))
    }

    /// The key of the question; see [`Elicit::key`](crate::context::elicit::Elicit::key).
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
        Box::pin(async move { decode(self.context.ask(self.key, question).await?) })
    }
}

/// A folder or file that the client lets servers work in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Root {
    /// Where it is, such as `file:///home/ada/project`.
    pub uri: String,
    /// What the client calls it.
    #[serde(default)]
    pub name: Option<String>,
}

/// A question for the client's root folders; awaiting it gives them. See [`Context::list_roots`].
#[must_use = "a question is asked when it is awaited"]
#[derive(Debug)]
pub struct ListRoots {
    context: Context,
    key: Option<String>,
}

impl ListRoots {
    pub(crate) fn new(context: Context) -> Self {
        Self { context, key: None }
    }

    /// The key of the question; see [`Elicit::key`](crate::context::elicit::Elicit::key).
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl IntoFuture for ListRoots {
    type Output = Result<Vec<Root>, InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let question = Question {
            kind: InputKind::Roots,
            params: json!({}),
        };
        Box::pin(async move {
            let mut answer = self.context.ask(self.key, question).await?;
            decode(answer["roots"].take())
        })
    }
}

fn decode<T: serde::de::DeserializeOwned>(answer: Value) -> Result<T, InputError> {
    serde_json::from_value(answer).map_err(|error| InputError::Invalid(error.to_string()))
}
