//! [`Connection`]: the protocol state of one client connection; [`ProtocolServer`]: the state that
//! all connections share.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rmcp::model::{PaginatedRequestParams, ServerConfig};
use rmcp::{ErrorData, RoleServer};

use crate::component::dispatch::Dispatcher;
use crate::component_kind::ComponentKind;
use crate::context::client_channel::LogLevel;
use crate::context::lazy::ContextSource;
use crate::context::session::Session;
use crate::mcp::CacheScope;
use crate::protocol::capabilities::server_config;
use crate::protocol::fast_path::FastPath;
use crate::protocol::pagination::page;
use crate::protocol::request_state::StateSigner;
use crate::protocol::subscriptions::Subscriptions;

/// The response to a request.
pub(crate) type Response<T> = Result<T, ErrorData>;

/// The context of a request in the protocol library.
pub(crate) type RequestContext = rmcp::service::RequestContext<RoleServer>;

/// The protocol layer of a server, shared by all of its connections.
pub(crate) struct ProtocolServer {
    pub(crate) dispatcher: Arc<Dispatcher>,
    /// Signs the state that clients return in the next round trip of a call.
    pub(crate) state_signer: StateSigner,
    /// The maximum number of items in one page of a list; `None` if a list is always one page.
    pub(crate) page_size: Option<usize>,
    /// The time in milliseconds for which clients may cache responses, and the scope of the cache;
    /// `None` if clients must not cache.
    pub(crate) cache: Option<(u64, CacheScope)>,
    /// The events of the server; `None` if it offers none.
    #[cfg(feature = "events")]
    pub(crate) events: Option<Arc<crate::events::server::EventServer>>,
    /// Answers common requests; `None` if it is off.
    pub(crate) fast_path: Option<Arc<FastPath>>,
    /// The description of the server, with the components that it depends on.
    config: RwLock<(Offered, ServerConfig)>,
}

/// The kinds of components that a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Offered([bool; 5]);

impl Offered {
    fn of(dispatcher: &Dispatcher) -> Self {
        Self([
            dispatcher.offers(ComponentKind::Tool),
            dispatcher.offers(ComponentKind::Resource),
            dispatcher.offers(ComponentKind::Prompt),
            dispatcher.completes(),
            dispatcher.makes_remote_tasks(),
        ])
    }
}

impl ProtocolServer {
    pub(crate) fn new(
        dispatcher: Arc<Dispatcher>,
        state_signer: StateSigner,
        page_size: Option<usize>,
        cache: Option<(u64, CacheScope)>,
        has_fast_path: bool,
    ) -> Self {
        // Another caller may not be allowed to see the same answer, or get other tools for its tasks.
        let is_restricted = dispatcher.is_restricted() || dispatcher.task_fallback.is_some();
        let scope = |scope| {
            if is_restricted {
                CacheScope::Private
            } else {
                scope
            }
        };
        Self {
            fast_path: has_fast_path.then(|| Arc::new(FastPath::new(&dispatcher))),
            config: RwLock::new((Offered::of(&dispatcher), server_config(&dispatcher))),
            dispatcher,
            #[cfg(feature = "events")]
            events: None,
            state_signer,
            page_size,
            cache: cache.map(|(fresh_for, shared)| (fresh_for, scope(shared))),
        }
    }

    /// Returns the description of the server. It changes if the first component of a kind is added while the server
    /// runs. The protocol library asks for it several times in each request, so it is kept.
    pub(crate) fn config(&self) -> ServerConfig {
        let offered = Offered::of(&self.dispatcher);
        // Every critical section is one operation, so a poisoned lock is still usable.
        let kept = self.config.read().unwrap_or_else(PoisonError::into_inner);
        if kept.0 == offered {
            return kept.1.clone();
        }
        drop(kept);
        let config = self.describe();
        let mut kept = self.config.write().unwrap_or_else(PoisonError::into_inner);
        *kept = (offered, config.clone());
        config
    }

    /// Adds events.
    #[cfg(feature = "events")]
    pub(crate) fn with_events(
        mut self,
        events: Option<Arc<crate::events::server::EventServer>>,
    ) -> Self {
        self.events = events;
        self.config = RwLock::new((Offered::of(&self.dispatcher), self.describe()));
        self
    }

    #[cfg(feature = "events")]
    fn describe(&self) -> ServerConfig {
        let mut config = server_config(&self.dispatcher);
        if self.events.is_some() {
            crate::protocol::events_capability::advertise(&mut config.capabilities);
        }
        config
    }

    #[cfg(not(feature = "events"))]
    fn describe(&self) -> ServerConfig {
        server_config(&self.dispatcher)
    }

    /// Returns one page of a list that is sorted by `name`.
    pub(crate) fn page<T>(
        &self,
        items: Vec<T>,
        name: impl Fn(&T) -> &str,
        request: Option<PaginatedRequestParams>,
    ) -> Response<(Vec<T>, Option<String>)> {
        let cursor = request.and_then(|request| request.cursor);
        page(items, name, cursor.as_deref(), self.page_size)
            .map_err(|_| ErrorData::invalid_params("invalid cursor", None))
    }
}

/// One client connection, or one session of streamable HTTP.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) server: Arc<ProtocolServer>,
    /// The level that a client of a revision before 2026-07-28 has set with `logging/setLevel`.
    pub(crate) log_level: Arc<RwLock<LogLevel>>,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) session: Session,
    /// Creates contexts for calls on the fast path, in a session on a stream. Set by
    /// `initialize`, before the library reads the first call.
    pub(crate) live: Arc<OnceLock<Arc<dyn ContextSource>>>,
}

impl Connection {
    pub(crate) fn new(server: Arc<ProtocolServer>) -> Self {
        Self {
            server,
            log_level: Arc::new(RwLock::new(LogLevel::Debug)),
            subscriptions: Subscriptions::default(),
            session: Session::default(),
            live: Arc::default(),
        }
    }

    pub(crate) fn log_level(&self) -> LogLevel {
        // A panic cannot leave a level half-written, so a poisoned lock is still valid.
        *self
            .log_level
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_log_level(&self, level: LogLevel) {
        *self
            .log_level
            .write()
            .unwrap_or_else(PoisonError::into_inner) = level;
    }
}
