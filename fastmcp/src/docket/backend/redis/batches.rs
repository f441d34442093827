//! Submits and settles batches, in parts of limited size.

use futures_util::{StreamExt, TryStreamExt, stream};
use redis::Value;

use crate::docket::backend::call::{Admission, Settled, Settlement};
use crate::docket::error::BackendError;
use crate::docket::model::submission::Submission;

use crate::docket::backend::redis::codec;
use crate::docket::backend::redis::process::Process;
use crate::docket::backend::redis::script::Step;

/// The maximum number of elements per step. Redis serves no other client while a step runs.
pub(crate) const BATCH: usize = 250;

/// The number of parts of one batch that are sent before the first reply.
const PARTS_IN_FLIGHT: usize = 4;

impl Process {
    /// Submits a batch. The parts are sent in order, without waiting for the replies to earlier ones.
    pub(crate) async fn submit_all(
        &self,
        batch: &[Submission],
    ) -> Result<Vec<Admission>, BackendError> {
        // Two submissions of one key must not overtake each other, and a part that the lean script leaves to the complete
        // one takes effect later.
        let in_flight = match has_own_keys(batch) {
            true => PARTS_IN_FLIGHT,
            false => 1,
        };
        let parts: Vec<(Step, usize)> = batch
            .chunks(BATCH)
            .map(|part| {
                // A retry after a lost reply sends the same nonce, and Redis returns the executions that it has already
                // created.
                let mut step = self.step("submit").arg(nonce());
                for submission in part {
                    codec::put_submission(&mut step, submission);
                }
                (step, part.len())
            })
            .collect();
        let answers: Vec<Vec<Admission>> = stream::iter(parts)
            .map(|(step, count)| async move { codec::admissions(self.run(&step).await?, count) })
            .buffered(in_flight)
            .try_collect()
            .await?;
        Ok(answers.into_iter().flatten().collect())
    }

    /// Settles a batch.
    pub(crate) async fn settle_all(
        &self,
        batch: &[Settlement],
    ) -> Result<Vec<Settled>, BackendError> {
        let mut answers = Vec::with_capacity(batch.len());
        for part in batch.chunks(BATCH) {
            let replies = self.settle_part(part, "settle").await?;
            let is_rest = |reply: &Value| matches!(reply, Value::BulkString(text) if text.is_empty());
            // The lean script leaves some settlements to the complete one.
            let rest: Vec<Settlement> = std::iter::zip(part, &replies)
                .filter(|(_, reply)| is_rest(reply))
                .map(|(settlement, _)| settlement.clone())
                .collect();
            let mut others = match rest.is_empty() {
                true => Vec::new(),
                false => self.settle_part(&rest, "settle_rest").await?,
            }
            .into_iter();
            for reply in replies {
                let reply = match is_rest(&reply) {
                    true => others.next().unwrap_or(Value::Nil),
                    false => reply,
                };
                answers.push(codec::settled(reply)?);
            }
        }
        Ok(answers)
    }

    async fn settle_part(
        &self,
        part: &[Settlement],
        step: &str,
    ) -> Result<Vec<Value>, BackendError> {
        let mut step = self.step(step);
        for settlement in part {
            codec::put_settlement(&mut step, settlement);
        }
        codec::list(self.run(&step).await?)
    }
}

/// Returns whether no two submissions share a key.
fn has_own_keys(batch: &[Submission]) -> bool {
    let mut keys: Vec<&str> = batch.iter().filter_map(|one| one.key.as_deref()).collect();
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    keys.len() == count
}

/// Creates an identifier of a call. A retry after a lost reply sends the same nonce and gets the same reply.
pub(crate) fn nonce() -> String {
    format!("{:016x}", fastrand::u64(..))
}
