//! The channel to the client of one request, over the protocol library's peer.
#![expect(
    deprecated,
    reason = "2026-07-28 deprecates logging; clients of earlier revisions use it"
)]

use futures_util::future::BoxFuture;
use rmcp::RoleServer;
use rmcp::model::{
    ClientCapabilities, CreateMessageRequest, ElicitRequest, ListRootsRequest, LoggingLevel,
    LoggingMessageNotification, LoggingMessageNotificationParam, ProgressNotification,
    ProgressNotificationParam, ProgressToken, ServerNotification, ServerRequest,
};
use rmcp::service::Peer;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::context::client_channel::{ClientChannel, LogLevel};
use crate::context::input::{InputCapabilities, InputError, InputKind, Question};
use crate::context::stream_capacity::StreamCapacity;
use crate::docket::model::key::Key;
use crate::protocol::apps;
use crate::text::serialized_size;

/// Sends the notifications and questions of one request.
pub(crate) struct PeerChannel {
    pub(crate) peer: Peer<RoleServer>,
    /// The token for progress notifications; `None` if the client did not request them.
    pub(crate) progress_token: Option<ProgressToken>,
    /// The minimum level of log messages; `None` if the client has not requested any.
    pub(crate) log_level: Option<LogLevel>,
    /// The reason why the handler cannot ask the client over the connection; `None` if it can.
    pub(crate) asking_unsupported: Option<&'static str>,
    /// The capacity of the streams of the request's client; `None` if the transport has no bound of
    /// its own.
    pub(crate) capacity: Option<StreamCapacity>,
}

impl PeerChannel {
    pub(crate) async fn send(&self, notification: ServerNotification) {
        if let Some(StreamCapacity(ready)) = &self.capacity {
            ready(serialized_size(&notification)).await;
        }
        if let Err(error) = self.peer.send_notification(notification).await {
            tracing::debug!(%error, "cannot send a notification");
        }
    }
}

impl ClientChannel for PeerChannel {
    fn wants_progress(&self) -> bool {
        self.progress_token.is_some()
    }

    fn progress<'a>(
        &'a self,
        progress: f64,
        total: Option<f64>,
        message: Option<&'a str>,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let Some(token) = self.progress_token.clone() else {
                return;
            };
            let mut params = ProgressNotificationParam::new(token, progress);
            params.total = total;
            params.message = message.map(Into::into);
            let notification = ProgressNotification::new(params);
            self.send(ServerNotification::ProgressNotification(notification))
                .await;
        })
    }

    fn log<'a>(&'a self, level: LogLevel, logger: &'a str, data: Value) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.log_level.is_none_or(|minimum| level < minimum) {
                return;
            }
            let params = LoggingMessageNotificationParam::new(to_wire(level), data);
            let notification = LoggingMessageNotification::new(params.with_logger(logger));
            self.send(ServerNotification::LoggingMessageNotification(notification))
                .await;
        })
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, InputError>> {
        Box::pin(async move {
            if let Some(reason) = self.asking_unsupported {
                return Err(InputError::NotSupported(reason));
            }
            let request = request(question)?;
            let answer = self.peer.send_request(request).await;
            let answer = answer.map_err(|error| InputError::Failed(error.to_string()))?;
            serde_json::to_value(answer).map_err(|error| InputError::Invalid(error.to_string()))
        })
    }
}

/// Converts a question to the request of the protocol library.
fn request(question: Question) -> Result<ServerRequest, InputError> {
    fn read<T: DeserializeOwned>(params: Value) -> Result<T, InputError> {
        serde_json::from_value(params).map_err(|error| InputError::Failed(error.to_string()))
    }
    let Question { kind, mut params } = question;
    Ok(match kind {
        InputKind::Form | InputKind::Url => {
            if kind == InputKind::Url {
                // Before 2026-07-28, the protocol identifies each page by an ID.
                params["elicitationId"] = Key::random().to_string().into();
            }
            ServerRequest::ElicitRequest(ElicitRequest::new(read(params)?))
        }
        InputKind::Sampling | InputKind::SamplingWithTools => {
            ServerRequest::CreateMessageRequest(CreateMessageRequest::new(read(params)?))
        }
        InputKind::Roots => ServerRequest::ListRootsRequest(ListRootsRequest::default()),
    })
}

/// Returns the kinds of questions that a client has declared.
pub(crate) fn input_capabilities(client: Option<&ClientCapabilities>) -> InputCapabilities {
    let Some(client) = client else {
        return InputCapabilities::default();
    };
    let modes = client.elicitation.as_ref();
    InputCapabilities {
        // Revision 2025-06-18 has no modes: its clients support forms only.
        form: modes.is_some_and(|it| it.form.is_some() || it.url.is_none()),
        url: modes.is_some_and(|it| it.url.is_some()),
        sampling: client.sampling.is_some(),
        sampling_tools: client
            .sampling
            .as_ref()
            .is_some_and(|it| it.tools.is_some()),
        roots: client.roots.is_some(),
        apps: apps::is_declared(client),
    }
}

/// Generates the conversions between our log levels and the protocol's.
macro_rules! levels {
    ($($level:ident)*) => {
        fn to_wire(level: LogLevel) -> LoggingLevel {
            match level {
                $(LogLevel::$level => LoggingLevel::$level,)*
            }
        }

        pub(crate) fn from_wire(level: LoggingLevel) -> LogLevel {
            match level {
                $(LoggingLevel::$level => LogLevel::$level,)*
            }
        }
    };
}

levels!(Debug Info Notice Warning Error Critical Alert Emergency);
