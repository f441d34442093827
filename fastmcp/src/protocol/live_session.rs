//! [`LiveSession`]: creates the contexts of calls on the [fast path](crate::protocol::fast_path), from the parts that all
//! requests of one connection share.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rmcp::RoleServer;
use rmcp::service::Peer;
use serde_json::{Map, Value};

use crate::context::call_state::CallState;
use crate::context::client_channel::LogLevel;
use crate::context::input::InputCapabilities;
use crate::context::lazy::ContextSource;
use crate::context::request::{Context, Request, Transport};
use crate::mcp::{Implementation, ProtocolVersion};
use crate::protocol::client_channel::{PeerChannel, input_capabilities};
use crate::protocol::connection::Connection;

/// The session of a client on a stream.
pub(crate) struct LiveSession {
    connection: Connection,
    peer: Peer<RoleServer>,
    client: OnceLock<Client>,
    meta: Arc<Map<String, Value>>,
    /// The channel to the client. Its log level may change.
    channel: Mutex<(LogLevel, Arc<PeerChannel>)>,
}

/// What the client has negotiated, which is known when its first call is read.
struct Client {
    info: Option<Arc<Implementation>>,
    protocol: Option<ProtocolVersion>,
    input_capabilities: InputCapabilities,
}

impl LiveSession {
    pub(crate) fn new(connection: &Connection, peer: Peer<RoleServer>) -> Self {
        let level = connection.log_level();
        Self {
            // With its own source, the connection would keep itself in memory.
            connection: Connection {
                live: Arc::default(),
                ..connection.clone()
            },
            client: OnceLock::new(),
            meta: Arc::default(),
            channel: Mutex::new((level, channel(peer.clone(), level))),
            peer,
        }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let info = self.peer.peer_info();
            let info = info.as_deref();
            Client {
                info: info.map(|info| Arc::new(info.client_info.clone())),
                protocol: info.map(|info| info.protocol_version.clone()),
                input_capabilities: input_capabilities(info.map(|info| &info.capabilities)),
            }
        })
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
    fn context(&self, state: Arc<CallState>) -> Context {
        let dispatcher = &self.connection.server.dispatcher;
        let client = self.client();
        Context::new(Request {
            state,
            server: Arc::clone(&dispatcher.identity.name),
            client: client.info.clone(),
            meta: Arc::clone(&self.meta),
            protocol: client.protocol.clone(),
            #[cfg(feature = "http")]
            http: None,
            trace: None,
            client_channel: self.channel(),
            transport: Transport::Stream,
            input_capabilities: client.input_capabilities,
            asking_refused: None,
            answer_log: None,
            nested: false,
            session: Some(self.connection.session.clone()),
            server_handle: Some(Arc::clone(dispatcher) as _),
        })
    }
}
