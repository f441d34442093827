//! [`Place`]: the place of a part in a tree of servers.

use std::sync::Arc;

use crate::component::changes::Changes;

/// The place of a part in a tree of servers.
#[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only proxies"))]
pub(crate) struct Place {
    /// Announces the changes of the part.
    pub(crate) changes: Changes,
    /// The name of the outermost server and the prefixes, from the outside. It is the same in all replicas.
    pub(crate) path: String,
    /// The secret that all replicas of the outermost server share.
    pub(crate) secret: Arc<[u8]>,
}
