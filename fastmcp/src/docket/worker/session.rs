//! What the handles, the loop and the runs of one worker share.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::handler::Handler;
use crate::docket::model::key::Key;

use crate::docket::worker::builder::WorkerOptions;
use crate::docket::worker::handle::Parting;
use crate::docket::worker::settlement_buffer::Inbox;

/// How long to leave a backend alone that did not answer.
pub(crate) const BACKEND_PAUSE: Duration = Duration::from_millis(250);

pub(crate) struct Shared {
    pub(crate) docket: Docket,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) name: Arc<str>,
    pub(crate) options: WorkerOptions,
    pub(crate) stop: CancellationToken,
    pub(crate) inbox: Inbox,
    /// Rung when the loop has to look at the seats again.
    pub(crate) changed: Notify,
    /// How many bodies of this worker wait in `run_until_finished`.
    pub(crate) aside: watch::Sender<usize>,
    /// How often keys may still run, where that is limited.
    pub(crate) quotas: Mutex<HashMap<Key, u32>>,
    /// Whether any are: asked once or twice a run, so it takes no lock.
    pub(crate) has_quotas: AtomicBool,
    seats: Mutex<Seats>,
    parting: watch::Sender<Option<Parting>>,
}

/// The calls that keep the loop alive, and whether there is one.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    taken: usize,
    loop_runs: bool,
}

impl Shared {
    pub(crate) fn new(
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
    pub(crate) fn take_seat(self: &Arc<Self>) -> Result<Seat, DocketError> {
        if self.stop.is_cancelled() {
            return Err(self.stopped());
        }
        let mut seats = self.seats();
        seats.taken += 1;
        if !seats.loop_runs {
            seats.loop_runs = true;
            tokio::spawn(crate::docket::worker::run_loop::run(self.clone()));
        }
        drop(seats);
        self.changed.notify_one();
        Ok(Seat(self.clone()))
    }

    /// Whether somebody wants the loop to claim.
    pub(crate) fn is_wanted(&self) -> bool {
        self.seats().taken > 0
    }

    /// Ends the loop, unless somebody came at the last moment.
    pub(crate) fn may_end(&self) -> bool {
        let mut seats = self.seats();
        if seats.taken > 0 && !self.stop.is_cancelled() {
            return false;
        }
        seats.loop_runs = false;
        true
    }

    /// The loop is gone with its runtime, and so is all that ran in it. What those runs left in the inbox is for the
    /// next loop to settle.
    pub(crate) fn loop_is_gone(&self) {
        self.seats().loop_runs = false;
    }

    pub(crate) fn part(&self, parting: Parting) {
        self.parting.send_replace(Some(parting));
    }

    pub(crate) async fn parting(&self) -> Parting {
        let mut parting = self.parting.subscribe();
        // The sender is in `self`: it is not closed while this waits.
        match parting.wait_for(Option::is_some).await {
            Ok(parting) => parting.clone().unwrap_or_default(),
            Err(_) => Parting::default(),
        }
    }

    /// Frees the slot of a body that waits for the others.
    pub(crate) fn step_aside(self: &Arc<Self>) -> Aside {
        self.aside.send_modify(|waiting| *waiting += 1);
        self.changed.notify_one();
        Aside(self.clone())
    }

    pub(crate) fn stopped(&self) -> DocketError {
        DocketError::Stopped {
            worker: self.name.to_string(),
        }
    }

    pub(crate) fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Seat(Arc<Shared>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.seats().taken -= 1;
        self.0.changed.notify_one();
    }
}

pub(crate) struct Aside(Arc<Shared>);

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
