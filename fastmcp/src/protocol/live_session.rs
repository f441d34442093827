//! [`LiveSession`]: creates the contexts of calls on the [fast path](crate::protocol::fast_path), from the parts that all
//! requests of one connection share.

use std::sync::{Arc, Mutex, PoisonError};

use rmcp::RoleServer;
use rmcp::service::Peer;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::context::client_channel::LogLevel;
use crate::context::input::InputCapabilities;
use crate::context::lazy::{CallId, ContextSource};
use crate::context::progress_log::ProgressLog;
use crate::context::request::{Context, Request, Transport};
use crate::mcp::{Implementation, ProtocolVersion};
use crate::protocol::client_channel::{self, PeerChannel};
use crate::protocol::connection::{Connection, RequestContext};

/// The session of a client on a stream. A client negotiates its parts only once.
pub(crate) struct LiveSession {
    connection: Connection,
    peer: Peer<RoleServer>,
    client: Option<Arc<Implementation>>,
    protocol: Option<ProtocolVersion>,
    input_capabilities: InputCapabilities,
    meta: Arc<Map<String, Value>>,
    /// The channel to the client. Its log level may change.
    channel: Mutex<(LogLevel, Arc<PeerChannel>)>,
}

impl LiveSession {
    /// Takes the parts from a request that the protocol library handles.
    pub(crate) fn new(connection: &Connection, context: &RequestContext) -> Self {
        let level = connection.log_level();
        Self {
            // With its own source, the connection would keep itself in memory.
            connection: Connection {
                live: Arc::default(),
                ..connection.clone()
            },
            peer: context.peer.clone(),
            client: context.client_info().map(Arc::new),
            protocol: context.protocol_version(),
            input_capabilities: client_channel::input_capabilities(
                context.client_capabilities().as_ref(),
            ),
            meta: Arc::default(),
            channel: Mutex::new((level, channel(context.peer.clone(), level))),
        }
    }

    fn channel(&self) -> Arc<PeerChannel> {
        let level = self.connection.log_level();
        let mut current = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != level {
            *current = (level, channel(self.peer.clone(), level));
        }
        Arc::clone(&current.1)
    }
}

fn channel(peer: Peer<RoleServer>, level: LogLevel) -> Arc<PeerChannel> {
    Arc::new(PeerChannel {
        peer,
        // Requests with a progress token do not take the fast path.
        progress_token: None,
        log_level: Some(level),
        asking_unsupported: None,
        capacity: None,
    })
}

impl ContextSource for LiveSession {
    fn context(&self, id: &CallId) -> Context {
        let dispatcher = &self.connection.server.dispatcher;
        Context::new(Request {
            id: id.to_string(),
            server: Arc::clone(&dispatcher.identity.name),
            client: self.client.clone(),
            meta: Arc::clone(&self.meta),
            protocol: self.protocol.clone(),
            #[cfg(feature = "http")]
            http: None,
            trace: None,
            client_channel: self.channel(),
            progress: Arc::new(ProgressLog::new()),
            transport: Transport::Stream,
            input_capabilities: self.input_capabilities,
            answer_log: None,
            nested: false,
            session: Some(self.connection.session.clone()),
            server_handle: Some(Arc::clone(dispatcher) as _),
            cancellation: CancellationToken::new(),
        })
    }
}
