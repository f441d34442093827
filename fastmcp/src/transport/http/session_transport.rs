//! [`SessionTransport`]: connects one service of the protocol library with the event streams of its session.
//!
//! | what a service sends | its stream |
//! |---|---|
//! | a response | that of its request, which ends |
//! | a request to the client | that of the request whose handler asks (SEP-2260) |
//! | progress | that of the request with the token |
//! | anything else | the stream of notifications |
//!
//! A log never waits for a connection, so sending does not wait either, except for another replica.

use std::convert::Infallible;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, GetExtensions, JsonRpcMessage, NumberOrString, RequestId,
    ServerJsonRpcMessage, ServerNotification,
};
use rmcp::service::OriginatingRequestId;
use rmcp::transport::Transport;
use rmcp::transport::streamable_http_server::session::ServerSseMessage;

use crate::transport::http::inbox::Inbox;
use crate::transport::http::replay::EventLog;
use crate::transport::http::session::Session;
use crate::transport::http::session_streams::NotificationStream;

/// The connection of one service.
pub(crate) struct SessionTransport {
    session: Arc<Session>,
    inbox: Arc<Inbox>,
    notifications: NotificationStream,
    /// The number of the service's request 0 in the session.
    first_request: i64,
}

impl SessionTransport {
    pub(crate) fn new(
        session: &Arc<Session>,
        inbox: Arc<Inbox>,
        notifications: NotificationStream,
    ) -> Self {
        Self {
            first_request: session.service.next_request(),
            session: Arc::clone(session),
            inbox,
            notifications,
        }
    }

    /// Gives a request to the client the ID that it has in the session.
    fn number(&self, id: &mut RequestId) {
        if let NumberOrString::Number(number) = id {
            *number += self.first_request;
        }
    }

    /// Gives the response of a client the ID that its request has in this service. False if an earlier service has sent
    /// the request.
    fn renumber(&self, id: &mut RequestId) -> bool {
        let number = match id {
            NumberOrString::Number(number) => *number,
            // Some clients respond to numbers with texts.
            NumberOrString::String(text) => match text.parse() {
                Ok(number) => number,
                Err(_) => return true,
            },
        };
        *id = NumberOrString::Number(number - self.first_request);
        number >= self.first_request
    }

    /// Returns whether this service gets a message of the client, and sets the ID of a response.
    fn accepts(&self, message: &mut ClientJsonRpcMessage) -> bool {
        match message {
            JsonRpcMessage::Response(response) => self.renumber(&mut response.id),
            JsonRpcMessage::Error(error) => match &mut error.id {
                Some(id) => self.renumber(id),
                None => true,
            },
            _ => true,
        }
    }

    fn event(&self, message: ServerJsonRpcMessage) -> ServerSseMessage {
        let event = ServerSseMessage::from_message(message);
        match &self.session.replica {
            Some(replica) => replica.mark_event(event),
            None => event,
        }
    }

    /// Appends a message to its stream. The returned future sends it to another replica.
    fn route(&self, mut message: ServerJsonRpcMessage) -> BoxFuture<'static, ()> {
        let requests = &self.session.requests;
        let log: Option<Arc<EventLog>> = match &mut message {
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => {
                return self.respond(message);
            }
            JsonRpcMessage::Request(request) => {
                self.number(&mut request.id);
                if let NumberOrString::Number(number) = request.id {
                    self.session.service.has_sent(number);
                }
                let asking = request.request.extensions().get::<OriginatingRequestId>();
                asking.and_then(|OriginatingRequestId(id)| requests.log_of(id))
            }
            JsonRpcMessage::Notification(notification) => match &mut notification.notification {
                ServerNotification::ProgressNotification(progress) => {
                    requests.log_of_progress(&progress.params.progress_token)
                }
                ServerNotification::CancelledNotification(cancelled) => {
                    if let Some(id) = &mut cancelled.params.request_id {
                        self.number(id);
                    }
                    None
                }
                _ => None,
            },
        };
        let event = self.event(message);
        match log {
            Some(log) => {
                log.push(event);
                futures_util::future::ready(()).boxed()
            }
            None => self.notifications.send(event),
        }
    }

    fn respond(&self, message: ServerJsonRpcMessage) -> BoxFuture<'static, ()> {
        let done = futures_util::future::ready(()).boxed();
        if let Some(initializing) = self.session.service.initializing() {
            // If nobody waits any more, the client has disconnected.
            let _ = initializing.send(message);
            return done;
        }
        let id = match &message {
            JsonRpcMessage::Response(response) => Some(response.id.clone()),
            JsonRpcMessage::Error(error) => error.id.clone(),
            _ => None,
        };
        match id {
            Some(id) => {
                let event = self.event(message);
                if !self.session.requests.end(&id, Some(event)) {
                    tracing::debug!("dropped the response to a request that has ended");
                }
                done
            }
            None => self.notifications.send(self.event(message)),
        }
    }
}

impl Transport<RoleServer> for SessionTransport {
    type Error = Infallible;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Infallible>> + Send + 'static {
        // Now, and not in the future: the library polls the futures of several messages in any order.
        self.route(message).map(Ok)
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            let mut message = self.inbox.recv().await?;
            if self.accepts(&mut message) {
                return Some(message);
            }
        }
    }

    async fn close(&mut self) -> Result<(), Infallible> {
        // The service has ended by itself, and responds to nothing any more.
        if !self.inbox.is_closed() {
            self.inbox.close();
            self.session.requests.end_all();
        }
        Ok(())
    }
}
