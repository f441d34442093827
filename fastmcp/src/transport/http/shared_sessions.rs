//! [`SharedSessions`]: the sessions that all replicas of a server share through its store.
//!
//! The store has one record of each session. A replica that gets a request of a session that it does not know restores
//! the session from the record: it repeats the handshake, and the requests that changed the settings of the session.
//! Replicas send each other what concerns a session that several of them have:
//!
//! | what a client sends | where it goes |
//! |---|---|
//! | a response to a question of a handler | to the replica that asks (see [`ReplicaId`]) |
//! | a cancellation, and other notifications | to all replicas |
//! | a log level, a subscription | to all replicas, and into the record |
//! | the end of the session | to all replicas |
//!
//! A notification for the client goes to the replica that has its stream of notifications.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, JsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::{
    SessionState, SessionStore, SessionStoreError,
};
use serde::{Deserialize, Serialize};

use crate::principal::Principal;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::expected::Expected;
use crate::transport::http::replica_ids::{ReplicaId, unmark};
use crate::transport::http::session_record::{Record, add_setting};

/// The additional time for which a record is kept, so that it does not expire before its session does.
const MARGIN: Duration = Duration::from_mins(2);

/// The number of attempts to change a record that other replicas change at the same time.
const MAX_ATTEMPTS: u32 = 16;

/// The longest session ID that is looked up.
const MAX_ID: usize = 64;

/// The sessions in the store.
pub(crate) struct SharedSessions {
    store: Store,
    pub(crate) replica: ReplicaId,
    /// The start of the keys and of the names of the channels.
    prefix: String,
    ttl: Duration,
}

/// A message between replicas.
#[derive(Serialize, Deserialize)]
pub(crate) struct Letter {
    from: String,
    pub(crate) session: String,
    pub(crate) content: Content,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Content {
    /// A message of the client.
    FromClient(ClientJsonRpcMessage),
    /// A notification or a request for the client.
    ForClient(ServerJsonRpcMessage),
    /// The client has ended the session.
    Ended,
}

impl SharedSessions {
    pub(crate) fn new(store: Store, server: &str, idle: Duration) -> Self {
        Self {
            store,
            replica: ReplicaId::random(),
            prefix: format!("fastmcp:{server}"),
            ttl: idle.saturating_add(MARGIN),
        }
    }

    /// Returns the time after which a session in use has to renew its record.
    pub(crate) fn renew_every(&self) -> Duration {
        self.ttl / 4
    }

    fn key(&self, id: &str) -> String {
        format!("{}:session:{id}", self.prefix)
    }

    fn channel(&self, replica: Option<&ReplicaId>) -> String {
        let name = replica.map_or("all", ReplicaId::as_str);
        format!("{}:replica:{name}", self.prefix)
    }

    async fn read(&self, id: &str) -> Result<Option<(Record, Bytes)>, StoreError> {
        // Only a fitting ID can be that of a record, and not of another value in the store.
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(is_id) {
            return Ok(None);
        }
        let Some(bytes) = self.store.get(&self.key(id)).await? else {
            return Ok(None);
        };
        let record = Record::parse(&bytes);
        if record.is_none() {
            tracing::warn!("a stored session has the layout of another version; it is ignored");
        }
        Ok(record.map(|record| (record, bytes)))
    }

    /// Returns the record of a session; `None` if there is none.
    pub(crate) async fn load(&self, id: &str) -> Result<Option<Record>, StoreError> {
        Ok(self.read(id).await?.map(|(record, _)| record))
    }

    async fn save(
        &self,
        id: &str,
        record: &Record,
        expected: Expected<'_>,
    ) -> Result<bool, StoreError> {
        let bytes = serde_json::to_vec(record).map_err(|error| StoreError::Unserializable {
            name: "session".into(),
            type_name: "Record".into(),
            reason: error.to_string(),
        })?;
        let (key, ttl) = (self.key(id), Some(self.ttl));
        self.store.put(&key, bytes.into(), ttl, expected).await
    }

    /// Keeps a request that changes the settings of a session, for replicas that restore it later, and sends it to
    /// those that have the session now.
    pub(crate) async fn keep_setting(&self, id: &str, message: &ClientJsonRpcMessage) {
        if let Err(error) = self.add_setting(id, message).await {
            tracing::warn!(%error, "a setting of a session is not stored, and applies to this replica only");
            return;
        }
        self.send(id, None, Content::FromClient(message.clone()))
            .await;
    }

    async fn add_setting(
        &self,
        id: &str,
        message: &ClientJsonRpcMessage,
    ) -> Result<(), StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some((mut record, bytes)) = self.read(id).await? else {
                return Ok(());
            };
            add_setting(&mut record.settings, message);
            if self.save(id, &record, Expected::Value(&bytes)).await? {
                return Ok(());
            }
        }
        Err(StoreError::Contended {
            name: "session".into(),
            attempts: MAX_ATTEMPTS,
        })
    }

    /// Keeps the record of a session that is in use.
    pub(crate) async fn renew(&self, id: &str) {
        match self.store.touch(&self.key(id), self.ttl).await {
            Ok(true) => {}
            Ok(false) => tracing::debug!("the record of a session in use has expired"),
            Err(error) => tracing::warn!(%error, "the record of a session is not renewed"),
        }
    }

    /// Removes a session from the store, and ends it in all replicas.
    pub(crate) async fn end(&self, id: &str) -> Result<(), StoreError> {
        self.store.remove(&self.key(id)).await?;
        self.send(id, None, Content::Ended).await;
        Ok(())
    }

    /// Sends a message of the client to the replicas that it concerns. Returns it if this one is among them.
    pub(crate) async fn forward(
        &self,
        session: &str,
        mut message: ClientJsonRpcMessage,
    ) -> Option<ClientJsonRpcMessage> {
        let id = match &mut message {
            JsonRpcMessage::Response(response) => Some(&mut response.id),
            JsonRpcMessage::Error(error) => error.id.as_mut(),
            JsonRpcMessage::Notification(notification) => {
                let concerns_others = !matches!(
                    notification.notification,
                    // Each replica repeats the handshake, and the client reports the progress of the requests of one.
                    ClientNotification::InitializedNotification(_)
                        | ClientNotification::ProgressNotification(_)
                );
                if concerns_others {
                    let content = Content::FromClient(message.clone());
                    self.send(session, None, content).await;
                }
                None
            }
            JsonRpcMessage::Request(_) => None,
        };
        let Some(id) = id else {
            return Some(message);
        };
        let Some((replica, original)) = unmark(id) else {
            return Some(message);
        };
        *id = original;
        if replica == self.replica {
            return Some(message);
        }
        let content = Content::FromClient(message);
        self.send(session, Some(&replica), content).await;
        None
    }

    /// Sends a message to a replica, or to all.
    pub(crate) async fn send(&self, session: &str, to: Option<&ReplicaId>, content: Content) {
        let letter = Letter {
            from: self.replica.as_str().to_owned(),
            session: session.to_owned(),
            content,
        };
        let letter = match serde_json::to_vec(&letter) {
            Ok(letter) => letter,
            Err(error) => {
                tracing::error!(%error, "a message for another replica cannot be written");
                return;
            }
        };
        match self.store.publish(&self.channel(to), letter.into()).await {
            Ok(0) if to.is_some() => {
                tracing::debug!("a response for a replica that does not run any more is dropped");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "a message for another replica is lost"),
        }
    }

    /// Passes the messages of other replicas on, until `handle` breaks.
    pub(crate) async fn receive<F>(&self, mut handle: impl FnMut(Letter) -> F)
    where
        F: Future<Output = std::ops::ControlFlow<()>>,
    {
        let channels = vec![self.channel(None), self.channel(Some(&self.replica))];
        let mut letters = self.store.subscribe(channels).await;
        while let Some(letter) = letters.recv().await {
            let letter: Letter = match serde_json::from_slice(&letter) {
                Ok(letter) => letter,
                Err(error) => {
                    tracing::warn!(%error, "ignored an invalid message of another replica");
                    continue;
                }
            };
            if letter.from != self.replica.as_str() && handle(letter).await.is_break() {
                return;
            }
        }
    }
}

/// The store as the protocol library sees it. `C` returns the caller of the current request.
pub(crate) struct LibraryStore<C> {
    pub(crate) shared: Arc<SharedSessions>,
    pub(crate) caller: C,
}

#[async_trait::async_trait]
impl<C> SessionStore for LibraryStore<C>
where
    C: Fn() -> Option<Principal> + Send + Sync + 'static,
{
    async fn load(&self, id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        let record = self.shared.load(id).await?;
        Ok(record.map(|record| SessionState::new(record.initialize)))
    }

    async fn store(&self, id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        let caller = (self.caller)();
        let record = Record::new(caller.as_ref(), state.initialize_params.clone());
        self.shared.save(id, &record, Expected::Anything).await?;
        Ok(())
    }

    async fn delete(&self, id: &str) -> Result<(), SessionStoreError> {
        Ok(self.shared.end(id).await?)
    }
}
