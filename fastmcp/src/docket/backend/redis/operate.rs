//! Lists, and changes of many executions.

use crate::docket::error::BackendError;
use crate::docket::model::filter::{Change, ChangedPart, Filter, Page, Range};

use crate::docket::backend::redis::batches::nonce;
use crate::docket::backend::redis::{RedisBackend, codec};

impl RedisBackend {
    pub(crate) async fn list_part(
        &self,
        filter: &Filter,
        range: Range,
        limit: usize,
    ) -> Result<Page, BackendError> {
        let mut step = self.process.step("list");
        codec::put_filter(&mut step, filter);
        codec::put_range(&mut step, range);
        step.add(limit.to_string());
        codec::page(self.process.run(&step).await?)
    }

    /// If a reply is lost, the step runs again. It changes nothing twice, but the numbers of the first run are lost.
    pub(crate) async fn change_part(
        &self,
        change: Change,
        filter: &Filter,
        range: Range,
    ) -> Result<ChangedPart, BackendError> {
        let kind = match change {
            Change::Retry => "retry",
            Change::Discard => "discard",
            Change::Purge => "purge",
        };
        let mut step = self.process.step("change").arg(kind).arg(nonce());
        codec::put_filter(&mut step, filter);
        codec::put_range(&mut step, range);
        codec::changed_part(self.process.run(&step).await?)
    }
}
