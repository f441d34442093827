//! Submits and settles batches, in parts of limited size.

use futures_util::{StreamExt, TryStreamExt, stream};

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
        // Two submissions of one key must not overtake each other. The lean script does not look for them.
        let has_own_keys = has_own_keys(batch);
        let in_flight = if has_own_keys { PARTS_IN_FLIGHT } else { 1 };
        let parts: Vec<(Step, usize)> = batch
            .chunks(BATCH)
            .map(|part| {
                let mut step = self.step(match part {
                    _ if !has_own_keys || part.iter().any(codec::has_options) => "submit_each",
                    [_] => "submit_one",
                    _ => "submit",
                });
                // A retry after a lost reply sends the same nonces, and Redis returns the executions that it has already
                // created.
                let nonce = nonce();
                for (index, submission) in part.iter().enumerate() {
                    codec::put_submission(&mut step, submission, &format!("{nonce}.{index}"));
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
            let first = self.settle_part(part, "settle").await?;
            // The lean script leaves some settlements to the complete one.
            let rest: Vec<Settlement> = std::iter::zip(part, &first)
                .filter(|(_, settled)| settled.is_none())
                .map(|(settlement, _)| settlement.clone())
                .collect();
            let mut others = if rest.is_empty() {
                Vec::new()
            } else {
                self.settle_part(&rest, "settle_rest").await?
            }
            .into_iter();
            for settled in first {
                let settled = settled.or_else(|| others.next().flatten());
                answers.push(settled.unwrap_or(Settled::Fenced));
            }
        }
        Ok(answers)
    }

    /// Settles a part. The result of a settlement is `None` if only the complete script can do it.
    async fn settle_part(
        &self,
        part: &[Settlement],
        step: &str,
    ) -> Result<Vec<Option<Settled>>, BackendError> {
        let mut step = self.step(step);
        for settlement in part {
            codec::put_settlement(&mut step, settlement);
        }
        codec::settlements(self.run(&step).await?)
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
