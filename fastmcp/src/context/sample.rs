//! [`Sample`]: a question to the client's model.

use std::collections::BTreeSet;
use std::future::IntoFuture;

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::app_meta;
use crate::context::input::{InputError, InputKind, Question};
use crate::context::message_content::MessageContent;
use crate::context::request::Context;
use crate::context::sampled::{Sampled, ToolUseResult};
use crate::mcp::{ContentBlock, ProtocolVersion, Role, Tool};
use crate::variant_order;

/// The default of [`Sample::max_tokens`]. The protocol requires a limit.
const DEFAULT_MAX_TOKENS: u32 = 1024;

/// A question to the client's model. Await it to get the answer; see [`Context::sample`].
#[must_use = "a question is only asked when it is awaited"]
#[derive(Debug, Clone)]
pub struct Sample {
    context: Context,
    messages: Vec<Message>,
    tools: Vec<Value>,
    options: Map<String, Value>,
    key: Option<String>,
    /// The first mistake in the question. Awaiting the question returns it as an error.
    mistake: Option<String>,
}

/// A message of the conversation.
#[derive(Debug, Clone)]
struct Message {
    role: Role,
    blocks: Vec<Value>,
}

/// Controls whether the model uses [tools](Sample::tools).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model decides. This is the default.
    Auto,
    /// The model uses at least one tool.
    Required,
    /// The model uses no tool.
    None,
}

impl Context {
    /// Asks the client's model to answer `prompt`: text, or blocks such as images.
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
    pub fn sample(&self, prompt: impl Into<MessageContent>) -> Sample {
        let sample = Sample {
            context: self.clone(),
            messages: Vec::new(),
            tools: Vec::new(),
            options: Map::new(),
            key: None,
            mistake: None,
        };
        sample
            .message(Role::User, prompt)
            .max_tokens(DEFAULT_MAX_TOKENS)
    }
}

impl Sample {
    /// Appends a message to the conversation: text, images or audio. A message with a resource makes the
    /// question fail, because the protocol does not allow it.
    pub fn message(mut self, role: Role, content: impl Into<MessageContent>) -> Self {
        let MessageContent(content) = content.into();
        let is_resource = |block| {
            matches!(
                block,
                &ContentBlock::Resource(_) | &ContentBlock::ResourceLink(_)
            )
        };
        if content.iter().any(is_resource) {
            self.note_mistake("a message cannot contain a resource: send its text");
        }
        let blocks = content.iter().map(|block| json!(block)).collect();
        self.messages.push(Message { role, blocks });
        self
    }

    fn note_mistake(&mut self, mistake: impl Into<String>) {
        self.mistake.get_or_insert(mistake.into());
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

    /// Offers the model a tool with arguments of type `T` (MCP, "Sampling", "Sampling with Tools"). The
    /// handler runs the tool itself: the answer contains the [tool uses](Sampled::tool_uses) whose
    /// results the model waits for, and [`tool_results`](Self::tool_results) sends their results.
    ///
    /// The client has to support this. To check, call [`can_ask_for`](Context::can_ask_for) with
    /// [`InputKind::SamplingWithTools`].
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[fastmcp::data]
    /// struct City {
    ///     /// The name in English
    ///     name: String,
    /// }
    ///
    /// /// Plans a day in a city.
    /// #[tool]
    /// async fn plan(request: String, ctx: Context) -> Result<String> {
    ///     let mut question = ctx
    ///         .sample(request)
    ///         .tool::<City>("weather", "Returns the weather of a city");
    ///     for _ in 0..5 {
    ///         let answer = question.clone().await?;
    ///         if answer.tool_uses.is_empty() {
    ///             return Ok(answer.text());
    ///         }
    ///         let results = answer.tool_uses.iter().map(|call| match call.arguments::<City>() {
    ///             Ok(city) => call.result(format!("It is sunny in {}", city.name)),
    ///             Err(error) => call.error(error.to_string()),
    ///         });
    ///         question = question.tool_results(&answer, results);
    ///     }
    ///     Err(ToolError::new("the model used tools too often").into())
    /// }
    /// ```
    pub fn tool<T: JsonSchema + DeserializeOwned>(mut self, name: &str, description: &str) -> Self {
        let mut settings = schemars::generate::SchemaSettings::draft2020_12();
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        // A subschema, because the title of a root schema is the name of the type.
        let schema = settings.into_generator().subschema_for::<T>();
        let mut schema = schema.to_value();
        if schema["type"] != "object" {
            self.note_mistake(format!(
                "the arguments of the tool `{name}` are not an object: use a struct with named fields"
            ));
        }
        if let Value::Object(schema) = &mut schema {
            variant_order::restore::<T>(schema);
        }
        self.tools.push(json!({
            "name": name,
            "description": description,
            "inputSchema": schema,
        }));
        self
    }

    /// Offers the model tools, such as some of the server's own [tools](Context::tools), without those that only the
    /// pages of [apps](crate::guide::apps) may call. See [`tool`](Self::tool).
    pub fn tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        let tools = tools.into_iter();
        let tools = tools.filter(|tool| !app_meta::is_hidden_from_models(tool));
        self.tools.extend(tools.map(|tool| json!(tool)));
        self
    }

    /// Sets whether the model uses tools.
    pub fn tool_choice(self, choice: ToolChoice) -> Self {
        let mode = match choice {
            ToolChoice::Auto => "auto",
            ToolChoice::Required => "required",
            ToolChoice::None => "none",
        };
        self.option("toolChoice", json!({ "mode": mode }))
    }

    /// Appends an answer that waits for the results of tools, and the results, to the conversation. Each
    /// [tool use](Sampled::tool_uses) of the answer needs exactly one result, otherwise the question
    /// fails.
    pub fn tool_results(
        mut self,
        answer: &Sampled,
        results: impl IntoIterator<Item = ToolUseResult>,
    ) -> Self {
        let results: Vec<ToolUseResult> = results.into_iter().collect();
        let mut open: BTreeSet<&str> = answer.tool_uses.iter().map(|it| &*it.id).collect();
        for result in &results {
            if !open.remove(&*result.id) {
                let id = &result.id;
                self.note_mistake(format!(
                    "the tool use `{id}` has two results, or is not in the answer"
                ));
            }
        }
        if let Some(id) = open.first() {
            self.note_mistake(format!("the tool use `{id}` has no result"));
        }
        self.messages.push(Message {
            role: Role::Assistant,
            blocks: answer.blocks.clone(),
        });
        self.messages.push(Message {
            role: Role::User,
            blocks: results.into_iter().map(ToolUseResult::into_block).collect(),
        });
        self
    }

    /// Sets the key of the question; see [`Elicit::key`](crate::context::elicit::Elicit::key).
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    fn question(&self) -> Question {
        // Before 2025-11-25, a message has exactly one block.
        let oldest = ProtocolVersion::V_2025_11_25;
        let protocol = self.context.protocol_version();
        let splits = protocol.is_some_and(|version| version.as_str() < oldest.as_str());
        let mut messages = Vec::new();
        for Message { role, blocks } in &self.messages {
            match &**blocks {
                [block] => messages.push(json!({ "role": role, "content": block })),
                blocks if splits => {
                    let single = |block| json!({ "role": role, "content": block });
                    messages.extend(blocks.iter().map(single));
                }
                blocks => messages.push(json!({ "role": role, "content": blocks })),
            }
        }
        let mut params = self.options.clone();
        params.insert("messages".into(), messages.into());
        let with_tools = !self.tools.is_empty() || params.contains_key("toolChoice");
        if !self.tools.is_empty() {
            params.insert("tools".into(), self.tools.clone().into());
        }
        Question {
            kind: if with_tools {
                InputKind::SamplingWithTools
            } else {
                InputKind::Sampling
            },
            params: params.into(),
        }
    }
}

impl IntoFuture for Sample {
    type Output = Result<Sampled, InputError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            if let Some(mistake) = self.mistake {
                return Err(InputError::Question(mistake));
            }
            let question = self.question();
            let answer = self.context.ask(self.key, question).await?;
            serde_json::from_value(answer).map_err(|error| InputError::Invalid(error.to_string()))
        })
    }
}
