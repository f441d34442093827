//! The way back to the client of one request, over the protocol library's peer.
#![expect(
    deprecated,
    reason = "logging to the client is deprecated in 2026-07-28, and served"
)]

use rmcp::RoleServer;
use rmcp::model::{
    LoggingLevel, LoggingMessageNotification, LoggingMessageNotificationParam,
    ProgressNotification, ProgressNotificationParam, ProgressToken, ServerNotification,
};
use rmcp::service::Peer;
use serde_json::Value;

use crate::BoxFuture;
use crate::context::{Link, LogLevel};

/// Sends notifications that belong to one request.
pub(super) struct PeerLink {
    pub(super) peer: Peer<RoleServer>,
    /// What the client calls this request's progress, if it asked for it.
    pub(super) progress_token: Option<ProgressToken>,
    /// The least level of log message that the client wants; `None` for no messages at all.
    pub(super) log_level: Option<LogLevel>,
}

impl PeerLink {
    async fn send(&self, notification: ServerNotification) {
        if let Err(error) = self.peer.send_notification(notification).await {
            tracing::debug!(%error, "a notification was not delivered");
        }
    }
}

impl Link for PeerLink {
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
}

/// Declares the two directions between our levels and the protocol's.
macro_rules! levels {
    ($($level:ident)*) => {
        fn to_wire(level: LogLevel) -> LoggingLevel {
            match level {
                $(LogLevel::$level => LoggingLevel::$level,)*
            }
        }

        pub(super) fn from_wire(level: LoggingLevel) -> LogLevel {
            match level {
                $(LoggingLevel::$level => LogLevel::$level,)*
            }
        }
    };
}

levels!(Debug Info Notice Warning Error Critical Alert Emergency);
