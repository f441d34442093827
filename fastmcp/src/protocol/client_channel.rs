//! The way back to the client of one request, over the protocol library's peer.
#![expect(
    deprecated,
    reason = "logging to the client is deprecated in 2026-07-28, and served"
)]

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
use crate::docket::model::key::Key;
use futures_util::future::BoxFuture;

/// Sends notifications that belong to one request.
pub(crate) struct PeerLink {
    pub(crate) peer: Peer<RoleServer>,
    /// What the client calls this request's progress, if it asked for it.
    pub(crate) progress_token: Option<ProgressToken>,
    /// The least level of log message that the client wants; `None` for no messages at all.
    pub(crate) log_level: Option<LogLevel>,
    /// Why the client cannot be asked over this connection, if it cannot.
    pub(crate) silent: Option<&'static str>,
}

impl PeerLink {
    pub(crate) async fn send(&self, notification: ServerNotification) {
        if let Err(error) = self.peer.send_notification(notification).await {
            tracing::debug!(%error, "a notification was not delivered");
        }
    }
}

impl ClientChannel for PeerLink {
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
            if self.log_level.is_none_or(|least| level < least) {
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
            if let Some(reason) = self.silent {
                return Err(InputError::NotSupported(reason));
            }
            let request = request(question)?;
            let answer = self.peer.send_request(request).await;
            let answer = answer.map_err(|error| InputError::Failed(error.to_string()))?;
            serde_json::to_value(answer).map_err(|error| InputError::Invalid(error.to_string()))
        })
    }
}

/// The request of a question, as the protocol library has it.
pub(crate) fn request(question: Question) -> Result<ServerRequest, InputError> {
    pub(crate) fn read<T: DeserializeOwned>(params: Value) -> Result<T, InputError> {
        serde_json::from_value(params).map_err(|error| InputError::Failed(error.to_string()))
    }
    let Question { kind, mut params } = question;
    Ok(match kind {
        InputKind::Form | InputKind::Url => {
            if kind == InputKind::Url {
                // The protocol of this era tells pages apart by a number of their own.
                params["elicitationId"] = Key::random().to_string().into();
            }
            ServerRequest::ElicitRequest(ElicitRequest::new(read(params)?))
        }
        InputKind::Sampling => {
            ServerRequest::CreateMessageRequest(CreateMessageRequest::new(read(params)?))
        }
        InputKind::Roots => ServerRequest::ListRootsRequest(ListRootsRequest::default()),
    })
}

/// What a client says that it can be asked for.
pub(crate) fn abilities(client: Option<&ClientCapabilities>) -> InputCapabilities {
    let Some(client) = client else {
        return InputCapabilities::default();
    };
    let modes = client.elicitation.as_ref();
    InputCapabilities {
        // Before there were modes, a form was the only one.
        form: modes.is_some_and(|it| it.form.is_some() || it.url.is_none()),
        url: modes.is_some_and(|it| it.url.is_some()),
        sampling: client.sampling.is_some(),
        roots: client.roots.is_some(),
    }
}

/// Declares the two directions between our levels and the protocol's.
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
