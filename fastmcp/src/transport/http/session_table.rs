//! [`SessionTable`]: the open sessions, and their limits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rmcp::transport::streamable_http_server::session::SessionId;
use tokio::time::Instant;

use crate::principal::Principal;
use crate::transport::http::lock::lock;
use crate::transport::http::session::Session;

/// The open sessions by ID.
pub(crate) struct SessionTable {
    max: usize,
    max_per_principal: usize,
    open: Mutex<HashMap<SessionId, Arc<Session>>>,
}

/// The result of [`SessionTable::admit`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Free,
    /// The idle session that has to end first.
    Replaces(SessionId),
    Full,
}

impl SessionTable {
    pub(crate) fn new(max: usize, max_per_principal: usize) -> Self {
        Self {
            max,
            max_per_principal,
            open: Mutex::default(),
        }
    }

    pub(crate) fn count(&self) -> usize {
        lock(&self.open).len()
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Session>> {
        lock(&self.open).get(id).cloned()
    }

    pub(crate) fn insert(&self, id: SessionId, session: Arc<Session>) {
        lock(&self.open).insert(id, session);
    }

    pub(crate) fn remove(&self, id: &str) -> Option<Arc<Session>> {
        lock(&self.open).remove(id)
    }

    /// Determines whether `caller` may start a session. At a limit, the oldest idle session of the
    /// same caller gives way, so that a client that never ends its sessions locks out only itself.
    /// Anonymous callers share one limit, the total, and their idle sessions also give way to
    /// authenticated callers.
    pub(crate) fn admit(&self, caller: Option<&Principal>) -> Admission {
        let open = lock(&self.open);
        let is_own = |session: &Session| session.is_owned_by(caller);
        let is_anonymous = |session: &Session| session.is_owned_by(None);
        let own = || open.values().filter(|session| is_own(session)).count();
        let at_own_limit = caller.is_some() && own() >= self.max_per_principal;
        if !at_own_limit && open.len() < self.max {
            return Admission::Free;
        }
        let oldest = |belongs: &dyn Fn(&Session) -> bool| {
            open.iter()
                .filter(|(_, session)| belongs(session))
                .filter_map(|(id, session)| Some((session.idle_until(Duration::ZERO)?, id)))
                .min_by_key(|(since, _): &(Instant, _)| *since)
                .map(|(_, id)| Arc::clone(id))
        };
        let replaced = oldest(&is_own);
        let replaced = if at_own_limit {
            replaced
        } else {
            replaced.or_else(|| oldest(&is_anonymous))
        };
        replaced.map_or(Admission::Full, Admission::Replaces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(owner: Option<Principal>) -> Arc<Session> {
        Session::new(owner, None, &Arc::default()).0
    }

    fn table(max: usize, max_per_principal: usize, owners: &[Option<&str>]) -> SessionTable {
        let table = SessionTable::new(max, max_per_principal);
        for (number, owner) in owners.iter().enumerate() {
            let owner = owner.map(Principal::new);
            table.insert(number.to_string().into(), session(owner));
        }
        table
    }

    fn replaces(id: &str) -> Admission {
        Admission::Replaces(id.into())
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_idle_session_of_the_same_principal_gives_way() {
        let (ada, bob) = (Principal::new("ada"), Principal::new("bob"));
        let table = table(5, 2, &[None, Some("ada"), Some("ada"), None]);
        assert_eq!(table.admit(None), Admission::Free);
        assert_eq!(table.admit(Some(&bob)), Admission::Free);
        tokio::time::advance(Duration::from_secs(1)).await;
        table.get("1").unwrap().touch();
        assert_eq!(table.admit(Some(&ada)), replaces("2"));
        let busy = table.get("2").unwrap().activity();
        assert_eq!(table.admit(Some(&ada)), replaces("1"));
        let also_busy = table.get("1").unwrap().activity();
        assert_eq!(table.admit(Some(&ada)), Admission::Full);
        drop((busy, also_busy));

        table.insert("4".into(), session(None));
        tokio::time::advance(Duration::from_secs(1)).await;
        table.get("0").unwrap().touch();
        assert_eq!(table.admit(None), replaces("3"));
        assert_eq!(
            table.admit(Some(&bob)),
            replaces("3"),
            "a session of nobody"
        );
        for id in ["0", "3", "4"] {
            table.remove(id);
            table.insert(id.into(), session(Some(bob.clone())));
        }
        assert_eq!(table.admit(None), Admission::Full, "not one of bob or ada");
    }
}
