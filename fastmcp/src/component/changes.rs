//! [`Changes`]: announces changes of lists and resources to the clients that subscribed to them.

use tokio::sync::broadcast;

use crate::component::prefix::Prefix;
use crate::context::change::Change;

/// The number of changes that a client may fall behind without missing any.
const BUFFER: usize = 256;

/// Announces the changes of one server. A mounted server announces to the clients of the one on which it is mounted.
#[derive(Clone)]
pub(crate) struct Changes {
    sender: broadcast::Sender<Change>,
    /// The prefixes of the resources, from the innermost to the outermost.
    prefixes: Vec<Prefix>,
}

impl Changes {
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::Sender::new(BUFFER),
            prefixes: Vec::new(),
        }
    }

    /// Returns the changes of a server that is mounted with this prefix.
    pub(crate) fn mounted(&self, prefix: &Prefix) -> Self {
        let mut prefixes = vec![prefix.clone()];
        prefixes.extend_from_slice(&self.prefixes);
        Self {
            sender: self.sender.clone(),
            prefixes,
        }
    }

    /// Returns a URI of the server as the clients see it, with all prefixes.
    pub(crate) fn outer(&self, uri: &str) -> String {
        let prefixes = self.prefixes.iter();
        prefixes.fold(uri.to_owned(), |uri, prefix| prefix.uri(&uri))
    }

    /// Announces a change.
    pub(crate) fn announce(&self, change: Change) {
        let change = match change {
            Change::Resource(uri) => Change::Resource(self.outer(&uri).into()),
            list @ Change::List(_) => list,
        };
        // Sending fails only if there is no receiver, and then there is no client to notify.
        let _ = self.sender.send(change);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }
}
