//! [`Changes`]: collects the changes of a server for one client.

use std::collections::HashSet;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::Instant;

use crate::context::change::{Change, ListKind};
use crate::normal_uri::NormalUri;

/// The shortest time between two notifications of one kind.
const TICK: Duration = Duration::from_millis(50);

/// The changes that one client has not been notified of.
pub(crate) struct Changes {
    receiver: Receiver<Change>,
    pending: Vec<Change>,
    /// The keys of the URIs in `pending`.
    uris: HashSet<String>,
    /// The earliest time of the next notifications.
    next: Instant,
}

impl Changes {
    pub(crate) fn new(receiver: Receiver<Change>) -> Self {
        Self {
            receiver,
            pending: Vec::new(),
            uris: HashSet::new(),
            next: Instant::now(),
        }
    }

    /// Returns the changes since the last call, each once, at most once per [`TICK`]: the first at
    /// once, and later ones together. `None` if the server has stopped. Cancellation-safe.
    pub(crate) async fn next(&mut self) -> Option<Vec<Change>> {
        loop {
            let received = tokio::select! {
                // Receiving comes first, so that a burst is collected before it is reported.
                biased;
                received = self.receiver.recv() => received,
                () = tokio::time::sleep_until(self.next), if !self.pending.is_empty() => {
                    self.next = Instant::now() + TICK;
                    self.uris.clear();
                    return Some(std::mem::take(&mut self.pending));
                }
            };
            match received {
                Ok(change) => self.add(change),
                Err(RecvError::Lagged(missed)) => self.missed(missed),
                Err(RecvError::Closed) => return None,
            }
            // The budget of the runtime may pause `recv` although changes are available.
            loop {
                match self.receiver.try_recv() {
                    Ok(change) => self.add(change),
                    Err(TryRecvError::Lagged(missed)) => self.missed(missed),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
        }
    }

    fn add(&mut self, change: Change) {
        let is_new = match &change {
            Change::List(_) => !self.pending.contains(&change),
            Change::Resource(uri) => self.uris.insert(NormalUri::new(uri).key()),
        };
        if is_new {
            self.pending.push(change);
        }
    }

    /// A receiver that falls behind skips the oldest changes, of any list.
    fn missed(&mut self, missed: u64) {
        tracing::warn!(missed, "a client missed change notifications");
        for list in [ListKind::Tools, ListKind::Resources, ListKind::Prompts] {
            self.add(Change::List(list));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_one_change_of_each_kind() {
        let (sender, receiver) = broadcast::channel(512);
        let mut changes = Changes::new(receiver);
        let tools = Change::List(ListKind::Tools);
        let uri = Change::Resource("a://b".into());
        let start = Instant::now();
        for _ in 0..100 {
            sender.send(tools.clone()).unwrap();
            sender.send(uri.clone()).unwrap();
            sender.send(Change::Resource("A://B".into())).unwrap();
        }
        assert_eq!(changes.next().await, Some(vec![tools.clone(), uri.clone()]));
        assert_eq!(start.elapsed(), Duration::ZERO, "the first is not delayed");
        sender.send(tools.clone()).unwrap();
        assert_eq!(changes.next().await, Some(vec![tools.clone()]));
        assert_eq!(start.elapsed(), TICK);
        // A client that falls behind misses no list.
        for _ in 0..1_000 {
            sender.send(uri.clone()).unwrap();
        }
        let after = changes.next().await.unwrap();
        assert!(
            after.contains(&Change::List(ListKind::Prompts)),
            "{after:?}"
        );
        drop(sender);
        assert_eq!(changes.next().await, None);
    }
}
