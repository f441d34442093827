//! Sends the requests of a client: questions that the server asks first, time limits, metadata.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::client::connection::Outgoing;
use crate::client::error::{ClientError, connection_error};
use crate::client::handle::Client;
use crate::client::log_message::level_name;
use crate::client::member::take;
use crate::client::notices::ProgressSink;
#[cfg(feature = "telemetry")]
use crate::telemetry::client_call::ClientCall;
#[cfg(feature = "telemetry")]
use crate::telemetry::request::Ended;

/// The maximum number of times that a request is sent. A server that asks more often would ask forever.
const MAX_ROUNDS: usize = 100;

/// The key of `_meta` that states the level of log messages (MCP 2026-07-28, "Per-request metadata").
const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

/// The options of one request.
#[derive(Clone, Default)]
pub(super) struct RequestOptions {
    /// The time without a response or progress after which the request fails.
    pub(super) timeout: Option<Duration>,
    /// The time after which the request fails in any case.
    pub(super) deadline: Option<Duration>,
    pub(super) progress: Option<ProgressSink>,
    pub(super) meta: Map<String, Value>,
    pub(super) headers: Vec<(String, String)>,
}

impl Client {
    /// Sends a request with the default options, and decodes its result.
    pub(super) async fn request<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, ClientError> {
        let result = self.run(method, params, &RequestOptions::default()).await?;
        serde_json::from_value(result).map_err(connection_error)
    }

    /// Sends a request, and returns its result.
    pub(super) async fn run(
        &self,
        method: &'static str,
        mut params: Value,
        options: &RequestOptions,
    ) -> Result<Value, ClientError> {
        for (key, value) in &options.meta {
            params["_meta"][key] = value.clone();
        }
        if let Some(level) = self.log_level().filter(|_| self.connection.listens()) {
            params["_meta"][LOG_LEVEL] = level_name(level).into();
        }
        #[cfg(feature = "telemetry")]
        let result = self.traced(method, params, options);
        #[cfg(not(feature = "telemetry"))]
        let result = self.exchange(method, params, options);
        match options.deadline {
            Some(after) => timeout(after, result)
                .await
                .map_err(|_| ClientError::Deadline { method, after })?,
            None => result.await,
        }
    }

    /// Sends a request, and records it.
    #[cfg(feature = "telemetry")]
    async fn traced(
        &self,
        method: &'static str,
        mut params: Value,
        options: &RequestOptions,
    ) -> Result<Value, ClientError> {
        let call = ClientCall::start(method, &mut params);
        let result = call.run(self.exchange(method, params, options)).await;
        call.end(match &result {
            Ok(result) if result["isError"] == true => Some(Ended::WithToolError),
            Ok(_) => Some(Ended::Successfully),
            Err(ClientError::Refused { code, .. }) => Some(Ended::WithError(*code)),
            Err(_) => None,
        });
        result
    }

    /// Sends a request until the server asks no more questions, and returns its result.
    async fn exchange(
        &self,
        method: &'static str,
        mut params: Value,
        options: &RequestOptions,
    ) -> Result<Value, ClientError> {
        for _ in 0..MAX_ROUNDS {
            let request = Outgoing {
                method,
                params: params.clone(),
                progress: options.progress.clone(),
                headers: options.headers.clone(),
            };
            let mut result = self.send(request, options.timeout.or(self.timeout)).await?;
            if result["resultType"] != "input_required" {
                return Ok(result);
            }
            params["inputResponses"] = self.answer(take(&mut result, "inputRequests")).await?;
            if let Value::String(state) = take(&mut result, "requestState") {
                params["requestState"] = state.into();
            }
        }
        let reason = format!("it still asks questions after {MAX_ROUNDS} answers to `{method}`");
        Err(ClientError::Unanswered(reason))
    }

    /// Sends a request once. Each progress notification begins its time limit anew.
    async fn send(
        &self,
        mut request: Outgoing,
        limit: Option<Duration>,
    ) -> Result<Value, ClientError> {
        let method = request.method;
        let Some(after) = limit else {
            return self.connection.send(request).await;
        };
        let active = Arc::new(Notify::new());
        let (progress, reported) = (request.progress.take(), Arc::clone(&active));
        // Servers report progress only to requests that ask for it.
        request.progress = Some(Arc::new(move |params| {
            reported.notify_one();
            if let Some(progress) = &progress {
                progress(params);
            }
        }));
        let mut response = self.connection.send(request);
        loop {
            tokio::select! {
                biased;
                response = &mut response => return response,
                () = active.notified() => {}
                () = sleep(after) => return Err(ClientError::Timeout { method, after }),
            }
        }
    }

    /// Answers the questions in a response (MCP 2026-07-28, "Multi Round-Trip Requests").
    pub(super) async fn answer(&self, questions: Value) -> Result<Value, ClientError> {
        let Value::Object(questions) = questions else {
            return Ok(json!({}));
        };
        let answers = questions.into_iter().map(async |(key, mut question)| {
            let params = take(&mut question, "params");
            let method = question["method"].as_str().unwrap_or_default();
            let answer = self.handlers.answer(method, params).await;
            let unknown = || ClientError::Unanswered(format!("no handler for `{method}`"));
            Ok::<_, ClientError>((key, answer.ok_or_else(unknown)?))
        });
        let answers: Map<_, _> = try_join_all(answers).await?.into_iter().collect();
        Ok(answers.into())
    }
}

/// Returns the arguments as an object. The protocol has no `null` for no arguments.
pub(super) fn object(arguments: Value) -> Result<Map<String, Value>, ClientError> {
    match arguments {
        Value::Null => Ok(Map::new()),
        Value::Object(arguments) => Ok(arguments),
        other => Err(ClientError::Arguments(other)),
    }
}
