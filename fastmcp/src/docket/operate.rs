//! Operating a docket: lists, statistics, and changes of many executions.

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::envelope;
use crate::docket::model::filter::{Change, Changed, Cursor, Filter, Page, Range};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::stats::Stats;

/// The maximum number of executions of one page.
const MAX_PAGE: usize = 1000;

impl Docket {
    /// Returns the counts and delays of the docket, in total and by task. The cost does not depend on the number of
    /// executions, so a health check may call it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fastmcp::docket::DocketError> {
    /// use fastmcp::docket::{Docket, Submission};
    ///
    /// let docket = Docket::memory("jobs");
    /// docket.submit(Submission::new("send_mail", "{}")).await?;
    /// let stats = docket.stats().await?;
    /// assert_eq!(stats.counts.queued, 1);
    /// assert_eq!(stats.task("send_mail").map(|task| task.counts.queued), Some(1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The backend's error.
    pub fn stats(&self) -> BoxFuture<'_, Result<Stats, DocketError>> {
        async move { Ok(self.backend().stats().await?) }.boxed()
    }

    /// Returns the executions that match, in the order of their submission or in
    /// [reverse](Filter::newest_first): up to `limit`, at most 1000, after `after`. [`Page::next`] is the place after
    /// which the next page begins.
    ///
    /// The list contains every execution that has a record, ended or not. Executions that are submitted or deleted
    /// between two pages do not shift the others.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fastmcp::docket::DocketError> {
    /// use fastmcp::docket::{Docket, Filter, Submission};
    ///
    /// let docket = Docket::memory("jobs");
    /// docket.submit_many((0..25).map(|_| Submission::new("send_mail", "{}"))).await?;
    /// let (mut after, mut count) = (None, 0);
    /// loop {
    ///     let page = docket.list(&Filter::new().task("send_mail"), after, 10).await?;
    ///     count += page.executions.len();
    ///     after = page.next;
    ///     if after.is_none() {
    ///         break;
    ///     }
    /// }
    /// assert_eq!(count, 25);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The backend's error.
    pub fn list<'a>(
        &'a self,
        filter: &'a Filter,
        after: Option<Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, DocketError>> {
        async move {
            let limit = limit.clamp(1, MAX_PAGE);
            let mut range = Range { after, until: None };
            let mut page = Page::default();
            loop {
                let room = limit - page.executions.len();
                let part = self.backend().list(filter, range, room).await?;
                page.executions.extend(part.executions);
                page.next = part.next;
                range.after = part.next;
                if page.next.is_none() || page.executions.len() >= limit {
                    return Ok(page);
                }
            }
        }
        .boxed()
    }

    /// Returns the payload of an execution that has not ended, or of a dead letter. `None` if there is no such
    /// execution: ended ones lose their payload.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fastmcp::docket::DocketError> {
    /// use fastmcp::docket::{Docket, Submission};
    ///
    /// let docket = Docket::memory("jobs");
    /// let execution = docket.submit(Submission::new("send_mail", r#"{"to":"ada"}"#)).await?;
    /// let payload = docket.payload(execution.id()).await?;
    /// assert_eq!(payload.as_deref(), Some(&br#"{"to":"ada"}"#[..]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The backend's error.
    pub fn payload(&self, id: ExecutionId) -> BoxFuture<'_, Result<Option<Bytes>, DocketError>> {
        async move {
            let wire = self.backend().envelope(id).await?;
            // An envelope that nobody can read is shown as it is: it is the cause of a dead letter.
            Ok(wire.map(|wire| envelope::open(&wire).map_or(wire, |opened| opened.payload)))
        }
        .boxed()
    }

    /// Submits the dead letters that match again. Each becomes a new execution that is due now, with the same key,
    /// payload, priority, limits, owner and note. A dead letter whose key is in use stays as it is.
    ///
    /// [`replay`](Docket::replay) does the same for the latest dead letter of a key, and returns the execution.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fastmcp::docket::DocketError> {
    /// use fastmcp::docket::{Docket, Filter};
    ///
    /// let docket = Docket::memory("jobs");
    /// let retried = docket.retry(&Filter::new().task("send_mail")).await?;
    /// println!("{} retried, {} skipped", retried.changed, retried.skipped);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The backend's error. Some of the executions may have been changed before it; the call can be repeated.
    pub fn retry<'a>(&'a self, filter: &'a Filter) -> BoxFuture<'a, Result<Changed, DocketError>> {
        self.change_all(Change::Retry, filter).boxed()
    }

    /// Discards the executions that match. Those that wait or run are [cancelled](Docket::cancel). Dead letters become
    /// ordinary results: they lose their payload and are deleted after the docket's `result_ttl`.
    ///
    /// # Errors
    /// The backend's error. Some of the executions may have been changed before it; the call can be repeated.
    pub fn discard<'a>(
        &'a self,
        filter: &'a Filter,
    ) -> BoxFuture<'a, Result<Changed, DocketError>> {
        self.change_all(Change::Discard, filter).boxed()
    }

    /// Deletes the records of the ended executions that match: results and dead letters. Executions that have not ended
    /// stay, as do those with a [retention period of their own](crate::docket::Submission::keep_for).
    ///
    /// # Errors
    /// The backend's error. Some of the executions may have been changed before it; the call can be repeated.
    pub fn purge<'a>(&'a self, filter: &'a Filter) -> BoxFuture<'a, Result<Changed, DocketError>> {
        self.change_all(Change::Purge, filter).boxed()
    }

    async fn change_all(&self, change: Change, filter: &Filter) -> Result<Changed, DocketError> {
        let mut range = Range {
            after: None,
            until: None,
        };
        let mut sum = Changed::default();
        let mut filter = filter.clone();
        filter.newest_first = false;
        loop {
            let part = self.backend().change(change, &filter, range).await?;
            sum.changed += part.changed.changed;
            sum.skipped += part.changed.skipped;
            // A retried execution may fail again before the next step, and must not be retried by this call once more.
            range.until.get_or_insert(part.last);
            range.after = part.next;
            if range.after.is_none() {
                return Ok(sum);
            }
        }
    }
}
