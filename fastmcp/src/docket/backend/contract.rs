//! The store behind a docket: a small trait, and in prose the contract that every implementation keeps.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::call::{
    Admission, Claim, Claimed, Command, Condition, Hold, Message, Reply, Settled, Settlement,
    Target,
};
use crate::docket::error::BackendError;

use crate::docket::events::Events;
use crate::docket::model::record::{Record, Snapshot};
use crate::docket::model::time::Timestamp;
use crate::docket::progress::ProgressReport;

/// A boxed future, as object-safe traits return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a backend call comes to. The engine takes every [`BackendError`] for a passing one and tries again.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, BackendError>>;

/// The store behind a docket.
///
/// # The contract
///
/// **Atomic.** Each element of a batch is one atomic step; a reader never sees half of one. A call that answers with
/// an error may have taken effect or not: `submit` under the same key, `settle`, `renew` and `cancel` can be said
/// again, the second time they change nothing.
///
/// **Opaque.** A body is bytes. A backend neither reads nor changes it; keys and task names are data as well, and no
/// key is special.
///
/// **Order.** What is ready is handed out by priority, and within one priority first in, first out; what a worker hands
/// back, or lost, goes to the head. An execution that falls due joins at the end.
///
/// **One clock.** The backend's clock decides what is due, whose lease has run out and what has expired. Callers pass
/// spans of time, or moments on that clock.
///
/// **One step at a time.** Every execution goes through the steps of [`Life`](crate::docket::model::state::Life), and no others. Tokens are
/// drawn from one counter that only rises, for all keys together. A settlement, renewal or report whose token is not
/// that of the present run changes nothing and is answered as fenced.
///
/// **One live runner per key.** While an execution runs, a replacement of its key is kept aside. It becomes due once
/// the run has settled for good; a retry, a next run, a hand-back or a lost lease gives way to it.
///
/// **Nothing is lost.** A claimed execution whose lease runs out is queued again at once, or becomes a dead letter
/// after as many deliveries of one attempt as the claim that took it said ([`Claim::max_deliveries`]). This is noticed
/// by the claims of the other workers, also by one that slept when the lease began: a docket without workers has nobody
/// to hand it to.
///
/// **Handing on.** An execution that a worker does not know ([`Verdict::HandOn`]) is offered to a worker that has not
/// refused it. When there is none, it becomes a dead letter.
///
/// **Leaving.** A worker that has said [`Command::Leave`] is not alive any more: what was offered to it goes on to
/// others. What its bodies hold, because they block, stays theirs until the leases run out. It may claim again under
/// its name.
///
/// **Waiting.** `claim`, `signals` and `wait` complete when there is something to say, and sleep until then: they
/// are woken by what happens, or by the next due time or lease. Dropping such a call loses nothing: what it would have
/// returned is returned by a later one, or by another worker's, at the latest when the lease has run out. A worker is
/// alive while a claim of its waits, and for a lease after it was last heard of. A signal may come before the answer to
/// the claim of its run.
///
/// **Lanes.** Limits are kept over all workers. An execution that a limit holds back occupies no worker; it stays
/// queued, and is let go by the event or at the time that makes room for it, first in, first out. When one that was let
/// go does not take its place (cancelled, struck, held back by another limit), the next in line is let go instead; when
/// another was faster, it is at the head of the line again. A cooldown lasts as long as it says, also when the
/// execution that began it is forgotten. It does not hold back a replacement of that execution before its first run,
/// nor a replay; and one that is cancelled before its first run begins none.
///
/// **Notes.** A note stands beside its execution from its admission until it is forgotten: over retries, snoozes,
/// hand-backs and lost leases, and after the end. The next run of a perpetual task begins without one; a replay has
/// that of its dead letter. What is parked ([`Verdict::Parked`]) is scheduled without a due time: it is cancelled,
/// cleared, replaced and counted like anything scheduled, holds no place in a lane, and becomes due by
/// [`Command::Amend`] alone. An amendment compares and sets in one step; said again, it is stale. Subscribers hear of
/// every one that was made.
///
/// **Keeping.** An execution with a time of its own ([`Message::keep`]) is known for exactly that long from its
/// admission: neither the time to live nor the number of results ends it before. When the time is over it is cancelled
/// if it waits, signalled if it runs, and forgotten as soon as it has ended; of it, its note and its result nothing is
/// left. Until then its end stands: when it is given up on, it is not among the dead letters and cannot be replayed.
///
/// **Bounds.** `submit` refuses what would exceed the docket's capacity (a replacement of what waits does not); retries, next runs and hand-backs are always
/// taken. Results and dead letters are forgotten after their time to live.
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// The backend's clock.
    fn now(&self) -> Answer<'_, Timestamp>;

    /// Takes in a batch. One answer for each message, in order.
    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>>;

    /// Waits until at least one execution can be run by this worker, and hands out up to [`Claim::limit`].
    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>>;

    /// Ends runs. One answer for each settlement, in order.
    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> Answer<'a, Vec<Settled>>;

    /// Extends leases to `lease` from now, and returns those that were lost.
    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        holds: &'a [Hold],
        lease: Duration,
    ) -> Answer<'a, Vec<Hold>>;

    /// Waits until some of this worker's runs are to be cancelled, and names them.
    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> Answer<'a, Vec<Hold>>;

    /// Writes down how far a run has come.
    fn report(&self, hold: Hold, progress: ProgressReport) -> Answer<'_, Settled>;

    /// What is known of an execution.
    fn find<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<Record>>;

    /// What is known of an execution, and from that moment on its events.
    fn watch<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<(Record, Events)>>;

    /// The docket as it stands, with up to `limit` executions.
    fn survey(&self, limit: usize) -> Answer<'_, Snapshot>;

    /// Changes something about the docket as a whole, or about an execution from outside.
    fn control(&self, command: Command) -> Answer<'_, Reply>;

    /// Waits until a condition holds.
    fn wait(&self, condition: Condition) -> Answer<'_, ()>;
}
