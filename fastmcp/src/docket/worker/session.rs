//! What the handles, the loop and the runs of one worker share.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::docket::Docket;
use crate::docket::error::DocketError;
use crate::docket::handler::Handler;
use crate::docket::name::Key;

use super::builder::WorkerOptions;
use super::inbox::Inbox;
use super::{Parting, engine};

/// How long to leave a backend alone that did not answer.
pub(super) const BACKEND_PAUSE: Duration = Duration::from_millis(250);

pub(crate) struct Shared {
    pub(super) docket: Docket,
    pub(super) handler: Arc<dyn Handler>,
    pub(super) name: Arc<str>,
    pub(super) options: WorkerOptions,
    pub(super) stop: CancellationToken,
    pub(super) inbox: Inbox,
    /// Rung when the loop has to look at the seats again.
    pub(super) changed: Notify,
    /// How many bodies of this worker wait in `run_until_finished`.
    pub(super) aside: watch::Sender<usize>,
    /// How often keys may still run, where that is limited.
    pub(super) quotas: Mutex<HashMap<Key, u32>>,
    /// Whether any are: asked once or twice a run, so it takes no lock.
    pub(super) has_quotas: AtomicBool,
    seats: Mutex<Seats>,
    parting: watch::Sender<Option<Parting>>,
}

/// The calls that keep the loop alive, and whether there is one.
#[derive(Debug, Default)]
struct Seats {
    taken: usize,
    loop_runs: bool,
}

impl Shared {
    pub(super) fn new(
        docket: Docket,
        handler: Arc<dyn Handler>,
        name: String,
        options: WorkerOptions,
    ) -> Self {
        Self {
            // A worker is part of no trace: its runs have their own.
            docket: docket.with_trace(None),
            handler,
            name: name.into(),
            options,
            stop: CancellationToken::new(),
            inbox: Inbox::default(),
            changed: Notify::new(),
            aside: watch::Sender::new(0),
            quotas: Mutex::default(),
            has_quotas: AtomicBool::new(false),
            seats: Mutex::default(),
            parting: watch::Sender::new(None),
        }
    }

    /// Keeps the loop alive for as long as the seat is held; starts it when there is none.
    pub(super) fn take_seat(self: &Arc<Self>) -> Result<Seat, DocketError> {
        if self.stop.is_cancelled() {
            return Err(self.stopped());
        }
        let mut seats = self.seats();
        seats.taken += 1;
        if !seats.loop_runs {
            seats.loop_runs = true;
            tokio::spawn(engine::run(self.clone()));
        }
        drop(seats);
        self.changed.notify_one();
        Ok(Seat(self.clone()))
    }

    /// Whether somebody wants the loop to claim.
    pub(super) fn is_wanted(&self) -> bool {
        self.seats().taken > 0
    }

    /// Ends the loop, unless somebody came at the last moment.
    pub(super) fn may_end(&self) -> bool {
        let mut seats = self.seats();
        if seats.taken > 0 && !self.stop.is_cancelled() {
            return false;
        }
        seats.loop_runs = false;
        true
    }

    /// The loop is gone with its runtime, and so is all that ran in it. What those runs left in the inbox is for the
    /// next loop to settle.
    pub(super) fn loop_is_gone(&self) {
        self.seats().loop_runs = false;
    }

    pub(super) fn part(&self, parting: Parting) {
        self.parting.send_replace(Some(parting));
    }

    pub(super) async fn parting(&self) -> Parting {
        let mut parting = self.parting.subscribe();
        // The sender is in `self`: it is not closed while this waits.
        match parting.wait_for(Option::is_some).await {
            Ok(parting) => parting.clone().unwrap_or_default(),
            Err(_) => Parting::default(),
        }
    }

    /// Frees the slot of a body that waits for the others.
    pub(super) fn step_aside(self: &Arc<Self>) -> Aside {
        self.aside.send_modify(|waiting| *waiting += 1);
        self.changed.notify_one();
        Aside(self.clone())
    }

    pub(super) fn stopped(&self) -> DocketError {
        DocketError::Stopped {
            worker: self.name.to_string(),
        }
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Seat(Arc<Shared>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.seats().taken -= 1;
        self.0.changed.notify_one();
    }
}

pub(super) struct Aside(Arc<Shared>);

impl Drop for Aside {
    fn drop(&mut self) {
        self.0.aside.send_modify(|waiting| *waiting -= 1);
        self.0.changed.notify_one();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Worker")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
