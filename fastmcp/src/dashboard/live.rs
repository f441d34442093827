//! [`Live`]: the pages that look at a docket, and the points of their graphs.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::dashboard::state::Sample;

/// The number of messages that may wait for one page. A page that is slower is disconnected.
pub(crate) const AHEAD: usize = 4;

/// The number of pages that may look at one docket.
const MAX_VIEWERS: usize = 100;

/// The number of points of the graphs that are kept, which is half an hour.
const SAMPLES: usize = 1800;

/// The pages that look at one docket.
#[derive(Default)]
pub(crate) struct Live(Mutex<Viewers>);

#[derive(Default)]
struct Viewers {
    senders: Vec<mpsc::Sender<Bytes>>,
    /// `true` if a page has come that has no state yet.
    has_new: bool,
    /// `true` if the loop runs.
    runs: bool,
    samples: VecDeque<Sample>,
}

impl Live {
    fn lock(&self) -> MutexGuard<'_, Viewers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the points of the graphs, oldest first.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        self.lock().samples.iter().copied().collect()
    }

    /// Adds a point, unless a look at the docket has just added one.
    pub(crate) fn add_sample(&self, sample: Sample) {
        let mut viewers = self.lock();
        if viewers
            .samples
            .back()
            .is_none_or(|last| last.at() + 500 <= sample.at())
        {
            viewers.add(sample);
        }
    }

    /// Returns the messages for one more page, and whether the loop has to be started; `None` if too many look already.
    pub(crate) fn join(&self) -> Option<(mpsc::Receiver<Bytes>, bool)> {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let mut viewers = self.lock();
        viewers.senders.retain(|sender| !sender.is_closed());
        if viewers.senders.len() >= MAX_VIEWERS {
            return None;
        }
        viewers.senders.push(sender);
        viewers.has_new = true;
        let was_idle = !std::mem::replace(&mut viewers.runs, true);
        Some((receiver, was_idle))
    }

    /// Returns whether a page has come since the last call.
    pub(crate) fn take_new(&self) -> bool {
        std::mem::take(&mut self.lock().has_new)
    }

    /// Adds a point of the graphs.
    pub(crate) fn add(&self, sample: Sample) {
        self.lock().add(sample);
    }

    /// Disconnects all pages.
    pub(crate) fn close(&self) {
        let mut viewers = self.lock();
        viewers.runs = false;
        viewers.senders.clear();
    }

    /// Returns whether the loop runs.
    #[cfg(test)]
    pub(crate) fn runs(&self) -> bool {
        self.lock().runs
    }

    /// Sends a message to all pages. Returns whether there is still one, and ends the loop otherwise.
    pub(crate) fn send(&self, text: &str) -> bool {
        let message = Bytes::from(format!("data: {text}\n\n"));
        let mut viewers = self.lock();
        viewers
            .senders
            .retain(|sender| match sender.try_send(message.clone()) {
                Ok(()) => true,
                Err(TrySendError::Closed(_)) => false,
                Err(TrySendError::Full(_)) => {
                    tracing::debug!("disconnected a page of the dashboard that does not read");
                    false
                }
            });
        // Under the lock, so that no page comes between the check and the end of the loop.
        viewers.runs = !viewers.senders.is_empty();
        viewers.runs
    }
}

impl Viewers {
    fn add(&mut self, sample: Sample) {
        if self.samples.len() >= SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }
}
