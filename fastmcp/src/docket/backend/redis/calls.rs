//! The backend operations that take several steps of the script or wait for events.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::docket::backend::call::{
    Admission, Amended, Cancelled, Command, Condition, Hold, Message, Reply, Settled, Settlement,
};
use crate::docket::error::BackendError;

use crate::docket::backend::redis::{BATCH, RedisBackend, codec};

impl RedisBackend {
    pub(crate) async fn submit_all(
        &self,
        batch: &[Message],
    ) -> Result<Vec<Admission>, BackendError> {
        let mut answers = Vec::with_capacity(batch.len());
        for part in batch.chunks(BATCH) {
            // A retry after a lost answer sends the same nonce, and is answered with the executions already created.
            let mut step = self
                .process
                .step("submit")
                .arg(format!("{:016x}", fastrand::u64(..)));
            for message in part {
                codec::put_message(&mut step, message);
            }
            for answer in codec::list(self.process.run(&step).await?)? {
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
            let mut step = self.process.step("settle");
            for settlement in part {
                codec::put_settlement(&mut step, settlement);
            }
            for answer in codec::list(self.process.run(&step).await?)? {
                answers.push(codec::settled(answer)?);
            }
        }
        Ok(answers)
    }

    pub(crate) async fn signalled(&self, worker: &Arc<str>) -> Result<Vec<Hold>, BackendError> {
        self.process.listen().await?;
        let counters = self.process.notifier.counters(worker);
        let mut wakes = counters.signals.subscribe();
        loop {
            // Before the read, so that a signal that arrives meanwhile ends the wait below at once.
            wakes.borrow_and_update();
            let step = self.process.step("signals").arg(&**worker);
            let present: Vec<Hold> = codec::list(self.process.run(&step).await?)?
                .into_iter()
                .filter_map(|member| codec::hold(&codec::text(member).ok()?))
                .collect();
            {
                // Redis keeps a signal until its run has settled; each is returned to the worker once.
                let mut delivered = counters
                    .delivered_signals
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                delivered.retain(|hold| present.contains(hold));
                let new: Vec<Hold> = present
                    .into_iter()
                    .filter(|hold| delivered.insert(*hold))
                    .collect();
                if !new.is_empty() {
                    return Ok(new);
                }
            }
            let _ = wakes.changed().await;
        }
    }

    pub(crate) async fn wait_until(&self, condition: Condition) -> Result<(), BackendError> {
        /// Half of the time that an inbox stays registered without a heartbeat. Covers an event lost in an outage.
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

    pub(crate) async fn clear(&self) -> Result<usize, BackendError> {
        // Up to the time of the call: what is submitted meanwhile stays, and the loop ends.
        let now = codec::text(self.process.run(&self.process.step("now")).await?)?;
        let (mut cancelled, mut kept) = (0, 0);
        loop {
            let step = self
                .process
                .step("clear")
                .arg("-inf")
                .arg(&now)
                .arg(kept.to_string());
            let [count, skipped, is_last, _] = codec::parts(self.process.run(&step).await?)?;
            cancelled += usize::try_from(codec::number(count)?).unwrap_or(usize::MAX);
            // Running executions stay, so the next step starts behind them.
            kept += codec::number(skipped)?;
            if codec::text(is_last)? == "1" {
                return Ok(cancelled);
            }
        }
    }

    pub(crate) async fn say(&self, command: Command) -> Result<Reply, BackendError> {
        let node = &self.process;
        // A retry after a lost answer sends the same nonce and gets the same answer.
        let nonce = format!("{:016x}", fastrand::u64(..));
        let step = match &command {
            Command::Cancel { key, reason } => {
                node.step("cancel").arg(&**key).arg(reason).arg(nonce)
            }
            Command::Strike(task) => node.step("strike").arg(&**task),
            Command::Restore(task) => node.step("restore").arg(&**task),
            Command::Pause => node.step("pause"),
            Command::Resume => node.step("resume"),
            Command::Clear => return Ok(Reply::Cleared(self.clear().await?)),
            Command::Replay(key) => node.step("replay").arg(&**key).arg(nonce),
            Command::DeadLetters(limit) => node.step("dead_letters").arg(limit.to_string()),
            Command::Amend {
                id,
                expected,
                note,
                wake,
            } => node
                .step("amend")
                .arg(id.0.to_string())
                .arg(expected)
                .arg(note)
                .arg(if *wake { "1" } else { "0" })
                .arg(nonce),
            Command::Leave(worker) => node.step("leave").arg(&**worker),
        };
        let answer = node.run(&step).await?;
        Ok(match command {
            Command::Cancel { .. } => Reply::Cancelled(match codec::text(answer)?.as_str() {
                "removed" => Cancelled::Removed,
                "signalled" => Cancelled::Signalled,
                _ => Cancelled::Unknown,
            }),
            Command::Replay(_) => {
                let values = codec::list(answer)?;
                Reply::Replayed(match values.len() {
                    1 => None,
                    _ => Some(codec::admission(redis::Value::Array(values))?),
                })
            }
            Command::DeadLetters(_) => Reply::DeadLetters(codec::records(answer)?),
            Command::Amend { .. } => Reply::Amended(match codec::text(answer)?.as_str() {
                "done" => Amended::Done,
                "stale" => Amended::Stale,
                _ => Amended::Unknown,
            }),
            Command::Leave(worker) => {
                node.notifier.forget(&worker);
                Reply::Done
            }
            _ => Reply::Done,
        })
    }
}
