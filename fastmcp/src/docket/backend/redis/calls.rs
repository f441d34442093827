//! The backend operations that take several steps of the script or wait for events.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::docket::backend::call::{Admission, Amended, Condition};
use crate::docket::backend::redis::batches::nonce;
use crate::docket::backend::redis::script::Step;
use crate::docket::error::BackendError;
use crate::docket::model::delivery::Lease;
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::Cancelled;
use crate::docket::model::time::When;

use crate::docket::backend::redis::{RedisBackend, codec};

impl RedisBackend {
    /// Waits for cancellation signals that the worker has not received yet.
    pub(crate) async fn signalled(&self, worker: &Arc<str>) -> Result<Vec<Lease>, BackendError> {
        self.process.listen().await?;
        let counters = self.process.notifier.counters(worker);
        let mut wakes = counters.signals.subscribe();
        loop {
            // Mark as seen before the read, so that a signal that arrives during the read ends the wait below at
            // once.
            wakes.borrow_and_update();
            let step = self.process.step("signals").arg(&**worker);
            let present: Vec<Lease> = codec::list(self.process.run(&step).await?)?
                .into_iter()
                .filter_map(|member| codec::lease(&codec::text(member).ok()?))
                .collect();
            {
                // Redis keeps a signal until its run has settled, but the worker must receive each signal only once.
                let mut delivered = counters
                    .delivered_signals
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                delivered.retain(|lease| present.contains(lease));
                let new: Vec<Lease> = present
                    .into_iter()
                    .filter(|lease| delivered.insert(*lease))
                    .collect();
                if !new.is_empty() {
                    return Ok(new);
                }
            }
            let _ = wakes.changed().await;
        }
    }

    /// Waits until the condition holds. It may no longer hold when the caller acts on it.
    pub(crate) async fn wait_until(&self, condition: Condition) -> Result<(), BackendError> {
        /// The interval of checks without an event, because an outage may have lost it. It is half of the time that
        /// an inbox stays registered without a heartbeat.
        const RECHECK_INTERVAL: Duration = Duration::from_secs(15);
        let threshold = match condition {
            Condition::PendingAtMost(threshold) => threshold,
            Condition::Room => self.options.capacity.saturating_sub(1),
        };
        let threshold = threshold.min(1 << 52).to_string();
        self.process.listen().await?;
        let mut wakes = self.process.notifier.room.subscribe();
        loop {
            wakes.borrow_and_update();
            let step = self.process.step("wait").arg(&threshold);
            if codec::text(self.process.run(&step).await?)? == "1" {
                return Ok(());
            }
            let _ = tokio::time::timeout(RECHECK_INTERVAL, wakes.changed()).await;
        }
    }

    /// Cancels all waiting executions, up to 500 per step, and returns their number.
    pub(crate) async fn clear_all(&self) -> Result<usize, BackendError> {
        // Only executions submitted before now: later submissions stay, so that they cannot prolong the loop forever.
        let now = codec::text(self.process.run(&self.process.step("now")).await?)?;
        let (mut cancelled, mut remaining) = (0, 0);
        loop {
            let step = self
                .process
                .step("clear")
                .arg("-inf")
                .arg(&now)
                .arg(remaining.to_string());
            let [count, skipped, is_last, _] = codec::parts(self.process.run(&step).await?)?;
            cancelled += usize::try_from(codec::number(count)?).unwrap_or(usize::MAX);
            // Running executions stay in the set, so the next step skips them.
            remaining += codec::number(skipped)?;
            if codec::text(is_last)? == "1" {
                return Ok(cancelled);
            }
        }
    }

    /// Runs a step and ignores its reply.
    pub(crate) async fn run_without_result(&self, step: Step) -> Result<(), BackendError> {
        self.process.run(&step).await?;
        Ok(())
    }

    pub(crate) async fn cancel_key(
        &self,
        key: &Key,
        reason: &str,
    ) -> Result<Cancelled, BackendError> {
        let step = self.process.step("cancel").arg(&**key).arg(reason);
        let answer = self.process.run(&step.arg(nonce())).await?;
        Ok(match codec::text(answer)?.as_str() {
            "removed" => Cancelled::Removed,
            "signalled" => Cancelled::Signalled,
            _ => Cancelled::Unknown,
        })
    }

    pub(crate) async fn replay_key(&self, key: &Key) -> Result<Option<Admission>, BackendError> {
        let step = self.process.step("replay").arg(&**key).arg(nonce());
        let values = codec::list(self.process.run(&step).await?)?;
        match values.len() {
            1 => Ok(None),
            _ => codec::admission(redis::Value::Array(values)).map(Some),
        }
    }

    pub(crate) async fn reschedule_one(
        &self,
        id: ExecutionId,
        expected: &str,
        when: When,
        timetable: &str,
    ) -> Result<bool, BackendError> {
        let step = self
            .process
            .step("reschedule")
            .arg(id.0.to_string())
            .arg(expected)
            .arg(codec::due_time(when))
            .arg(timetable)
            .arg(nonce());
        Ok(codec::text(self.process.run(&step).await?)? == "done")
    }

    pub(crate) async fn amend_note(
        &self,
        id: ExecutionId,
        expected: &Bytes,
        note: Bytes,
        wake: bool,
    ) -> Result<Amended, BackendError> {
        let step = self
            .process
            .step("amend")
            .arg(id.0.to_string())
            .arg(expected)
            .arg(&note)
            .arg(if wake { "1" } else { "0" })
            .arg(nonce());
        let answer = self.process.run(&step).await?;
        Ok(match codec::text(answer)?.as_str() {
            "done" => Amended::Done,
            "stale" => Amended::Stale,
            _ => Amended::Unknown,
        })
    }
}
