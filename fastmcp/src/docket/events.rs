//! [`Events`]: the stream of events of one execution.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;

use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::Record;

/// An event of an execution.
#[derive(Debug, Clone)]
pub enum Event {
    /// The state or the note changed, or the execution was rescheduled. Contains the new record.
    State(Arc<Record>),
    /// The body reported progress.
    Progress(ProgressReport),
}

/// A stream of the events of one execution, in order, from the time of the subscription.
///
/// A subscriber that falls behind by more than [`Events::BACKLOG`] misses the oldest events, but never the latest.
#[derive(Debug)]
pub struct Events {
    receiver: broadcast::Receiver<Event>,
}

impl Events {
    /// The number of events that a subscriber may fall behind without missing any.
    pub const BACKLOG: usize = 64;

    /// Creates a stream from the channel of a backend. The backend drops the sender when the execution has ended,
    /// which ends the stream.
    #[must_use]
    pub fn new(receiver: broadcast::Receiver<Event>) -> Self {
        Self { receiver }
    }

    /// Waits for the next event. Returns `None` after the last one.
    ///
    /// This method is cancel safe: no event is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Event> {
        self.receive().await
    }

    fn receive(&mut self) -> BoxFuture<'_, Option<Event>> {
        self.receive_from_channel().boxed()
    }

    async fn receive_from_channel(&mut self) -> Option<Event> {
        loop {
            match self.receiver.recv().await {
                Ok(event) => return Some(event),
                // Every state event contains the whole record, so the next one contains the changes of the missed
                // ones.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
