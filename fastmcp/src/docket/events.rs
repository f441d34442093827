//! What a subscriber hears about one execution.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::docket::model::record::Record;
use crate::docket::progress::ProgressReport;

/// Something happened to an execution.
#[derive(Debug, Clone)]
pub enum Event {
    /// Its state changed, or it was scheduled anew; the record is as of then.
    State(Arc<Record>),
    /// Its body told how far it has come.
    Progress(ProgressReport),
}

/// What is heard about one execution from the moment of subscription on, in order.
///
/// A subscriber that falls far behind misses events in between, never the last one.
#[derive(Debug)]
pub struct Events {
    receiver: broadcast::Receiver<Event>,
}

impl Events {
    /// How many events a subscriber may fall behind before it misses some.
    pub const BACKLOG: usize = 64;

    /// Events from a channel that a backend feeds; it drops the sender when the execution has ended.
    #[must_use]
    pub fn new(receiver: broadcast::Receiver<Event>) -> Self {
        Self { receiver }
    }

    /// Waits for the next event; `None` once the execution has ended and all was heard.
    ///
    /// Dropping the call before it is ready loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.receiver.recv().await {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
