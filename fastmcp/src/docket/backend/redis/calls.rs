//! The calls of the trait that take more than one step of the script, or wait for something.

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
            // Said again after a broken connection, a message is known by this.
            let mut step = self
                .node
                .step("submit")
                .arg(format!("{:016x}", fastrand::u64(..)));
            for message in part {
                codec::put_message(&mut step, message);
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

    pub(crate) async fn signalled(&self, worker: &Arc<str>) -> Result<Vec<Hold>, BackendError> {
        self.node.listen().await?;
        let bell = self.node.hub.bell(worker);
        let mut rings = bell.signals.subscribe();
        loop {
            rings.borrow_and_update();
            let step = self.node.step("signals").arg(&**worker);
            let present: Vec<Hold> = codec::list(self.node.run(&step).await?)?
                .into_iter()
                .filter_map(|told| codec::hold(&codec::text(told).ok()?))
                .collect();
            {
                let mut told = bell.told.lock().unwrap_or_else(PoisonError::into_inner);
                told.retain(|hold| present.contains(hold));
                let news: Vec<Hold> = present
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

    pub(crate) async fn clear(&self) -> Result<usize, BackendError> {
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

    pub(crate) async fn say(&self, command: Command) -> Result<Reply, BackendError> {
        let node = &self.node;
        // Said again after a broken connection, a word is known by this.
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
            Command::DeadLetters(limit) => node.step("letters").arg(limit.to_string()),
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
                let told = codec::list(answer)?;
                Reply::Replayed(match told.len() {
                    1 => None,
                    _ => Some(codec::admission(redis::Value::Array(told))?),
                })
            }
            Command::DeadLetters(_) => Reply::DeadLetters(codec::records(answer)?),
            Command::Amend { .. } => Reply::Amended(match codec::text(answer)?.as_str() {
                "done" => Amended::Done,
                "stale" => Amended::Stale,
                _ => Amended::Unknown,
            }),
            Command::Leave(worker) => {
                node.hub.forget(&worker);
                Reply::Done
            }
            _ => Reply::Done,
        })
    }
}
