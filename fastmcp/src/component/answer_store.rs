//! [`AnswerStore`]: whole answers of tools that were too large to send, for a while.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::context::request::Context;
use crate::docket::model::key::Key;
use crate::mcp::ResourceContents;
use crate::normal_uri::NormalUri;

/// The start of the URIs of stored answers. The rest cannot be guessed.
const URI: &str = "answer://fastmcp/";

/// The time for which an answer is stored.
pub(crate) const KEPT_FOR: Duration = Duration::from_mins(10);

/// The maximum size of all stored answers together. The oldest are dropped first.
const MAX_BYTES: usize = 64 << 20;

/// The whole answers of tools that were too large to send.
#[derive(Debug, Default)]
pub(crate) struct AnswerStore(Mutex<Stored>);

#[derive(Debug, Default)]
struct Stored {
    /// From the oldest to the newest.
    answers: VecDeque<StoredAnswer>,
    bytes: usize,
}

#[derive(Debug)]
struct StoredAnswer {
    uri: String,
    owner: Owner,
    text: String,
    mime_type: &'static str,
    expires: Instant,
}

/// The clients that may read an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The authenticated caller, from any session.
    Caller(String),
    /// The client of one session.
    Session(Key),
    /// Every client that has the URI: the call had neither a caller nor a session.
    Anyone,
}

/// Identifies a session in this store; it is kept with the session's values.
struct SessionKey(Key);

impl Owner {
    /// Returns the client of a request.
    pub(crate) fn of(context: Option<&Context>) -> Self {
        let Some(context) = context else {
            return Self::Anyone;
        };
        if let Some(owner) = context.owner() {
            return Self::Caller(owner.into_owned());
        }
        match context.session() {
            Some(session) => {
                let key = session.get_or_insert_with(|| SessionKey(Key::random()));
                Self::Session(key.0.clone())
            }
            None => Self::Anyone,
        }
    }
}

impl Stored {
    fn remove_oldest(&mut self) {
        if let Some(answer) = self.answers.pop_front() {
            self.bytes -= answer.text.len();
        }
    }

    fn remove_expired(&mut self) {
        let now = Instant::now();
        while self.answers.front().is_some_and(|it| it.expires <= now) {
            self.remove_oldest();
        }
    }
}

impl AnswerStore {
    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores an answer and returns its URI; `None` if it is larger than the whole store.
    pub(crate) fn keep(
        &self,
        owner: Owner,
        text: String,
        mime_type: &'static str,
    ) -> Option<String> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let uri = format!("{URI}{}", &*Key::random());
        let mut stored = self.stored();
        stored.remove_expired();
        while stored.bytes + text.len() > MAX_BYTES {
            stored.remove_oldest();
        }
        stored.bytes += text.len();
        stored.answers.push_back(StoredAnswer {
            uri: uri.clone(),
            owner,
            text,
            mime_type,
            expires: Instant::now() + KEPT_FOR,
        });
        Some(uri)
    }

    /// Returns a stored answer, if the request may read it.
    pub(crate) fn read(&self, uri: &str, context: &Context) -> Option<ResourceContents> {
        let normal = NormalUri::new(uri);
        if !normal.as_str().starts_with(URI) {
            return None;
        }
        let mut stored = self.stored();
        stored.remove_expired();
        let answer = stored.answers.iter().find(|it| it.uri == normal.as_str())?;
        let may_read = answer.owner == Owner::Anyone || answer.owner == Owner::of(Some(context));
        may_read.then(|| {
            ResourceContents::text(answer.text.clone(), uri).with_mime_type(answer.mime_type)
        })
    }
}
