//! [`SessionState`] and [`UserState`]: values that handlers keep in the [store](crate::Store) of the server.

use std::any::type_name;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::request::Context;
use crate::context::session::Session;
use crate::error::{Result, ToolError};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::expected::Expected;
use crate::text::short_type_name;

/// The time for which the state of a session is kept after its last change or its last use.
const SESSION_TTL: Duration = Duration::from_hours(24);

/// The number of times that an update starts again because another call has changed the value.
const MAX_ATTEMPTS: u32 = 64;

/// The values of one owner.
#[derive(Clone)]
struct Values {
    store: Store,
    /// The start of all keys.
    prefix: Arc<str>,
    ttl: Option<Duration>,
}

impl Values {
    fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<(T, Bytes)>> {
        let Some(bytes) = self.store.get(&self.key(name)).await? else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&bytes).map_err(|error| StoreError::Mismatch {
            name: name.to_owned(),
            type_name: short_type_name(type_name::<T>()),
            reason: error.to_string(),
        })?;
        Ok(Some((value, bytes)))
    }

    async fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some((value, _)) = self.read(name).await? else {
            return Ok(None);
        };
        if let Some(ttl) = self.ttl {
            self.store.touch(&self.key(name), ttl).await?;
        }
        Ok(Some(value))
    }

    async fn write<T: Serialize>(
        &self,
        name: &str,
        value: &T,
        expected: Expected<'_>,
    ) -> Result<bool> {
        let bytes = serde_json::to_vec(value).map_err(|error| StoreError::Unserializable {
            name: name.to_owned(),
            type_name: short_type_name(type_name::<T>()),
            reason: error.to_string(),
        })?;
        let key = self.key(name);
        Ok(self
            .store
            .put(&key, bytes.into(), self.ttl, expected)
            .await?)
    }

    async fn update<T, R>(&self, name: &str, mut change: impl FnMut(&mut T) -> R) -> Result<R>
    where
        T: Serialize + DeserializeOwned + Default,
    {
        for _ in 0..MAX_ATTEMPTS {
            let (mut value, present) = match self.read::<T>(name).await? {
                Some((value, bytes)) => (value, Some(bytes)),
                None => (T::default(), None),
            };
            let returned = change(&mut value);
            let expected = present
                .as_deref()
                .map_or(Expected::Nothing, Expected::Value);
            if self.write(name, &value, expected).await? {
                return Ok(returned);
            }
        }
        Err(StoreError::Contended {
            name: name.to_owned(),
            attempts: MAX_ATTEMPTS,
        }
        .into())
    }

    async fn remove(&self, name: &str) -> Result<bool> {
        Ok(self.store.remove(&self.key(name)).await?)
    }
}

macro_rules! stored_state {
    ($type:ident) => {
        impl $type {
            /// Returns a value; `None` if there is none. A value that does not fit the type is an error.
            pub async fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
                self.0.get(name).await
            }

            /// Stores a value as JSON, at most 1 MiB, and replaces the present one.
            pub async fn set<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
                self.0
                    .write(name, value, Expected::Anything)
                    .await
                    .map(drop)
            }

            /// Changes a value. Without a present value, the change starts from the default.
            ///
            /// `change` runs again if another call, of this process or of another one, has changed the value in the
            /// meantime, so no change is lost.
            pub async fn update<T, R>(
                &self,
                name: &str,
                change: impl FnMut(&mut T) -> R,
            ) -> Result<R>
            where
                T: Serialize + DeserializeOwned + Default,
            {
                self.0.update(name, change).await
            }

            /// Removes a value. Returns whether there was one.
            pub async fn remove(&self, name: &str) -> Result<bool> {
                self.0.remove(name).await
            }

            /// Creates a state in memory that no other call uses, to call the function of a tool in a unit test.
            pub fn detached() -> Self {
                Self(Values {
                    store: Store::memory(),
                    prefix: "detached".into(),
                    ttl: None,
                })
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    };
}

/// The values that the handlers keep for one session, in the [store](crate::Store) of the server.
///
/// A session is a connection over standard input and output, or a session of streamable HTTP. Its values are kept for
/// 24 hours after their last use. With a store in Redis, all replicas of a server have the same values, and they
/// survive a restart. Requests in protocol 2026-07-28 have no session: resolving this parameter is an error then. A
/// [`UserState`] works in all protocols.
///
/// ```
/// use fastmcp::dependencies::SessionState;
/// use fastmcp::prelude::*;
///
/// /// Adds an item to the cart of this session.
/// #[tool]
/// async fn add_to_cart(item: String, state: SessionState) -> Result<usize> {
///     let add = |cart: &mut Vec<String>| {
///         cart.push(item.clone());
///         cart.len()
///     };
///     state.update("cart", add).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let state = SessionState::detached();
/// add_to_cart("tea".into(), state.clone()).await?;
/// assert_eq!(add_to_cart("milk".into(), state.clone()).await?, 2);
/// assert_eq!(state.get("cart").await?, Some(vec!["tea".to_owned(), "milk".to_owned()]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SessionState(Values);

/// The values that the handlers keep for one caller, in the [store](crate::Store) of the server.
///
/// The caller is the [`Principal`](crate::Principal) of the request, whatever its session. Over standard input and
/// output, it is the user of the process. Resolving this parameter is an error for anonymous callers over HTTP. The
/// values do not expire: remove those that are not needed any more.
///
/// ```
/// use fastmcp::dependencies::UserState;
/// use fastmcp::prelude::*;
///
/// /// Sets the unit of temperatures in later answers.
/// #[tool]
/// async fn prefer(unit: String, state: UserState) -> Result<()> {
///     state.set("unit", &unit).await
/// }
/// # let _ = prefer;
/// ```
#[derive(Clone)]
pub struct UserState(Values);

stored_state!(SessionState);
stored_state!(UserState);

/// The name of a connection over byte streams, which has no session ID of its own.
struct ConnectionName(String);

/// Returns the text that identifies a session in the store.
fn session_key(session: &Session) -> String {
    match session.id() {
        Some(id) => id.to_owned(),
        None => {
            let name = || ConnectionName(format!("stream-{:032x}", rand::random::<u128>()));
            session.get_or_insert_with(name).0.clone()
        }
    }
}

impl Context {
    fn values(&self, owner: &str, ttl: Option<Duration>) -> Result<Values> {
        let server = self.0.server_handle.as_ref();
        let server = server.ok_or_else(|| ToolError::new("this call has no server"))?;
        Ok(Values {
            store: server.store().clone(),
            prefix: format!("fastmcp:{}:{owner}", self.server_name()).into(),
            ttl,
        })
    }

    /// Returns the stored values of the session.
    pub(crate) fn session_state(&self) -> Result<SessionState> {
        let session = self.session().ok_or_else(|| {
            ToolError::new(
                "this request has no session, because protocol 2026-07-28 has none; values of the caller can be kept \
                 in a `UserState`",
            )
        })?;
        let owner = format!("session:{}:state", session_key(session));
        self.values(&owner, Some(SESSION_TTL)).map(SessionState)
    }

    /// Returns the stored values of the caller.
    pub(crate) fn user_state(&self) -> Result<UserState> {
        let caller = self.caller();
        let owner = match caller.principal() {
            Some(principal) => {
                // The length keeps a subject with colons apart from the name of a value.
                let owner = principal.owner();
                format!("user:{}:{owner}:state", owner.len())
            }
            None if caller.is_local() => "local:state".to_owned(),
            None => {
                return Err(ToolError::new(
                    "this call needs an authenticated caller: its state belongs to the caller",
                )
                .into());
            }
        };
        self.values(&owner, None).map(UserState)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_of_another_type_is_named_without_its_modules() {
        let state = UserState::detached();
        state.set("cart", &7).await.expect("it is stored");
        let error = state.get::<Vec<String>>("cart").await.unwrap_err();
        let expected = "the stored value `cart` does not fit `Vec<String>`: ";
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(state.get("cart").await.expect("it fits"), Some(7));
    }
}
