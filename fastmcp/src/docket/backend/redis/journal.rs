//! The calls that change the journal of an execution.

use bytes::Bytes;

use crate::docket::backend::redis::{RedisBackend, batches, codec};
use crate::docket::error::BackendError;
use crate::docket::model::delivery::Lease;
use crate::docket::model::journal::{Recorded, Sent};
use crate::docket::model::key::Key;

impl RedisBackend {
    pub(crate) async fn record_entry(
        &self,
        lease: Lease,
        name: &str,
        value: Bytes,
    ) -> Result<Recorded, BackendError> {
        let mut step = self.process.step("record");
        codec::put_lease(&mut step, lease);
        let step = step
            .arg(name)
            .arg(&value)
            .arg(self.options.max_journal.to_string());
        let answer = codec::text(self.process.run(&step).await?)?;
        Ok(match answer.as_str() {
            "done" => Recorded::Done,
            "exists" => Recorded::Exists,
            "full" => Recorded::Full,
            _ => Recorded::Fenced,
        })
    }

    pub(crate) async fn send_signal(
        &self,
        key: &Key,
        name: &str,
        value: Bytes,
    ) -> Result<Sent, BackendError> {
        let step = self
            .process
            .step("signal")
            .arg(&**key)
            .arg(name)
            .arg(&value)
            .arg(self.options.max_journal.to_string())
            .arg(batches::nonce());
        let answer = codec::text(self.process.run(&step).await?)?;
        Ok(match answer.as_str() {
            "stored" => Sent::Stored,
            "full" => Sent::Full,
            _ => Sent::Unknown,
        })
    }
}
