//! Passes the questions and the log messages of a remote server to the client of a request.

use serde_json::{Value, json};

use crate::client::member::take;
use crate::context::client_channel::LogLevel;
use crate::context::input::{InputError, InputKind, Question};
use crate::context::request::Context;

/// Asks the client of a request, and returns its answer unchanged.
pub(super) async fn answer(
    context: Context,
    method: &str,
    mut params: Value,
) -> Result<Value, InputError> {
    // It differs each time, for example in a progress token, and a question is recognized by its content.
    if let Some(params) = params.as_object_mut() {
        params.remove("_meta");
    }
    let kind = match method {
        "ping" => return Ok(json!({})),
        "elicitation/create" if params["mode"] == "url" => InputKind::Url,
        "elicitation/create" => InputKind::Form,
        "sampling/createMessage" if params["tools"].is_array() => InputKind::SamplingWithTools,
        "sampling/createMessage" => InputKind::Sampling,
        "roots/list" => InputKind::Roots,
        other => return Err(InputError::Question(format!("unknown method `{other}`"))),
    };
    context.ask(None, Question { kind, params }).await
}

/// Passes a log message to the client of a request, or to the log of this program.
pub(super) fn log(request: Option<Context>, server: &str, mut params: Value) {
    let level = match params["level"].as_str().unwrap_or_default() {
        "debug" => LogLevel::Debug,
        "notice" => LogLevel::Notice,
        "warning" => LogLevel::Warning,
        "error" => LogLevel::Error,
        "critical" => LogLevel::Critical,
        "alert" => LogLevel::Alert,
        "emergency" => LogLevel::Emergency,
        _ => LogLevel::Info,
    };
    let data = take(&mut params, "data");
    match request {
        // In a task, because notifications are read by one task that must not wait for a client.
        Some(context) => {
            tokio::spawn(async move { context.log(level, data).await });
        }
        None => tracing::debug!(server, ?level, "{data}"),
    }
}
