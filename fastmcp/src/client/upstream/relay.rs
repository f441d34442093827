//! Passes requests on to a remote server, and its progress and questions back.

use std::sync::Arc;

use rmcp::model::CallToolResult;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use crate::client::error::ClientError;
use crate::client::member::take;
use crate::client::notices::ProgressSink;
use crate::client::upstream::questions;
use crate::client::upstream::shared::Shared;
use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::context::input::InputError;
use crate::context::request::Context;
use crate::error::{Error, ProtocolError, ToolError};

/// The key of `_meta` that lists the proxies through which a request has come.
const PROXIES: &str = "fastmcp/proxies";

/// The key of `_meta` that states the level of log messages (MCP 2026-07-28, "Per-request metadata").
const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

/// The number of times that a request is sent. A server that asks more often would ask forever.
const MAX_ROUNDS: usize = 100;

/// Sends a request, and returns its result. Questions of the remote server go to the client of the request.
pub(super) async fn request<T: DeserializeOwned>(
    shared: &Arc<Shared>,
    context: &Context,
    method: &'static str,
    params: Value,
) -> Result<T, Error> {
    let result = send(shared, context, method, params).await?;
    decode(shared, result)
}

pub(super) fn decode<T: DeserializeOwned>(shared: &Shared, result: Value) -> Result<T, Error> {
    serde_json::from_value(result).map_err(|error| {
        let name = &shared.name;
        let text = format!("the server `{name}` has sent an invalid result: {error}");
        ToolError::new(text).into()
    })
}

/// Converts the error of a request that is not a call of a tool.
pub(super) fn request_error(error: Error) -> RequestError {
    match error.downcast::<ProtocolError>() {
        Ok(error) => RequestError::Protocol(error),
        Err(error) => RequestError::Internal(error.to_string()),
    }
}

/// As [`request`], without decoding the result. The keys of `_meta` in `params` are kept.
pub(super) async fn send(
    shared: &Arc<Shared>,
    context: &Context,
    method: &'static str,
    mut params: Value,
) -> Result<Value, Error> {
    let mut proxies = match context.meta().get(PROXIES) {
        Some(Value::Array(proxies)) => proxies.clone(),
        _ => Vec::new(),
    };
    if proxies.iter().any(|it| *it == *shared.id) {
        let name = &shared.name;
        let text = format!("the server `{name}` leads back to this proxy; remove one of the two");
        return Err(ToolError::new(text).into());
    }
    proxies.push(Value::from(&*shared.id));
    params["_meta"][PROXIES] = proxies.into();
    params["_meta"][LOG_LEVEL] = "debug".into();
    let mut connection = shared.connection().await?;
    let entered = shared.enter(context);
    // Progress is reported in its order, and completely: the loop ends when the request has dropped the sender.
    let (sender, mut reports) = mpsc::unbounded_channel();
    let report = async {
        while let Some(params) = reports.recv().await {
            report(context, &params).await;
        }
    };
    let sink: ProgressSink = Arc::new(move |params| drop(sender.send(params)));
    let rounds = async move {
        for _ in 0..MAX_ROUNDS {
            let result = connection.follow(method, params.clone(), Arc::clone(&sink));
            let result = match result.await {
                // The server has not handled the request.
                Err(ClientError::SessionEnded) => {
                    shared.lost("the server has ended the session");
                    connection = shared.connection().await?;
                    let result = connection.follow(method, params.clone(), Arc::clone(&sink));
                    result.await
                }
                result => result,
            };
            let mut result = result.map_err(|error| client_error(shared, error))?;
            if result["resultType"] != "input_required" {
                return Ok(result);
            }
            params["inputResponses"] = answers(context, take(&mut result, "inputRequests")).await?;
            if let Value::String(state) = take(&mut result, "requestState") {
                params["requestState"] = state.into();
            }
        }
        let text = format!("the remote server still asks after {MAX_ROUNDS} answers");
        Err(ToolError::new(text).into())
    };
    let (reply, ()) = tokio::join!(rounds, report);
    drop(entered);
    reply
}

async fn report(context: &Context, params: &Value) {
    let progress = params["progress"].as_f64().unwrap_or_default();
    let message = params["message"].as_str();
    context
        .report_progress(progress, params["total"].as_f64(), message)
        .await;
}

/// Converts the error of a connection. The errors of the remote server keep their codes.
fn client_error(shared: &Shared, error: ClientError) -> Error {
    match error {
        ClientError::Refused {
            code,
            message,
            data,
        } => {
            let mut error = ProtocolError::new(code, message);
            error.data = data;
            error.into()
        }
        ClientError::Connection(reason) => {
            shared.lost(&reason);
            shared.unreachable(&reason)
        }
        error @ ClientError::SessionEnded => {
            let reason = error.to_string();
            shared.lost(&reason);
            shared.unreachable(&reason)
        }
        error => ToolError::new(error.to_string()).into(),
    }
}

/// Asks the client the questions in a response (MCP 2026-07-28, "Multi Round-Trip Requests").
async fn answers(context: &Context, questions: Value) -> Result<Value, Error> {
    let Value::Object(questions) = questions else {
        return Ok(json!({}));
    };
    let asked = questions.into_iter().map(async |(key, mut question)| {
        let params = take(&mut question, "params");
        let method = question["method"].as_str().unwrap_or_default();
        let answer = questions::answer(context.clone(), method, params).await?;
        Ok::<_, InputError>((key, answer))
    });
    let answers: Map<_, _> = futures_util::future::try_join_all(asked)
        .await?
        .into_iter()
        .collect();
    Ok(answers.into())
}

/// Converts the result of a call.
pub(super) fn tool_result(result: CallToolResult) -> ToolResult {
    let mut converted = ToolResult::new(result.content);
    converted.structured_content = result.structured_content;
    converted.is_error = result.is_error.unwrap_or(false);
    converted.meta = result.meta.map(|meta| meta.0);
    converted
}
