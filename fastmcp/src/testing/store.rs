//! [`Store`]: the memory behind a test's docket, and what the test wants to know about it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::sync::Notify;

use crate::docket::backend::call::{Admission, Settlement};
use crate::docket::backend::contract::BackendFuture;
use crate::docket::backend::memory::MemoryBackend;
use crate::docket::model::delivery::Delivery;
use crate::docket::model::envelope;
use crate::docket::model::key::Key;
use crate::docket::model::record::{ExecutionId, Record};
use crate::testing::faults::Planned;

/// The store of one test. Killed workers leave it as it is.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) memory: Arc<MemoryBackend>,
    pub(super) faults: Planned,
    /// Notified after each call that may have changed something.
    pub(super) changed: Notify,
    /// The envelopes of executions. Records do not contain them.
    envelopes: Mutex<Envelopes>,
}

#[derive(Debug, Default)]
struct Envelopes {
    by_id: HashMap<ExecutionId, (Key, Bytes)>,
    /// The next run of a perpetual task has another number, and the same key.
    by_key: HashMap<Key, Bytes>,
}

impl Envelopes {
    fn insert(&mut self, id: ExecutionId, key: Key, envelope: Bytes) {
        self.by_key.insert(key.clone(), envelope.clone());
        self.by_id.insert(id, (key, envelope));
    }
}

impl Store {
    pub(super) fn new(memory: MemoryBackend) -> Self {
        Self {
            memory: Arc::new(memory),
            faults: Planned::default(),
            changed: Notify::new(),
            envelopes: Mutex::default(),
        }
    }

    fn envelopes(&self) -> MutexGuard<'_, Envelopes> {
        self.envelopes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the envelopes of accepted submissions.
    pub(super) fn submitted(&self, sent: Vec<(Option<Key>, Bytes)>, admissions: &[Admission]) {
        let mut envelopes = self.envelopes();
        for ((key, envelope), admission) in sent.into_iter().zip(admissions) {
            if let (Some(key), Admission::Accepted(id)) = (key, admission) {
                envelopes.insert(*id, key, envelope);
            }
        }
    }

    pub(super) fn delivered(&self, deliveries: &[Delivery]) {
        let mut envelopes = self.envelopes();
        for delivery in deliveries {
            let (key, envelope) = (delivery.key.clone(), delivery.envelope.clone());
            envelopes.insert(delivery.lease.id, key, envelope);
        }
    }

    /// Remembers the envelopes of next runs that differ from those of the settled runs.
    pub(super) fn settled(&self, batch: &[Settlement]) {
        let mut envelopes = self.envelopes();
        for settlement in batch {
            let next = settlement
                .next_run()
                .and_then(|rerun| rerun.envelope.clone());
            let key = envelopes.by_id.get(&settlement.lease.id);
            if let (Some(next), Some((key, _))) = (next, key.cloned()) {
                envelopes.insert(settlement.lease.id, key, next);
            }
        }
    }

    /// Returns the payload of an execution.
    pub(super) fn payload(&self, record: &Record) -> Option<Bytes> {
        let envelopes = self.envelopes();
        let of_id = envelopes
            .by_id
            .get(&record.id)
            .map(|(_, envelope)| envelope);
        let wire = of_id.or_else(|| envelopes.by_key.get(&record.key))?;
        Some(envelope::open(wire).ok()?.payload)
    }
}

/// Returns the answer of the memory store, which answers at once.
pub(super) fn ready<T>(call: BackendFuture<'_, T>) -> T {
    let answer = call.now_or_never();
    answer
        .and_then(Result::ok)
        .expect("the memory store answers at once, and never fails")
}
