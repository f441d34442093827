//! [`Handlers`]: the answers of a client to the questions of servers.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use crate::client::elicitation::Elicitation;
use crate::client::notices::AnyHandler;
use crate::client::sampling::Sampling;
use crate::context::elicit::Elicited;
use crate::context::message_content::MessageContent;

pub(crate) type ElicitationHandler =
    Arc<dyn Fn(Elicitation) -> BoxFuture<'static, Elicited<Value>> + Send + Sync>;
pub(crate) type SamplingHandler =
    Arc<dyn Fn(Sampling) -> BoxFuture<'static, MessageContent> + Send + Sync>;

/// The handlers of a client. A client without the handler for a kind of question does not declare the
/// capability.
#[derive(Clone, Default)]
pub(crate) struct Handlers {
    pub(crate) elicitation: Option<ElicitationHandler>,
    pub(crate) sampling: Option<SamplingHandler>,
    pub(crate) roots: Option<Vec<String>>,
    /// True if calls may become tasks.
    #[cfg(feature = "cli")]
    pub(crate) follows_tasks: bool,
    /// Answers all questions, instead of the handlers above.
    pub(crate) any: Option<AnyHandler>,
}

impl Handlers {
    /// Returns the capabilities of the client, in the protocol's form.
    pub(crate) fn capabilities(&self) -> Value {
        if self.any.is_some() {
            return json!({
                "elicitation": { "form": {}, "url": {} },
                "sampling": { "tools": {} },
                "roots": {},
            });
        }
        let mut capabilities = Map::new();
        if self.elicitation.is_some() {
            capabilities.insert("elicitation".into(), json!({ "form": {}, "url": {} }));
        }
        if self.sampling.is_some() {
            capabilities.insert("sampling".into(), json!({}));
        }
        if self.roots.is_some() {
            capabilities.insert("roots".into(), json!({}));
        }
        #[cfg(feature = "cli")]
        if self.follows_tasks {
            let extensions = json!({ "io.modelcontextprotocol/tasks": {} });
            capabilities.insert("extensions".into(), extensions);
        }
        capabilities.into()
    }

    /// Returns the result of a request of the server, or `None` if no handler has this method.
    pub(crate) async fn answer(&self, method: &str, params: Value) -> Option<Value> {
        if let Some(any) = &self.any {
            return any(method.to_owned(), params).await;
        }
        match method {
            "ping" => Some(json!({})),
            "elicitation/create" => {
                let handler = self.elicitation.as_ref()?;
                let question = Elicitation::from_params(params);
                let has_form = question.form.is_some();
                Some(elicitation_result(handler(question).await, has_form))
            }
            "sampling/createMessage" => {
                let MessageContent(content) = self.sampling.as_ref()?(Sampling::new(params)).await;
                // Until 2025-06-18, and for a single block later, the content is not a list.
                let content = match &content[..] {
                    [block] => json!(block),
                    blocks => json!(blocks),
                };
                let model = env!("CARGO_PKG_NAME");
                Some(json!({ "role": "assistant", "model": model, "content": content }))
            }
            "roots/list" => {
                let roots = self.roots.as_ref()?.iter();
                let roots: Vec<Value> = roots.map(|uri| json!({ "uri": uri })).collect();
                Some(json!({ "roots": roots }))
            }
            _ => None,
        }
    }
}

fn elicitation_result(answer: Elicited<Value>, has_form: bool) -> Value {
    match answer {
        Elicited::Accepted(Value::Null) if has_form => json!({ "action": "accept", "content": {} }),
        Elicited::Accepted(Value::Null) => json!({ "action": "accept" }),
        Elicited::Accepted(content) => json!({ "action": "accept", "content": content }),
        Elicited::Declined => json!({ "action": "decline" }),
        Elicited::Cancelled => json!({ "action": "cancel" }),
    }
}
