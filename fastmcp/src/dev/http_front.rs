//! [`HttpFront`]: passes HTTP requests to one server after another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::context::change::ListKind;
use crate::dev::catalog::Catalog;
use crate::dev::child::Child;
use crate::dev::difference::{changed_lists, describe};
use crate::dev::front::{Front, NotReady};
use crate::dev::http_sessions::{HttpSessions, exchange};
use crate::dev::record::Record;
use crate::dev::upstream::Upstream;

/// The time that a request waits for a server.
const WAIT: Duration = Duration::from_mins(1);

/// The time that the servers have for their last responses when the front stops.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

/// The revision of the front's own requests, which needs no session.
const REVISION: &str = "2026-07-28";

/// The server that gets new requests, or the reason why there is none.
#[derive(Debug, Clone, Default)]
pub(super) struct Current {
    pub(super) server: Option<Arc<Upstream>>,
    /// The number of the server before it, and the lists that have changed since.
    pub(super) since: u64,
    pub(super) changed: Vec<ListKind>,
    problem: Option<Arc<str>>,
}

/// The place and the authorization of the clients' requests, with which the front reads the lists.
#[derive(Debug, Clone)]
struct Access {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

/// Passes HTTP requests to one server after another.
pub(super) struct HttpFront {
    pub(super) record: Arc<Record>,
    pub(super) sessions: HttpSessions,
    pub(super) current: watch::Sender<Current>,
    /// All servers that run.
    servers: Mutex<HashMap<u64, Arc<Upstream>>>,
    access: Mutex<Access>,
    catalog: Mutex<Option<Catalog>>,
}

impl HttpFront {
    pub(super) fn new(record: Arc<Record>) -> Arc<Self> {
        Arc::new(Self {
            record,
            sessions: HttpSessions::default(),
            current: watch::Sender::default(),
            servers: Mutex::default(),
            access: Mutex::new(Access {
                uri: Uri::from_static("/mcp"),
                authorization: None,
            }),
            catalog: Mutex::default(),
        })
    }

    /// Returns the server that gets new requests. Waits for one that is being built or started.
    pub(super) async fn server(&self) -> Result<Arc<Upstream>, String> {
        let mut current = self.current.subscribe();
        let found = current.wait_for(|it| it.server.is_some() || it.problem.is_some());
        match tokio::time::timeout(WAIT, found).await {
            Ok(Ok(found)) => match (&found.server, &found.problem) {
                (Some(server), _) => Ok(Arc::clone(server)),
                (None, problem) => Err(problem.as_deref().unwrap_or_default().to_owned()),
            },
            _ => Err("it is being built or started".to_owned()),
        }
    }

    /// Returns a server that still runs.
    pub(super) fn running(&self, number: u64) -> Option<Arc<Upstream>> {
        lock(&self.servers).get(&number).cloned()
    }

    /// Stops sending requests to a server that has ended.
    pub(super) fn gone(&self, number: u64) {
        self.current.send_if_modified(|current| {
            let is_current = current
                .server
                .as_ref()
                .is_some_and(|it| it.number() == number);
            if is_current {
                current.server = None;
            }
            is_current
        });
    }

    /// Remembers where clients find the server, and with which authorization.
    pub(super) fn learn_access(&self, uri: &Uri, headers: &HeaderMap) {
        let authorization = headers.get(AUTHORIZATION).cloned();
        let mut access = lock(&self.access);
        let is_same = access.uri == *uri
            && (authorization.is_none() || access.authorization == authorization);
        if !is_same {
            access.uri = uri.clone();
            access.authorization = authorization.or(access.authorization.take());
        }
    }

    /// Reads the lists of a server. `None` if it refuses.
    async fn catalog(&self, server: &Arc<Upstream>) -> Option<Catalog> {
        let access = lock(&self.access).clone();
        let ask = |method: &'static str, mut params: Value| {
            let (server, access) = (Arc::clone(server), access.clone());
            async move {
                params["_meta"] = json!({
                    "io.modelcontextprotocol/protocolVersion": REVISION,
                    "io.modelcontextprotocol/clientInfo": { "name": "fastmcp-dev", "version": env!("CARGO_PKG_VERSION") },
                    "io.modelcontextprotocol/clientCapabilities": {},
                });
                let mut headers = HeaderMap::new();
                headers.insert(HeaderName::from_static("mcp-protocol-version"), HeaderValue::from_static(REVISION));
                headers.insert(HeaderName::from_static("mcp-method"), HeaderValue::from_static(method));
                if let Some(authorization) = access.authorization {
                    headers.insert(AUTHORIZATION, authorization);
                }
                let request = json!({ "jsonrpc": "2.0", "id": "dev:list", "method": method, "params": params });
                exchange(&server, &access.uri, &headers, &request).await.ok().map(|(_, message)| message)
            }
            .boxed()
        };
        Catalog::read(&ask).await
    }

    async fn adopt(self: Arc<Self>, child: Arc<Child>) -> Result<(), NotReady> {
        let address = child.address.ok_or("the server has no address")?;
        let server = Arc::new(Upstream::new(child, address));
        server.listens().await;
        let number = server.number();
        lock(&self.servers).insert(number, Arc::clone(&server));
        let catalog = self.catalog(&server).await;
        let before = std::mem::replace(&mut *lock(&self.catalog), catalog.clone());
        let changed = match (&before, &catalog) {
            (Some(before), Some(after)) => {
                self.record.note(describe(before, after).trim_end());
                changed_lists(before, after)
            }
            // Whatever clients have seen may have changed.
            _ => vec![ListKind::Tools, ListKind::Resources, ListKind::Prompts],
        };
        let mut old = None;
        self.current.send_modify(|current| {
            old = current.server.replace(Arc::clone(&server));
            current.since = old.as_ref().map_or(0, |it| it.number());
            current.changed = changed;
            current.problem = None;
        });
        // Servers that have crashed stay in the table until now.
        let front = Arc::clone(&self);
        tokio::spawn(async move {
            server.child.ended().await;
            front.gone(number);
            lock(&front.servers).remove(&number);
        });
        if let Some(old) = old {
            tokio::spawn(async move { old.retire().await });
        }
        Ok(())
    }
}

impl Front for Arc<HttpFront> {
    fn adopt(&self, child: Arc<Child>) -> BoxFuture<'_, Result<(), NotReady>> {
        HttpFront::adopt(Arc::clone(self), child).boxed()
    }

    fn set_problem(&self, problem: Option<String>) {
        self.current
            .send_modify(|current| current.problem = problem.map(Into::into));
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            let servers: Vec<Arc<Upstream>> = lock(&self.servers).values().cloned().collect();
            let ended = async {
                // The servers finish their calls themselves.
                for server in &servers {
                    server.child.stop();
                }
                for server in &servers {
                    server.child.ended().await;
                }
            };
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, ended).await;
        }
        .boxed()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
