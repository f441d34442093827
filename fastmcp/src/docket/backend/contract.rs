//! The [`Backend`] trait: the store behind a docket, and the contract of every implementation.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::docket::backend::call::{
    Admission, Amended, Claim, Condition, Settled, Settlement, Target,
};
use crate::docket::error::BackendError;
use crate::docket::events::Events;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::filter::{Change, ChangedPart, Filter, Page, Range};
use crate::docket::model::journal::{Recorded, Sent};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record, Snapshot};
use crate::docket::model::state::Cancelled;
use crate::docket::model::stats::Stats;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::{Timestamp, When};

/// A boxed future. Traits that are used as trait objects return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The future of a backend call. Workers treat every [`BackendError`] as temporary and retry the call.
pub type BackendFuture<'a, T> = BoxFuture<'a, Result<T, BackendError>>;

/// The store behind a docket.
///
/// **Unstable:** the trait and its types may change in any minor release.
///
/// # The contract
///
/// **Atomicity.** Each element of a batch is one atomic step; readers never observe a part of it. A call that returns
/// an error may or may not have taken effect. It is safe to repeat `settle`, `renew`, `cancel`, and, while the
/// execution is pending, `submit` with a key and `OnConflict::Keep`: the repetition changes nothing.
///
/// **Opaque data.** Envelopes and notes are bytes; a backend neither reads nor changes them. Keys and task names are
/// data as well, and no key is special.
///
/// **Order.** Executions are claimed by priority. Within one priority, those without an owner are claimed first in, first
/// out, and so are those of one owner. An execution whose run was released, or whose lease expired, goes to the head of
/// its queue. A scheduled execution that becomes due goes to the end.
///
/// **Owners.** Within one priority, executions without an owner and those of owners are claimed in turns. The next owner is
/// the one with the fewest running executions, and among those the one that has waited for longest since its last run
/// began or ended. An owner with `r > 0` running executions gets another one only if `r` is below `owner_concurrency` and
/// below `2 * (free - 1)`. `free` is the number of free slots of all live workers, at least [`Claim::limit`]: the sum of
/// [`Claim::slots`] without the running executions. An owner that is held back occupies no worker, and waiting claims
/// observe the end of any run.
///
/// **One clock.** The backend's clock decides which executions are due, which leases have expired and which records are
/// deleted. Callers pass durations, or moments on that clock.
///
/// **State machine.** Every execution only makes the transitions of
/// [`StateMachine`](crate::docket::model::state::StateMachine). Tokens come from one increasing counter for all keys; the
/// runs of one claim may have the same token.
/// A settlement, renewal or report whose token is not the token of the current run changes nothing, and the result is
/// `Fenced`.
///
/// **One runner per key.** A replacement of a running execution waits until the current run has settled or lost its
/// lease. The replaced execution then ends, even if it would otherwise be retried, repeated, released or redelivered.
///
/// **No loss.** An execution whose lease expires is queued again at once. After [`Claim::max_deliveries`] lost
/// deliveries of one attempt it becomes a dead letter. Waiting claims of other workers observe the expiry, including
/// claims that were already waiting when the lease began. While no claim waits, the backend may apply the expiry
/// later.
///
/// **Unknown tasks.** An execution whose run ends with
/// [`Outcome::UnknownTask`](crate::docket::model::outcome::Outcome::UnknownTask) is offered to a live worker that has
/// not declined it. If there is no such worker, the execution becomes a dead letter.
///
/// **Deregistration.** A deregistered worker is not alive, and its offers go to other workers. It keeps the leases of
/// runs that it could not stop until they expire. It may claim again under the same name.
///
/// **Waiting.** `claim`, `signals` and `wait` sleep until they have a result. They are woken by events, or by the
/// next due time or lease expiry; they do not poll. Dropping such a call loses nothing: a later call, of the same or
/// another worker, returns the same result, at the latest when the lease has expired. A worker is alive while one of
/// its claims waits, and for the duration of one lease after its latest call. A signal may arrive before the result
/// of the claim that it refers to.
///
/// **Lanes.** Limits apply across all workers. An execution that a limit holds back stays queued and occupies no
/// worker. It is released, first in, first out, when another execution frees a slot of the lane, or at its assigned
/// start time. If a released execution does not take the slot (because it is cancelled, struck or held back by
/// another limit), the next one is released instead. If another execution has taken the slot first, the released one
/// goes back to the head of the lane's queue. A cooldown lasts its full time, even if the record of the execution
/// that started it is deleted. It blocks neither a replay nor a replacement of that execution before its first run.
/// An execution that is cancelled before its first run starts no cooldown.
///
/// **Notes.** A note is stored from the admission until the record is deleted: through retries, snoozes, releases and
/// lost leases, and after the end. The next run of a perpetual task starts without a note; a replay has the note of
/// its dead letter. A parked execution ([`Outcome::Park`](crate::docket::model::outcome::Outcome::Park)) is scheduled
/// without a due time: it is cancelled, cleared, replaced and counted like any scheduled execution, holds no slot of
/// a lane, and becomes due only by [`Backend::amend`]. Subscribers get an event for every amendment.
///
/// **Journals.** An entry is stored from its `record` or `signal` until the execution has ended, through retries,
/// snoozes, suspensions, releases and lost leases. The journal of a dead letter is kept, and its replay continues with
/// it. The next run of a perpetual task starts with an empty journal. Every delivery contains the journal. The journal
/// of one execution takes at most the docket's `max_journal` bytes.
///
/// **Suspensions.** A suspended execution ([`Outcome::Suspend`](crate::docket::model::outcome::Outcome::Suspend)) is
/// parked, and is queued by the first event of its [`Suspension`](crate::docket::model::suspension::Suspension). An
/// event that happened before the settlement counts: no wake-up is lost between the run and its suspension.
///
/// **Retention.** An execution with [`Submission::keep`] is kept for exactly that long from its admission, regardless
/// of the docket's `result_ttl` and `result_capacity`. When that time is over, the execution is cancelled if it waits
/// or signalled if it runs, and is deleted with its note and result once it has ended. Such an execution is never
/// listed as a dead letter and cannot be replayed, because its terminal state must not change while it is kept.
///
/// **Dead letters.** An execution that fails for the last time is kept with its envelope, as is one that cannot run,
/// unless the settlement has [`Settlement::discard_failed`], a replacement waits for its key, or it has its own
/// retention.
///
/// **Limits.** `submit` rejects an execution that would exceed the docket's capacity, except a replacement of a waiting
/// one. Retries, next runs and releases are always accepted. Results and dead letters are deleted after their time to
/// live, and the oldest ones earlier if there are more of them, or more bytes, than the docket's options allow.
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// Returns the time of the backend's clock.
    fn now(&self) -> BackendFuture<'_, Timestamp>;

    /// Checks that the store responds and is set up as a docket requires. By default, that it responds.
    fn check(&self) -> BackendFuture<'_, ()> {
        Box::pin(async move { self.now().await.map(drop) })
    }

    /// Adds executions. Returns one result per submission, in order. The docket has set every key, and replaced every
    /// payload by its envelope.
    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>>;

    /// Waits until at least one execution can run on this worker, and returns up to [`Claim::limit`] of them.
    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>>;

    /// Ends runs. Returns one result per settlement, in order.
    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>>;

    /// Extends the leases to `duration` from now. Returns those that were already lost.
    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>>;

    /// Waits until runs of this worker are to be cancelled, and returns their leases.
    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>>;

    /// Stores the progress of a run.
    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled>;

    /// Adds an entry to the journal of a running execution, without writing the other entries again. A repeated call
    /// with the same name and value changes nothing and returns [`Recorded::Done`].
    fn record<'a>(
        &'a self,
        lease: Lease,
        name: &'a str,
        value: Bytes,
    ) -> BackendFuture<'a, Recorded>;

    /// Adds a signal to the journal of the execution that is scheduled, queued or running under `key`, and wakes the
    /// execution if it is suspended until a signal arrives. Signals of one name keep their order.
    fn signal<'a>(&'a self, key: &'a Key, name: &'a str, value: Bytes) -> BackendFuture<'a, Sent>;

    /// Deregisters a worker that shuts down. The worker holds no leases, except those of runs that it could not stop.
    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()>;

    /// Returns the record of an execution; `None` if it does not exist or has expired.
    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>>;

    /// Returns the envelope of an execution that has not ended, or of a dead letter; `None` for others. By default, a
    /// backend returns none.
    fn envelope(&self, id: ExecutionId) -> BackendFuture<'_, Option<Bytes>> {
        let _ = id;
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Returns the record of an execution, and a stream of all later events.
    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>>;

    /// Returns the state of the docket, with up to `limit` executions.
    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot>;

    /// Cancels the execution that is scheduled, queued or running under `key`. `reason` is stored in its record.
    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled>;

    /// Replaces the note of a parked execution with `note` if it equals `expected`, in one atomic step. With `wake`,
    /// the execution becomes due. A repeated call returns [`Amended::Stale`].
    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended>;

    /// Moves the due time of a scheduled execution, and replaces its timetable, if the timetable is `expected`. Returns
    /// whether it did. By default, a backend moves nothing.
    fn reschedule<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a str,
        when: When,
        timetable: &'a str,
    ) -> BackendFuture<'a, bool> {
        let _ = (id, expected, when, timetable);
        Box::pin(std::future::ready(Ok(false)))
    }

    /// Holds back the executions of a task until it is restored. Running executions continue.
    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()>;

    /// Releases the executions of a struck task.
    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()>;

    /// Stops handing out executions until the docket is resumed. Running executions continue.
    fn pause(&self) -> BackendFuture<'_, ()>;

    /// Hands out executions again.
    fn resume(&self) -> BackendFuture<'_, ()>;

    /// Cancels all scheduled and queued executions. Returns their number.
    fn clear(&self) -> BackendFuture<'_, usize>;

    /// Returns up to `limit` dead letters, oldest first.
    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>>;

    /// Submits the latest dead letter of `key` as a new execution that is due now; `None` if there is none. The dead
    /// letter is removed if the new execution is accepted.
    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>>;

    /// Returns executions of the range that match, oldest first: up to `limit`, and fewer if many of the examined
    /// executions do not match. [`Page::next`] is `None` only at the end of the range.
    ///
    /// With [`Filter::newest_first`], the newest are first: the range begins before `after` and goes down to `until`.
    fn list<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
        limit: usize,
    ) -> BackendFuture<'a, Page>;

    /// Changes executions of the range that match, in one atomic step of limited length.
    fn change<'a>(
        &'a self,
        change: Change,
        filter: &'a Filter,
        range: Range,
    ) -> BackendFuture<'a, ChangedPart>;

    /// Returns the counts and delays of the docket. The cost does not depend on the number of executions.
    fn stats(&self) -> BackendFuture<'_, Stats>;

    /// Waits until the condition is true.
    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()>;
}
