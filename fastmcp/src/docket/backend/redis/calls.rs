//! The calls of the trait that take more than one step of the script, or wait for something.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::docket::backend::call::{Admission, Amended, Condition, Settled, Settlement};
use crate::docket::backend::redis::script::Step;
use crate::docket::error::BackendError;
use crate::docket::model::delivery::Lease;
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::Cancelled;
use crate::docket::model::submission::Submission;

use crate::docket::backend::redis::{BATCH, RedisBackend, codec};

impl RedisBackend {
    pub(crate) async fn submit_all(
        &self,
        batch: &[Submission],
    ) -> Result<Vec<Admission>, BackendError> {
        let mut answers = Vec::with_capacity(batch.len());
        for part in batch.chunks(BATCH) {
            // Said again after a broken connection, a message is known by this.
            let mut step = self.node.step("submit").arg(nonce());
            for message in part {
                codec::put_submission(&mut step, message);
            }
            for answer in codec::list(self.node.run(&step).await?)? {
                answers.push(codec::admission(answer)?);
            }
        }
        Ok(answers)
    }

    pub(crate) async fn settle_all(
        &self,
        batch: &[Settlement],
    ) -> Result<Vec<Settled>, BackendError> {
        let mut answers = Vec::with_capacity(batch.len());
        for part in batch.chunks(BATCH) {
            let mut step = self.node.step("settle");
            for settlement in part {
                codec::put_settlement(&mut step, settlement);
            }
            for answer in codec::list(self.node.run(&step).await?)? {
                answers.push(codec::settled(answer)?);
            }
        }
        Ok(answers)
    }

    pub(crate) async fn signalled(&self, worker: &Arc<str>) -> Result<Vec<Lease>, BackendError> {
        self.node.listen().await?;
        let bell = self.node.hub.bell(worker);
        let mut rings = bell.signals.subscribe();
        loop {
            rings.borrow_and_update();
            let step = self.node.step("signals").arg(&**worker);
            let present: Vec<Lease> = codec::list(self.node.run(&step).await?)?
                .into_iter()
                .filter_map(|told| codec::lease(&codec::text(told).ok()?))
                .collect();
            {
                let mut told = bell.told.lock().unwrap_or_else(PoisonError::into_inner);
                told.retain(|hold| present.contains(hold));
                let news: Vec<Lease> = present
                    .into_iter()
                    .filter(|hold| told.insert(*hold))
                    .collect();
                if !news.is_empty() {
                    return Ok(news);
                }
            }
            let _ = rings.changed().await;
        }
    }

    pub(crate) async fn wait_until(&self, condition: Condition) -> Result<(), BackendError> {
        /// Half of what a node's word is good for.
        const LOOK_AGAIN: Duration = Duration::from_secs(15);
        let mark = match condition {
            Condition::PendingAtMost(mark) => mark,
            Condition::Room => self.options.capacity.saturating_sub(1),
        };
        let mark = mark.min(1 << 52).to_string();
        self.node.listen().await?;
        let mut rings = self.node.hub.room.subscribe();
        loop {
            rings.borrow_and_update();
            let step = self.node.step("wait").arg(&mark);
            if codec::text(self.node.run(&step).await?)? == "1" {
                return Ok(());
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, rings.changed()).await;
        }
    }

    pub(crate) async fn clear_all(&self) -> Result<usize, BackendError> {
        let now = codec::text(self.node.run(&self.node.step("now")).await?)?;
        let (mut cancelled, mut kept) = (0, 0);
        loop {
            let step = self
                .node
                .step("clear")
                .arg("-inf")
                .arg(&now)
                .arg(kept.to_string());
            let [gone, left, is_last, _] = codec::parts(self.node.run(&step).await?)?;
            cancelled += usize::try_from(codec::number(gone)?).unwrap_or(usize::MAX);
            kept += codec::number(left)?;
            if codec::text(is_last)? == "1" {
                return Ok(cancelled);
            }
        }
    }

    pub(crate) async fn run_without_result(&self, step: Step) -> Result<(), BackendError> {
        self.node.run(&step).await?;
        Ok(())
    }

    pub(crate) async fn cancel_key(
        &self,
        key: &Key,
        reason: &str,
    ) -> Result<Cancelled, BackendError> {
        let step = self.node.step("cancel").arg(&**key).arg(reason);
        let answer = self.node.run(&step.arg(nonce())).await?;
        Ok(match codec::text(answer)?.as_str() {
            "removed" => Cancelled::Removed,
            "signalled" => Cancelled::Signalled,
            _ => Cancelled::Unknown,
        })
    }

    pub(crate) async fn replay_key(&self, key: &Key) -> Result<Option<Admission>, BackendError> {
        let step = self.node.step("replay").arg(&**key).arg(nonce());
        let answer = codec::list(self.node.run(&step).await?)?;
        match answer.len() {
            1 => Ok(None),
            _ => codec::admission(redis::Value::Array(answer)).map(Some),
        }
    }

    pub(crate) async fn amend_note(
        &self,
        id: ExecutionId,
        expected: &Bytes,
        note: Bytes,
        wake: bool,
    ) -> Result<Amended, BackendError> {
        let step = self
            .node
            .step("amend")
            .arg(id.0.to_string())
            .arg(expected)
            .arg(&note)
            .arg(if wake { "1" } else { "0" })
            .arg(nonce());
        let answer = self.node.run(&step).await?;
        Ok(match codec::text(answer)?.as_str() {
            "done" => Amended::Done,
            "stale" => Amended::Stale,
            _ => Amended::Unknown,
        })
    }
}

/// Identifies a call, so that the script recognises its repetition after a broken connection.
fn nonce() -> String {
    format!("{:016x}", fastrand::u64(..))
}
