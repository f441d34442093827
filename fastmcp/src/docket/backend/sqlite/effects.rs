//! [`Effects`]: what has to happen in this process and in others after a transaction is stored.

use std::sync::{Arc, Mutex, PoisonError};

use crate::docket::backend::dead_letter::DeadLetter;
use crate::docket::events::{Event, Events};
use crate::docket::model::delivery::Lease;
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::time::Timestamp;

/// The effects of the steps of one transaction.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // They are independent.
pub(super) struct Effects {
    /// The events and subscriptions, in order: a subscriber must not receive the events before its record.
    pub(super) events: Vec<Effect>,
    /// A run is to be cancelled.
    pub(super) signalled: bool,
    /// Ended runs, whose signals are no longer needed.
    pub(super) ended_runs: Vec<Lease>,
    /// A run has ended, so that its owner may start another one.
    pub(super) has_ended_run: bool,
    /// The executions to log.
    pub(super) dead_letters: Vec<DeadLetter>,
    /// An execution became ready, or was offered to a worker.
    pub(super) ready: bool,
    /// The earliest timer that the transaction has set.
    pub(super) timer: Option<Timestamp>,
    /// The state, note or progress of an execution has changed.
    pub(super) changed: bool,
}

#[derive(Debug)]
pub(super) enum Effect {
    Send(ExecutionId, Event),
    Subscribe(Box<Record>, Subscription),
}

/// The place for the stream of a subscription. It is filled after the transaction is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Subscription(Arc<Mutex<Option<Events>>>);

impl Effects {
    /// Notes a new timer.
    pub(super) fn set_timer(&mut self, at: Timestamp) {
        self.timer = Some(self.timer.map_or(at, |timer| timer.min(at)));
    }
}

impl Subscription {
    pub(super) fn fill(&self, events: Events) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(events);
    }

    pub(super) fn take(&self) -> Option<Events> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
