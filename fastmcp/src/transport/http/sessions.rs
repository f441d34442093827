//! The sessions of clients from before 2026-07-28.
//!
//! The protocol library's own sessions do the work. What is added to them here:
//!
//! | | theirs | ours |
//! |---|---|---|
//! | a session with a call that runs in silence | ends as idle | is busy |
//! | a client that comes back after its answer was given | gets nothing | gets the answer |
//! | a connection that does not read | holds up the session | is cut |
//! | a second stream for notifications | gets none while the first seems alive | takes over |
//! | a session of another caller | is anybody's who knows its id | is not found |
//! | a request under the id of one that runs | takes its answer, and leaves it without | is refused |

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::request::Parts;
use futures_util::Stream;
use rmcp::model::{
    ClientJsonRpcMessage, ErrorData, GetExtensions, RequestId, ServerJsonRpcMessage,
};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionHandle, LocalSessionManager, LocalSessionManagerError, SessionConfig, SessionError,
};
use rmcp::transport::streamable_http_server::session::{
    ServerSseMessage, SessionId, SessionManager,
};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::context::close_stream::EndStream;
use crate::principal::Principal;

use crate::transport::http::replay::{From, Log, Reader};

/// How many calls that are answered a session remembers, for clients that come back for the answer.
const REMEMBERED: usize = 16;

/// How long it remembers them.
const MEMORY: Duration = Duration::from_mins(1);

/// Every session of a server.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Inner>);

struct Inner {
    /// The library's own, which never end by themselves: we end them.
    local: LocalSessionManager,
    idle: Duration,
    most: usize,
    open: Mutex<HashMap<SessionId, Arc<Session>>>,
}

/// What we know of one session.
struct Session {
    /// Open streams and running calls.
    busy: AtomicUsize,
    /// Who has begun it: nobody else may use it.
    owner: OnceLock<Option<Principal>>,
    last_use: Mutex<Instant>,
    /// The stream of notifications that belong to no request, once a client has asked for it.
    common: tokio::sync::Mutex<Option<Arc<Log>>>,
    /// The streams of requests, by the number that stands in the ids of their events.
    streams: Mutex<Streams>,
    closed: CancellationToken,
}

#[derive(Default)]
struct Streams {
    by_number: HashMap<u64, Arc<Log>>,
    /// The ids of the requests that are not answered.
    ids: HashSet<RequestId>,
    /// Those that have ended, and when.
    ended: VecDeque<(u64, Instant)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    fn new() -> Self {
        Self {
            busy: AtomicUsize::new(0),
            owner: OnceLock::new(),
            last_use: Mutex::new(Instant::now()),
            common: tokio::sync::Mutex::default(),
            streams: Mutex::default(),
            closed: CancellationToken::new(),
        }
    }

    fn touch(&self) {
        *lock(&self.last_use) = Instant::now();
    }

    fn busy(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Busy(Arc::clone(self))
    }

    /// When the session ends unless something happens; `None` while something does.
    fn idle_until(&self, idle: Duration) -> Option<Instant> {
        let until = *lock(&self.last_use) + idle;
        (self.busy.load(Ordering::Relaxed) == 0).then_some(until)
    }

    fn forget_old_streams(&self) {
        let mut streams = lock(&self.streams);
        while let Some((number, ended)) = streams.ended.front().copied()
            && (streams.ended.len() > REMEMBERED || ended.elapsed() > MEMORY)
        {
            streams.ended.pop_front();
            streams.by_number.remove(&number);
        }
    }
}

/// Keeps a session from being idle.
struct Busy(Arc<Session>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.touch();
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Inner {
    async fn close(&self, id: &SessionId) -> Result<(), LocalSessionManagerError> {
        if let Some(session) = lock(&self.open).remove(id) {
            session.closed.cancel();
        }
        self.local.close_session(id).await
    }

    async fn handle(&self, id: &SessionId) -> Result<LocalSessionHandle, LocalSessionManagerError> {
        let handle = self.local.sessions.read().await.get(id).cloned();
        handle.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(id)))
    }
}

/// Ends a session once nothing has happened in it for long enough.
async fn reap(sessions: Weak<Inner>, id: SessionId, session: Arc<Session>, idle: Duration) {
    loop {
        // A session that is busy is looked at again when it could be idle at the earliest.
        let until = session.idle_until(idle);
        let until = until.unwrap_or_else(|| Instant::now() + idle);
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            () = session.closed.cancelled() => return,
        }
        let is_idle = session
            .idle_until(idle)
            .is_some_and(|it| it <= Instant::now());
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        if is_idle {
            tracing::debug!(session = %id, "an idle session ends");
            if let Err(error) = sessions.close(&id).await {
                tracing::debug!(%error, session = %id, "an idle session was not closed");
            }
            return;
        }
    }
}

impl Sessions {
    pub(crate) fn new(idle: Duration, most: usize, retry: Duration) -> Self {
        let mut config = SessionConfig::default();
        config.keep_alive = None;
        config.sse_retry = Some(retry);
        let mut local = LocalSessionManager::default();
        local.session_config = config;
        Self(Arc::new(Inner {
            local,
            idle,
            most,
            open: Mutex::default(),
        }))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        lock(&self.0.open).len()
    }

    /// Whether there is one that a header names.
    pub(crate) fn has(&self, id: &HeaderValue) -> bool {
        let id = id.to_str().unwrap_or_default();
        lock(&self.0.open).contains_key(id)
    }

    /// Whether a request of this caller may use the session that a header names. What there is not,
    /// the library refuses.
    pub(crate) fn is_of(&self, id: &HeaderValue, caller: Option<&Principal>) -> bool {
        let id = id.to_str().unwrap_or_default();
        let session = lock(&self.0.open).get(id).cloned();
        session.is_none_or(|session| session.owner.get().is_none_or(|it| it.as_ref() == caller))
    }

    /// Says who has begun a session.
    pub(crate) fn belongs_to(&self, id: &HeaderValue, caller: Option<Principal>) {
        let id = id.to_str().unwrap_or_default();
        if let Some(session) = lock(&self.0.open).get(id) {
            let _ = session.owner.set(caller);
        }
    }

    /// Whether there may be no more.
    pub(crate) fn are_full(&self) -> bool {
        self.count() >= self.0.most
    }

    fn session(&self, id: &SessionId) -> Result<Arc<Session>, LocalSessionManagerError> {
        let session = lock(&self.0.open).get(id).cloned();
        session.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(id)))
    }
}

/// What a connection reads of a session's stream; the session is not idle meanwhile.
fn stream(reader: Reader, busy: Busy) -> impl Stream<Item = ServerSseMessage> + Send + Sync {
    futures_util::stream::unfold((reader, busy), |(mut reader, busy)| async move {
        let event = reader.recv().await?;
        Some((event, (reader, busy)))
    })
}

/// Frees the id of a request that is answered.
struct Free {
    session: Arc<Session>,
    request_id: Option<RequestId>,
}

impl Drop for Free {
    fn drop(&mut self) {
        if let Some(id) = &self.request_id {
            lock(&self.session.streams).ids.remove(id);
        }
    }
}

/// The answer to a request whose id another one has that runs.
fn refused(id: &RequestId) -> Reader {
    let text = format!("the id `{id}` is taken by a request that is not answered yet");
    let error = ErrorData::invalid_request(text, None);
    let (sender, reader) = mpsc::channel(1);
    let message = ServerJsonRpcMessage::error(error, Some(id.clone()));
    let _ = sender.try_send(ServerSseMessage::from_message(message));
    reader
}

/// The number of the request's stream that an event belongs to; `None` for the common one.
fn stream_number(event: &str) -> Option<u64> {
    event.split_once('/')?.1.parse().ok()
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        if self.are_full() {
            // The service says what it means.
            return Err(SessionError::SessionServiceTerminated.into());
        }
        let (id, transport) = self.0.local.create_session().await?;
        let session = Arc::new(Session::new());
        lock(&self.0.open).insert(Arc::clone(&id), Arc::clone(&session));
        let sessions = Arc::downgrade(&self.0);
        tokio::spawn(reap(sessions, Arc::clone(&id), session, self.0.idle));
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        let _busy = self.session(id)?.busy();
        self.0.local.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        self.0.local.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.0.close(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        let handle = self.0.handle(id).await?;
        let request_id = match &message {
            ClientJsonRpcMessage::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        if let Some(request_id) = &request_id
            && !lock(&session.streams).ids.insert(request_id.clone())
        {
            return Ok(stream(refused(request_id), session.busy()));
        }
        let free = Free {
            session: Arc::clone(&session),
            request_id,
        };
        let mut channel = handle.establish_request_wise_channel().await?;
        let log = Arc::new(Log::default());
        if let ClientJsonRpcMessage::Request(request) = &mut message
            && let Some(parts) = request.request.extensions_mut().get_mut::<Parts>()
        {
            let log = Arc::downgrade(&log);
            let end = move || {
                if let Some(log) = log.upgrade() {
                    log.cut();
                }
            };
            parts.extensions.insert(EndStream(Arc::new(end)));
        }
        let reader = log.read(From::Start);
        // The priming event, without which nobody could come back, is there before the call is.
        while let Ok(event) = channel.inner.try_recv() {
            log.push(event);
        }
        if let Some(number) = channel.http_request_id {
            lock(&session.streams)
                .by_number
                .insert(number, Arc::clone(&log));
        }
        handle
            .push_message(message, channel.http_request_id)
            .await?;

        let written = Arc::clone(&log).write(channel.inner, session.busy());
        let of_session = Arc::clone(&session);
        tokio::spawn(async move {
            written.await;
            drop(free);
            let number = channel.http_request_id;
            let ended = number.map(|number| (number, Instant::now()));
            lock(&of_session.streams).ended.extend(ended);
            of_session.forget_old_streams();
        });
        Ok(stream(reader, session.busy()))
    }

    async fn accept_message(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<(), Self::Error> {
        self.session(id)?.touch();
        self.0.local.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        // What was said before anybody listened is what the first one hears first.
        let (log, from) = match &mut *session.common.lock().await {
            Some(log) => (Arc::clone(log), From::Now),
            none => (Arc::clone(none.insert(self.listen(id).await?)), From::Start),
        };
        Ok(stream(log.read(from), session.busy()))
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        session.forget_old_streams();
        let log = match stream_number(&last_event_id) {
            Some(number) => {
                let log = lock(&session.streams).by_number.get(&number).cloned();
                log.ok_or(SessionError::ChannelClosed(Some(number)))?
            }
            None => match &mut *session.common.lock().await {
                Some(log) => Arc::clone(log),
                none => Arc::clone(none.insert(self.listen(id).await?)),
            },
        };
        Ok(stream(
            log.read(From::After(&last_event_id)),
            session.busy(),
        ))
    }
}

impl Sessions {
    /// Opens the session's stream of notifications that belong to no request.
    async fn listen(&self, id: &SessionId) -> Result<Arc<Log>, LocalSessionManagerError> {
        let channel = self.0.handle(id).await?.establish_common_channel().await?;
        let log = Arc::new(Log::default());
        tokio::spawn(Arc::clone(&log).write(channel.inner, ()));
        Ok(log)
    }
}
